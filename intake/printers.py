"""Printers of the office: how they fare, adding and changing them, and asking for a test paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import events, outbox
from intake.changing import must_be, office_at_hand, tell
from intake.events import Actor
from intake.ports import Trouble
from intake.records import AcceptancePoint, Errand, Heartbeat, Office, Printer
from intake.rules.answers import Fault
from intake.rules.office_fields import text_of
from intake.rules.printer_addresses import WIDTHS, PrinterAddress, put_together, taken_apart
from intake.rules.refusals import NoSuchThing, UnknownPrinter


@dataclass(frozen=True)
class TestView:
    """The last test paper asked for: "queued", "claimed", "sending", "printed", "unknown" or "given_up"."""

    state: str
    reason: Trouble | None
    asked_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in ("queued", "claimed", "sending")


@dataclass(frozen=True)
class PrinterView:
    """``papers`` counts what was promised to it by state; ``points`` are the codes of who prints on it."""

    id: int
    name: str
    url: str
    address: PrinterAddress
    host: str | None
    active: bool
    trouble: Trouble | None
    near_end: bool
    checked_at: datetime | None
    papers: Mapping[str, int]
    points: tuple[str, ...]
    test: TestView | None


def printers(session: Session, office: Office) -> list[PrinterView]:
    """Those in use first."""
    rows = session.scalars(
        select(Printer).filter_by(office_id=office.id).order_by(Printer.active.desc(), Printer.id)
    ).all()
    counts: dict[int, dict[str, int]] = {}
    for printer_id, state, count in session.execute(
        select(Errand.printer_id, Errand.state, func.count())
        .where(Errand.printer_id.in_([row.id for row in rows]))
        .group_by(Errand.printer_id, Errand.state)
    ):
        counts.setdefault(printer_id, {})[state] = count
    used = session.execute(
        select(AcceptancePoint.printer_id, AcceptancePoint.code)
        .filter_by(office_id=office.id, active=True)
        .order_by(AcceptancePoint.code)
    ).all()
    return [_view(session, row, counts.get(row.id, {}), used) for row in rows]


def printer_of(session: Session, office: Office, printer_id: int) -> PrinterView:
    """NoSuchThing for one of another office."""
    for view in printers(session, office):
        if view.id == printer_id:
            return view
    raise NoSuchThing()


def printer_values(printer: PrinterView | Printer) -> dict[str, object]:
    return {"name": printer.name, "url": printer.url, "host": printer.host, "active": printer.active}


def hosts(session: Session) -> list[str]:
    """Machines whose workers are at work, which a printer on a cable may hang on."""
    workers = select(Heartbeat.name).where(Heartbeat.name.contains(":"))
    return sorted({name.rpartition(":")[0] for name in session.scalars(workers)})


def read_printer(
    typed: Mapping[str, str], *, rest: tuple[tuple[str, str], ...], judge: Callable[[str], bool]
) -> tuple[str, str, tuple[Fault, ...]]:
    """(name, address, faults). ``judge``: whether it could be a printer's; the core knows no device."""
    name = text_of("name", typed.get("name", ""))
    width = typed.get("width", "")
    url = put_together(
        typed.get("kind", ""),
        typed.get("place", ""),
        int(width) if width in map(str, WIDTHS) else 0,
        typed.get("ack", ""),
        rest,
    )
    faults = [name] if isinstance(name, Fault) else []
    if url is None or not judge(url):
        faults.append(Fault("place", "bad_printer_address"))
    elif taken_apart(url).on_a_cable and not typed.get("host"):
        faults.append(Fault("host", "empty"))
    return ("" if isinstance(name, Fault) else name), url or "", tuple(faults)


def save_printer(
    session: Session,
    office: Office,
    printer_id: int | None,
    *,
    name: str,
    url: str,
    host: str,
    active: bool,
    stamped: str,
    by: Actor,
    now: datetime,
) -> int:
    """Keep a printer; one out of use gets no more papers. Returns its id. Raises ChangedMeanwhile."""
    held = office_at_hand(session, office)
    before: dict[str, object] = {}
    if printer_id is None:
        printer = Printer(office_id=held.id, active=True)
        session.add(printer)
    else:
        printer = _of_office(session, held, printer_id)
        before = printer_values(printer)
        must_be(stamped, before)
        printer.active = active
    if printer_id is not None and not active:
        _take_from_points(session, printer)
    if printer.url != url:
        printer.trouble, printer.near_end, printer.checked_at = None, False, None
    printer.name, printer.url = name, url
    printer.host = host if host and taken_apart(url).on_a_cable else None
    session.flush()
    tell(session, held, "printer_changed", before, printer_values(printer), by=by, now=now, what=name)
    return printer.id


def ask_for_test(session: Session, office: Office, printer_id: int, *, by: Actor, now: datetime) -> None:
    """Promise a test paper; one that still waits is enough. UnknownPrinter for one out of use."""
    printer = _of_office(session, office, printer_id)
    if not printer.active:
        raise UnknownPrinter()
    last = last_test(session, printer_id)
    if last is not None and last.is_open:
        return
    outbox.promise(session, printer_id=printer_id, is_test=True, now=now)
    events.append(
        session, "printer_tested", by=by, now=now, office_id=office.id, facts={"what": printer.name}
    )
    session.flush()


def last_test(session: Session, printer_id: int) -> TestView | None:
    row = session.scalar(
        select(Errand).filter_by(printer_id=printer_id, is_test=True).order_by(Errand.id.desc()).limit(1)
    )
    if row is None:
        return None
    return TestView(row.state, Trouble(row.reason) if row.reason else None, row.created_at)


def _view(session: Session, row: Printer, counts: Mapping[str, int], used: object) -> PrinterView:
    return PrinterView(
        id=row.id,
        name=row.name,
        url=row.url,
        address=taken_apart(row.url),
        host=row.host,
        active=row.active,
        trouble=Trouble(row.trouble) if row.trouble else None,
        near_end=row.near_end,
        checked_at=row.checked_at,
        papers=counts,
        points=tuple(code for printer_id, code in used if printer_id == row.id),  # type: ignore[attr-defined]
        test=last_test(session, row.id),
    )


def _take_from_points(session: Session, printer: Printer) -> None:
    """Nobody prints on it any more: a paper promised to it would wait for ever."""
    for point in session.scalars(select(AcceptancePoint).filter_by(printer_id=printer.id)):
        point.printer_id = None
        point.version += 1


def _of_office(session: Session, office: Office, printer_id: int) -> Printer:
    found = session.get(Printer, printer_id)
    if found is None or found.office_id != office.id:
        raise NoSuchThing()
    return found
