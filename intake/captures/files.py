"""The files of a draft: added, turned, put in order, taken away, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from intake.captures import apart
from intake.captures.store import Missing, Store, address_of
from intake.content.found import Concern, Prepared, Signature, concern_from
from intake.keys import Keys, Unsealable
from intake.records import DocumentFile, Office
from intake.rules.refusals import NoSuchFile, NotKept, SignedFile, TooManyFiles

MOST_FILES = 80  # of one draft, and
MOST_MB = 400  # of all of them: only against abuse
FULL = 1600  # dots: a picture is served as it is kept when this much or more is asked for
LASTS = timedelta(hours=12)  # a draft whose visit nobody ended in an orderly way


@dataclass(frozen=True)
class FileRow:
    """One file for a screen. ``quality``: what may be wrong; ``accepted``: somebody saw it and said yes."""

    id: int
    requirement_key: str
    position: int
    kind: str  # "image" or "pdf"
    pages: int
    size: int  # bytes as kept
    brought_size: int
    way: str
    scan_state: str  # "not_scanned", "clean" or "infected"
    quality: tuple[Concern, ...]
    accepted: bool
    signatures: tuple[Signature, ...]
    sha256: str
    page_hashes: tuple[str, ...]

    @property
    def is_held_back(self) -> bool:
        """A virus was found: nobody is served its bytes."""
        return self.scan_state == "infected"


@dataclass(frozen=True)
class Added:
    """A file that was kept, and the codes of what may be wrong with it: ask before going on."""

    file: DocumentFile
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class Turned:
    """What a file becomes by turning it; ``of`` is the address of what it was made of."""

    of: str
    degrees: int
    prepared: Prepared


def add_file(
    session: Session,
    content: bytes | Prepared,
    *,
    office: Office,
    attempt: str,
    requirement_key: str,
    way: str,
    visit_id: int | None,
    store: Store,
    keys: Keys,
    now: datetime,
    accepted_quality: bool = False,
) -> Added:
    """Keep one file of one paper of the draft ``attempt``, last among them; it is on disk when this returns.

    ``way`` is "scanner", "camera", "phone" or "counter". The draft's visit, if
    it has one, takes the file with it when it ends. Reading a file takes long:
    give what ``prepare`` made of it before the transaction began. Raises BadFile.
    """
    prepared = content if isinstance(content, Prepared) else apart.prepare(content, way=way)
    _room(session, attempt, prepared.size)
    address = _keep(prepared, store, keys, now)
    file = DocumentFile(
        office_id=office.id,
        attempt=attempt,
        visit_id=visit_id,
        requirement_key=requirement_key,
        position=_last(session, attempt, requirement_key) + 1,
        way=way,
        content_key=address,
        brought_size=prepared.brought_size,
        quality=[asdict(concern) | {"accepted": accepted_quality} for concern in prepared.concerns],
        created_at=now,
        expires_at=now + LASTS,
        **_told(prepared),
    )
    session.add(file)
    session.flush()
    return Added(file, tuple(concern.code for concern in prepared.concerns))


def files_of(session: Session, attempt: str, requirement_key: str | None = None) -> list[FileRow]:
    """The files of a draft (of one paper), in order."""
    wanted = select(DocumentFile).where(DocumentFile.attempt == attempt)
    if requirement_key is not None:
        wanted = wanted.where(DocumentFile.requirement_key == requirement_key)
    return rows_of(session.scalars(wanted.order_by(DocumentFile.position, DocumentFile.id)).all())


def files_of_dossier(session: Session, dossier_id: int) -> list[FileRow]:
    """The files that were handed in, paper by paper."""
    wanted = select(DocumentFile).where(DocumentFile.dossier_id == dossier_id)
    order = DocumentFile.requirement_key, DocumentFile.position, DocumentFile.id
    return rows_of(session.scalars(wanted.order_by(*order)).all())


def rows_of(files: Sequence[DocumentFile]) -> list[FileRow]:
    return [_row(file) for file in files]


def page_picture(
    session: Session, file_id: int, page: int, *, attempt: str, store: Store, keys: Keys, longest: int = 1600
) -> bytes:
    """A page (from 1) as a JPEG; NoSuchFile when it is not of this draft, or there is no such page."""
    file = _file(session, file_id, attempt)
    return picture_of(file, page, store=store, keys=keys, longest=longest)


def picture_of(file: DocumentFile, page: int, *, store: Store, keys: Keys, longest: int = 1600) -> bytes:
    """The same for a file at hand. Call it outside a transaction that writes: drawing a PDF takes long."""
    if not 1 <= page <= file.pages:
        raise NoSuchFile
    content, kind = content_of(file, store=store, keys=keys), file.kind
    if kind == "pdf":
        return apart.drawn(content, page, longest=longest)
    return content if longest >= FULL else apart.smaller(content, longest=longest)


def content_of(file: DocumentFile, *, store: Store, keys: Keys) -> bytes:
    """The bytes as kept; NoSuchFile when a virus was found in them, or they are gone or altered."""
    if file.scan_state == "infected":
        raise NoSuchFile
    try:
        return store.get(file.content_key, keys=keys)
    except (Missing, Unsealable, OSError) as cause:
        raise NoSuchFile from cause


def turned(session: Session, file_id: int, degrees: int, *, attempt: str, store: Store, keys: Keys) -> Turned:
    """A file with all its pages turned clockwise by 90, 180 or 270 degrees; a signed PDF raises SignedFile.

    Slow: call it outside a transaction that writes, then ``turn`` within one.
    """
    file = _file(session, file_id, attempt)
    if file.signatures:
        raise SignedFile
    made = apart.turned(content_of(file, store=store, keys=keys), file.kind, degrees)
    return Turned(file.content_key, degrees, made)


def turn(
    session: Session, file_id: int, made: Turned, *, attempt: str, store: Store, keys: Keys, now: datetime
) -> None:
    """Keep it so; the same once more changes nothing, nor does one that was turned meanwhile."""
    file = _held(session, file_id, attempt)
    if file.content_key != made.of:
        return
    file.content_key = _keep(made.prepared, store, keys, now)
    for name, value in _told(made.prepared).items():
        setattr(file, name, value)
    file.scan_state, file.scanned_at = "not_scanned", None  # other bytes than those that were scanned
    file.quality = [{**one, "box": _turned_box(one.get("box"), made.degrees)} for one in file.quality]
    session.flush()


def move(session: Session, file_id: int, to: int, *, attempt: str) -> None:
    """Make it the ``to``-th of its paper, from 1; beyond the ends is the end."""
    file = _held(session, file_id, attempt)
    others = [one for one in _siblings(session, file) if one.id != file.id]
    others.insert(max(0, min(to - 1, len(others))), file)
    for position, one in enumerate(others, start=1):
        one.position = position
    session.flush()


def remove(session: Session, file_id: int, *, attempt: str, now: datetime) -> None:
    """Take a file out of the draft: nothing finds it any more, and the worker wipes its bytes."""
    file = _held(session, file_id, attempt)
    left = [one for one in _siblings(session, file) if one.id != file.id]
    give_up([file], now=now)
    for position, one in enumerate(left, start=1):
        one.position = position
    session.flush()


def give_up(files: Sequence[DocumentFile], *, now: datetime) -> None:
    for file in files:
        file.attempt, file.visit_id, file.expires_at = "", None, now


def accept_quality(session: Session, file_id: int, *, attempt: str) -> None:
    """Somebody saw what may be wrong and said that the page is readable."""
    file = _held(session, file_id, attempt)
    file.quality = [{**one, "accepted": True} for one in file.quality]
    session.flush()


def keep_until(session: Session, attempt: str, until: datetime) -> None:
    """The draft is put by: its files outlive the visit."""
    mine = DocumentFile.attempt == attempt, DocumentFile.dossier_id.is_(None)
    session.execute(update(DocumentFile).where(*mine).values(visit_id=None, expires_at=until))


def forget_visit(session: Session, visit_id: int, *, now: datetime) -> None:
    """The visit is over: what it brought and did not file is given up."""
    over = DocumentFile.visit_id == visit_id, DocumentFile.dossier_id.is_(None)
    session.execute(update(DocumentFile).where(*over).values(attempt="", visit_id=None, expires_at=now))


def _keep(prepared: Prepared, store: Store, keys: Keys, now: datetime) -> str:
    address = address_of(prepared.sha256, keys)
    try:
        store.put(address, prepared.content, keys=keys, now=now)
    except OSError as cause:
        raise NotKept from cause
    return address


def _told(prepared: Prepared) -> dict[str, Any]:
    return {
        "kind": prepared.kind,
        "sha256": prepared.sha256,
        "page_hashes": list(prepared.page_hashes),
        "pages": prepared.pages,
        "size": prepared.size,
        "signatures": [asdict(one) for one in prepared.signatures],
    }


def _room(session: Session, attempt: str, size: int) -> None:
    mine = DocumentFile.attempt == attempt, DocumentFile.dossier_id.is_(None)
    asked = select(func.count(), func.coalesce(func.sum(DocumentFile.size), 0)).where(*mine)
    count, total = session.execute(asked).one()
    if count >= MOST_FILES or total + size > MOST_MB * 1_000_000:
        raise TooManyFiles(most=MOST_FILES)


def _last(session: Session, attempt: str, requirement_key: str) -> int:
    mine = DocumentFile.attempt == attempt, DocumentFile.requirement_key == requirement_key
    return session.scalar(select(func.max(DocumentFile.position)).where(*mine)) or 0


def _file(session: Session, file_id: int, attempt: str) -> DocumentFile:
    """A file of a draft that was not filed yet."""
    file = session.get(DocumentFile, file_id)
    if file is None or not attempt or file.attempt != attempt or file.dossier_id is not None:
        raise NoSuchFile
    return file


def _held(session: Session, file_id: int, attempt: str) -> DocumentFile:
    """The same as it stands now, until the transaction ends: it may be filed in the same moment."""
    session.get(DocumentFile, file_id, with_for_update=True, populate_existing=True)
    return _file(session, file_id, attempt)


def _siblings(session: Session, file: DocumentFile) -> list[DocumentFile]:
    wanted = select(DocumentFile).where(
        DocumentFile.attempt == file.attempt, DocumentFile.requirement_key == file.requirement_key
    )
    return list(session.scalars(wanted.order_by(DocumentFile.position, DocumentFile.id)))


def _row(file: DocumentFile) -> FileRow:
    return FileRow(
        id=file.id,
        requirement_key=file.requirement_key,
        position=file.position,
        kind=file.kind,
        pages=file.pages,
        size=file.size,
        brought_size=file.brought_size,
        way=file.way,
        scan_state=file.scan_state,
        quality=tuple(concern_from(one) for one in file.quality),
        accepted=all(one.get("accepted") for one in file.quality),
        signatures=tuple(Signature(**one) for one in file.signatures),
        sha256=file.sha256,
        page_hashes=tuple(file.page_hashes),
    )


def _turned_box(box: list[float] | None, degrees: int) -> list[float] | None:
    for _ in range(degrees // 90 % 4 if box else 0):
        assert box
        x, y, width, height = box
        box = [1 - y - height, x, height, width]
    return box
