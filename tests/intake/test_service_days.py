"""Rules of service days: two people, every step told, nothing overwritten, and a way back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from build import FRIDAY, vietnam
from conftest import offer
from dayway import a_rule
from intake import memory, policies, service_days
from intake.changing import history
from intake.records import Assignment, Event, Office, Person, ServiceDayVersion
from intake.rules.procedures import ServiceLevel, Term, TermUnit
from intake.rules.refusals import (
    ChangedMeanwhile,
    DraftExists,
    NoSuchThing,
    NotAllowed,
    RuleRuns,
    RuleStopped,
    SamePerson,
    WrongRuleState,
)
from intake.rules.rights import Role
from intake.rules.service_day_file import definition_of
from intake.rules.service_days import Mode
from intake.service_days import rule_here, rules_here, version_here

CODE = "1.000001"
THURSDAY = date(2026, 11, 26)


@pytest.fixture
def copies(session, kiosk) -> None:
    """A procedure of the same day that may be filed electronically."""
    offer(session, kiosk, term=Term(TermUnit.SAME_DAY), service_level=ServiceLevel.FULL)
    session.commit()


def defined(**changes) -> dict:
    return definition_of(a_rule(**{"procedures": frozenset({CODE}), **changes}))


def drafted(session, office, by, **changes) -> ServiceDayVersion:
    row = service_days.draft(session, office, defined(**changes), by=by, now=FRIDAY)
    session.commit()
    return row


def seen(session, office, row) -> str:
    return version_here(session, office, row.id).stamp


def approved(session, office, row, by) -> ServiceDayVersion:
    service_days.approve(session, office, row.id, stamped=seen(session, office, row), by=by, now=FRIDAY)
    session.commit()
    return row


def published(session, office, thu, dung, **changes) -> ServiceDayVersion:
    row = approved(session, office, drafted(session, office, thu, **changes), dung)
    service_days.publish(session, office, row.id, by=thu, now=FRIDAY)
    session.commit()
    memory.forget_all()
    return row


def events(session, kind: str) -> list[Event]:
    return list(session.scalars(select(Event).filter_by(kind=kind).order_by(Event.id)))


def test_a_new_rule_is_a_draft_and_in_force_for_nobody(session, office, copies, thu):
    row = drafted(session, office, thu)
    assert (row.state, row.version, len(row.lineage)) == ("draft", 1, 8)
    assert set(row.lineage) <= set("0123456789abcdef")
    assert policies.rules_of(session, office, now=FRIDAY) == ()
    (told,) = events(session, "service_day_drafted")
    assert told.facts["what"] == row.title and told.facts["cutoff"] == [None, "15:00"]
    assert (told.actor, told.person_id) == (thu.name, thu.person_id)


def test_two_people_bring_a_rule_into_force(session, office, copies, thu, dung):
    row = published(session, office, thu, dung)
    (rule,) = policies.rules_of(session, office, now=FRIDAY)
    assert (rule.id, rule.lineage, rule.title) == (row.id, row.lineage, row.title)
    view = rule_here(session, office, row.lineage, now=FRIDAY)
    assert view.state == "published" and view.next_days[:1] == (THURSDAY,) and not view.today
    assert (view.published.approver, view.published.author) == (dung.name, thu.name)
    assert rule_here(session, office, row.lineage, now=vietnam(26)).today


def test_nobody_approves_their_own_rule(session, office, copies, thu):
    row = drafted(session, office, thu)
    with pytest.raises(SamePerson):
        approved(session, office, row, thu)


def test_whoever_may_not_approve_is_refused(session, office, copies, thu, hoa):
    row = drafted(session, office, thu)
    with pytest.raises(NotAllowed):
        approved(session, office, row, hoa)


def test_what_was_approved_and_is_changed_needs_a_new_word(session, office, copies, thu, dung):
    row = approved(session, office, drafted(session, office, thu), dung)
    stamped = seen(session, office, row)
    service_days.change(session, office, row.id, defined(per_day=60), stamped=stamped, by=thu, now=FRIDAY)
    session.commit()
    assert (row.state, row.approved_by, row.approved_at) == ("draft", None, None)
    with pytest.raises(WrongRuleState):
        service_days.publish(session, office, row.id, by=thu, now=FRIDAY)
    assert events(session, "service_day_changed")[0].facts["per_day"] == [None, 60]
    assert events(session, "service_day_changed")[0].facts["state"] == ["approved", "draft"]


def test_whoever_changed_a_rule_last_is_not_its_second_person(session, office, copies, thu, dung):
    row = drafted(session, office, thu)
    stamped = seen(session, office, row)
    service_days.change(session, office, row.id, defined(per_day=9), stamped=stamped, by=dung, now=FRIDAY)
    with pytest.raises(SamePerson):
        approved(session, office, row, dung)


def test_saving_what_is_kept_already_changes_nothing(session, office, copies, thu, dung):
    row = approved(session, office, drafted(session, office, thu), dung)
    stamped = seen(session, office, row)
    service_days.change(session, office, row.id, defined(), stamped=stamped, by=thu, now=FRIDAY)
    assert row.state == "approved" and events(session, "service_day_changed") == []


def test_of_two_managers_who_change_a_draft_the_second_sees_the_first(session, office, copies, thu, dung):
    row = drafted(session, office, thu)
    both = seen(session, office, row)
    service_days.change(session, office, row.id, defined(per_day=10), stamped=both, by=thu, now=FRIDAY)
    session.commit()
    with pytest.raises(ChangedMeanwhile):
        service_days.change(session, office, row.id, defined(per_day=99), stamped=both, by=dung, now=FRIDAY)
    session.rollback()
    assert row.definition["per_day"] == 10


def test_of_two_managers_who_begin_a_new_version_the_second_sees_the_first(
    session, office, copies, thu, dung
):
    row = published(session, office, thu, dung)
    both, lineage = seen(session, office, row), row.lineage
    given = {"lineage": lineage, "stamped": both, "by": thu, "now": FRIDAY}
    service_days.draft(session, office, defined(per_day=10), **given)
    session.commit()
    with pytest.raises(ChangedMeanwhile):
        service_days.draft(session, office, defined(per_day=20), **given)


def test_a_rule_changed_while_it_is_read_is_not_approved(session, office, copies, thu, dung):
    row = drafted(session, office, thu)
    read = seen(session, office, row)
    service_days.change(session, office, row.id, defined(per_day=1), stamped=read, by=thu, now=FRIDAY)
    session.commit()
    with pytest.raises(ChangedMeanwhile):
        service_days.approve(session, office, row.id, stamped=read, by=dung, now=FRIDAY)


def test_a_rule_that_contradicts_itself_may_be_kept_and_not_approved(session, office, copies, thu, dung):
    row = drafted(session, office, thu, weekdays=frozenset({6}))
    with pytest.raises(RuleStopped) as refused:
        approved(session, office, row, dung)
    assert refused.value.facts["codes"] == ("weekday_closed",)


def test_what_became_unsound_after_the_approval_is_not_published(session, office, copies, thu, dung):
    row = approved(session, office, drafted(session, office, thu, valid_to=THURSDAY), dung)
    with pytest.raises(RuleStopped):
        service_days.publish(session, office, row.id, by=thu, now=vietnam(27))


def test_the_same_rule_twice_is_not_approved(session, office, copies, thu, dung):
    published(session, office, thu, dung)
    row = drafted(session, office, thu)
    with pytest.raises(RuleStopped) as refused:
        approved(session, office, row, dung)
    assert refused.value.facts["codes"] == ("same_rule",)


def test_a_new_version_ends_the_one_before_in_the_same_moment(session, office, copies, thu, dung):
    first = published(session, office, thu, dung)
    second = service_days.draft(
        session, office, defined(per_day=60), lineage=first.lineage, by=thu, now=FRIDAY
    )
    session.commit()
    assert rule_here(session, office, first.lineage, now=FRIDAY).published.id == first.id
    approved(session, office, second, dung)
    service_days.publish(session, office, second.id, by=thu, now=vietnam(23))
    session.commit()
    memory.forget_all()
    assert (first.state, first.ended_at) == ("ended", vietnam(23))
    assert [rule.per_day for rule in policies.rules_of(session, office, now=vietnam(23))] == [60]
    assert events(session, "service_day_published")[-1].facts["version"] == [1, 2]


def test_a_new_version_for_later_does_not_silently_cancel_the_days_between(
    session, office, copies, thu, dung
):
    first = published(session, office, thu, dung)
    later = defined(valid_from=date(2026, 12, 4), per_day=9)
    second = service_days.draft(session, office, later, lineage=first.lineage, by=thu, now=FRIDAY)
    session.commit()
    with pytest.raises(RuleStopped) as refused:
        approved(session, office, second, dung)
    assert refused.value.facts["codes"] == ("days_between",)
    told = service_days.findings_of(session, office, service_days.rule_of_row(first), now=FRIDAY)
    assert "days_between" not in {one.code for one in told}


def test_nobody_ends_a_rule_alone_on_its_day(session, office, copies, thu, dung):
    row = published(session, office, thu, dung)
    for hour, minute in ((0, 0), (9, 0), (17, 29)):
        with pytest.raises(RuleRuns) as refused:
            service_days.end(session, office, row.id, by=thu, now=vietnam(26, hour, minute))
        assert refused.value.facts["until"] == vietnam(26, 17, 30)
    assert rule_here(session, office, row.lineage, now=vietnam(26, 9)).until == vietnam(26, 17, 30)
    assert rule_here(session, office, row.lineage, now=vietnam(25, 9)).until is None
    service_days.end(session, office, row.id, by=thu, now=vietnam(26, 17, 30))
    assert row.state == "ended"


def test_only_one_version_is_prepared_at_a_time(session, office, copies, thu):
    row = drafted(session, office, thu)
    with pytest.raises(DraftExists):
        service_days.draft(session, office, defined(), lineage=row.lineage, by=thu, now=FRIDAY)


def test_a_rule_ends_at_once_and_comes_back_only_through_approval(session, office, copies, thu, dung):
    row = published(session, office, thu, dung)
    service_days.end(session, office, row.id, by=thu, now=vietnam(23))
    session.commit()
    memory.forget_all()
    assert policies.rules_of(session, office, now=vietnam(23)) == ()
    again = service_days.restore(session, office, row.id, by=thu, now=vietnam(23))
    session.commit()
    assert (again.state, again.version, again.definition) == ("draft", 2, row.definition)
    assert policies.rules_of(session, office, now=vietnam(23)) == ()
    with pytest.raises(SamePerson):
        approved(session, office, again, thu)


def test_a_rule_rolls_back_to_an_older_version(session, office, copies, thu, dung):
    first = published(session, office, thu, dung)
    second = service_days.draft(
        session, office, defined(per_day=3), lineage=first.lineage, by=thu, now=FRIDAY
    )
    session.commit()
    service_days.publish(session, office, approved(session, office, second, dung).id, by=thu, now=FRIDAY)
    session.commit()
    third = service_days.restore(session, office, first.id, by=dung, now=FRIDAY)
    assert third.version == 3 and third.definition == first.definition
    told = events(session, "service_day_drafted")[-1].facts
    assert told["per_day"] == [3, None] and told["version"] == [2, 3]
    with pytest.raises(DraftExists):
        service_days.restore(session, office, first.id, by=dung, now=FRIDAY)


def test_a_draft_is_given_up(session, office, copies, thu, dung):
    row = approved(session, office, drafted(session, office, thu), dung)
    service_days.discard(session, office, row.id, by=thu, now=FRIDAY)
    assert row.state == "discarded"
    assert events(session, "service_day_discarded")[0].facts["state"] == ["approved", "discarded"]


@pytest.mark.parametrize(
    "step, state",
    [
        ("publish", "draft"),
        ("end", "draft"),
        ("restore", "draft"),
        ("restore", "published"),
        ("discard", "published"),
        ("publish", "published"),
        ("end", "ended"),
        ("discard", "ended"),
        ("publish", "discarded"),
    ],
)
def test_a_step_that_cannot_follow_is_refused(session, office, copies, thu, step, state):
    row = drafted(session, office, thu)
    row.state = state
    session.commit()
    with pytest.raises(WrongRuleState) as refused:
        getattr(service_days, step)(session, office, row.id, by=thu, now=FRIDAY)
    assert refused.value.facts == {"now": state}


def test_a_published_rule_is_never_edited_nor_approved_again(session, office, copies, thu, dung):
    row = published(session, office, thu, dung)
    given = {"stamped": seen(session, office, row), "by": dung, "now": FRIDAY}
    with pytest.raises(WrongRuleState):
        service_days.change(session, office, row.id, defined(per_day=1), **given)
    with pytest.raises(WrongRuleState):
        service_days.approve(session, office, row.id, **given)


@pytest.fixture
def other(session, office) -> Office:
    """Another office, in which nobody of the cast works."""
    columns = {one.name: getattr(office, one.name) for one in Office.__table__.columns}
    row = Office(**columns | {"id": None, "code": "H56.99.01", "name": "Trung tâm phường Khác"})
    session.add(row)
    session.commit()
    return row


def test_a_rule_of_another_office_does_not_exist(session, office, other, copies, thu):
    row = drafted(session, office, thu)
    for step in (service_days.publish, service_days.end, service_days.discard, service_days.restore):
        with pytest.raises(NoSuchThing):
            step(session, other, row.id, by=thu, now=FRIDAY)
    with pytest.raises(NoSuchThing):
        rule_here(session, other, row.lineage, now=FRIDAY)
    with pytest.raises(NoSuchThing):
        service_days.draft(session, other, defined(), lineage=row.lineage, by=thu, now=FRIDAY)
    assert rules_here(session, other, now=FRIDAY) == []


def test_a_rule_is_copied_to_an_office_whose_days_one_runs(session, office, other, copies, thu, dung):
    row = published(session, office, thu, dung)
    with pytest.raises(NotAllowed):
        service_days.copy_to(session, office, row.id, other, by=thu, now=FRIDAY)
    assert service_days.offices_to_copy_to(session, office, thu.person_id) == []
    person = session.get_one(Person, thu.person_id)
    person.assignments.append(Assignment(office_id=other.id, role=Role.MANAGER))
    session.commit()
    assert service_days.offices_to_copy_to(session, office, thu.person_id) == [(other.id, other.name)]
    copy = service_days.copy_to(session, office, row.id, other, by=thu, now=FRIDAY)
    assert (copy.office_id, copy.state, copy.version) == (other.id, "draft", 1)
    assert copy.lineage != row.lineage and copy.definition == row.definition


def test_what_the_other_office_does_not_receive_is_found_there(session, office, other, copies, thu):
    row = drafted(session, office, thu)
    rule = service_days.rule_of_row(row)
    codes = {one.code for one in service_days.findings_of(session, other, rule, now=FRIDAY)}
    assert "not_offered" in codes
    assert "not_offered" not in {
        one.code for one in service_days.findings_of(session, office, rule, now=FRIDAY)
    }


def test_another_version_of_a_rule_is_no_other_rule(session, office, copies, thu, dung):
    first = published(session, office, thu, dung)
    second = service_days.draft(session, office, defined(), lineage=first.lineage, by=thu, now=FRIDAY)
    found = service_days.findings_of(session, office, service_days.rule_of_row(second), now=FRIDAY)
    assert "same_rule" not in {one.code for one in found}


def test_rules_are_listed_with_what_is_in_force_first(session, office, copies, thu, dung):
    drafted(session, office, thu, title="Soạn", modes=frozenset({Mode.NO_PAPER}))
    published(session, office, thu, dung, title="Đang chạy")
    over = published(session, office, thu, dung, title="Đã qua", weekdays=frozenset({0}))
    service_days.end(session, office, over.id, by=thu, now=FRIDAY)
    told = [(one.shown.rule.title, one.state) for one in rules_here(session, office, now=FRIDAY)]
    assert told == [("Đang chạy", "published"), ("Soạn", "draft"), ("Đã qua", "ended")]


def test_the_history_of_a_rule_is_its_own(session, office, copies, thu, dung):
    row = published(session, office, thu, dung)
    drafted(session, office, thu, title="Khác")
    told = [one.kind for one in service_days.rule_history(session, office, row.lineage)]
    assert told == ["service_day_published", "service_day_approved", "service_day_drafted"]
    assert len(history(session, office, *service_days.KINDS)) == 4


def test_the_versions_of_a_day_are_those_that_were_in_force(session, office, copies, thu, dung):
    first = published(session, office, thu, dung)  # on Friday 20
    second = service_days.draft(
        session, office, defined(per_day=3), lineage=first.lineage, by=thu, now=FRIDAY
    )
    session.commit()
    service_days.publish(session, office, approved(session, office, second, dung).id, by=thu, now=vietnam(27))
    session.commit()

    def versions(day: int) -> list[int]:
        found = service_days.versions_of_day(session, office, first.lineage, date(2026, 11, day))
        return [one.version for one in found]

    assert [versions(day) for day in (19, 20, 26, 27, 30)] == [[], [1], [1], [2, 1], [2]]


def test_what_was_promised_before_a_limit_came_counts_against_it(session, office):
    at = vietnam(26, 9)
    free, limited = a_rule(), a_rule(id=2, version=2, per_day=3, per_hour=4)
    taken = [policies.take_place(session, office, one, at=at) for one in (free, free, limited, limited)]
    assert taken == [True, True, True, False]


def test_a_moment_of_the_past_is_asked_of_the_rules_of_then(session, office, copies, thu, dung):
    first = published(session, office, thu, dung)
    second = service_days.draft(
        session, office, defined(per_day=3), lineage=first.lineage, by=thu, now=FRIDAY
    )
    session.commit()
    service_days.publish(session, office, approved(session, office, second, dung).id, by=thu, now=vietnam(27))
    session.commit()
    memory.forget_all()

    def limits(day: int) -> list[int | None]:
        return [one.per_day for one in policies.rules_of(session, office, now=vietnam(day))]

    assert [limits(day) for day in (27, 19, 26, 27)] == [[3], [], [None], [3]]
    service_days.end(session, office, second.id, by=thu, now=vietnam(28))
    session.commit()
    memory.forget_all()
    assert [limits(day) for day in (28, 26, 27)] == [[], [None], [3]]
