"""The display board of an office: public, for everybody in the room, without a name or a reason."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from sqlalchemy import select

from desk.voices import KINDS, clip_file, clips_in, folder_of
from intake import lines
from intake.db import db
from intake.offices import calendar_of, civil_day
from intake.policies import policy_of_day
from intake.records import Office
from intake.rules.service_words import day_name, suspension_words, until_words
from intake.rules.voice import call_clips
from web import core, limits, now, page
from web.limits import limiter

bp = Blueprint("board", __name__, url_prefix="/board")

DAY = 24 * 3600


@bp.get("/<code>")
@limiter.limit(lambda: limits.FOLLOWERS)
def show(code: str) -> Response:
    """The latest calls; board.js asks for the block «calls» again and again."""
    session, moment = db.session(), now()
    office = session.scalar(select(Office).filter_by(code=code))
    if office is None:
        abort(404)
    calls = lines.board_of(session, office, now=moment)
    there = clips_in(folder_of(core().settings.data))
    spoken = {call.key: call_clips(call.prefix, call.ordinal, call.counter) for call in calls}
    hours = calendar_of(session, office, now=moment)
    policy = policy_of_day(session, office, at=moment)
    response = page(
        "board.html",
        office=office,
        moment=moment,
        calls=calls,
        # Half a sentence is worse than the chime alone.
        clips={key: clips if there.issuperset(clips) else () for key, clips in spoken.items()},
        sessions=hours.sessions(civil_day(moment)),
        day=day_name(policy),
        until=until_words(policy, moment),
        suspended=suspension_words(policy, moment),
        opens=None if hours.is_open(moment) else hours.opens_next(moment),
        waiting=sum(line.waiting for line in lines.lines_of(session, office, now=moment)),
    )
    response.headers["Moment"] = moment.isoformat()  # the board's clock follows ours
    return response


@bp.get("/voice/<name>")
def voice(name: str) -> Response:
    """One clip by its name; a name that is no clip's reaches no file."""
    path = clip_file(folder_of(core().settings.data), name)
    if path is None:
        abort(404)
    response = Response(path.read_bytes(), mimetype=KINDS[path.suffix])
    response.headers["Cache-Control"] = f"private, max-age={DAY}"
    return response
