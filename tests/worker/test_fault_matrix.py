"""Every fault of a printer, through worker and ledger: how many papers, which marks, what state.

The virtual printer is a real device on a socket; nothing here stands in for
the code that runs in an office.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from conftest import House
from devices.link import Patience
from devices.printers import printer_at
from devices.virtual_printer import VirtualPrinter
from intake import printing, reprinting
from intake.db import db
from intake.drawings.thermal import draw_thermal
from intake.events import citizen
from intake.ports import Printed, Trouble
from intake.receipt import kiosk_receipt
from intake.records import Dossier, Errand, Printer

LONG = Patience(connect=20.0, answer=30.0, stopped=0.6, quiet=30.0, overall=60.0, probe=0.1)
LEASE = timedelta(seconds=60)
PRINTED = (Printed.PRINTED, None)
SLOW = 400.0  # mm/s: slow enough to meddle, fast enough for a test


@pytest.fixture
def device() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(buffer=4096) as printer:
        yield printer


@dataclass
class Shop:
    """A worker with one printer and one receipt to print."""

    house: House
    session: Session
    device: VirtualPrinter
    dossier: Dossier
    patience: Patience = LONG  # a test whose printer stays silent shortens what it waits out

    def work(self, worker: str = "a:1") -> tuple[Printed, Trouble | None] | None:
        """Let a worker take the next paper: result and reason, or None when there was nothing to do."""
        outcome = printing.print_next(
            self.session,
            1,
            worker=worker,
            open_printer=partial(printer_at, virtual_port=self.device.port, patience=self.patience),
            keys=self.house.keys,
            clock=self.house.clock,
            lease=LEASE,
        )
        return outcome and (outcome.result, outcome.reason)

    def later(self) -> tuple[Printed, Trouble | None] | None:
        """Work again when the time for another try has come."""
        self.house.clock.now += timedelta(minutes=5)
        return self.work()

    def reprint(self) -> tuple[Printed, Trouble | None] | None:
        reprinting.reprint(self.session, self.dossier.id, by=citizen("K1"), now=self.house.clock())
        self.session.commit()
        return self.work()

    @property
    def errand(self) -> Errand:
        self.session.expire_all()
        return reprinting.errands_of(self.session, self.dossier.id)[-1]

    def papers(self) -> list[str]:
        """What each cut paper is: "receipt", "copy 2" …, by its very dots; torn strips are "torn"."""
        known = {"receipt": self.drawn(1), "copy 2": self.drawn(2), "copy 3": self.drawn(3)}
        return [
            next((name for name, dots in known.items() if sheet.cut and sheet.data.startswith(dots)), "torn")
            for sheet in self.device.papers
        ]

    def drawn(self, copy_no: int) -> bytes:
        facts = printing.facts_of(self.dossier.receipt, self.house.keys)
        return draw_thermal(kiosk_receipt(facts).marked_reprint(copy_no), 576).data


@pytest.fixture
def shop(house: House, session: Session, device: VirtualPrinter, lans_dossier: Dossier) -> Shop:
    return Shop(house, session, device, lans_dossier)


def test_ready(shop: Shop):
    assert shop.work() == PRINTED
    assert (shop.papers(), shop.errand.state) == (["receipt"], "printed")


def test_near_end_prints_and_is_told(shop: Shop, device: VirtualPrinter, session: Session):
    device.set(near_end=True)
    shop.work()
    assert (shop.papers(), shop.errand.state) == (["receipt"], "printed")
    assert session.get_one(Printer, 1).near_end


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ("paper_out", Trouble.PAPER_OUT),
        ("cover_open", Trouble.COVER_OPEN),
        ("cutter_error", Trouble.CUTTER),
    ],
)
def test_a_fault_before_printing_is_retried_unmarked_once_it_is_mended(
    shop: Shop, device: VirtualPrinter, session: Session, switch: str, reason: Trouble
):
    device.set(**{switch: True})
    assert shop.work() == (Printed.NOT_PRINTED, reason)
    assert (device.papers, shop.errand.state, shop.errand.reason) == ([], "queued", reason)
    assert session.get_one(Printer, 1).trouble == reason
    device.set(**{switch: False})
    assert shop.later() == PRINTED
    assert (shop.papers(), shop.errand.state) == (["receipt"], "printed")
    assert session.get_one(Printer, 1).trouble is None


def test_paper_out_in_the_middle_is_unknown_and_the_reprint_is_marked(shop: Shop, device: VirtualPrinter):
    device.set(speed=SLOW)
    device.at_row(200, lambda: device.set(paper_out=True))
    assert shop.work() == (Printed.UNKNOWN, Trouble.PAPER_OUT)
    assert shop.later() is None
    device.power_cycle()  # what people do: take the torn strip out, switch it off, put in a roll
    device.set(paper_out=False)
    assert shop.reprint() == PRINTED
    assert shop.papers()[-1] == "copy 2"
    assert shop.papers().count("receipt") == 0


def test_a_cover_opened_and_closed_during_printing_is_one_paper(shop: Shop, device: VirtualPrinter):
    shop.patience = replace(LONG, stopped=30.0)
    device.set(speed=SLOW)
    closing = threading.Timer(0.2, lambda: device.set(cover_open=False))

    def open_cover() -> None:
        device.set(cover_open=True)
        closing.start()

    device.at_row(150, open_cover)
    assert shop.work() == PRINTED
    closing.join()
    assert (shop.papers(), shop.errand.state) == (["receipt"], "printed")


def test_a_cutter_that_fails_at_the_cut_is_unknown(shop: Shop, device: VirtualPrinter):
    device.at_cut(lambda: device.set(cutter_error=True))
    assert shop.work() == (Printed.UNKNOWN, Trouble.CUTTER)
    assert (shop.papers(), shop.errand.state) == ([], "unknown")


def test_a_mute_printer_is_not_printed_to(shop: Shop, device: VirtualPrinter):
    device.set(mute=True)
    shop.patience = replace(LONG, answer=0.5)
    assert shop.work() == (Printed.NOT_PRINTED, Trouble.MUTE)
    shop.patience = LONG
    assert (device.papers, shop.errand.state) == ([], "queued")
    device.set(mute=False)
    shop.later()
    assert shop.papers() == ["receipt"]


def test_a_refused_connection_is_retried(shop: Shop):
    gone = shop.device.port
    with VirtualPrinter() as other:
        shop.device = other
        free = other.port
    shop.device = type("Gone", (), {"port": free, "papers": []})()
    assert shop.work() == (Printed.NOT_PRINTED, Trouble.UNREACHABLE)
    assert (shop.errand.state, shop.errand.reason, gone != free) == ("queued", "unreachable", True)


def test_a_connection_reset_in_the_middle_is_unknown(shop: Shop, device: VirtualPrinter):
    device.set(drop_after=20_000)
    assert shop.work() == (Printed.UNKNOWN, Trouble.CONNECTION_LOST)
    assert (shop.errand.state, shop.later()) == ("unknown", None)
    device.set(drop_after=None)
    device.power_cycle()
    assert shop.reprint() == PRINTED
    assert (shop.papers().count("receipt"), shop.papers()[-1]) == (0, "copy 2")


def test_a_torn_piece_is_cut_off_before_the_next_paper(shop: Shop, device: VirtualPrinter):
    """Nobody switches it off in between: without the cut it would hang on the next citizen's receipt."""
    device.set(drop_after=20_000)
    assert shop.work() == (Printed.UNKNOWN, Trouble.CONNECTION_LOST)
    device.set(drop_after=None)
    assert shop.reprint() == PRINTED
    assert shop.papers() == ["torn", "copy 2"]


