"""Pages of one paper: scanned or photographed here, or sent from a phone; looked at, turned, put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Response, g, make_response, request, url_for
from werkzeug.datastructures import FileStorage

from intake import captures, phones
from intake.captures import FileRow, Prepared, Turned, links
from intake.db import db, reading
from intake.rules.forms import visible_requirements
from intake.rules.procedures import Requirement
from intake.rules.refusals import BadFile, NoSuchFile
from kiosk.bp import bp, leave_to
from kiosk.display import DISPLAYS
from kiosk.here import Here, address, aside, elsewhere, here, is_aside, redirect_to, redrawn, screen
from kiosk.steps import Place, Step
from web import core, metrics
from web.limits import content_of, take_many_files

DOCUMENTS = Place(Step.DOCUMENTS)
WAYS = ("scan", "camera", "phone")
PAGES = "pages"  # to what has come so far
ATTACHED = {"how": "attached", "reason": ""}
AT_WORK = timedelta(minutes=2)  # a phone that opened the address so lately is still looking for its pictures
LONGEST_NAME = 60


@dataclass(frozen=True)
class Sheet:
    """One page as it is shown: page ``page`` of a file, ``number`` among all pages of the paper."""

    file: FileRow
    page: int
    number: int

    @property
    def concerns(self) -> tuple[str, ...]:
        """What may be wrong with it and nobody has looked at yet."""
        return () if self.file.accepted else tuple(one.code for one in self.file.quality)


@dataclass(frozen=True)
class Refused:
    """A file that was not taken: what it is called, and why."""

    name: str
    refusal: BadFile


def begin(at: Here, way: str, key: str) -> Response:
    """One of the buttons beside a paper: to the machine or the screen that brings pages."""
    match way:
        case "scan":
            captures.ask_scan(db.session(), at.visit, key, attempt=at.draft.attempt, now=at.now)
        case "phone":
            links.open_link(
                db.session(), at.visit, key, attempt=at.draft.attempt, keys=core().keys, now=at.now
            )
    db.session.commit()
    return redirect_to(_address(way, key))


def ways_of(at: Here) -> list[str]:
    """How pages can come here. A phone has no scanner, and needs no other phone."""
    if phones.is_phone(at.visit):
        return ["camera"]
    return [way for way in WAYS if way != "scan" or at.visit.point.scanner]


def pages_by_paper(at: Here) -> dict[str, int]:
    """How many pages each paper has."""
    pages: dict[str, int] = {}
    for file in captures.files_of(db.session(), at.draft.attempt):
        pages[file.requirement_key] = pages.get(file.requirement_key, 0) + file.pages
    return pages


@bp.get("/papers/<key>")
def paper(key: str) -> Response:
    """What has come so far, and how more can."""
    at = here()
    return _elsewhere(at, key) or _drawn("kiosk/capture.html", at, key)


@bp.post("/papers/<key>")
def order_pages(key: str) -> Response:
    """«Xong», another page, or one page less."""
    at = here(held=True)
    if (other := _elsewhere(at, key)) is not None:
        return other
    _keep(at, key)
    go = request.form.get("go", "")
    if is_aside() and go != "back":
        return _aside(at, _address(PAGES, key))
    if go in ways_of(at):
        return begin(at, go, key)
    db.session.commit()
    return redirect_to(address(DOCUMENTS, then=_then()))


@bp.get("/papers/<key>/camera")
def camera(key: str) -> Response:
    """A page of its own: what a page may do is settled when it is loaded, and htmx loads none."""
    at = here()
    if (other := _elsewhere(at, key)) is not None:
        return other
    if "HX-Request" in request.headers:
        return leave_to(_address("camera", key))
    return _drawn("kiosk/capture_camera.html", at, key)


@bp.post("/papers/<key>/camera")
def photograph(key: str) -> Response:
    """Photographs or files, of this machine's camera or chosen on it."""
    take_many_files()
    if is_aside():
        at = here(held=True)
        return _elsewhere(at, key) or (
            _to_paper(at, key) if request.form["go"] == "back" else _aside(at, _address("camera", key))
        )
    with reading():
        here()  # nothing is read for nobody
        db.session.rollback()
    brought = [file for file in request.files.getlist("pages") if file.filename]
    prepared, refused = _prepared(brought)
    at = here(held=True)
    if (other := _elsewhere(at, key)) is not None:
        return other
    added = _added(at, key, prepared, refused)
    _keep(at, key)
    db.session.commit()
    if refused or not brought:
        return _drawn("kiosk/capture_camera.html", at, key, 422, refused=refused, nothing=not brought)
    return redirect_to(_address_of(key, added[0])) if len(added) == 1 else _to_look_at(at, key, added)


