"""What officers do with a dossier: each act is one short view that reads, acts, commits and goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from desk.defaults import end_of
from desk.dossiers import back_to, refused_at, unknown
from intake import (
    apologising,
    checking,
    excepting,
    handing_over,
    holding,
    paying,
    refusing,
    reprinting,
    returning,
    stopping,
    supplementing,
)
from intake.at_hand import dossier_at_hand, dossier_even_if_held
from intake.db import db
from intake.drafts import Collection
from intake.records import Dossier
from intake.rules.answers import Fault, read_answer
from intake.rules.calendar import VIETNAM
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.offering import OFFERS, Act
from intake.rules.people import read_citizen_card
from intake.rules.procedures import Question, QuestionKind
from intake.rules.refusals import NoSuchDossier, Refusal, UnfinishedNotice, UnreadableCard
from intake.rules.rights import Right, may
from intake.rules.text import tidy
from web import core, errors, now
from web.staff import needs, staff, staff_office

Act_ = Callable[[str], str]
ROUTES: dict[str, Act | None] = {
    "desk.reprint": None,
    "desk.came_out": None,
    "desk.move_paper": None,
    "desk.print_notice": None,
}


def does(act: Act) -> Callable[[Act_], Act_]:
    """The view does ``act`` for whoever the table of offers gives it; it returns what to tell."""

    def mark(view: Act_) -> Act_:
        def done(code: str) -> BaseResponse:
            told = view(code)
            db.session.commit()
            return back_to(code, told)

        rights = next(offer.rights for offer in OFFERS if offer.act is act)
        bp.add_url_rule(
            f"/dossiers/<code>/{act.replace('_', '-')}",
            endpoint=act.value,
            view_func=needs(*rights)(done),
            methods=["POST"],
        )
        ROUTES[f"desk.{act.value}"] = act
        return view

    return mark


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> BaseResponse:
    """An act that was refused is told in its place, above the form with everything typed."""
    if request.endpoint not in ROUTES:
        return errors.refused(refusal)
    db.session.rollback()
    if not staff().may(Right.SEE_DOSSIERS):
        return errors.calm(403)
    faults = refusal.facts.get("faults", ())
    assert isinstance(faults, tuple) and request.view_args is not None
    try:
        return refused_at(request.view_args["code"], ROUTES[request.endpoint], refusal, faults)
    except NoSuchDossier as none:  # what was typed was looked at before the dossier was
        return unknown(none)


@does(Act.TAKE)
def take(code: str) -> str:
    holding.take(db.session(), staff_office(), code, by=staff().actor, now=now())
    return "taken"


@does(Act.RELEASE)
def release(code: str) -> str:
    holding.release(db.session(), staff_office(), code, by=staff().actor, now=now())
    return "released"


@does(Act.END_LOCK)
def end_lock(code: str) -> str:
    holding.release_by_manager(db.session(), staff_office(), code, by=staff().actor, now=now())
    return "released"


@does(Act.CHECK)
def check(code: str) -> str:
    by = staff().actor
    holding.take(db.session(), staff_office(), code, by=by, now=now())
    checking.check_in(db.session(), _at_hand(code), by=by, now=now())
    return "checked"


@does(Act.SUPPLEMENT)
def supplement(code: str) -> str:
    dossier = _at_hand(code)
    typed_until = _date("until", bound="future")
    asked = supplementing.SupplementRequest(
        items=tuple(_item(key) for key in request.form.getlist("items")),
        reason=_text("reason"),
        legal_basis=_text("legal_basis"),
        until=end_of(typed_until.date(), staff_office()) if typed_until else None,
        guide_name=_text("guide_name"),
        guide_phone=_text("guide_phone"),
    )
    supplementing.request_supplement(
        db.session(), dossier, asked, keys=core().keys, by=staff().actor, now=now()
    )
    return "supplement_requested"


@does(Act.RECEIVE_SUPPLEMENT)
def receive_supplement(code: str) -> str:
    is_done = supplementing.receive_supplement(
        db.session(),
        _at_hand(code),
        request.form.getlist("received"),
        rest_not_needed=_text("rest_not_needed"),
        note=_text("note"),
        keys=core().keys,
        by=staff().actor,
        now=now(),
    )
    return "supplement_received" if is_done else "supplement_partly"


@does(Act.REFUSE)
def refuse(code: str) -> str:
    given = refusing.RefusalGiven(_text("reason"), _text("text"), _text("legal_basis"))
    refusing.refuse(db.session(), _at_hand(code), given, keys=core().keys, by=staff().actor, now=now())
    return "refused"


@does(Act.STOP)
def stop(code: str) -> str:
    asked_on = _date("asked_on", key="asked_at")
    asked = stopping.StopAsked(
        ground=_text("ground"),
        text=_text("text"),
        fees=_text("fees"),
        asked_by=_text("asked_by"),
        asked_at=min(asked_on.replace(hour=23, minute=59), now()) if asked_on else None,
        proof=_text("proof"),
        decision=_text("decision"),
        legal_basis=_text("legal_basis"),
        returned=request.form.getlist("returned"),
    )
    stopping.stop(db.session(), _at_hand(code), asked, keys=core().keys, by=staff().actor, now=now())
    return "stopped"


@does(Act.HAND_OVER)
def hand_over(code: str) -> str:
    chosen = _text("unit")
    if not chosen:
        raise UnfinishedNotice(faults=(Fault("unit", "missing"),))
    to = None if chosen == "front" else _whole(chosen)
    handing_over.give(db.session(), _at_hand(code), to, note=_text("note"), by=staff().actor, now=now())
    return "handed_over"


@does(Act.CONFIRM)
def confirm(code: str) -> str:
    handing_over.confirm(db.session(), _at_hand(code), by=staff().actor, now=now())
    return "hand_over_received"


@does(Act.DECLINE)
def decline(code: str) -> str:
    handing_over.decline(db.session(), _at_hand(code), reason=_text("reason"), by=staff().actor, now=now())
    return "hand_over_declined"


@does(Act.WITHDRAW)
def withdraw(code: str) -> str:
    handing_over.withdraw(db.session(), _at_hand(code), by=staff().actor, now=now())
    return "hand_over_withdrawn"


@does(Act.APOLOGY)
def apology(code: str) -> str:
    """Proposed; whoever decides here may issue it in the same breath."""
    dossier, by = _at_hand(code), staff().actor
    day = _date("until", bound="future")
    asked = apologising.ApologyAsked(
        reason=_text("reason"),
        text=_text("text"),
        until=datetime.combine(day.date(), _time("until_time"), VIETNAM) if day else None,
        legal_basis=_text("legal_basis"),
    )
    proposed = apologising.propose(db.session(), dossier, asked, keys=core().keys, by=by, now=now())
    if request.form.get("go") != "issue" or not may(staff().roles, Right.DECIDE):
        return "apology_proposed"
    apologising.issue(db.session(), dossier, proposed.id, keys=core().keys, by=by, now=now())
    return "apology_issued"


@does(Act.ISSUE_APOLOGY)
def issue_apology(code: str) -> str:
    apologising.issue(
        db.session(),
        _at_hand(code),
        _whole(_text("notice")),
        override_reason=_text("override_reason"),
        keys=core().keys,
        by=staff().actor,
        now=now(),
    )
    return "apology_issued"


@does(Act.WITHDRAW_APOLOGY)
def withdraw_apology(code: str) -> str:
    dossier = _at_hand(code)
    proposed = apologising.open_proposal(db.session(), dossier)
    notice_id = proposed.id if proposed else 0
    apologising.withdraw(db.session(), dossier, notice_id, by=staff().actor, now=now())
    return "apology_withdrawn"


@does(Act.TAKE_PAPER)
def take_paper(code: str) -> str:
    """For a reason of the list: the second touch."""
    chosen = _text("reason")
    if chosen not in set(PaperReason):
        raise UnfinishedNotice(faults=(Fault("reason", "missing"),))
    excepting.record_exception(
        db.session(),
        _at_hand(code),
        PaperException(PaperReason(chosen), _text("text")[:500]),
        request.form.getlist("papers"),
        keys=core().keys,
        by=staff().actor,
        now=now(),
    )
    return "paper_taken"


@does(Act.DROP_EXCEPTION)
def drop_exception(code: str) -> str:
    excepting.withdraw_exception(
        db.session(), _at_hand(code), reason=_text("text"), keys=core().keys, by=staff().actor, now=now()
    )
    return "exception_dropped"


@does(Act.READY)
def ready(code: str) -> str:
    issued_on = _date("issued_on", bound="past")
    result = returning.Result(
        document_number=_text("document_number"),
        issued_on=issued_on.date() if issued_on else None,
        kinds=tuple(kind for kind in ("paper", "electronic") if kind in request.form.getlist("kind")),
    )
    returning.result_ready(db.session(), _at_hand(code), result, by=staff().actor, now=now())
    return "result_ready"


@does(Act.RETURN)
def return_result(code: str) -> str:
    collector = returning.Collector(
        receipt=_text("receipt"),
        citizen_id=request.form.get("citizen_id", ""),
        paper_seen=_text("paper_seen"),
        representative=_representative(),
    )
    returning.return_at_counter(
        db.session(), _at_hand(code), collector, keys=core().keys, by=staff().actor, now=now()
    )
    return "returned"


@does(Act.SEND_BY_POST)
def send_by_post(code: str) -> str:
    returning.send_by_post(db.session(), _at_hand(code), _text("item_number"), by=staff().actor, now=now())
    return "sent"


@does(Act.SEND_ELECTRONICALLY)
def send_electronically(code: str) -> str:
    returning.send_electronically(db.session(), _at_hand(code), keys=core().keys, by=staff().actor, now=now())
    return "sent"


@does(Act.DELIVERED)
def delivered(code: str) -> str:
    returning.delivered(db.session(), _at_hand(code), by=staff().actor, now=now())
    return "delivered"


@does(Act.FAILED)
def failed(code: str) -> str:
    returning.delivery_failed(
        db.session(), _at_hand(code), reason=_text("reason"), by=staff().actor, now=now()
    )
    return "delivery_failed"


@does(Act.PAY)
def pay(code: str) -> str:
    paying.fee_paid(
        db.session(),
        _even_if_held(code),
        _money("amount"),
        _text("receipt_number"),
        how=_text("how"),
        reason=_text("reason"),
        by=staff().actor,
        now=now(),
    )
    return "fee_paid"


@does(Act.REFUND)
def refund(code: str) -> str:
    paying.refund(
        db.session(),
        _even_if_held(code),
        _money("amount"),
        _text("receipt_number"),
        reason=_text("reason"),
        by=staff().actor,
        now=now(),
    )
    return "refunded"


@does(Act.COLLECTION)
def collection(code: str) -> str:
    chosen = Collection(_text("how"), _text("address"), _text("phone"), _text("email"))
    returning.choose_collection(
        db.session(), _at_hand(code), chosen, keys=core().keys, by=staff().actor, now=now()
    )
    return "collection_changed"


@bp.post("/dossiers/<code>/reprint")
@needs(Right.RECEIVE, Right.RETURN)
def reprint(code: str) -> BaseResponse:
    reprinting.reprint(db.session(), _even_if_held(code).id, by=staff().actor, now=now())
    db.session.commit()
    return back_to(code, "reprinted")


@bp.post("/dossiers/<code>/came-out")
@needs(Right.RECEIVE, Right.RETURN)
def came_out(code: str) -> BaseResponse:
    reprinting.came_out(db.session(), _even_if_held(code).id, by=staff().actor, now=now())
    db.session.commit()
    return back_to(code, "came_out")


@bp.post("/dossiers/<code>/move-paper")
@needs(Right.RECEIVE, Right.RETURN)
def move_paper(code: str) -> BaseResponse:
    reprinting.move_to(
        db.session(), _even_if_held(code).id, _whole(_text("printer")), by=staff().actor, now=now()
    )
    db.session.commit()
    return back_to(code, "reprinted")


def _at_hand(code: str) -> Dossier:
    return dossier_at_hand(db.session(), staff_office(), code, by=staff().actor, now=now())


def _even_if_held(code: str) -> Dossier:
    return dossier_even_if_held(db.session(), staff_office(), code)


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _item(key: str) -> supplementing.SupplementItem:
    """One line of form 02; ``kind`` says of what the count is, "" for a declared fact."""
    item = supplementing.SupplementItem(key, _text(f"items.{key}.wrong"))
    kind = _text(f"items.{key}.kind")
    count = _whole(_text(f"items.{key}.count"))
    return replace(
        item,
        originals=count if kind == "originals" else 0,
        copies=count if kind == "copies" else 0,
        certified_copies=count if kind == "certified_copies" else 0,
    )


def _representative() -> returning.Representative | None:
    """Who collects for the applicant; None when that part was left empty."""
    if not _text("representative.name") and not _text("representative.citizen_id"):
        return None
    proved_on = _date("representative.proof_date", bound="past")
    return returning.Representative(
        name=_text("representative.name"),
        citizen_id=_card_number(_text("representative.citizen_id") or _text("citizen_id")),
        authority=_text("representative.authority"),
        proof_number=_text("representative.proof_number"),
        proof_date=proved_on.date() if proved_on else None,
    )


def _card_number(text: str) -> str:
    """The number on a scanned card; anything else as it was typed."""
    try:
        return read_citizen_card(text).citizen_id
    except UnreadableCard:
        return text


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _money(name: str) -> int:
    """Whole đồng as people type it; what is no amount is refused at its field."""
    return int(_read(name, QuestionKind.MONEY) or 0)


def _date(name: str, *, key: str = "", bound: str = "") -> datetime | None:
    """The beginning of the day typed, None for none; what is no day is refused at its field."""
    day = _read(name, QuestionKind.DATE, key=key, bound=bound)
    return datetime.combine(datetime.fromisoformat(day), time(), VIETNAM) if day else None


def _time(name: str) -> time:
    digits = tidy(_text(name)).lower().replace("h", ":").replace("g", ":").rstrip(":")
    hour, _, minute = digits.partition(":")
    if not (
        hour.isdecimal() and int(hour) < 24 and (not minute or (minute.isdecimal() and int(minute) < 60))
    ):
        raise UnfinishedNotice(faults=(Fault(name, "bad_time"),))
    return time(int(hour), int(minute or 0))


def _read(name: str, kind: QuestionKind, *, key: str = "", bound: str = "") -> str:
    question = Question(key or name, "", kind, required=False, bound=bound)
    answer = read_answer(question, _text(name), today=now().astimezone(VIETNAM).date())
    if isinstance(answer, Fault):
        raise UnfinishedNotice(faults=(answer,))
    return answer
