"""The ledger of papers and what the worker does with it, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY
from conftest import Clock, House
from intake import outbox, printing, reprinting
from intake.db import db
from intake.drawings.text import as_text
from intake.events import citizen
from intake.keys import Keys
from intake.paper import Banner, Paper
from intake.ports import Outcome, Printed, Sheet, Trouble
from intake.queries import ledger, printing_view
from intake.records import AcceptancePoint, Dossier, Errand, Event, Notice, Printer
from intake.rules.refusals import TooManyCopies, UnknownPrinter
from lifeway import Life

LEASE = timedelta(seconds=60)
PRINTED = Outcome(Printed.PRINTED)
NO_PAPER = Outcome(Printed.NOT_PRINTED, Trouble.PAPER_OUT)
UNSURE = Outcome(Printed.UNKNOWN, Trouble.NO_ANSWER)


@dataclass
class MemoryPrinter:
    """Keeps its papers; fails as told, one outcome a print, then prints."""

    outcomes: list[Outcome] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    url: str = ""

    sheet = Sheet.ROLL

    def __call__(self, url: str) -> MemoryPrinter:
        self.url = url
        return self

    def trouble(self) -> Trouble | None:
        return self.outcomes[0].reason if self.outcomes else None

    def print(
        self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
    ) -> Outcome:
        outcome = self.outcomes.pop(0) if self.outcomes else PRINTED
        if outcome.result is not Printed.NOT_PRINTED:
            on_sending()
            self.papers.append(paper)
        return outcome


def marks(printer: MemoryPrinter) -> list[str]:
    """The reprint mark of each paper, "" for an unmarked one."""
    return [
        paper.blocks[0].text
        if isinstance(paper.blocks[0], Banner) and "IN LẠI" in paper.blocks[0].text
        else ""
        for paper in printer.papers
    ]


@pytest.fixture
def work(session: Session, keys: Keys, clock: Clock, lans_dossier: Dossier):
    """Let a worker print the next paper of the first printer."""

    def once(printer: MemoryPrinter, worker: str = "a:1") -> Outcome | None:
        return printing.print_next(
            session, 1, worker=worker, open_printer=printer, keys=keys, clock=clock, lease=LEASE
        )

    return once


@pytest.fixture
def errand(session: Session, lans_dossier: Dossier) -> Errand:
    return reprinting.errands_of(session, lans_dossier.id)[0]


def test_a_printed_receipt_is_printed_once(work, errand, session):
    printer = MemoryPrinter()
    assert work(printer) == PRINTED
    assert work(printer) is None
    session.refresh(errand)
    assert (errand.state, errand.confirmed_by, marks(printer)) == ("printed", "printer", [""])
    assert session.get_one(Printer, 1).turn_of is None


def test_without_paper_it_is_tried_again_by_itself_and_unmarked(work, errand, session, clock):
    printer = MemoryPrinter([NO_PAPER, NO_PAPER])
    work(printer)
    assert work(printer) is None  # not before its time
    clock.now += timedelta(seconds=outbox.BACKOFF[0])
    work(printer)
    clock.now += timedelta(seconds=outbox.BACKOFF[1])
    assert work(printer) == PRINTED
    assert marks(printer) == [""]
    session.refresh(errand)
    assert errand.attempts == 3


def test_an_unknown_outcome_is_never_repeated_by_itself(work, errand, session, clock):
    printer = MemoryPrinter([UNSURE])
    work(printer)
    clock.now += timedelta(days=1)
    assert work(printer) is None
    session.refresh(errand)
    assert (errand.state, errand.reason) == ("unknown", Trouble.NO_ANSWER)


def test_a_reprint_after_an_unknown_one_carries_the_mark_and_is_recorded(work, lans_dossier, session, clock):
    printer = MemoryPrinter([UNSURE])
    work(printer)
    reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())
    session.commit()
    work(printer)
    assert marks(printer) == ["", "BẢN IN LẠI (lần 2)"]
    event = session.query(Event).filter_by(kind="receipt_reprinted").one()
    assert event.facts == {"copy_no": 2, "after": "unknown", "because": "no_answer"}


def test_a_reprint_of_what_certainly_did_not_print_stays_unmarked(work, lans_dossier, session, clock):
    printer = MemoryPrinter([NO_PAPER])
    work(printer)
    reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())
    session.commit()
    work(printer)
    assert marks(printer) == [""]


def test_a_reprint_while_it_prints_changes_nothing(errand, lans_dossier, session, clock):
    outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    outbox.sending(session, errand.id, worker="a:1")
    reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())
    session.commit()
    assert [paper.state for paper in reprinting.errands_of(session, lans_dossier.id)] == ["sending"]


def test_reprints_have_an_end(work, lans_dossier, session, clock):
    for _ in range(reprinting.MAX_COPIES - 1):
        work(MemoryPrinter())
        reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())
        session.commit()
    work(MemoryPrinter())
    with pytest.raises(TooManyCopies):
        reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())


def test_it_came_out_after_all(work, errand, lans_dossier, session, clock):
    work(MemoryPrinter([UNSURE]))
    reprinting.came_out(session, lans_dossier.id, by=citizen("K1"), now=clock())
    session.commit()
    assert (errand.state, errand.confirmed_by) == ("printed", "citizen")


def test_a_waiting_receipt_moves_to_another_printer_unmarked(
    work, errand, lans_dossier, session, clock, keys
):
    other = Printer(office_id=1, name="Máy in sảnh B", url="virtual:")
    session.add(other)
    session.commit()
    work(MemoryPrinter([NO_PAPER]))
    reprinting.move_to(session, lans_dossier.id, other.id, by=citizen("K1"), now=clock())
    session.commit()
    printer = MemoryPrinter()
    assert work(printer) is None
    printing.print_next(
        session, other.id, worker="a:1", open_printer=printer, keys=keys, clock=clock, lease=LEASE
    )
    assert marks(printer) == [""]


def test_a_printer_of_another_office_is_refused(lans_dossier, session, clock):
    with pytest.raises(UnknownPrinter):
        reprinting.move_to(session, lans_dossier.id, 999, by=citizen("K1"), now=clock())


def test_trying_ends_when_only_a_person_can_help(work, errand, session, clock):
    printer = MemoryPrinter([NO_PAPER] * 20)
    for _ in range(20):
        work(printer)
        clock.now += timedelta(minutes=10)
    session.refresh(errand)
    assert (errand.state, errand.reason, errand.attempts) == (
        "given_up",
        "paper_out",
        len(outbox.BACKOFF) + 1,
    )


def test_a_crash_before_the_first_byte_queues_it_again(errand, session, clock):
    outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    assert outbox.release_lost(session, now=clock()) == 0
    clock.now += LEASE + timedelta(seconds=1)
    assert outbox.release_lost(session, now=clock()) == 0
    session.refresh(errand)
    assert (errand.state, session.get_one(Printer, 1).turn_of) == ("queued", None)


def test_a_crash_while_sending_leaves_it_unknown(errand, session, clock):
    outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    outbox.sending(session, errand.id, worker="a:1")
    clock.now += LEASE + timedelta(seconds=1)
    assert outbox.release_lost(session, now=clock()) == 1
    session.refresh(errand)
    assert (errand.state, errand.reason) == ("unknown", "worker_died")


def test_a_worker_known_to_be_dead_is_not_waited_for(errand, session, clock):
    outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    outbox.release_lost(session, now=clock(), dead=["a:1"])
    assert outbox.claim(session, 1, worker="a:2", now=clock(), lease=LEASE) is not None


def test_a_late_answer_of_a_worker_taken_for_dead_still_counts(errand, session, clock):
    claimed = outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    outbox.sending(session, errand.id, worker="a:1")
    outbox.release_lost(session, now=clock(), dead=["a:1"])
    outbox.settle(session, claimed, PRINTED, worker="a:1", now=clock())
    session.refresh(errand)
    assert errand.state == "printed"


def test_two_workers_never_print_the_same_paper_nor_share_a_printer(errand, session, clock):
    assert outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE) is not None
    assert outbox.claim(session, 1, worker="b:1", now=clock(), lease=LEASE) is None


def test_its_owner_has_left_so_a_failed_paper_is_not_printed_later(
    work, errand, lans_dossier, session, clock
):
    work(MemoryPrinter([NO_PAPER]))
    reprinting.forget_waiting(session, lans_dossier.id, now=clock())
    session.commit()
    clock.now += timedelta(hours=1)
    assert work(MemoryPrinter()) is None
    assert (errand.state, errand.reason) == ("given_up", "paper_out")


def test_a_paper_not_tried_yet_is_still_printed_when_its_owner_was_quick(work, lans_dossier, session, clock):
    reprinting.forget_waiting(session, lans_dossier.id, now=clock())
    session.commit()
    assert work(MemoryPrinter()) == PRINTED


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], "printed"),
        ([NO_PAPER], "no_paper"),
        ([Outcome(Printed.NOT_PRINTED, Trouble.COVER_OPEN)], "not_printed"),
        ([UNSURE], "unknown"),
    ],
)
def test_the_kiosk_is_told_how_the_paper_fares(
    outcomes, state, work, session, kiosk: AcceptancePoint, lans_dossier
):
    assert printing_view(session, lans_dossier.id, point=kiosk).state == "printing"
    work(MemoryPrinter([*outcomes]))
    assert printing_view(session, lans_dossier.id, point=kiosk).state == state


def test_an_idle_printer_is_asked_for_its_trouble(session, clock, lans_dossier):
    printer = MemoryPrinter([NO_PAPER])
    printing.check_printer(session, 1, worker="a:1", open_printer=printer, clock=clock, lease=LEASE)
    row = session.get_one(Printer, 1)
    session.refresh(row)
    assert (row.trouble, row.checked_at, row.turn_of) == ("paper_out", FRIDAY, None)


def test_the_ledger_counts_papers_by_state(session, lans_dossier):
    assert ledger(session) == {"queued": 1}


def test_a_worker_that_lost_its_claim_does_not_send(work, errand, session, clock, keys):
    """It was taken for dead between claiming and sending, and another one has printed meanwhile."""

    @dataclass
    class SlowPrinter(MemoryPrinter):
        def print(
            self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
        ) -> Outcome:
            clock.now += LEASE + timedelta(seconds=1)
            outbox.release_lost(session, now=clock())
            work(other, worker="b:1")
            return super().print(paper, on_sending=on_sending, torn=torn)

    other, slow = MemoryPrinter(), SlowPrinter()
    assert work(slow) is None
    assert (marks(other), marks(slow)) == ([""], [])
    session.refresh(errand)
    assert errand.state == "printed"


def test_a_fault_of_ours_is_settled_and_raised_and_does_not_block_the_printer(work, errand, session):
    @dataclass
    class BrokenPrinter(MemoryPrinter):
        def print(
            self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
        ) -> Outcome:
            raise ValueError("cannot be drawn")

    with pytest.raises(ValueError, match="drawn"):
        work(BrokenPrinter())
    session.expire_all()
    printer = session.get_one(Printer, 1)
    assert (errand.state, errand.reason, printer.trouble, printer.turn_of) == (
        "queued",
        "error",
        "error",
        None,
    )


def test_a_fault_of_ours_while_sending_is_unknown(work, errand, session):
    @dataclass
    class BrokenPrinter(MemoryPrinter):
        def print(
            self, paper: Paper, *, on_sending: Callable[[], None] = lambda: None, torn: bool = False
        ) -> Outcome:
            on_sending()
            raise OverflowError

    with pytest.raises(OverflowError):
        work(BrokenPrinter())
    session.expire_all()
    assert (errand.state, errand.reason) == ("unknown", "error")


def test_a_printer_on_a_cable_is_served_by_its_own_host(errand, session, clock):
    session.get_one(Printer, 1).host = "lobby"
    session.commit()
    assert outbox.waiting_printers(session, host="elsewhere", now=clock()) == []
    assert outbox.waiting_printers(session, host="lobby", now=clock()) == [1]


def test_a_paper_whose_worker_died_early_is_printed_though_its_owner_left(
    work, errand, lans_dossier, session, clock
):
    outbox.claim(session, 1, worker="a:1", now=clock(), lease=LEASE)
    outbox.release_lost(session, now=clock(), dead=["a:1"])
    reprinting.forget_waiting(session, lans_dossier.id, now=clock())
    session.commit()
    assert work(MemoryPrinter()) == PRINTED


def test_a_point_without_a_printer_sends_its_receipt_to_another(session, kiosk, lans_dossier, clock):
    session.query(Errand).delete()
    session.commit()
    with pytest.raises(UnknownPrinter):
        reprinting.reprint(session, lans_dossier.id, by=citizen("K1"), now=clock())
    assert printing_view(session, lans_dossier.id, point=kiosk).other_printers == ((1, "Máy in sảnh A"),)
    reprinting.move_to(session, lans_dossier.id, 1, by=citizen("K1"), now=clock())
    session.commit()
    assert printing_view(session, lans_dossier.id, point=kiosk).state == "printing"
    assert session.query(Event).filter_by(kind="receipt_moved").one().facts == {"printer": "Máy in sảnh A"}


def test_two_taps_on_reprint_at_once_are_one_more_copy(house: House, work, lans_dossier, session):
    work(MemoryPrinter([UNSURE]))
    dossier_id, now = lans_dossier.id, house.clock()
    session.rollback()
    faults: list[BaseException] = []
    gate = threading.Barrier(2)

    def tap() -> None:
        with house.app.app_context():
            gate.wait(timeout=60)
            try:
                reprinting.reprint(db.session(), dossier_id, by=citizen("K1"), now=now)
                db.session.commit()
            except BaseException as fault:
                db.session.rollback()
                faults.append(fault)

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for one in taps:
        one.start()
    for one in taps:
        one.join(timeout=120)
    assert faults == []
    assert [paper.copy_no for paper in reprinting.errands_of(session, dossier_id)] == [1, 2]


def test_a_sheet_printer_gets_form_01(errand, keys):
    assert printing.paper_of(errand, keys, Sheet.A5).title != printing.paper_of(errand, keys).title


@pytest.fixture
def notice_errand(life: Life) -> Errand:
    """A supplement request on its way to the kiosk's printer."""
    life.ask()
    notice = life.session.scalars(select(Notice)).one()
    printer_id = life.session.scalars(select(Printer.id)).first()
    errand_id = outbox.promise(life.session, notice_id=notice.id, printer_id=printer_id, now=life.now())
    life.session.commit()
    return life.session.get_one(Errand, errand_id)


def test_a_notice_on_a_roll_is_a_strip_to_carry_away(notice_errand, keys):
    strip = as_text(printing.paper_of(notice_errand, keys))
    assert "Số: 1/HDHS" in strip
    assert "Lê T. N. L." in strip
    assert "[QR]" in strip
    assert "Lê Thị Ngọc Lan" not in strip


def test_a_notice_on_a_sheet_is_the_official_form(notice_errand, keys):
    form = as_text(printing.paper_of(notice_errand, keys, Sheet.A5))
    assert "Độc lập - Tự do - Hạnh phúc" in form
    assert "Lê Thị Ngọc Lan" in form


def test_a_second_paper_of_a_notice_is_marked(notice_errand, keys):
    notice_errand.copy_no = 2
    assert "BẢN IN LẠI (lần 2)" in as_text(printing.paper_of(notice_errand, keys))


def test_a_notice_is_printed_like_a_receipt(notice_errand, work, session):
    printer = MemoryPrinter()
    assert work(printer) == PRINTED
    assert work(printer) == PRINTED
    session.refresh(notice_errand)
    assert notice_errand.state == "printed"
