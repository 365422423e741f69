"""What a scan means at this post office, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from build import FRIDAY, a_draft
from intake import saving
from intake.db import db
from intake.keys import Keys
from intake.post.accepting_items import accept_item
from intake.post.scanning import Understood, understand
from intake.post.steps import OFFICER, step_to
from intake.records import AcceptancePoint
from intake.rules.post import Step
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.refusals import (
    ForeignReceipt,
    ForgedReceipt,
    ItemKnown,
    NoSuchSavedDraft,
    ProcedureNotOffered,
)
from postway import BASE_URL, NUMBER, a_post_office, an_intake, minh, taken

CARD = "038156001234|171234567|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|01072021"


@pytest.fixture
def point(session: Session) -> AcceptancePoint:
    return a_post_office(session)


@pytest.fixture
def scan(session: Session, point: AcceptancePoint, keys: Keys):
    """What a text means at BD-07, now."""

    def of(text: str, at: AcceptancePoint | None = None) -> Understood:
        return understand(session, at or point, text, keys=keys, now=FRIDAY)

    return of


@pytest.fixture
def item(session, point, offered, keys):
    return taken(session, an_intake(offered), point, keys=keys)


def test_a_new_number_is_an_item_to_be_taken(scan):
    assert scan("rr 473 124 829 vn") == Understood("item", NUMBER, is_s10=True)
    assert scan("VNP-2026/000123") == Understood("item", "VNP-2026/000123")


def test_a_known_number_opens_its_item(scan, item):
    assert scan(NUMBER) == Understood("item_known", NUMBER, is_s10=True, item_id=item.id)


def test_the_number_of_another_post_office_is_known_and_opens_nothing(scan, item, session):
    with pytest.raises(ItemKnown) as refused:
        scan(NUMBER, a_post_office(session, "BD-12"))
    assert refused.value.facts["item_id"] is None


def test_a_card_fills_in_the_sender(scan):
    found = scan(CARD)
    assert found.kind == "card" and found.applicant
    assert (found.applicant.name, found.applicant.born, found.applicant.how) == (
        "Lê Thị Ngọc Lan",
        "1956-03-08",
        "card",
    )


def test_a_card_that_tells_only_its_number_leaves_the_name_to_be_asked(scan):
    found = scan("038156001234")
    assert found.applicant and (found.applicant.name, found.applicant.citizen_id) == ("", "038156001234")


@pytest.mark.parametrize("text", ["TTHC:1.000001", "1.000001", "1.000001.000.00.00.H56"])
def test_a_procedure_the_office_receives(scan, offered, text):
    found = scan(text)
    assert found.kind == "procedure" and found.offer and found.offer.version_id == offered


def test_a_procedure_it_does_not_receive(scan):
    with pytest.raises(ProcedureNotOffered):
        scan("9.999999")


def test_a_saved_draft_brings_everything_it_holds(scan, session, kiosk, offered, keys):
    draft = a_draft(offered)
    code = saving.save_draft(session, kiosk, draft, keys=keys, now=FRIDAY)
    session.commit()
    found = scan(f"MC:{code}")
    assert found.draft == replace(draft, saved_code=code)
    assert (found.kind, found.applicant) == ("saved", draft.applicant)
    assert found.offer and found.offer.code == "1.000001"


def test_a_code_nobody_saved_under(scan):
    with pytest.raises(NoSuchSavedDraft):
        scan("MC:K7M42QXF")


def test_the_receipt_of_an_item_opens_it_here_and_nowhere_else(scan, item, session):
    text = address(BASE_URL, item.receipt_payload)
    assert scan(text) == Understood("receipt", NUMBER, item_id=item.id)
    assert scan(text, a_post_office(session, "BD-12")).item_id is None


def test_a_receipt_that_stands_by_the_row_of_its_item(scan, session, point, offered, keys):
    odd = taken(session, an_intake(offered, item_number="VNP+2026#123"), point, keys=keys)
    assert scan(odd.receipt_payload).item_id == odd.id


def test_the_receipt_of_the_dossier_opens_the_item_it_came_in(scan, item, session, point, keys):
    by = minh(session, point)
    step_to(session, item, Step.HANDED_OVER, source=OFFICER, by=by, now=FRIDAY, holder="Trung tâm")
    dossier = accept_item(session, item, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY)
    session.commit()
    assert scan(dossier.receipt.payload) == Understood("receipt", dossier.dossier_code, item_id=item.id)


def test_a_receipt_of_a_dossier_that_never_was_with_the_post_opens_nothing(scan, lans_dossier):
    assert scan(lans_dossier.receipt.payload).item_id is None


def test_a_receipt_of_another_office_signed_with_our_key(scan, keys):
    text = encode(ReceiptCode("H99", "H99-261120-0001", FRIDAY, keys.receipt_key_id), keys.sign)
    with pytest.raises(ForeignReceipt):
        scan(text)


def test_an_altered_receipt(scan, item):
    with pytest.raises(ForgedReceipt):
        scan(item.receipt_payload[:-4] + "AAAA")


def test_a_scan_asks_the_database_at_most_twice(scan, item, session, offered, kiosk, keys):
    code = saving.save_draft(session, kiosk, a_draft(offered), keys=keys, now=FRIDAY)
    session.commit()
    asked: list[str] = []
    scan("TTHC:1.000001")  # what is offered is remembered for half a minute

    def count(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for text in (NUMBER, CARD, "TTHC:1.000001", f"MC:{code}", item.receipt_payload):
            asked.clear()
            session.expire_all()
            session.get_one(AcceptancePoint, item.point_id)  # as every request begins
            asked.clear()
            scan(text)
            assert len(asked) <= 2, text
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
