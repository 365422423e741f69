"""What a citizen sees of the officer who helps them, in the form of every step: words, a few buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import g

from intake import assisting, filling, visits
from intake.db import db
from intake.drafts import Draft
from intake.language import marked, say
from intake.records import Assistance, Visit
from kiosk.bp import bp
from web import core, now

# Buttons of the help in a step's form; like those of the corner they judge nothing that is typed.
BUTTONS = ("filled", "use", "consent", "no_consent", "enough")
_POINTED = {"go": marked("«Tiếp tục»"), "back": marked("«Quay lại»")}


@dataclass(frozen=True)
class Helping:
    """Who helps at the screen at hand, and how.

    ``officer`` is "" while one is only called, since ``called_at``. ``pointed`` is the key of a field,
    ``label`` what it is called. ``fresh``: something was filled in that is not on the screen yet;
    ``taken`` are the labels of what is, ``kept`` by label what the officer wrote otherwise.
    """

    officer: str
    called_at: datetime | None
    is_beside: bool
    asks: bool = False
    may_fill: bool = False
    pointed: str = ""
    label: str = ""
    fresh: bool = False
    taken: tuple[str, ...] = ()
    kept: Mapping[str, str] | None = None


@bp.app_template_global("helping")
def helping() -> Helping | None:
    """None while nobody was called in this visit, or who came has gone."""
    visit: Visit | None = g.get("visit")
    if visit is None or not assisting.was_called(visit):
        return None
    help = assisting.at_desk(db.session(), visit)
    if help is not None:
        return _from_the_desk(visit, help)
    if (beside := assisting.beside(db.session(), visit)) is not None:
        return Helping(beside.person.name, None, is_beside=True)
    return Helping("", visit.called_at, is_beside=False) if visit.called_at else None


@bp.app_template_global("helping_mark")
def mark(found: Helping | None) -> str:
    """Another one whenever the words of the help are others; it tells nothing of them."""
    return core().keys.fingerprint(repr(found), "kiosk.helping")[:12]


def pressed(visit: Visit, draft: Draft, button: str) -> Draft:
    """What one of BUTTONS does; the draft to go on with."""
    session, keys, moment = db.session(), core().keys, now()
    if button == "filled":
        return filling.take_over(session, visit, draft, keys=keys, now=moment)
    if button == "use":
        return filling.take_theirs(session, visit, draft, keys=keys)
    if button == "enough":
        assisting.enough(session, visit, now=moment)
    else:
        assisting.answer(session, visit, agrees=button == "consent", now=moment)
    return draft


def _from_the_desk(visit: Visit, help: Assistance) -> Helping:
    session, keys, moment = db.session(), core().keys, now()
    draft = visits.draft_of(visit, keys)
    filled = filling.filled_of(help, assisting.place_of(visit), keys)
    taken, kept = filling.in_words(session, visit, draft, filled, now=moment)
    return Helping(
        officer=help.person.name,
        called_at=None,
        is_beside=False,
        asks=assisting.is_asking(help, visit),
        may_fill=assisting.may_fill(help, visit),
        pointed=help.pointed,
        label=_pointed_at(visit, draft, help.pointed, moment),
        fresh=bool(filled.fresh),
        taken=taken,
        kept=kept,
    )


def _pointed_at(visit: Visit, draft: Draft, key: str, moment: datetime) -> str:
    """What it is called on the screen at hand; "" when it is not on it."""
    if key in _POINTED:
        return say(_POINTED[key])
    return filling.label_of(db.session(), visit, draft, key, now=moment) if key else ""
