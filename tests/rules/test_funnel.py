"""Where people stop: counted by visits, told apart from those who are still there."""

from __future__ import annotations

from intake.rules.funnel import Stay, funnels, losing_most

P = "2.000635"


def stay(
    visit: int, place: str, left_by: str, seconds: float | None = 10, *faults: str, helped: bool = False
) -> Stay:
    return Stay(visit, P, place, seconds, left_by, faults, helped)


STAYS = [
    stay(1, "identity", "onward", 20),
    stay(1, "questions.child", "filed", 40, helped=True),
    stay(2, "identity", "onward", 30, "born:bad_date"),
    stay(2, "questions.child", "ended", 90, "name:missing", "born:missing"),
    stay(3, "identity", "back", 5, "born:missing", "born:bad_date"),
    stay(3, "identity", "onward", 7),
    stay(3, "questions.child", "ended", 10, "name:missing"),
    stay(4, "identity", "", None),
]


def test_visits_are_counted_once_however_often_they_stood_there():
    (funnel,) = funnels(STAYS)
    identity, child = funnel.stages
    assert (funnel.visits, funnel.filed, funnel.filed_alone) == (4, 1, 0)
    assert (identity.came, identity.went_on, identity.stopped, identity.erred) == (4, 3, 0, 2)
    assert identity.seconds == 20, "the median of 20, 30 and 12 of one who came back"
    assert (child.came, child.went_on, child.stopped, child.lost_percent) == (3, 1, 2, 67)
    assert child.fields == (("name", 2), ("born", 1)) and identity.fields == (("born", 2),)


def test_steps_done_alone_are_a_share_of_steps_done():
    (funnel,) = funnels(STAYS)
    assert (funnel.steps, funnel.steps_alone, funnel.alone_percent) == (4, 3, 75)
    (nobody,) = funnels([stay(9, "identity", "", None)])
    assert nobody.alone_percent is None


def test_whoever_is_still_there_or_put_it_by_is_not_lost():
    found = funnels([stay(1, "identity", "", None), stay(2, "identity", "saved")])
    assert losing_most(found) == ()


def test_what_loses_most_comes_first_and_no_more_than_asked_for():
    other = [Stay(7, "1.004194", "fee", 5, "ended"), Stay(8, "", "procedures", 5, "ended")]
    found = funnels([*STAYS, *other])
    assert [(code, stage.place) for code, stage in losing_most(found)] == [
        (P, "questions.child"),
        ("", "procedures"),
        ("1.004194", "fee"),
    ]
    assert len(losing_most(found, 1)) == 1
    assert found[0].procedure == P


def test_screens_stand_in_the_order_in_which_people_come_to_them():
    some = [stay(1, "identity", "onward"), stay(1, "check", "filed")]
    others = [stay(2, "identity", "onward"), stay(2, "questions.child", "onward"), stay(2, "check", "filed")]
    (funnel,) = funnels([*some, *others])
    assert [one.place for one in funnel.stages] == ["identity", "questions.child", "check"]