def test_a_silent_loss_is_unknown_and_nothing_is_printed_twice_unmarked(shop: Shop, device: VirtualPrinter):
    device.set(lose_after=5_000)
    shop.patience = replace(LONG, quiet=0.8)
    assert shop.work() == (Printed.UNKNOWN, Trouble.NO_ANSWER)
    device.set(lose_after=None)
    device.power_cycle()
    shop.patience = LONG
    shop.reprint()
    assert (shop.papers().count("receipt"), shop.papers()[-1]) == (0, "copy 2")


def test_a_power_cycle_in_the_middle_is_unknown(shop: Shop, device: VirtualPrinter):
    device.set(speed=SLOW)
    device.at_row(200, device.power_cycle)
    assert shop.work() == (Printed.UNKNOWN, Trouble.CONNECTION_LOST)
    assert shop.errand.state == "unknown"
    device.set(speed=20_000)
    shop.reprint()
    assert shop.papers() == ["torn", "torn", "copy 2"]  # the piece, a blank stub, the paper


def test_a_slow_printer_is_waited_for(shop: Shop, device: VirtualPrinter):
    device.set(speed=60)
    shop.patience = replace(LONG, quiet=1.0)
    assert shop.work() == PRINTED
    assert shop.papers() == ["receipt"]


def test_two_workers_at_once_print_one_paper(shop: Shop, house: House, device: VirtualPrinter):
    device.set(speed=SLOW)
    outcomes: list[tuple[Printed, Trouble | None] | None] = []
    gate = threading.Barrier(2)

    def work(name: str) -> None:
        with house.app.app_context():
            mine = Shop(house, db.session(), device, shop.dossier)
            gate.wait(timeout=60)
            outcomes.append(mine.work(name))

    shop.session.rollback()
    workers = [threading.Thread(target=work, args=(name,)) for name in ("a:1", "b:1")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert sorted(outcomes, key=str) == [PRINTED, None]
    assert (shop.papers(), shop.errand.state) == (["receipt"], "printed")
