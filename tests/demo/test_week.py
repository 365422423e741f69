"""The week of the demo office happens through the verbs and leaves something of everything."""

from __future__ import annotations

import stat
from collections import Counter

import pytest
from sqlalchemy import func, select

from build import vietnam
from demo.accounts import ACCOUNTS
from demo.founding import ACCOUNTS_FILE, found_week
from demo.post import EXAMPLE
from intake.offices import civil_day
from intake.passwords import matches
from intake.records import (
    Dossier,
    Errand,
    Event,
    Manifest,
    Notice,
    Person,
    PostalItem,
    PostalMoney,
    PostalShift,
    PostalTariff,
    ServiceDayVersion,
    Ticket,
)
from intake.rules.lifecycle import Status
from intake.rules.post import Step

THURSDAY = vietnam(26, 14, 20)


@pytest.fixture
def founded(session, keys, clock, tmp_path):
    clock.now = THURSDAY
    assert found_week(session, tmp_path, keys=keys, base_url="http://10.0.0.5:8080", now=clock())
    session.commit()
    return tmp_path


def test_a_new_demo_office_has_lived_a_week(founded, session, keys, clock):
    statuses = set(session.scalars(select(Dossier.status)))
    assert {*Status} - statuses <= {Status.STOPPED}
    assert len(session.scalars(select(Dossier.id)).all()) > 50
    assert session.scalar(select(func.count()).select_from(Ticket)) > 50
    assert {"supplement_request", "refusal_notice", "apology"} <= set(session.scalars(select(Notice.form)))
    assert set(session.scalars(select(Errand.state))) == {"printed"}
    assert max(session.scalars(select(Event.at))) <= THURSDAY
    numbers = session.scalars(select(Dossier.number).order_by(Dossier.received_at, Dossier.number)).all()
    assert numbers == list(range(1, len(numbers) + 1))
    late = select(Dossier).where(
        Dossier.status.in_([Status.RECEIVED, Status.IN_PROGRESS]), Dossier.deadline_at < THURSDAY
    )
    assert session.scalars(late).all()
    _a_paper_free_day_was_lived(session)
    # The next start makes nothing twice.
    assert not found_week(session, founded, keys=keys, base_url="http://x", now=clock())
    _accounts_open(founded, session)
    _the_post_was_lived(session)


def _the_post_was_lived(session) -> None:
    """Items and lists in every stage; on the list that waits one is missing and one is too many."""
    steps = set(session.execute(select(PostalItem.direction, PostalItem.status)).all())
    home = {Step.OUT, Step.DELIVERED, Step.RETURNED}
    assert {("in", Step.HANDED_OVER), ("in", Step.IN_TRANSIT)} <= steps
    assert {("home", step) for step in home} <= steps
    waiting = session.scalars(select(Manifest).filter_by(state="arrived")).one()
    outcomes = Counter(line.outcome for line in waiting.lines)
    assert (outcomes["listed"], outcomes["extra"]) == (1, 1) and outcomes["matched"] >= 4
    assert session.scalars(select(Dossier.id).filter_by(channel="post")).all()
    shifts = session.scalars(select(PostalShift).order_by(PostalShift.id)).all()
    assert [shift.closed_at is None for shift in shifts] == [False] * (len(shifts) - 1) + [True]
    assert all(tariff.instrument == EXAMPLE for tariff in session.scalars(select(PostalTariff)))
    assert min(session.scalars(select(PostalMoney.amount))) > 0
    assert session.scalars(select(Dossier.id).filter_by(delivery_status="failed")).all()
    handed_over = select(PostalItem.dossier_id).filter_by(status=Step.HANDED_OVER)
    accepted = [dossier_id is not None for dossier_id in session.scalars(handed_over)]
    assert any(accepted) and not all(accepted)


def _a_paper_free_day_was_lived(session) -> None:
    """By a rule that two people made, after days without it; nobody who needed paper was turned away."""
    rule = session.scalars(select(ServiceDayVersion)).one()
    assert (rule.state, rule.definition["weekdays"]) == ("published", [3])
    assert rule.approved_by not in (None, rule.author_id)
    lived = select(Dossier).where(Dossier.same_day.is_(True))
    days = {civil_day(dossier.received_at) for dossier in session.scalars(lived)}
    assert len(days) >= 3 and {day.weekday() for day in days} == {3}
    before = select(Dossier.received_at).where(Dossier.received_at < rule.published_at)
    assert len({civil_day(at) for at in session.scalars(before)}) >= 3
    reasons = [one.paper_reason for one in session.scalars(select(Dossier)) if one.service_days]
    assert any(reasons) and not all(reasons)
    assert session.scalars(lived.where(Dossier.helper_id.isnot(None))).all()


def _accounts_open(folder, session) -> None:
    """Every account opens with the password that is told to the owner alone."""
    told = folder / ACCOUNTS_FILE
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    lines = [line.split() for line in told.read_text(encoding="utf-8").splitlines()]
    assert [line[0] for line in lines] == [account.username for account in ACCOUNTS]
    for username, password, *_ in lines[:2]:
        person = session.scalars(select(Person).filter_by(username=username)).one()
        assert matches(person.password_hash, password)