@bp.get("/papers/<key>/phone")
def phone(key: str) -> Response:
    """The QR that a phone scans, and below it every page as it comes."""
    at = here()
    if (other := _elsewhere(at, key)) is not None:
        return other
    link = links.live_link(db.session(), at.visit, key, attempt=at.draft.attempt, now=at.now)
    where = f"{core().settings.public_url}/u/{links.token_of(link, core().keys)}" if link else ""
    return _drawn(
        "kiosk/capture_phone.html",
        at,
        key,
        link=link,
        where=where,
        is_at_work=bool(link and link.seen_at and at.now - link.seen_at < AT_WORK),
    )


@bp.post("/papers/<key>/phone")
def wait_for_phone(key: str) -> Response:
    at = here(held=True)
    if (other := _elsewhere(at, key)) is not None:
        return other
    if request.form.get("go") == "again":
        return begin(at, "phone", key)
    if is_aside() and request.form["go"] != "back":
        return _aside(at, _address("phone", key))
    return _to_paper(at, key)


@bp.get("/papers/<key>/scan")
def scan(key: str) -> Response:
    """How the scanner fares."""
    at = here()
    if (other := _elsewhere(at, key)) is not None:
        return other
    state = captures.scan_state(db.session(), at.visit, key, now=at.now)
    return _drawn("kiosk/capture_scan.html", at, key, scan=state)


@bp.post("/papers/<key>/scan")
def wait_for_scan(key: str) -> Response:
    at = here(held=True)
    if (other := _elsewhere(at, key)) is not None:
        return other
    if request.form.get("go") == "again":
        return begin(at, "scan", key)
    if is_aside() and request.form["go"] != "back":
        return _aside(at, _address("scan", key))
    state = captures.scan_state(db.session(), at.visit, key, now=at.now)
    _keep(at, key)
    db.session.commit()
    return _to_look_at(at, key, state.added)


@bp.get("/papers/<key>/pages/<int:file_id>")
def look_at(key: str, file_id: int) -> Response:
    """One file: its picture, with what may be wrong drawn over it."""
    at = here()
    if (other := _elsewhere(at, key)) is not None:
        return other
    sheets = [sheet for sheet in _sheets(at, key) if sheet.file.id == file_id]
    if not sheets:
        return redirect_to(url_for(".paper", key=key, then=_then() or None))
    return _drawn("kiosk/capture_page.html", at, key, file=sheets[0].file, own=sheets)


@bp.post("/papers/<key>/pages/<int:file_id>")
def judge(key: str, file_id: int) -> Response:
    """«Dùng trang này», «Chụp lại», turned, moved or taken away."""
    go = request.form.get("go", "")
    turned = _turned(file_id) if go == "turn" else None
    at = here(held=True)
    if (other := _elsewhere(at, key)) is not None:
        return other
    if is_aside() and go != "back":
        return _aside(at, _address_of(key, file_id))
    files = captures.files_of(db.session(), at.draft.attempt, key)
    file = next((one for one in files if one.id == file_id), None)
    if file is None:
        return _to_paper(at, key)
    _done_with(at, file, go, turned)
    _keep(at, key)
    if go == "again":
        return begin(at, _way_of(at, file), key)
    db.session.commit()
    if go in ("turn", "earlier", "later"):
        return redirect_to(_address_of(key, file_id))
    return _to_look_at(at, key, [one.id for one in files if one.id > file_id])


@bp.get("/papers/<key>/pages/<int:file_id>/<int:number>.jpg")
def picture(key: str, file_id: int, number: int) -> Response:
    """A page of this visit's own draft."""
    at = here()
    shown = captures.page_picture(
        db.session(), file_id, number, attempt=at.draft.attempt, store=core().store, keys=core().keys
    )
    response = make_response(shown)
    response.mimetype = "image/jpeg"
    return response


def _turned(file_id: int) -> Turned | None:
    """It takes seconds, and nobody waits for this visit meanwhile; None when the file is gone."""
    with reading():
        at = here()
        mine, store, keys = at.draft.attempt, core().store, core().keys
        try:
            return captures.turned(db.session(), file_id, 90, attempt=mine, store=store, keys=keys)
        except NoSuchFile:
            return None
        finally:
            db.session.rollback()


def _done_with(at: Here, file: FileRow, go: str, turned: Turned | None) -> None:
    session, mine = db.session(), at.draft.attempt
    if go == "keep":
        captures.accept_quality(session, file.id, attempt=mine)
    elif go in ("again", "remove"):
        captures.remove(session, file.id, attempt=mine, now=at.now)
    elif turned is not None:
        store, keys = core().store, core().keys
        captures.turn(session, file.id, turned, attempt=mine, store=store, keys=keys, now=at.now)
    elif go in ("earlier", "later"):
        captures.move(session, file.id, file.position + (1 if go == "later" else -1), attempt=mine)


