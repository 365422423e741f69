"""The working list and the dossier beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from desk import defaults
from desk.bp import bp
from intake import audit
from intake.db import apart, db
from intake.dossier_view import DossierView, dossier_view, revealed
from intake.excepting import NOT_ON_PAPER
from intake.finding import find
from intake.lines import help_calls
from intake.post.manifest_lists import waiting as post_waiting
from intake.records import Dossier
from intake.rules.answers import Fault
from intake.rules.offering import OFFERS, Act, Hold, Standing, Way, offered
from intake.rules.refusals import NoSuchDossier, Refusal
from intake.rules.rights import Right, Role
from intake.rules.wording import doubt_words
from intake.working_list import Inbox, Looker, Show, found_inbox, inbox
from web import core, errors, now, page
from web.pages import draws
from web.staff import needs, staff, staff_office
from web.transactions import only_reads

PAGE = "desk/dossiers.html"
LONGEST = 3000  # characters of the search box: a scanned receipt has hundreds


@dataclass(frozen=True)
class OpenForm:
    """The form of one act above the dossier: what is typed in it, and what is wrong with that."""

    act: Act
    typed: Mapping[str, Any]
    faults: Mapping[str, Fault] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)
    is_first: bool = True  # nothing was sent yet


@bp.get("/")
@needs(Right.SEE_DOSSIERS)
def dossiers() -> BaseResponse:
    response = _page(found=_inbox())
    if request.headers.get("HX-Target") == "inbox":  # a poll, a part chosen: no place of its own
        response.headers.pop("HX-Push-Url", None)
    return response


@bp.route("/search", methods=["GET", "POST"])
@needs(Right.SEE_DOSSIERS)
@only_reads
def search() -> BaseResponse:
    """What was typed or scanned; sent as a form, because a number of a person stands in no address."""
    if request.method == "GET":  # the page of an answer, asked for anew
        return make_response("", 303, {"Location": url_for(".dossiers")})
    found = _inbox()
    if found.sought and len(found.rows) == 1:
        return make_response("", 303, {"Location": url_for(".dossier", code=found.rows[0].code)})
    return _page(found=found)


@bp.get("/dossiers/<code>")
@needs(Right.SEE_DOSSIERS)
def dossier(code: str) -> BaseResponse:
    opened = _opened(code)
    act = _act(request.args.get("form", ""))
    shown = form_of(act, opened) if act in offers_of(opened) else None
    response = _page(opened, form=shown, told=request.args.get("told", ""))
    if "told" in request.args:
        response.headers["HX-Trigger-After-Settle"] = "moved"
    _looked_at(opened)
    return response


@bp.post("/dossiers/<code>/reveal")
@needs(Right.SEE_DOSSIERS)
def reveal(code: str) -> BaseResponse:
    """The numbers in full, once: the answer to this form is the only page that has them."""
    opened = _opened(code, reveal=True)
    revealed(db.session(), db.session.get_one(Dossier, opened.id), by=staff().actor, now=now())
    db.session.commit()
    return _page(opened)


@bp.errorhandler(NoSuchDossier)
def unknown(refusal: NoSuchDossier) -> BaseResponse:
    """The list, and beside it that there is no such dossier: one of another office is none, too.

    Whoever may see no dossier sees no list either, wherever they asked.
    """
    db.session.rollback()
    if not staff().may(Right.SEE_DOSSIERS):
        return errors.calm(403)
    return _page(refusal=refusal, status=404)


def refused_at(code: str, act: Act | None, refusal: Refusal, faults: tuple[Fault, ...] = ()) -> BaseResponse:
    """The dossier once more with why not, and its form with everything typed."""
    opened = _opened(code)
    shown = form_of(act, opened, typed=request.form, faults={fault.key: fault for fault in faults})
    return _page(opened, form=shown, refusal=None if faults else refusal, status=422)


def back_to(code: str, told: str) -> BaseResponse:
    """To the dossier after something was done with it."""
    where = url_for("desk.dossier", **_kept() | {"code": code, "told": told})
    return make_response("", 303, {"Location": where})


def form_of(
    act: Act | None,
    opened: DossierView,
    *,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, Fault] | None = None,
) -> OpenForm | None:
    """The form of ``act``, with what was typed or what an officer would type first."""
    if act is None or act not in defaults.FIRST:
        return None
    first, choices = defaults.FIRST[act](opened, staff_office())
    return OpenForm(act, MultiDict(first) if typed is None else typed, faults or {}, choices, typed is None)


def offers_of(opened: DossierView) -> dict[Act, str]:
    """What may be done now by whoever is signed in, with its key."""
    return {offer.act: offer.key for offer in offered(standing_of(opened), staff().roles)}


def standing_of(opened: DossierView) -> Standing:
    return Standing(
        status=opened.status,
        payment=opened.payment,
        delivery=opened.delivery,
        collection=opened.collection,
        way=_way(opened),
        hold=_hold(opened),
        proposed=any(one.form == "apology" and one.state == "proposed" for one in opened.notices),
        has_deadline=opened.deadline_at is not None or opened.is_for_today,
        no_paper=bool(opened.paper_reasons) and any(one.how in NOT_ON_PAPER for one in opened.papers),
        excepted=opened.is_excepted,
    )


def looker() -> Looker:
    """Whose list it is: who decides in a unit sees that unit's dossiers, everybody else the whole office."""
    who = staff()
    return Looker(who.person_id, who.unit_id if _only_decides() else None, receives=_our_units())


