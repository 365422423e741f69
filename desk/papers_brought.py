"""The files that came with a dossier: looked at as pictures, downloaded as they were handed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, make_response, request
from sqlalchemy import select

from desk.bp import bp
from desk.papers import dossier_of
from intake import events
from intake.captures.adopting import proof_of
from intake.captures.files import content_of, picture_of, rows_of
from intake.db import apart, db
from intake.queries import procedure_version
from intake.records import DocumentFile, Dossier, Event
from intake.rules.refusals import BadFile, NoSuchFile
from intake.rules.rights import Right
from web import core, now, page
from web.staff import needs, staff

# Whatever a file holds: shown as a picture or saved, never run, and it may ask for nothing.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
AGAIN = timedelta(minutes=10)  # turning pages is one look
LONGEST = 1600  # dots of a page on a screen


@bp.get("/dossiers/<code>/files/<int:file_id>")
@needs(Right.SEE_DOSSIERS)
def brought_file(code: str, file_id: int) -> Response:
    """All pages of one file below each other, with what is known about it."""
    dossier = dossier_of(code)
    file = _file(dossier, file_id)
    (row,) = rows_of([file])
    name = _name(dossier, file)
    siblings = _ids(dossier, file.requirement_key)
    response = page(
        "desk/file.html",
        code=code,
        file=row,
        name=name,
        number=siblings.index(file.id) + 1,
        siblings=siblings,
        has_clamav=bool(core().settings.clamd),
    )
    _opened(dossier.id, file_id, name, whole=False)
    return response


@bp.get("/dossiers/<code>/files/<int:file_id>/pages/<int:number>")
@needs(Right.SEE_DOSSIERS)
def brought_page(code: str, file_id: int, number: int) -> Response:
    """One page as a JPEG: scripts and links of a PDF are nothing but dots in it."""
    dossier = dossier_of(code)
    file = _file(dossier, file_id)
    name = _name(dossier, file)
    try:
        picture = picture_of(file, number, store=core().store, keys=core().keys, longest=LONGEST)
    except (NoSuchFile, BadFile):
        abort(404)
    _opened(dossier.id, file_id, name, whole=False)
    return _answer(picture, "image/jpeg", f"{code}_{file_id}_{number}.jpg", shown=True)


@bp.get("/dossiers/<code>/files/<int:file_id>/download")
@needs(Right.SEE_DOSSIERS)
def download_file(code: str, file_id: int) -> Response:
    """The bytes as they are kept, whose hash is on the receipt."""
    dossier = dossier_of(code)
    file = _file(dossier, file_id)
    name, suffix = _name(dossier, file), "pdf" if file.kind == "pdf" else "jpg"
    mime = "application/pdf" if file.kind == "pdf" else "image/jpeg"
    try:
        content = content_of(file, store=core().store, keys=core().keys)
    except NoSuchFile:
        abort(404)
    _opened(dossier.id, file_id, name, whole=True)
    return _answer(content, mime, f"{code}_{file_id}.{suffix}")


@bp.get("/dossiers/<code>/files/proof")
@needs(Right.SEE_DOSSIERS)
def files_proof(code: str) -> Response:
    """The list whose hash is on the receipt: docs/proving-papers.md."""
    text = proof_of(db.session(), dossier_of(code))
    if not text:
        abort(404)
    return _answer(text.encode(), "text/plain; charset=utf-8", f"{code}_ma-kiem-chung.txt")


def _answer(content: bytes, mime: str, name: str, *, shown: bool = False) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = mime
    response.headers["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(dossier: Dossier, file_id: int) -> DocumentFile:
    """Of this dossier; a held back one is found, and its bytes are not."""
    found = db.session.get(DocumentFile, file_id)
    if found is None or found.dossier_id != dossier.id:
        abort(404)
    return found


def _ids(dossier: Dossier, key: str) -> list[int]:
    wanted = select(DocumentFile.id).filter_by(dossier_id=dossier.id, requirement_key=key)
    return list(db.session.scalars(wanted.order_by(DocumentFile.position, DocumentFile.id)))


def _name(dossier: Dossier, file: DocumentFile) -> str:
    """What the law calls the paper."""
    procedure = procedure_version(db.session(), dossier.procedure_version_id, now=now())
    names = {one.key: one.name for one in procedure.requirements}
    return names.get(file.requirement_key, file.requirement_key)


def _opened(dossier_id: int, file_id: int, name: str, *, whole: bool) -> None:
    """Written apart: a GET only reads. Turning pages writes nothing new; a download always does."""
    if request.method == "HEAD":
        return
    by, moment, office_id = staff().actor, now(), staff().office_id
    db.session.rollback()
    with apart() as session:
        looks = select(Event.facts).where(
            Event.dossier_id == dossier_id,
            Event.kind == "file_opened",
            Event.person_id == by.person_id,
            Event.at > moment - AGAIN,
        )
        if not whole and any(facts.get("file") == file_id for facts in session.scalars(looks)):
            return
        facts: dict[str, object] = {"file": file_id, "name": name, "whole": whole}
        events.append(
            session,
            "file_opened",
            by=by,
            now=moment,
            office_id=office_id,
            dossier_id=dossier_id,
            facts=facts,
        )
