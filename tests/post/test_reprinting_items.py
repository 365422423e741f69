"""Another copy of a postal paper, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from build import FRIDAY
from intake.paper import Banner
from intake.post.reprinting_items import MOST_COPIES, Copies, copies_of, print_again
from intake.printing import paper_of
from intake.records import Errand, Event, Printer
from intake.rules.refusals import TooManyCopies, UnknownPrinter, WrongStep
from postway import a_post_office, an_intake, minh, taken


@pytest.fixture
def point(session):
    return a_post_office(session)


@pytest.fixture
def printer(session, point) -> Printer:
    return session.scalars(select(Printer).filter_by(office_id=point.office_id)).first()


@pytest.fixture
def again(session, point):
    """Print a paper of an item once more, as the clerk does."""

    def print_it(item, paper, printer_id):
        by = minh(session, point)
        copy = print_again(session, item, paper, printer_id, by=by, now=FRIDAY)
        session.commit()
        return copy

    return print_it


def test_a_further_copy_is_marked_and_told(session, point, printer, offered, keys, again):
    point.printer_id = printer.id
    item = taken(session, an_intake(offered), point, keys=keys)
    assert again(item, "slip", printer.id) == 2
    errand = session.scalars(select(Errand).filter_by(item_paper="slip", copy_no=2)).one()
    assert paper_of(errand, keys).blocks[0] == Banner("BẢN IN LẠI (lần 2)")
    told = session.scalars(select(Event).filter_by(kind="post_reprinted")).one()
    assert (told.item_id, told.facts["copy_no"]) == (item.id, 2)


def test_it_is_told_how_many_copies_there_are_and_how_the_last_fares(
    session, point, printer, offered, keys, again
):
    point.printer_id = printer.id
    item = taken(session, an_intake(offered), point, keys=keys)
    again(item, "receipt", printer.id)
    session.scalars(select(Errand).filter_by(item_paper="receipt", copy_no=1)).one().state = "printed"
    assert copies_of(session, item) == (
        Copies("receipt", 2, "queued"),
        Copies("slip", 1, "queued"),
        Copies("slip_copy", 1, "queued"),
        Copies("label", 0, ""),
    )


def test_what_was_taken_without_a_network_is_printed_for_the_first_time(
    session, point, printer, offered, keys, again
):
    intake = an_intake(offered, taken_at=FRIDAY - timedelta(hours=1))
    item = taken(session, intake, point, keys=keys)
    assert again(item, "receipt", printer.id) == 1
    errand = session.scalars(select(Errand)).one()
    assert not isinstance(paper_of(errand, keys).blocks[0], Banner)


def test_a_finger_on_the_button_does_not_empty_the_roll(session, point, printer, offered, keys, again):
    item = taken(session, an_intake(offered, taken_at=FRIDAY), point, keys=keys)
    assert [again(item, "label", printer.id) for _ in range(MOST_COPIES)] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(TooManyCopies):
        again(item, "label", printer.id)


def test_a_printer_out_of_use_or_none_at_all(session, point, printer, offered, keys, again):
    item = taken(session, an_intake(offered, taken_at=FRIDAY), point, keys=keys)
    printer.active = False
    for printer_id in (printer.id, None, 10**6):
        with pytest.raises(UnknownPrinter):
            again(item, "receipt", printer_id)


def test_a_result_on_its_way_home_has_a_label_and_nothing_else(session, point, printer, offered, keys, again):
    item = taken(session, an_intake(offered, taken_at=FRIDAY), point, keys=keys)
    item.direction = "home"
    with pytest.raises(WrongStep):
        again(item, "receipt", printer.id)
