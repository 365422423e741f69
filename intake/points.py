"""Counters and kiosks: what they are called, what they print on, what they serve, who sits there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.changing import must_be, office_at_hand, tell
from intake.events import Actor
from intake.records import AcceptancePoint, Office, Printer, ServiceGroup, SignIn, Visit
from intake.rules.answers import Fault
from intake.rules.office_fields import point_code_of, text_of
from intake.rules.refusals import NoSuchThing

PROFILES = ("standard", "high_contrast")
SIZES = (1, 2, 3)
ALIVE = timedelta(minutes=3)  # a kiosk asks for its first screen three times a minute


@dataclass(frozen=True)
class PointView:
    """A counter or kiosk. ``sitting`` are the names of who is signed in there now.

    ``state`` of a kiosk: "open" (any browser may be it), "new", "coded" (a code
    waits to be typed until ``code_until``), "alive" or "silent".
    """

    id: int
    code: str
    name: str
    kind: str
    active: bool
    printer_id: int | None
    printer_name: str
    printer_trouble: str | None
    groups: tuple[tuple[int, str, str], ...]  # id, prefix, name
    sitting: tuple[str, ...]
    size: int
    profile: str
    earphones: bool
    scanner: str  # SANE's name of the document scanner beside it, "" for none
    scanner_host: str
    state: str
    code_until: datetime | None
    registered_at: datetime | None
    seen_at: datetime | None


def points(
    session: Session, office: Office, kind: str, *, now: datetime, idle: timedelta = timedelta(minutes=30)
) -> list[PointView]:
    """Those in use first, by code."""
    rows = session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office.id, kind=kind)
        .order_by(AcceptancePoint.active.desc(), AcceptancePoint.code)
    ).all()
    sitting: dict[int, list[str]] = {}
    for sign_in in session.scalars(
        select(SignIn)
        .where(SignIn.office_id == office.id, SignIn.ended_at.is_(None), SignIn.touched_at > now - idle)
        .order_by(SignIn.started_at)
    ):
        if sign_in.point_id and sign_in.person.name not in sitting.setdefault(sign_in.point_id, []):
            sitting[sign_in.point_id].append(sign_in.person.name)
    touched = dict(
        session.execute(
            select(Visit.acceptance_point_id, func.max(Visit.touched_at))
            .where(Visit.ended_at.is_(None))
            .group_by(Visit.acceptance_point_id)
        ).all()
    )
    return [_view(row, tuple(sitting.get(row.id, ())), touched.get(row.id), now) for row in rows]


def point_at_hand(session: Session, office: Office, point_id: int, kind: str) -> AcceptancePoint:
    """A point of this office; NoSuchThing for any other."""
    found = session.get(AcceptancePoint, point_id)
    if found is None or (found.office_id, found.kind) != (office.id, kind):
        raise NoSuchThing()
    return found


def point_values(point: PointView | AcceptancePoint) -> dict[str, object]:
    """What the form of a point shows, and its stamp is of."""
    if isinstance(point, PointView):
        groups = [prefix for _, prefix, _ in point.groups]
    else:
        groups = [group.prefix for group in point.service_groups]
    return {
        "code": point.code,
        "name": point.name,
        "active": point.active,
        "printer_id": point.printer_id,
        "groups": sorted(groups),
        "size": point.size,
        "profile": point.profile,
        "earphones": point.earphones,
        "scanner": point.scanner,
        "scanner_host": point.scanner_host,
    }


def point_faults(
    session: Session, office: Office, typed: Mapping[str, str], *, point_id: int | None
) -> tuple[Fault, ...]:
    """What is wrong with what was typed about a counter or a kiosk."""
    code, name = point_code_of("code", typed.get("code", "")), text_of("name", typed.get("name", ""))
    faults = [one for one in (code, name) if isinstance(one, Fault)]
    if isinstance(code, str):
        taken = session.scalar(select(AcceptancePoint.id).filter_by(code=code))
        if taken not in (None, point_id):
            faults.append(Fault("code", "code_taken"))
    if typed.get("printer") and _printer(session, office, typed["printer"]) is None:
        faults.append(Fault("printer", "bad_choice"))
    return tuple(faults)


def save_point(
    session: Session,
    office: Office,
    point_id: int | None,
    kind: str,
    typed: Mapping[str, str],
    served: Sequence[str],
    *,
    stamped: str,
    by: Actor,
    now: datetime,
) -> AcceptancePoint:
    """Keep what point_faults found nothing wrong with; ``served`` are ids of service groups.

    Raises ChangedMeanwhile.
    """
    held = office_at_hand(session, office)
    printer = _printer(session, held, typed.get("printer", ""))
    groups = _groups(session, held, served) if kind == "counter" else []
    before: dict[str, object] = {}
    if point_id is None:
        point = AcceptancePoint(office_id=held.id, kind=kind, active=True)
    else:
        point = point_at_hand(session, held, point_id, kind)
        before = point_values(point)
        must_be(stamped, before)
        point.active = bool(typed.get("active"))
        point.version += 1
    point.code, point.name = typed["code"].strip().upper(), _line(typed["name"])
    point.printer_id = printer.id if printer else None
    if kind == "counter":
        point.service_groups = groups
    else:
        point.size = int(typed["size"]) if typed.get("size", "") in ("1", "2", "3") else 1
        point.profile = typed["profile"] if typed.get("profile") in PROFILES else PROFILES[0]
        point.earphones = bool(typed.get("earphones"))
        point.scanner = _line(typed.get("scanner", ""))[:200]
        point.scanner_host = _line(typed.get("scanner_host", ""))[:200] if point.scanner else ""
    session.add(point)
    session.flush()
    tell(
        session, held, "point_changed", _named(session, before), _named(session, point_values(point)),
        by=by, now=now, what=point.code, area=kind,
    )  # fmt: skip
    return point


def _view(
    row: AcceptancePoint, sitting: tuple[str, ...], touched_at: datetime | None, now: datetime
) -> PointView:
    seen_at = max(filter(None, (row.seen_at, touched_at)), default=None)
    return PointView(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        active=row.active,
        printer_id=row.printer_id,
        printer_name=row.printer.name if row.printer else "",
        printer_trouble=row.printer.trouble if row.printer else None,
        groups=tuple((group.id, group.prefix, group.name) for group in row.service_groups),
        sitting=sitting,
        size=row.size,
        profile=row.profile,
        earphones=row.earphones,
        scanner=row.scanner,
        scanner_host=row.scanner_host,
        state=_state(row, seen_at, now),
        code_until=row.code_until,
        registered_at=row.registered_at,
        seen_at=seen_at,
    )


def _state(row: AcceptancePoint, seen_at: datetime | None, now: datetime) -> str:
    if row.code_key and row.code_until and now < row.code_until:
        return "coded"
    if row.device_key is None and not row.office.kiosks_open:
        return "new"
    if seen_at is not None and now - seen_at < ALIVE:
        return "alive"
    return "open" if row.device_key is None else "silent"


def _printer(session: Session, office: Office, typed: str) -> Printer | None:
    found = session.get(Printer, int(typed)) if typed.isdecimal() and len(typed) < 10 else None
    return found if found is not None and found.office_id == office.id else None


def _groups(session: Session, office: Office, served: Sequence[str]) -> list[ServiceGroup]:
    rows = session.scalars(
        select(ServiceGroup).filter_by(office_id=office.id).order_by(ServiceGroup.position)
    )
    return [row for row in rows if str(row.id) in served]


def _named(session: Session, values: Mapping[str, object]) -> dict[str, object]:
    """With the printer's name instead of its number, for people who read the event."""
    if not values:
        return {}
    printer = session.get(Printer, values["printer_id"]) if values["printer_id"] else None
    rest = {name: value for name, value in values.items() if name != "printer_id"}
    return rest | {"printer": printer.name if printer else None}


def _line(typed: str) -> str:
    read = text_of("name", typed, required=False)
    assert isinstance(read, str)
    return read