def _prepared(brought: Iterable[FileStorage]) -> tuple[list[tuple[str, Prepared]], list[Refused]]:
    """What can be kept and what cannot; it takes seconds, so no transaction is open meanwhile."""
    prepared, refused = [], []
    for file in brought:
        name = (file.filename or "")[:LONGEST_NAME]
        try:
            prepared.append((name, captures.prepare(content_of(file), way="camera")))
        except BadFile as refusal:
            metrics.REFUSALS.labels(refusal.code).inc()
            refused.append(Refused(name, refusal))
    return prepared, refused


def _added(at: Here, key: str, prepared: Iterable[tuple[str, Prepared]], refused: list[Refused]) -> list[int]:
    """The ids of what was kept; what had no room any more is ``refused``."""
    added = []
    for name, one in prepared:
        try:
            kept = captures.add_file(
                db.session(),
                one,
                office=at.office,
                attempt=at.draft.attempt,
                requirement_key=key,
                way="phone" if phones.is_phone(at.visit) else "camera",
                visit_id=at.visit.id,
                store=core().store,
                keys=core().keys,
                now=at.now,
            )
            added.append(kept.file.id)
        except BadFile as refusal:
            metrics.REFUSALS.labels(refusal.code).inc()
            refused.append(Refused(name, refusal))
    return added


def _keep(at: Here, key: str) -> None:
    """A paper is answered by its pages as long as there are any."""
    documents = dict(at.draft.documents)
    if captures.files_of(db.session(), at.draft.attempt, key):
        documents[key] = ATTACHED
    elif documents.get(key, {}).get("how") == "attached":
        del documents[key]
    done = at.draft.documents_done and key in documents
    at.keep(replace(at.draft, documents=documents, documents_done=done))


def _to_look_at(at: Here, key: str, file_ids: Iterable[int]) -> Response:
    """The first of these with something that may be wrong, else the paper."""
    files = {file.id: file for file in captures.files_of(db.session(), at.draft.attempt, key)}
    doubtful = [one for one in file_ids if one in files and not files[one].accepted]
    for file_id in doubtful:
        return redirect_to(_address_of(key, file_id))
    return redirect_to(url_for(".paper", key=key, then=_then() or None))


def _to_paper(at: Here, key: str) -> Response:
    _keep(at, key)
    db.session.commit()
    return redirect_to(url_for(".paper", key=key, then=_then() or None))


def _way_of(at: Here, file: FileRow) -> str:
    """How this page came, so that it comes once more."""
    way = {"scanner": "scan", "phone": "phone"}.get(file.way, "camera")
    return way if way in ways_of(at) else "camera"


def _aside(at: Here, again: str) -> Response:
    """The corner's buttons; whoever changed the letters stays on this screen."""
    at.keep(at.draft)
    db.session.commit()
    go = request.form["go"]
    return redrawn(redirect_to(again), go) if go in DISPLAYS else aside(DOCUMENTS, at)


def _elsewhere(at: Here, key: str) -> Response | None:
    """Where this browser belongs, unless that paper is asked for now."""
    if (other := elsewhere(DOCUMENTS, at)) is not None:
        return other
    return None if _paper(at, key) else redirect_to(address(DOCUMENTS))


def _paper(at: Here, key: str) -> Requirement | None:
    asked = visible_requirements(at.chosen, at.draft.answers)
    return next((one for one in asked if one.key == key), None)


def _sheets(at: Here, key: str) -> list[Sheet]:
    files = captures.files_of(db.session(), at.draft.attempt, key)
    pages = [(file, page) for file in files for page in range(1, file.pages + 1)]
    return [Sheet(file, page, number) for number, (file, page) in enumerate(pages, start=1)]


def _drawn(
    template: str, at: Here, key: str, status: int = 200, *, refused: Sequence[Refused] = (), **context: Any
) -> Response:
    g.screen = "capture"
    return screen(
        template,
        DOCUMENTS,
        at,
        status,
        paper=_paper(at, key),
        sheets=_sheets(at, key),
        ways=ways_of(at),
        refused=refused,
        **context,
    )


def _address(way: str, key: str) -> str:
    return url_for(f".{'paper' if way == PAGES else way}", key=key, then=_then() or None)


def _address_of(key: str, file_id: int) -> str:
    return url_for(".look_at", key=key, file_id=file_id, then=_then() or None)


def _then() -> str:
    return "check" if request.values.get("then") == "check" else ""
