"""What a phone sees that was shown the QR of one paper: send pages, see what has come, take one back.

No account and no app; it works where scripts do not run. Nothing of the visit is
told here but the name of the paper and what this address brought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from intake import captures
from intake.captures import links
from intake.db import apart, db, reading
from intake.rules.refusals import BadFile, NoSuchFile, UploadOver
from web import metrics
from web.core import core, now
from web.limits import UPLOADS, content_of, limiter, take_many_files
from web.pages import page

bp = Blueprint("upload", __name__)

OFTEN = "240 per minute"  # all phones of a room may stand behind one address
LONGEST_NAME = 60


@dataclass(frozen=True)
class Refused:
    """A file that was not taken: its name on the phone, and why."""

    name: str
    refusal: BadFile


@bp.get("/u/<token>")
@bp.get("/U/<token>")  # the QR is in capitals
@limiter.limit(OFTEN)
def show(token: str) -> Response:
    link = links.link_of(db.session(), token, now=now())
    with apart() as session:
        links.seen(session, link.id, now=now())
    return _drawn(token)


@bp.post("/u/<token>")
@bp.post("/U/<token>")
@limiter.limit(UPLOADS)
def send(token: str) -> BaseResponse:
    """Every file is kept by itself, so that the kiosk shows one while the next is being read."""
    take_many_files()
    _must_be_open(token)
    if "remove" in request.form:
        _take_back(token, request.form["remove"])
        return redirect(url_for(".show", token=token), 303)
    brought = [file for file in request.files.getlist("pages") if file.filename]
    refused = [one for file in brought if (one := _take(token, file))]
    if refused or not brought:
        return _drawn(token, refused, nothing=not brought, status=422)
    return redirect(url_for(".show", token=token), 303)


@bp.errorhandler(UploadOver)
def over(refusal: UploadOver) -> Response:
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    return page("upload_over.html", 404, refusal=refusal)


def _must_be_open(token: str) -> None:
    """Raises UploadOver before a file is read for nobody; a file is read while no transaction is open."""
    with reading():
        link = links.link_of(db.session(), token, now=now())
        links.paper_of(db.session(), link, keys=core().keys, now=now())
        db.session.rollback()


def _take(token: str, file: FileStorage) -> Refused | None:
    """Keep one file, or say what is wrong with it."""
    try:
        prepared = captures.prepare(content_of(file), way="phone")
        link = links.link_of(db.session(), token, held=True, now=now())
        links.seen(db.session(), link.id, now=now())
        captures.add_file(
            db.session(),
            prepared,
            office=links.point_of_link(db.session(), link).office,
            attempt=link.attempt,
            requirement_key=link.requirement_key,
            way="phone",
            visit_id=link.visit_id,
            store=core().store,
            keys=core().keys,
            now=now(),
        )
    except BadFile as refusal:
        db.session.rollback()
        metrics.REFUSALS.labels(refusal.code).inc()
        return Refused((file.filename or "")[:LONGEST_NAME], refusal)
    db.session.commit()
    return None


def _take_back(token: str, file_id: str) -> None:
    link = links.link_of(db.session(), token, held=True, now=now())
    mine = {str(file.id): file.id for file in links.sent_by(db.session(), link)}
    if file_id not in mine:
        raise NoSuchFile
    captures.remove(db.session(), mine[file_id], attempt=link.attempt, now=now())
    db.session.commit()


def _drawn(
    token: str, refused: Sequence[Refused] = (), *, nothing: bool = False, status: int = 200
) -> Response:
    session = db.session()
    link = links.link_of(session, token, now=now())
    return page(
        "upload.html",
        status,
        token=token,
        paper=links.paper_of(session, link, keys=core().keys, now=now()),
        office=links.point_of_link(session, link).office,
        until=link.expires_at,
        files=links.sent_by(session, link),
        refused=refused,
        nothing=nothing,
    )
