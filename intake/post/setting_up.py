"""What a manager sets up for the post: its prices, who pays less, the item numbers of a post office.

A price or a reduction that has begun is never changed: a new one follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.changing import office_at_hand, tell
from intake.events import Actor
from intake.offices import civil_day
from intake.records import (
    AcceptancePoint,
    Assignment,
    ItemRange,
    Office,
    Person,
    PostalExemption,
    PostalTariff,
)
from intake.rules.answers import Fault
from intake.rules.codes import ItemNumber, parse_item_number, s10_number
from intake.rules.office_fields import date_of, number_of, text_of
from intake.rules.refusals import NoSuchThing, Refusal
from intake.rules.rights import Role
from intake.rules.tariffs import ACCOUNTS, FURTHER, STEPS, ZONES
from intake.rules.text import money

AREA = "post"
PRICES = range(10_000_001)  # đồng
PERCENT = range(101)
LARGEST_RANGE = 1_000_000
FEW_LEFT = 50
_CODE = re.compile(r"[a-z0-9_-]{2,20}")


@dataclass(frozen=True)
class TableView:
    """The prices of one zone from one day on. ``state``: "now", "coming" or "past"."""

    id: int  # of any of its lines
    zone: str
    steps: tuple[tuple[int, int], ...]
    further: tuple[int, int] | None
    valid_from: date
    valid_to: date | None
    instrument: str
    state: str


@dataclass(frozen=True)
class ExemptionView:
    id: int
    code: str
    words: str
    account: str
    percent: int
    valid_from: date
    valid_to: date | None
    instrument: str
    state: str


@dataclass(frozen=True)
class RangeView:
    id: int
    point_id: int
    first: str
    last: str
    left: int
    active: bool


@dataclass(frozen=True)
class PostOfficeView:
    """A post office and who works there; ``left`` are item numbers of its own."""

    id: int
    code: str
    name: str
    active: bool
    printer: str
    clerks: tuple[str, ...]
    ranges: tuple[RangeView, ...]

    @property
    def left(self) -> int:
        return sum(one.left for one in self.ranges if one.active)


@dataclass(frozen=True)
class NewTable:
    zone: str
    prices: tuple[int, ...]  # of STEPS
    further: int | None
    valid_from: date
    valid_to: date | None
    instrument: str


@dataclass(frozen=True)
class NewExemption:
    code: str
    words: str
    percents: Mapping[str, int]  # by account
    valid_from: date
    valid_to: date | None
    instrument: str


@dataclass(frozen=True)
class NewRange:
    service: str
    country: str
    first: int
    last: int


def post_offices(session: Session, office: Office) -> list[PostOfficeView]:
    """Those in use first, by code."""
    rows = session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office.id, kind="post")
        .order_by(AcceptancePoint.active.desc(), AcceptancePoint.code)
    ).all()
    clerks: dict[int, list[str]] = {}
    for point_id, name in session.execute(
        select(Assignment.point_id, Person.name)
        .join(Assignment.person)
        .where(Assignment.office_id == office.id, Assignment.role == Role.CLERK, Person.active)
        .order_by(Person.name)
    ):
        clerks.setdefault(point_id or 0, []).append(name)
    ranges: dict[int, list[RangeView]] = {}
    for one in session.scalars(select(ItemRange).filter_by(office_id=office.id).order_by(ItemRange.id)):
        ranges.setdefault(one.point_id, []).append(_range_view(one))
    return [
        PostOfficeView(
            id=row.id,
            code=row.code,
            name=row.name,
            active=row.active,
            printer=row.printer.name if row.printer else "",
            clerks=tuple(clerks.get(row.id, ())),
            ranges=tuple(ranges.get(row.id, ())),
        )
        for row in rows
    ]


def tables(session: Session, office: Office, *, now: datetime) -> list[TableView]:
    """All tables ever set, by zone, the newest first."""
    today, found = civil_day(now), dict[tuple[str, date], list[PostalTariff]]()
    for row in session.scalars(select(PostalTariff).filter_by(office_id=office.id).order_by(PostalTariff.id)):
        found.setdefault((row.zone, row.valid_from), []).append(row)
    views = []
    for (zone, since), rows in sorted(
        found.items(), key=lambda one: (_place(one[0][0]), -one[0][1].toordinal())
    ):
        further = [(row.grams, row.price) for row in rows if row.is_further]
        views.append(
            TableView(
                id=rows[0].id,
                zone=zone,
                steps=tuple(sorted((row.grams, row.price) for row in rows if not row.is_further)),
                further=further[0] if further else None,
                valid_from=since,
                valid_to=rows[0].valid_to,
                instrument=rows[0].instrument,
                state=_state(since, rows[0].valid_to, today),
            )
        )
    return _with_one_now(views)


def read_table(typed: Mapping[str, str], *, now: datetime) -> NewTable | list[Fault]:
    """What the form of prices says, or every fault in it."""
    zone = typed.get("zone", "")
    prices = [number_of(f"price.{grams}", _plain(typed.get(f"price.{grams}", "")), PRICES) for grams in STEPS]
    further: int | Fault | None = None
    if typed.get("further", "").strip():
        further = number_of("further", _plain(typed["further"]), PRICES)
    dates = _dates(typed, now)
    instrument = text_of("instrument", typed.get("instrument", ""))
    faults = [one for one in (*prices, further, *dates, instrument) if isinstance(one, Fault)]
    faults += _falling(prices)
    if zone not in ZONES:
        faults.insert(0, Fault("zone", "bad_choice"))
    if faults:
        return faults
    assert isinstance(dates[0], date) and not isinstance(dates[1], Fault)
    assert isinstance(instrument, str) and not isinstance(further, Fault)
    sure = tuple(one for one in prices if isinstance(one, int))
    return NewTable(zone, sure, further, dates[0], dates[1], instrument)


def _falling(prices: Sequence[int | Fault]) -> list[Fault]:
    """A heavier item never costs less: whoever typed that mistyped one of the two."""
    steps = list(zip(STEPS, prices, strict=True))
    return [
        Fault(f"price.{grams}", "falling_price", {"less": less})
        for (less, before), (grams, price) in pairwise(steps)
        if isinstance(before, int) and isinstance(price, int) and price < before
    ]


def add_table(session: Session, office: Office, new: NewTable, *, by: Actor, now: datetime) -> None:
    """From its day on these are the prices of the zone; one that was to begin on the same day gives way."""
    held = office_at_hand(session, office)
    before = _table_values(_lines(session, held, new.zone, new.valid_from))
    for row in _lines(session, held, new.zone, new.valid_from):
        session.delete(row)
    steps = [(grams, price, False) for grams, price in zip(STEPS, new.prices, strict=True)]
    if new.further is not None:
        steps.append((FURTHER, new.further, True))
    rows = [
        PostalTariff(
            office_id=held.id, zone=new.zone, grams=grams, price=price, is_further=is_further,
            valid_from=new.valid_from, valid_to=new.valid_to, instrument=new.instrument,
        )
        for grams, price, is_further in steps
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    _tell(session, held, before, _table_values(rows), f"Cước {ZONES[new.zone].lower()}", by=by, now=now)


def drop_table(session: Session, office: Office, tariff_id: int, *, by: Actor, now: datetime) -> None:
    """A table that has not begun is taken back; NoSuchThing for any other."""
    held = office_at_hand(session, office)
    row = session.get(PostalTariff, tariff_id)
    if row is None or row.office_id != held.id or row.valid_from <= civil_day(now):
        raise NoSuchThing()
    rows = _lines(session, held, row.zone, row.valid_from)
    before, what = _table_values(rows), f"Cước {ZONES.get(row.zone, row.zone).lower()}"
    for one in rows:
        session.delete(one)
    session.flush()
    _tell(session, held, before, {}, what, by=by, now=now)


def exemption_views(session: Session, office: Office, *, now: datetime) -> list[ExemptionView]:
    """All rules ever set, by words, the newest first."""
    today = civil_day(now)
    rows = session.scalars(
        select(PostalExemption)
        .filter_by(office_id=office.id)
        .order_by(PostalExemption.words, PostalExemption.account, PostalExemption.valid_from.desc())
    )
    return [
        ExemptionView(
            row.id, row.code, row.words, row.account, row.percent, row.valid_from, row.valid_to,
            row.instrument, _state(row.valid_from, row.valid_to, today),
        )
        for row in rows
    ]  # fmt: skip


def read_exemption(typed: Mapping[str, str], *, now: datetime) -> NewExemption | list[Fault]:
    """What the form of a reduction says, or every fault in it."""
    code, words = typed.get("code", "").strip().lower(), text_of("words", typed.get("words", ""))
    read = {
        account: number_of(account, typed[account].strip().removesuffix("%"), PERCENT)
        for account in ACCOUNTS
        if typed.get(account, "").strip()
    }
    dates, instrument = _dates(typed, now), text_of("instrument", typed.get("instrument", ""))
    faults = [one for one in (words, *read.values(), *dates, instrument) if isinstance(one, Fault)]
    if not _CODE.fullmatch(code):
        faults.insert(0, Fault("code", "bad_short_code" if code else "empty"))
    if not read:
        faults.append(Fault("charge", "no_percent"))
    if faults:
        return faults
    assert isinstance(dates[0], date) and not isinstance(dates[1], Fault)
    assert isinstance(words, str) and isinstance(instrument, str)
    percents = {account: one for account, one in read.items() if isinstance(one, int)}
    return NewExemption(code, words, percents, dates[0], dates[1], instrument)


def add_exemption(session: Session, office: Office, new: NewExemption, *, by: Actor, now: datetime) -> None:
    """From its day on people of this kind pay less; what was to begin on the same day gives way."""
    held = office_at_hand(session, office)
    olds = session.scalars(
        select(PostalExemption).filter_by(office_id=held.id, code=new.code, valid_from=new.valid_from)
    ).all()
    before: dict[str, object] = {f"percent_{old.account}": old.percent for old in olds}
    for old in olds:
        session.delete(old)
    for account, percent in new.percents.items():
        session.add(
            PostalExemption(
                office_id=held.id, code=new.code, words=new.words, account=account, percent=percent,
                valid_from=new.valid_from, valid_to=new.valid_to, instrument=new.instrument,
            )
        )  # fmt: skip
    session.flush()
    after: dict[str, object] = {f"percent_{account}": one for account, one in new.percents.items()}
    after |= {"valid_from": new.valid_from, "valid_to": new.valid_to, "instrument": new.instrument}
    _tell(session, held, before, after, new.words, by=by, now=now)


def end_exemption(session: Session, office: Office, exemption_id: int, *, by: Actor, now: datetime) -> None:
    """From tomorrow it holds no more; one that has not begun never does. NoSuchThing for one that is over."""
    held, today = office_at_hand(session, office), civil_day(now)
    row = session.get(PostalExemption, exemption_id)
    if row is None or row.office_id != held.id or (row.valid_to or date.max) <= today:
        raise NoSuchThing()
    words = row.words
    before: dict[str, object] = {"valid_to": row.valid_to}
    if row.valid_from > today:
        before = {f"percent_{row.account}": row.percent}
        session.delete(row)
        session.flush()
        _tell(session, held, before, {}, words, by=by, now=now)
        return
    row.valid_to = today
    session.flush()
    _tell(session, held, before, {"valid_to": today}, words, by=by, now=now)


def read_range(session: Session, point: AcceptancePoint, typed: Mapping[str, str]) -> NewRange | list[Fault]:
    """The first and the last label of what the operator gave, as they are printed; or every fault."""
    first, last = (_number(key, typed.get(key, "")) for key in ("first", "last"))
    faults = [one for one in (first, last) if isinstance(one, Fault)]
    if isinstance(first, Fault) or isinstance(last, Fault):
        return faults
    size = int(last.serial) - int(first.serial) + 1
    if (first.service, first.country) != (last.service, last.country) or size < 1:
        return [Fault("last", "not_after_first")]
    if size > LARGEST_RANGE:
        return [Fault("last", "range_too_large", {"max": LARGEST_RANGE})]
    new = NewRange(first.service, first.country, int(first.serial), int(last.serial))
    taken = session.scalar(
        select(func.count())
        .select_from(ItemRange)
        .where(
            ItemRange.service == new.service,
            ItemRange.country == new.country,
            ItemRange.first_serial <= new.last,
            ItemRange.last_serial >= new.first,
        )
    )
    return [Fault("first", "range_taken")] if taken else new


def add_range(
    session: Session, office: Office, point: AcceptancePoint, new: NewRange, *, by: Actor, now: datetime
) -> ItemRange:
    """From now on this post office gives these numbers, after those it has."""
    held = office_at_hand(session, office)
    row = ItemRange(
        office_id=held.id, point_id=point.id, service=new.service, country=new.country,
        first_serial=new.first, last_serial=new.last, next_serial=new.first,
    )  # fmt: skip
    session.add(row)
    session.flush()
    view = _range_view(row)
    _tell(session, held, {}, {"range": f"{view.first} – {view.last}"}, point.code, by=by, now=now)
    return row


def switch_range(
    session: Session, office: Office, range_id: int, active: bool, *, by: Actor, now: datetime
) -> None:
    """Give its numbers no more, or again; NoSuchThing for one of another office."""
    held = office_at_hand(session, office)
    row = session.get(ItemRange, range_id)
    if row is None or row.office_id != held.id:
        raise NoSuchThing()
    before, view = row.active, _range_view(row)
    row.active = active
    session.flush()
    _tell(
        session, held, {"active": before}, {"active": active}, f"{view.first} – {view.last}", by=by, now=now
    )


def _tell(
    session: Session,
    office: Office,
    before: Mapping[str, object],
    after: Mapping[str, object],
    what: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    tell(session, office, "office_changed", before, after, by=by, now=now, area=AREA, what=what)


def _lines(session: Session, office: Office, zone: str, since: date) -> Sequence[PostalTariff]:
    return session.scalars(
        select(PostalTariff)
        .filter_by(office_id=office.id, zone=zone, valid_from=since)
        .order_by(PostalTariff.is_further, PostalTariff.grams)
    ).all()


def _table_values(rows: Sequence[PostalTariff]) -> dict[str, object]:
    """As the history tells them: «đến 100 g 20.000 đồng; …»."""
    if not rows:
        return {}
    told = [
        f"mỗi {row.grams} g thêm {money(row.price)}"
        if row.is_further
        else f"đến {row.grams} g {money(row.price)}"
        for row in rows
    ]
    first = rows[0]
    return {
        "prices": "; ".join(told),
        "valid_from": first.valid_from,
        "valid_to": first.valid_to,
        "instrument": first.instrument,
    }


def _dates(typed: Mapping[str, str], now: datetime) -> tuple[date | Fault, date | Fault | None]:
    """From when, today or later, and until when, if at all."""
    since = date_of("valid_from", typed.get("valid_from", ""))
    until = date_of("valid_to", typed["valid_to"]) if typed.get("valid_to", "").strip() else None
    if isinstance(since, date) and since < civil_day(now):
        since = Fault("valid_from", "past_date")
    if isinstance(since, date) and isinstance(until, date) and until < since:
        until = Fault("valid_to", "before_first_day")
    return since, until


def _number(key: str, typed: str) -> ItemNumber | Fault:
    try:
        number = parse_item_number(typed)
    except Refusal as refusal:
        return Fault(key, "wrong_check_digit" if refusal.code == "wrong_check_digit" else "bad_item_number")
    return number if number.is_s10 else Fault(key, "bad_item_number")


def _range_view(row: ItemRange) -> RangeView:
    return RangeView(
        id=row.id,
        point_id=row.point_id,
        first=s10_number(row.service, row.first_serial, row.country),
        last=s10_number(row.service, row.last_serial, row.country),
        left=max(0, row.last_serial - row.next_serial + 1),
        active=row.active,
    )


def _state(since: date, until: date | None, today: date) -> str:
    if since > today:
        return "coming"
    return "past" if (until or date.max) < today else "now"


def _with_one_now(views: Sequence[TableView]) -> list[TableView]:
    """Of a zone only the table that began last holds; those before it are over, or wait for its end."""
    seen, found = set(), []
    for one in views:
        state = "past" if one.state == "now" and one.zone in seen else one.state
        seen |= {one.zone} if state == "now" else set()
        found.append(replace(one, state=state))
    return found


def _place(zone: str) -> int:
    return list(ZONES).index(zone) if zone in ZONES else len(ZONES)


def _plain(typed: str) -> str:
    """«26.500» as a number of đồng."""
    return typed.strip().removesuffix("đ").strip().replace(".", "").replace(" ", "")