def _only_decides() -> bool:
    return staff().unit_id is not None and staff().roles.isdisjoint({Role.MANAGER, Role.RECEPTION})


def _our_units() -> tuple[int | None, ...]:
    """The units whose hand-overs this person confirms; None is the front desk."""
    who = staff()
    front = (None,) if who.roles & {Role.MANAGER, Role.RECEPTION} else ()
    return (*front, who.unit_id) if who.unit_id is not None else front


def _way(opened: DossierView) -> Way:
    if opened.handover is None:
        return Way.HERE
    is_manager = Role.MANAGER in staff().roles
    if is_manager or opened.handover.to_unit_id in _our_units():
        return Way.TO_US
    return Way.FROM_US if opened.unit_id in _our_units() else Way.ELSEWHERE


def _hold(opened: DossierView) -> Hold:
    if opened.holder_id is None:
        return Hold.FREE
    return Hold.MINE if opened.holder_id == staff().person_id else Hold.OTHERS


def _opened(code: str, *, reveal: bool = False) -> DossierView:
    return dossier_view(db.session(), staff_office(), code, reveal=reveal, keys=core().keys, now=now())


def _looked_at(opened: DossierView) -> None:
    """Written apart: the page itself only reads, and on SQLite its transaction must be over first."""
    by, moment = staff().actor, now()
    db.session.rollback()
    with apart() as session:
        audit.viewed(session, session.get_one(Dossier, opened.id), by=by, now=moment)


def _page(
    opened: DossierView | None = None,
    *,
    found: Inbox | None = None,
    form: OpenForm | None = None,
    told: str = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    if found is None and draws(PAGE, "inbox"):
        found = _inbox()
    return page(
        PAGE,
        status,
        inbox=found,
        helps=help_calls(db.session(), staff_office()) if found and staff().may(Right.CALL) else (),
        Show=Show,
        at_once={offer.act for offer in OFFERS if offer.at_once},
        can_print=staff().may(Right.RECEIVE) or staff().may(Right.RETURN),
        post_waiting=_post_waiting(),
        may_decide=staff().may(Right.DECIDE),
        doubts=[doubt_words(doubt) for doubt in opened.doubts] if opened else [],
        opened=opened,
        open_code=opened.code if opened else request.values.get("open", ""),
        offers=offers_of(opened) if opened and not form else {},
        form=form,
        told=told,
        refusal=refusal,
        kept=_kept(),
        typed=_typed()[:LONGEST],
        counts={"desk.dossiers": found.counts[Show.ALL]} if found else {},
    )


def _post_waiting() -> int:
    """What of the post waits for somebody of reception; nothing is read for a part of the page without it."""
    asked = staff().may(Right.RECEIVE) and draws(PAGE, "tools")
    return post_waiting(db.session(), staff_office()).all if asked else 0


def _inbox() -> Inbox:
    typed = _typed()
    if typed and "live" not in request.values:
        found = find(db.session(), staff_office(), typed, keys=core().keys)
        return found_inbox(
            db.session(),
            staff_office(),
            looker(),
            found.dossier_ids,
            typed=typed[:80],
            more=found.more,
            keys=core().keys,
            now=now(),
        )
    return inbox(
        db.session(),
        staff_office(),
        looker(),
        show=_show(),
        typed=typed[:80],
        page=_number(request.values.get("page", "")),
        keys=core().keys,
        now=now(),
    )


def _typed() -> str:
    """What stands in the box of the bar; other forms have fields of their own."""
    return request.form.get("q", "").strip() if request.endpoint == "desk.search" else ""


def _kept() -> dict[str, Any]:
    """What of the list goes along from page to page."""
    show, number = _show(), _number(request.values.get("page", ""))
    kept: dict[str, Any] = {} if show is Show.ALL else {"show": show.value}
    return kept | ({"page": number} if number > 1 else {})


def _show() -> Show:
    try:
        return Show(request.values.get("show", Show.ALL))
    except ValueError:
        return Show.ALL


def _act(name: str) -> Act | None:
    return Act(name) if name in set(Act) else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1
