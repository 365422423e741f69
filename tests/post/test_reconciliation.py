"""The day's State money: the post's book, the centre's book, what is on its way and what is missing."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from build import FRIDAY
from intake import events
from intake.drawings.text import as_text
from intake.offices import civil_day
from intake.post.money import close_shift, correct, shift_of, take_money
from intake.post.reconciliation import confirm_day, reconcile
from intake.post.reconciliation_paper import reconciliation_paper, write_reconciliation
from intake.records import AcceptancePoint, Event, Manifest, ManifestLine, PostalItem
from intake.rules.manifests import FIRST_EXTRA
from intake.rules.post_money import Sum
from intake.rules.refusals import BadPayment
from moneyway import an_item, clerk_of, post_office

DAY, LATER = civil_day(FRIDAY), FRIDAY + timedelta(hours=2)
TOMORROW = FRIDAY + timedelta(days=1)


@pytest.fixture
def post(session) -> AcceptancePoint:
    return post_office(session)


@pytest.fixture
def clerk(session):
    return clerk_of(session)


@pytest.fixture
def item(session, post, offered, clerk) -> PostalItem:
    """Taken with 8.000 đồng for the State, on its way."""
    item = an_item(session, post, offered)
    take_money(session, item, by=clerk, now=FRIDAY)
    return item


def book(session, item, dossier, amount, clerk, *, at=LATER) -> None:
    """The centre has accepted it and booked what came with it."""
    item.dossier_id, item.status = dossier.id, "handed_over"
    events.append(
        session, "fee_paid", by=clerk, now=at, office_id=item.office_id, dossier_id=dossier.id,
        facts={"amount": amount},
    )  # fmt: skip
    session.flush()


def day_of(session, post, day=DAY):
    told = reconcile(session, post.office, day)
    (found,) = (one for one in told.points if one.point_id == post.id)
    return found


def test_what_has_not_arrived_is_on_its_way_and_no_difference(session, post, item):
    found = day_of(session, post)
    assert (found.taken, found.booked, found.pending) == (Sum(1, 8_000), Sum(), Sum(1, 8_000))
    assert (found.variance, found.is_even, found.open_shifts) == (Sum(), True, 1)


def test_every_post_office_is_told_and_one_alone(session, post, item):
    told = reconcile(session, post.office, DAY)
    assert [(one.code, one.taken.count) for one in told.points] == [("BD-07", 1), ("BD-12", 0)]
    assert told.sum("taken") == Sum(1, 8_000)
    other = post_office(session, "BD-12")
    alone = reconcile(session, post.office, DAY, point=other)
    assert [one.code for one in alone.points] == ["BD-12"]
    assert alone.items == ()


def test_both_books_agree(session, post, item, lans_dossier, clerk):
    book(session, item, lans_dossier, 8_000, clerk)
    found = day_of(session, post)
    assert (found.booked, found.pending, found.variance) == (Sum(1, 8_000), Sum(), Sum())


@pytest.mark.parametrize(("booked", "variance"), [(5_000, Sum(0, -3_000)), (9_000, Sum(0, 1_000))])
def test_another_amount_in_the_centres_book_is_a_difference(
    session, post, item, lans_dossier, clerk, booked, variance
):
    book(session, item, lans_dossier, booked, clerk)
    assert day_of(session, post).variance == variance


def test_accepted_and_never_booked_is_a_difference_in_number_too(session, post, item, lans_dossier):
    item.dossier_id = lans_dossier.id
    session.flush()
    assert day_of(session, post).variance == Sum(-1, -8_000)


def test_the_charge_of_the_post_is_told_apart(session, post, item, offered):
    an_item(session, post, offered, payer="province", charge=46_500, fee=None)
    found = day_of(session, post)
    assert (found.charge, found.province, found.taken) == (Sum(1, 26_500), Sum(1, 46_500), Sum(1, 8_000))


def test_a_correction_of_the_same_day_counts_once(session, post, item, clerk):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    correct(session, fee, 5_000, "Thu nhầm mức cũ", by=clerk, now=LATER)
    assert day_of(session, post).taken == Sum(1, 5_000)


@pytest.mark.parametrize(("booked", "today", "tomorrow"), [(5_000, 0, 0), (8_000, 0, 3_000)])
def test_a_correction_on_another_day_leaves_the_first_day_even(
    session, post, item, lans_dossier, clerk, booked, today, tomorrow
):
    """Booked as corrected both days are even; booked as first taken, the day of the correction is not."""
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    correct(session, fee, 5_000, "Thu nhầm mức cũ", by=clerk, now=TOMORROW)
    assert day_of(session, post).pending == Sum(1, 8_000)
    assert day_of(session, post, civil_day(TOMORROW)).pending == Sum(0, -3_000)
    book(session, item, lans_dossier, booked, clerk, at=TOMORROW)
    days = (day_of(session, post), day_of(session, post, civil_day(TOMORROW)))
    assert [one.taken for one in days] == [Sum(1, 8_000), Sum(0, -3_000)]
    assert [one.variance.amount for one in days] == [today, tomorrow]


def test_days_are_civil_days(session, post, offered, clerk):
    """At 06:59 in Việt Nam it is still the day before in London."""
    early = FRIDAY.replace(hour=23, minute=59) - timedelta(days=1)
    take_money(session, an_item(session, post, offered), by=clerk, now=early)
    assert day_of(session, post).taken.count == 1


def a_manifest(session, post, clerk, *, listed: int, counted: int | None) -> None:
    session.add(
        Manifest(
            office_id=post.office_id, point_id=post.id, direction="in", number="BK-BD07-261120-01",
            state="received", opened_by=clerk.person_id, opened_at=FRIDAY, received_at=LATER,
            fee_listed=listed, fee_counted=counted,
        )
    )  # fmt: skip
    session.flush()
    (list_,) = session.query(Manifest).all()
    session.add_all(
        ManifestLine(manifest_id=list_.id, position=position, item_number=number, outcome=outcome)
        for position, number, outcome in ((1, "RR1", "matched"), (FIRST_EXTRA, "RR2", "extra"))
    )
    session.flush()


@pytest.mark.parametrize(("counted", "variance"), [(8_000, 0), (7_000, -1_000), (None, 0)])
def test_cash_that_came_is_counted_against_its_list(session, post, item, clerk, counted, variance):
    a_manifest(session, post, clerk, listed=8_000, counted=counted)
    found = day_of(session, post)
    assert found.cash_variance == variance
    assert [one.items for one in reconcile(session, post.office, DAY).handed] == [
        1
    ]  # the extra is none of it
    assert found.is_even is (variance == 0)


def test_an_even_day_is_confirmed_without_a_word_and_once(session, post, item, clerk):
    for _ in range(2):
        confirm_day(session, post.office, post, DAY, by=clerk, now=LATER)
    assert session.query(Event).filter_by(kind="post_day_confirmed").count() == 1
    found = day_of(session, post)
    assert (found.confirmed.who, found.has_moved) == (clerk.name, False)
    assert day_of(session, post_office(session, "BD-12")).confirmed is None
    assert day_of(session, post, civil_day(TOMORROW)).confirmed is None


def test_a_difference_is_confirmed_with_its_reason(session, post, item, lans_dossier, clerk):
    book(session, item, lans_dossier, 5_000, clerk)
    with pytest.raises(BadPayment):
        confirm_day(session, post.office, post, DAY, by=clerk, now=LATER)
    confirm_day(session, post.office, post, DAY, reason="Thu thiếu 3.000 đồng", by=clerk, now=LATER)
    assert day_of(session, post).confirmed.reason == "Thu thiếu 3.000 đồng"


def test_what_moves_after_it_was_confirmed_is_told_and_confirmed_anew(
    session, post, item, lans_dossier, clerk
):
    confirm_day(session, post.office, post, DAY, by=clerk, now=LATER)
    book(session, item, lans_dossier, 8_000, clerk)
    assert day_of(session, post).has_moved
    confirm_day(session, post.office, post, DAY, by=clerk, now=LATER)
    assert not day_of(session, post).has_moved


def test_a_counted_till_is_open_no_more(session, post, item, clerk):
    shift = shift_of(session, post, clerk.person_id)
    close_shift(session, shift, {}, reason="Chưa đếm được tiền", by=clerk, now=LATER)
    assert day_of(session, post).open_shifts == 0


def test_the_list_to_sign_and_the_workbook_say_the_same(session, post, item, lans_dossier, clerk):
    book(session, item, lans_dossier, 5_000, clerk)
    a_manifest(session, post, clerk, listed=8_000, counted=7_000)
    told = reconcile(session, post.office, DAY)
    words = as_text(reconciliation_paper(post.office, told, on=LATER))
    for said in (item.item_number, lans_dossier.dossier_code, "BK-BD07-261120-01", "-3.000", "ghi thu khác"):
        assert said in words
    empty = as_text(
        reconciliation_paper(post.office, reconcile(session, post.office, civil_day(TOMORROW)), on=LATER)
    )
    assert "III. Cước dịch vụ" in empty and "IV." not in empty
    out = io.BytesIO()
    write_reconciliation(out, post.office, told, now=LATER)
    book_ = openpyxl.load_workbook(out)
    fees = [cell.value for cell in book_["Phí, lệ phí Nhà nước"][5]]
    assert fees == ["BD-07", post.name, 1, 8_000, 1, 5_000, 0, 0, -3_000, 8_000, 7_000, -1_000]
    line = [cell.value for cell in book_["Từng bưu gửi"][5]]
    assert line[1:5] == [item.item_number, "L. T. N. Lan", "BD-07-P-261120-001", 8_000]
    assert [cell.value for cell in book_["Cước bưu điện"][5]][2:4] == [1, 26_500]
