"""Finding dossiers among all an office received: on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from build import FRIDAY, an_applicant, an_application
from conftest import offer
from intake import finding
from intake.accepting import accept
from intake.events import citizen
from intake.finding import Found, find
from intake.records import AcceptancePoint, Dossier, DossierWord, Office, Receipt
from intake.rules.finding import Sought
from intake.rules.refusals import ForgedReceipt

NAMES = (
    "Lê Thị Ngọc Lan",
    "Trần Văn Tú",
    "Trần Văn Tuấn",
    "Nguyễn Thị Vân",
    "Nguyễn Nguyên",
    "Vân",
    "H’Bia Niê Kđăm",
    "Y Blớk-Êban",
    "Đặng Thị Nguyễn Thị Đào",
    "Jean-Luc O'Brien",
)


@pytest.fixture
def receive(session, keys):
    """Receives a dossier and gives its id; ``minutes`` after Friday's beginning."""
    versions: dict[int, int] = {}

    def one(point: AcceptancePoint, *, minutes: int = 0, **who: str) -> int:
        version = versions.setdefault(point.id, 0) or offer(session, point)
        versions[point.id] = version
        at = FRIDAY + timedelta(minutes=minutes)
        dossier = accept(
            session,
            an_application(version, applicant=an_applicant(**who)),
            point,
            keys=keys,
            base_url="http://10.0.0.5:8080",
            by=citizen(point.code),
            now=at,
        )
        session.commit()
        return dossier.id

    return one


@pytest.fixture
def elsewhere(session, office: Office) -> AcceptancePoint:
    """A kiosk of another office of the same installation."""
    names = ("name", "place", "agency_name", "collect_at", "hotline", "hours")
    other = Office(code="H56.17.99", **{name: getattr(office, name) for name in names})
    session.add(other)
    session.flush()
    point = AcceptancePoint(office_id=other.id, code="K99", name="Máy 99", kind="kiosk")
    session.add(point)
    session.commit()
    return point


@pytest.fixture
def search(session, office, keys):
    return lambda typed, limit=20: find(session, office, typed, keys=keys, limit=limit)


@pytest.fixture
def named(receive, kiosk) -> dict[str, int]:
    return {name: receive(kiosk, name=name) for name in NAMES}


def payload(session, dossier_id: int) -> str:
    return session.scalars(select(Receipt.payload).filter_by(dossier_id=dossier_id)).one()


def test_each_kind_of_question_finds_its_dossier(session, receive, kiosk, search):
    other = receive(kiosk, name="Trần Văn Tú", citizen_id="038190002345", phone="0987654321")
    lan = receive(kiosk)
    code = session.get_one(Dossier, lan).dossier_code
    assert code == "H56.17.22-261120-0002"
    for typed, sought in {
        code: Sought.CODE,
        "h56.17.22 261120 · 0002": Sought.CODE,
        "0002": Sought.CODE_PART,
        "2": Sought.CODE_PART,
        "261120-0002": Sought.CODE_PART,
        "2611200002": Sought.CODE_PART,
        "lan 0002": Sought.CODE_PART,
        f"HTTP://10.0.0.5:8080/R/{payload(session, lan)}": Sought.RECEIPT,
        payload(session, lan): Sought.RECEIPT,
        "038156001234": Sought.CITIZEN_ID,
        "038156001234|172345678|LÃª Thá»‹ Ngá»c Lan|08031956|Nữ|Tổ 3|22042022": Sought.CARD,
        "0912 345 678": Sought.PHONE,
        "lê ngọc": Sought.NAME,
        "LAN": Sought.NAME,
    }.items():
        assert search(typed) == Found(sought, (lan,)), typed
    assert search("261120").dossier_ids == (lan, other)
    assert search("H56.17.22-2611").dossier_ids == (lan, other)
    assert search("CC473124829VN") == Found(Sought.ITEM)
    assert search("  ") == Found(Sought.NOTHING)
    assert search("không ai") == Found(Sought.NAME)


def test_a_forged_receipt_is_no_search(session, named, search):
    with pytest.raises(ForgedReceipt):
        search(f"http://10.0.0.5:8080/R/{payload(session, named['Vân'])[:-8]}")


def test_nothing_of_another_office_is_found(session, receive, elsewhere, search):
    theirs = receive(elsewhere)
    code = session.get_one(Dossier, theirs).dossier_code
    for typed in (code, "0001", "lan", "038156001234", "0912345678", payload(session, theirs), "l"):
        assert search(typed).dossier_ids == (), typed


def test_a_receipt_of_another_office_with_the_same_code_finds_nothing_here(
    session, receive, kiosk, elsewhere, search
):
    ours, theirs = receive(kiosk), receive(elsewhere)
    assert search(payload(session, ours)).dossier_ids == (ours,)
    assert search(payload(session, theirs)) == Found(Sought.RECEIPT)


