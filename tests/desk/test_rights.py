"""Who may open what: every route of the staff faces × every role × own and other office.

A new route of a staff face needs one line in TABLE, by its endpoint. A route for
the public needs one in PUBLIC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from build import an_application
from conftest import House, offer
from dayway import a_rule
from deskway import a_person
from intake import people
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.records import (
    AcceptancePoint,
    Assignment,
    BankAccount,
    BankEntry,
    FailedSearch,
    ItemRange,
    Manifest,
    Notice,
    Office,
    Person,
    PostalExemption,
    PostalOperator,
    PostalShift,
    PostalTariff,
    Printer,
    ServiceDaySuspension,
    ServiceDayVersion,
    ServiceGroup,
    Ticket,
    Unit,
    Visit,
)
from intake.rules.refusals import HeldByAnother, NoSuchDossier
from intake.rules.rights import Role
from intake.rules.service_day_file import definition_of
from web.limits import limiter
from web.staff import COOKIE

A, M, R, D, C, U = (
    Role.ADMINISTRATOR,
    Role.MANAGER,
    Role.RECEPTION,
    Role.DECIDING,
    Role.CLERK,
    Role.AUDITOR,
)
NOBODY = "nobody"  # has not signed in
DOOR = frozenset({*Role, NOBODY})
ALL = frozenset(Role)
DESK = frozenset({M, R, D})
READERS = DESK | {U}
OFFICE = frozenset({M, A})

# The blueprints that people use who are not staff; their routes show nothing that needs a role.
PUBLIC = {
    "kiosk",
    "public",
    "front",
    "health",
    "static",
    "ticket",
    "board",
    "days",
    "tracking",
    "payments",
    "upload",
}

TABLE: dict[str, dict[str, frozenset]] = {
    "desk/entering.py": dict.fromkeys(
        ("sign_in", "enter", "second_factor", "pass_second_factor", "link", "use_link"), DOOR
    )
    | dict.fromkeys(("seat", "sit_down", "sign_out"), ALL),
    "desk/account.py": dict.fromkeys(
        ("account", "change_password", "enrol", "turn_on", "turn_off", "renew_codes", "end_sign_ins"), ALL
    ),
    "desk/staff.py": dict.fromkeys(
        (
            "staff",
            "new_person",
            "add",
            "person",
            "change",
            "set_active",
            "new_link",
            "unlock",
            "drop_second_factor",
        ),
        OFFICE,
    ),
    "desk/log.py": {"log": OFFICE | {U}, "export": OFFICE | {U}},
    "desk/dossiers.py": {"dossiers": READERS, "dossier": READERS, "search": READERS, "reveal": READERS},
    "desk/acts.py": {
        "take": DESK,
        "release": DESK,
        "end_lock": {M},
        "check": {M, R},
        "supplement": DESK,
        "receive_supplement": DESK,
        "refuse": {M, R},
        "stop": DESK,
        "hand_over": DESK,
        "confirm": DESK,
        "decline": DESK,
        "withdraw": DESK,
        "ready": {M, D},
        "return_result": {M, R},
        "send_by_post": {M, R},
        "send_electronically": {M, R},
        "delivered": {M, R},
        "failed": {M, R},
        "collection": {M, R},
        "apology": DESK,
        "issue_apology": {M, D},
        "withdraw_apology": DESK,
        "take_paper": DESK,
        "drop_exception": DESK,
        "pay": {M, R},
        "refund": {M, R},
        "reprint": {M, R},
        "came_out": {M, R},
        "move_paper": {M, R},
    },
    "desk/papers.py": {
        "control_sheet_pdf": READERS,
        "notice_pdf": READERS,
        "receipt_pdf": READERS,
        "print_notice": DESK,
    },
    "desk/papers_brought.py": dict.fromkeys(
        ("brought_file", "brought_page", "download_file", "files_proof"), READERS
    ),
    "desk/learning.py": {"visits": READERS},
    "desk/register.py": dict.fromkeys(("register", "register_pdf", "register_xlsx"), READERS),
    "desk/queue.py": dict.fromkeys(
        ("queue", "call_next", "work_on", "put_back", "transfer", "set_priority", "answer_help"), DESK
    ),
    "desk/assist.py": dict.fromkeys(
        (
            "calls",
            "look_at_step",
            "step_of_call",
            "point_at",
            "ask_consent",
            "fill_step",
            "vouch_for",
            "leave_call",
        ),
        DESK,
    )
    | {"calls_badge": DOOR},
    "desk/counter_intake.py": dict.fromkeys(
        ("new", "new_communes", "new_procedures", "receive", "received"), frozenset({M, R})
    ),
    "desk/days/forms.py": dict.fromkeys(
        ("day_forms", "day_forms_pdf", "enter_day_form", "print_day_forms"), frozenset({M, R})
    ),
    "desk/days/readiness.py": {"day_readiness": READERS, "check_day_readiness": frozenset({M})},
    "desk/days/rehearsal.py": {"day_rehearsal": frozenset({M})},
    "desk/days/poster.py": {"day_poster": READERS},
    "desk/days/report.py": dict.fromkeys(
        ("day_report", "day_report_pdf", "day_report_xlsx", "day_dossiers"), READERS
    ),
    "desk/days/rules.py": dict.fromkeys(("day_rules", "day_rule"), READERS)
    | dict.fromkeys(
        (
            "new_day_rule",
            "add_day_rule",
            "edit_day_rule",
            "keep_day_rule",
            "day_rule_step",
            "copy_day_rule",
        ),
        frozenset({M}),
    )
    | {"approve_day_rule": frozenset({M, D})},
    "desk/days/today.py": {"days": READERS},
    "desk/days/suspending.py": {
        "suspend_days": frozenset({M, D}),
        "suspend_now": frozenset({M}),
        "confirm_suspension": frozenset({M, D}),
        "resume_days": frozenset({M}),
        "extend_suspension": frozenset({M}),
    },
    "desk/office": dict.fromkeys(
        (
            "office",
            "office_data",
            "keep_data",
            "office_post",
            "new_post_office",
            "add_post_office",
            "post_office",
            "keep_post_office",
            "new_post_range",
            "add_post_range",
            "switch_post_range",
            "new_tariff",
            "add_tariff",
            "drop_tariff",
            "new_exemption",
            "add_exemption",
            "end_exemption",
            "add_operator",
            "end_operator",
            "office_units",
            "new_unit",
            "add_unit",
            "office_unit",
            "keep_unit",
            "office_counters",
            "new_counter",
            "add_counter",
            "office_counter",
            "keep_counter",
            "office_groups",
            "new_group",
            "add_group",
            "office_group",
            "keep_group",
            "office_kiosks",
            "open_or_close",
            "new_kiosk",
            "add_kiosk",
            "office_kiosk",
            "keep_kiosk",
            "kiosk_code",
            "revoke_kiosk",
            "office_voices",
            "keep_voice",
            "office_clip",
            "office_printers",
            "new_printer",
            "add_printer",
            "office_printer",
            "keep_printer",
            "printer_test",
            "test_result",
            "office_hours",
            "new_hours",
            "plan_hours",
            "new_day",
            "plan_day",
            "office_rules",
            "office_rule",
            "keep_rule",
            "office_procedures",
            "change_list",
            "office_procedure",
            "keep_procedure",
            "office_search",
            "office_receipt",
            "keep_texts",
            "receipt_picture",
            "office_configuration",
            "look_or_take_in",
            "configuration_file",
        ),
        OFFICE,
    ),
    "desk/post/manifests.py": dict.fromkeys(
        (
            "post_manifests",
            "find_post_manifest",
            "open_post_manifest",
            "post_manifest",
            "scan_post_item",
            "mark_post_item",
            "add_post_forms",
            "drop_post_item",
            "close_post_manifest",
            "receive_post_manifest",
            "agree_post_manifest",
            "resolve_post_item",
            "post_manifest_pdf",
        ),
        frozenset({M, R}),
    ),
    "desk/money/day.py": dict.fromkeys(
        ("money", "money_csv", "money_xlsx", "settle_money"), frozenset({M, R})
    ),
    "desk/money/claims.py": {"check_exemption": frozenset({M, R})},
    "desk/money/statements.py": dict.fromkeys(("money_file", "hear_money_file"), frozenset({M, R})),
    "desk/office/bank.py": dict.fromkeys(
        ("office_bank", "save_bank", "end_bank", "give_bank_secret", "end_bank_secret"), OFFICE
    ),
    "desk/post/files.py": dict.fromkeys(("post_files", "hear_post_file"), frozenset({M, R})),
    "desk/post/accepting.py": dict.fromkeys(
        ("post_accept", "accept_post_item", "accept_post_items"), frozenset({M, R})
    ),
    "postal/reception.py": dict.fromkeys(("postal.reception", "postal.scan", "postal.item"), frozenset({C})),
    "postal/queue.py": dict.fromkeys(
        ("postal.take", "postal.take_many", "postal.mend", "postal.numbers"), frozenset({C})
    )
    | dict.fromkeys(("postal.worker", "postal.webmanifest"), DOOR),
    "postal/reprinting.py": {"postal.print_paper": {C}},
    "postal/papers.py": dict.fromkeys(("postal.item_paper", "postal.procedures_pdf"), frozenset({C})),
    "desk/post/results.py": dict.fromkeys(
        (
            "post_results",
            "find_result",
            "pack_result",
            "post_result",
            "post_label",
            "unpack_result",
            "post_proof",
            "post_photo",
        ),
        frozenset({M, R}),
    ),
    "desk/post/money.py": dict.fromkeys(("post_money", "post_money_pdf", "post_money_xlsx"), READERS)
    | {"confirm_post_day": frozenset({M, R})},
    "postal/money.py": dict.fromkeys(
        (
            "postal.money",
            "postal.count_till",
            "postal.close_till",
            "postal.shift",
            "postal.money_line",
            "postal.correct_money",
            "postal.money_day",
            "postal.money_day_pdf",
            "postal.money_day_xlsx",
        ),
        frozenset({C}),
    ),
    "postal/manifests.py": dict.fromkeys(
        (
            "postal.manifests",
            "postal.find_manifest",
            "postal.open_list",
            "postal.manifest",
            "postal.scan_item",
            "postal.mark_item",
            "postal.drop_item",
            "postal.close_list",
            "postal.receive_list",
            "postal.agree_list",
            "postal.resolve_item",
            "postal.manifest_pdf",
            "postal.print_list",
            "postal.item_form_pdf",
        ),
        frozenset({Role.CLERK}),
    ),
    "postal/deliveries.py": dict.fromkeys(
        (
            "postal.deliveries",
            "postal.take_out",
            "postal.take_all_out",
            "postal.delivery",
            "postal.go_out",
            "postal.deliver",
            "postal.not_delivered",
            "postal.fail",
        ),
        frozenset({Role.CLERK}),
    ),
}
ALLOWED = {
    name if "." in name else f"desk.{name}": frozenset(roles)
    for group in TABLE.values()
    for name, roles in group.items()
}

# Arguments that name no object of an office, and a value each for the walk.
FREE = {
    "token": "khong-co",
    "number": 1,
    "name": "warn_hours",
    "width": 576,
    "verb": "recall",
    "which": "receipt",
    "language": "vi",
    "screen": "check",
}
SHARED = {"desk.office_procedure", "desk.keep_procedure"}  # the catalogue is the whole country's
NEVER = {"code": "H56.17.22-261120-9999", "lineage": "khong-co"} | dict.fromkeys(
    (
        "person_id",
        "ticket_id",
        "point_id",
        "group_id",
        "printer_id",
        "unit_id",
        "notice_id",
        "search_id",
        "visit_id",
        "version_id",
        "item_id",
        "manifest_id",
        "line_id",
        "shift_id",
        "money_id",
        "range_id",
        "tariff_id",
        "exemption_id",
        "operator_id",
        "account_id",
        "file_id",
        "entry_id",
        "rule_id",
        "suspension_id",
    ),
    987_654,
)


@dataclass
class Centre:
    """Two offices in one application, and somebody of every role, at work in the first."""

    app: Flask
    tokens: dict[tuple[object, str], str]  # (role, "own" or "other": the office the browser says)
    others: dict[str, object]  # things of the second office, by the argument that names one
    kiosk_id: int


@pytest.fixture(scope="module")
def centre(sqlite_house: House) -> Iterator[Centre]:
    sqlite_house.restore()
    people_ids = {role: a_person(sqlite_house.app, role) for role in Role}
    with sqlite_house.app.app_context():
        session, now = db.session(), sqlite_house.clock()
        first = session.scalars(select(Office)).one()
        second, kiosk, others = another_office(session, first, sqlite_house)
        tokens = {}
        for role, person_id in people_ids.items():
            for whose, office_id in (("own", first.id), ("other", second)):
                person = session.get_one(Person, person_id)
                tokens[role, whose] = people.begin_sign_in(session, person, office_id=office_id, now=now)[1]
        session.commit()
        db.session.remove()
    yield Centre(sqlite_house.app, tokens, others, kiosk)


def another_office(session, first: Office, house: House) -> tuple[int, int, dict[str, object]]:
    """An office like the first, with one thing of each kind."""
    now = house.clock()
    columns = {one.name: getattr(first, one.name) for one in Office.__table__.columns}
    office = Office(**columns | {"id": None, "code": "H56.99.01", "name": "Trung tâm phường Khác"})
    session.add(office)
    session.flush()
    number = 876_543

    def add(record, **facts):
        session.execute(insert(record).values(id=number, office_id=office.id, **facts))
        return number

    add(Printer, name="Máy in khác", url="file:/dev/null", active=True, near_end=False)
    counter = AcceptancePoint(office_id=office.id, code="KQ1", name="Quầy khác", kind="counter")
    counter.id = number
    kiosk = AcceptancePoint(office_id=office.id, code="KK1", name="Ki-ốt khác", kind="kiosk")
    session.add_all([counter, kiosk])
    unit = add(Unit, name="Phòng khác", active=True)
    group = add(ServiceGroup, prefix="Z", name="Việc khác", position=0, usual_minutes=10, active=True)
    search = add(FailedSearch, words="viec gi do", times=3, last_at=now)
    person = Person(id=number, username="khac", name="Người Nơi Khác", created_at=now)
    person.assignments.append(Assignment(office_id=office.id, role=Role.RECEPTION))
    session.add(person)
    session.flush()
    dossier = accept(
        session,
        an_application(offer(session, kiosk)),
        kiosk,
        keys=house.keys,
        base_url="http://10.0.0.5:8080",
        by=citizen("KK1"),
        now=now,
    )
    add(
        Ticket,
        service_group_id=group,
        day=date(2026, 11, 20),
        prefix="Z",
        number=1,
        attempt="z",
        token_key="z",
        priority="",
        state="waiting",
        taken_at=now,
        queued_at=now,
        calls=0,
    )
    session.execute(
        insert(Visit).values(
            id=number,
            token_key="z",
            acceptance_point_id=kiosk.id,
            started_at=now,
            touched_at=now,
            called_at=now,
        )
    )
    session.execute(insert(Notice).values(id=number, **a_notice(dossier, person.id, now)))
    post = AcceptancePoint(office_id=office.id, code="KBD", name="Bưu cục khác", kind="post")
    session.add(post)
    session.flush()
    serials = {"first_serial": 1, "last_serial": 9, "next_serial": 1}
    add(ItemRange, point_id=post.id, service="ZZ", country="VN", active=True, **serials)
    coming = {"valid_from": date(2999, 1, 1), "instrument": ""}
    add(PostalTariff, zone="local", grams=100, is_further=False, price=1, **coming)
    add(PostalExemption, code="z", words="Khác", account="fee", percent=1, **coming)
    add(PostalOperator, name="Khác", key_print="z", active=True, created_at=now)
    account = add(BankAccount, bin="970405", number="1", holder="X", provider="", active=True, created_at=now)
    entry = {"external_id": "z", "source": "file", "amount": 1, "paid_at": now, "told_at": now}
    add(BankEntry, account_id=account, state="unknown", settled_how="", **entry)
    told = {"opened_by": person.id, "opened_at": now, "bag_number": "", "bag_seal": "", "fee_listed": 0}
    add(Manifest, point_id=post.id, direction="in", number="BK-K-1", state="closed", version=1, **told)
    shift = {"opened_at": now, "expected_charge": 0, "expected_fee": 0, "reason": ""}
    add(PostalShift, point_id=post.id, person_id=person.id, **shift)
    rule = {"version": 1, "state": "draft", "title": "Khác", "definition": definition_of(a_rule())}
    add(ServiceDayVersion, lineage="khac", author_id=person.id, created_at=now, **rule)
    until = {"begins_at": now, "asked_until": now + timedelta(hours=1), "alone_until": now}
    add(ServiceDaySuspension, lineage="", reason="power", text="", person_id=person.id, **until)
    session.commit()
    named = dict.fromkeys(NEVER, number) | {
        "code": dossier.dossier_code,
        "unit_id": unit,
        "search_id": search,
        "lineage": "khac",
    }
    return office.id, kiosk.id, named


def a_notice(dossier, person_id: int, now) -> dict[str, object]:
    known = {
        "office_id": dossier.office_id,
        "dossier_id": dossier.id,
        "form": "02",
        "form_set": "tt03_2025",
        "year": 2026,
        "number": 1,
        "state": "issued",
        "facts_sealed": b"",
        "proposed_by": person_id,
        "proposed_at": now,
        "issued_by": person_id,
        "issued_at": now,
    }
    return {name: value for name, value in known.items() if name in Notice.__table__.columns}


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in PUBLIC]


def ask(centre: Centre, rule: Rule, arguments: dict[str, object], token: str | None) -> TestResponse:
    client = centre.app.test_client()
    if token:
        client.set_cookie(COOKIE, token)
    with centre.app.test_request_context():
        given = {name: FREE[name] if name in FREE else arguments[name] for name in rule.arguments}
        path = centre.app.url_map.bind("localhost").build(rule.endpoint, given, method=method_of(rule))
    limiter.reset()
    response = client.open(path, method=method_of(rule), headers={"Origin": "http://localhost"})
    response.get_data()
    response.close()
    return response


def method_of(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def outcome(response: TestResponse) -> str:
    """ "in", "no", "broken", or "door" for whoever must sign in first."""
    location = response.headers.get("Location", "")
    if response.status_code == 303 and re.match(r"/desk/sign-in(\?|$)", location):
        return "door"
    if response.status_code == 303 and location == "/desk/seat":
        return "no"
    if response.status_code == 500:
        return "broken"
    return "no" if response.status_code == 403 else "in"


def test_every_route_of_the_staff_is_in_the_table(sqlite_house: House):
    routes = {rule.endpoint for rule in staff_rules(sqlite_house.app)}
    assert (sorted(routes - set(ALLOWED)), sorted(set(ALLOWED) - routes)) == ([], []), (
        "not in TABLE, and in TABLE without a route"
    )


@pytest.mark.parametrize("role", [*Role, NOBODY], ids=str)
def test_each_role_opens_what_the_table_says_and_nothing_else(centre: Centre, role):
    """What exists nowhere is asked for, so that nothing changes on the way."""
    wrong = []
    for rule in staff_rules(centre.app):
        if rule.endpoint in ("desk.sign_out", "desk.sit_down"):
            continue  # they would end the walk; tests/desk/test_door.py walks through them
        found = outcome(ask(centre, rule, NEVER, centre.tokens.get((role, "own"))))
        allowed = role in ALLOWED.get(rule.endpoint, ())
        expected = "in" if allowed else "door" if role == NOBODY else "no"
        if found != expected and not _is_own_door(rule, found, role):
            wrong.append((rule.endpoint, method_of(rule), expected, found))
    assert wrong == []


def _is_own_door(rule: Rule, found: str, role: object) -> bool:
    """The door itself may lead to the door: a second factor that nobody owes."""
    return (
        found == "door"
        and role in DOOR
        and rule.endpoint in ("desk.second_factor", "desk.pass_second_factor")
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_a_role_of_one_office_opens_nothing_in_another(centre: Centre, role):
    wrong = []
    for rule in staff_rules(centre.app):
        if ALLOWED.get(rule.endpoint) in (DOOR, ALL):
            continue
        found = outcome(ask(centre, rule, NEVER, centre.tokens[role, "other"]))
        if found != "no":
            wrong.append((rule.endpoint, found))
    assert wrong == []


def told(response: TestResponse) -> tuple[int, str]:
    """What a stranger could learn: the status and the page, without reference and without what was asked."""
    text = response.get_data(as_text=True)
    text = re.sub(r"Số tham chiếu <strong>[\dA-F ]+</strong>", "", text)
    text = re.sub(r'(name="attempt" value=")[^"]+', r"\1", text)
    return response.status_code, text


@pytest.mark.parametrize("role", [M, R, D, U], ids=str)
def test_what_belongs_to_another_office_is_as_if_it_did_not_exist(centre: Centre, role):
    wrong = []
    for rule in staff_rules(centre.app):
        named = rule.arguments - set(FREE)
        if not named or rule.endpoint in SHARED or role not in ALLOWED.get(rule.endpoint, ()):
            continue
        others = centre.others
        if "kiosk" in rule.endpoint:
            others = others | {"point_id": centre.kiosk_id}
        token = centre.tokens[role, "own"]
        never = told(ask(centre, rule, NEVER, token))
        found = told(ask(centre, rule, others, token))
        for name in named:
            never = (never[0], never[1].replace(str(NEVER[name]), "…"))
            found = (found[0], found[1].replace(str(others[name]), "…"))
        if found != never or found[0] < 400:
            wrong.append((rule.endpoint, never[0], found[0]))
    assert wrong == []


def test_a_missing_right_is_told_alike_whether_the_thing_exists_or_not(centre: Centre, sqlite_house: House):
    with sqlite_house.app.app_context():
        own = dict.fromkeys(NEVER, 1) | {"code": "H56.17.22-261120-0001"}
    for rule in staff_rules(centre.app):
        if rule.arguments - set(FREE) and C not in ALLOWED.get(rule.endpoint, ALL):
            token = centre.tokens[C, "own"]
            assert told(ask(centre, rule, own, token)) == told(ask(centre, rule, NEVER, token)), rule.endpoint
            assert told(ask(centre, rule, own, token))[0] == 403


@pytest.mark.parametrize("role", [A, C], ids=str)
def test_no_answer_shows_a_dossier_to_whoever_may_see_none(centre: Centre, role):
    """Neither a page nor the answer to an act that was refused."""
    with centre.app.app_context():
        now = centre.app.extensions["motcham"].clock()
        kiosk = db.session.scalars(select(AcceptancePoint).filter_by(kind="kiosk").order_by("id")).first()
        application = an_application(offer(db.session(), kiosk))
        dossier = accept(
            db.session(),
            application,
            kiosk,
            keys=centre.app.extensions["motcham"].keys,
            base_url="http://10.0.0.5:8080",
            by=citizen(kiosk.code),
            now=now,
        )
        code, name = dossier.dossier_code, application.applicant.name
        db.session.commit()
    # Without the right to it a view is not reached; what handles refusals is asked, too.
    shown = []
    for rule in staff_rules(centre.app):
        if rule.endpoint in ("desk.sign_out", "desk.sit_down"):
            continue
        for asked in (code, NEVER["code"]) if "code" in rule.arguments else (code,):
            response = ask(centre, rule, NEVER | {"code": asked}, centre.tokens[role, "own"])
            text = response.get_data().decode(errors="replace")  # a paper is no text
            if code in text or name in text:
                shown.append(rule.endpoint)
    assert shown == []


@pytest.mark.parametrize("role", [A, C], ids=str)
@pytest.mark.parametrize(
    "refusal", [NoSuchDossier(), HeldByAnother(name="Hoa", until=None)], ids=lambda one: one.code
)
def test_a_refusal_shows_no_list_to_whoever_may_see_none(centre: Centre, role, refusal):
    """Also when a route of an act is opened to them one day."""
    headers = {"Cookie": f"{COOKIE}={centre.tokens[role, 'own']}", "Origin": "http://localhost"}
    here = {"REMOTE_ADDR": "127.0.0.1"}
    with centre.app.test_request_context(
        "/desk/dossiers/x/end-lock", method="POST", headers=headers, environ_base=here
    ):
        with pytest.raises(Forbidden):
            centre.app.preprocess_request()
        response = centre.app.make_response(centre.app.handle_user_exception(refusal))
    assert response.status_code == 403


def test_a_route_that_forgot_to_say_is_closed_to_everybody(sqlite_house: House):
    """Default deny."""
    from web.staff import needed

    with sqlite_house.app.app_context():
        unsaid = [rule.endpoint for rule in staff_rules(sqlite_house.app) if needed(rule.endpoint) is None]
    assert unsaid == []