def test_every_name_is_found_by_the_beginnings_of_its_words_in_any_order(named, search):
    dice = random.Random(7)
    for name, dossier_id in named.items():
        words = finding.question_of(name, agency="", public_keys={}).words
        for _ in range(12):
            some = dice.sample(words, dice.randint(1, len(words)))
            typed = " ".join(word[: dice.randint(1, len(word))] for word in some)
            assert dossier_id in search(typed).dossier_ids, (name, typed)
        assert dossier_id in search(name).dossier_ids


def test_two_words_typed_ask_for_two_words_of_the_name(named, search):
    def found(typed: str) -> set[str]:
        return {name for name, one in named.items() if one in search(typed).dossier_ids}

    assert found("tran t") == {"Trần Văn Tú", "Trần Văn Tuấn"}
    assert found("t tran") == found("tran t")
    assert found("v van") == set()
    assert found("nguyen nguyen") == {"Nguyễn Nguyên"}
    assert found("nguyen ng") == {"Nguyễn Nguyên"}
    assert found("thi thi") == {"Đặng Thị Nguyễn Thị Đào"}
    assert found("tran thi") == set()


def test_words_in_full_stand_before_words_begun(receive, kiosk, search):
    tu, tuan, tung = (receive(kiosk, name=f"Trần Văn {given}") for given in ("Tú", "Tuấn", "Tùng"))
    assert search("tran tu").dossier_ids == (tu, tung, tuan)
    assert search("tu", limit=2) == Found(Sought.NAME, (tu, tung), more=True)


def test_the_newest_stand_first_and_the_rest_is_told(receive, kiosk, search):
    many = [receive(kiosk, minutes=minute) for minute in range(5)]
    newest = tuple(reversed(many))
    for typed in ("lan", "la", "le thi", "038156001234", "0912345678", "261120", "n"):
        assert search(typed, limit=5) == Found(search(typed).sought, newest), typed
        assert search(typed, limit=3) == Found(search(typed).sought, newest[:3], more=True), typed


def test_what_is_common_and_what_is_rare_are_found_alike(receive, kiosk, search, monkeypatch):
    """The ways to the answer differ by how many of the newest have it; the answer does not."""
    names = [f"Nguyễn {middle} {given}" for given in ("Tú", "Tuấn", "An") for middle in ("Văn", "Thị", "Đức")]
    for name in names * 2:
        receive(kiosk, name=name)
    questions = ("nguyen", "ng", "tu", "van tu", "v tu", "nguyen v a", "n v t", "0012", "261120", "x")
    common = {typed: search(typed, limit=4) for typed in questions}
    monkeypatch.setattr(finding, "RARE", 1_000)
    assert {typed: search(typed, limit=4) for typed in questions} == common
    monkeypatch.setattr(finding, "RARE", 2)
    monkeypatch.setattr(finding, "SAMPLE", 6)
    monkeypatch.setattr(finding, "NEWEST", 8)
    assert {typed: search(typed, limit=4) for typed in questions} == common


def test_the_longest_and_strangest_names_are_stored_and_found(receive, kiosk, search):
    for name in ("ﬃ" * 100, "Ω" * 100, "a " * 49 + "b", "100%_"[3:] + "Lê"):
        one = receive(kiosk, name=name)
        assert one in search(name, limit=100).dossier_ids, name


def test_the_words_of_a_dossier_are_read_in_one_run(session, named, office):
    """However many dossiers there are, a search reads a run of the index and nothing else."""
    run = "WHERE office_id = 1 AND word = 'lan' AND words LIKE '% le %' ORDER BY dossier_id DESC LIMIT 21"
    statement = f"SELECT dossier_id FROM dossier_word {run}"
    if session.get_bind().dialect.name == "sqlite":
        plan = " ".join(row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
        assert "SEARCH dossier_word USING PRIMARY KEY (office_id=? AND word=?)" in plan
        assert "TEMP B-TREE" not in plan
        return
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    plan = " ".join(row[0] for row in session.execute(text(f"EXPLAIN {statement}")))
    assert "Index Only Scan Backward using pk_dossier_word" in plan
    assert "Sort" not in plan


def test_a_replayed_attempt_is_indexed_once(session, kiosk, offered, keys, clock):
    application = an_application(offered)
    for again in (application, replace(application, answers={})):
        accept(session, again, kiosk, keys=keys, base_url="http://x", by=citizen("K1"), now=clock())
    assert session.scalar(select(func.count()).select_from(DossierWord).where(DossierWord.word == "")) == 1
