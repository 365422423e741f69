"""What the office is called, says and promises: its data, its dated rules, its units and service groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.changing import must_be, office_at_hand, tell
from intake.events import Actor
from intake.offices import civil_day
from intake.records import OfferedProcedure, Office, OfficeRule, ServiceGroup, Unit
from intake.rules.answers import Fault
from intake.rules.office_fields import number_of, prefix_of, template_faults, text_of
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.refusals import NoSuchThing

DATA = ("name", "place", "agency_name", "code_template")
TEXTS = ("hotline", "collect_at", "receipt_note")
LONGEST = {"hotline": 40, "code_template": 80, "receipt_note": 300}
MINUTES = range(1, 241)  # of one usual service

T = TypeVar("T", Unit, ServiceGroup)


@dataclass(frozen=True)
class RuleView:
    """A dated rule: what holds today (the default where ``since`` is None), and all its values."""

    name: str
    label: str
    unit: str
    low: int
    high: int
    default: int | None
    value: int | None
    since: date | None
    values: tuple[RuleValue, ...]


@dataclass(frozen=True)
class RuleValue:
    value: int
    valid_from: date
    valid_to: date | None
    instrument: str


@dataclass(frozen=True)
class UnitView:
    id: int
    name: str
    active: bool


@dataclass(frozen=True)
class GroupView:
    id: int
    prefix: str
    name: str
    usual_minutes: int
    active: bool
    procedures: int


def data_of(office: Office, fields: Sequence[str] = DATA) -> dict[str, object]:
    """What one form shows of the office, and what its stamp is of."""
    return {name: getattr(office, name) for name in fields}


def read_data(typed: Mapping[str, str], office: Office, fields: Sequence[str] = DATA) -> tuple[Fault, ...]:
    """Everything wrong with what was typed about the office."""
    read = [
        text_of(name, typed.get(name, ""), longest=LONGEST.get(name, 200), required=name != "receipt_note")
        for name in fields
    ]
    faults = [one for one in read if isinstance(one, Fault)]
    if "code_template" in fields and not any(one.key == "code_template" for one in faults):
        faults.extend(template_faults("code_template", typed["code_template"].strip(), office.code))
    return tuple(faults)


def save_data(
    session: Session,
    office: Office,
    typed: Mapping[str, str],
    fields: Sequence[str],
    *,
    stamped: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Keep what read_data found nothing wrong with; False when nothing is different, or ChangedMeanwhile."""
    held = office_at_hand(session, office)
    before = data_of(held, fields)
    must_be(stamped, before)
    for name in fields:
        value = text_of(name, typed.get(name, ""), longest=LONGEST.get(name, 200), required=False)
        assert isinstance(value, str)
        setattr(held, name, value)
    area = "data" if tuple(fields) == DATA else "texts"
    return tell(session, held, "office_changed", before, data_of(held, fields), by=by, now=now, area=area)


def open_kiosks(
    session: Session, office: Office, is_open: bool, *, stamped: str, by: Actor, now: datetime
) -> bool:
    """Whether any browser may be a kiosk here (a demo), or only machines that were registered."""
    held = office_at_hand(session, office)
    before: dict[str, object] = {"kiosks_open": held.kiosks_open}
    must_be(stamped, before)
    held.kiosks_open = is_open
    return tell(
        session, held, "office_changed", before, {"kiosks_open": is_open}, by=by, now=now, area="kiosks"
    )


# --- dated rules ---


def rules(session: Session, office: Office, *, now: datetime) -> list[RuleView]:
    """Every rule there can be, with its value today."""
    rows = session.scalars(
        select(OfficeRule)
        .filter_by(office_id=office.id)
        .order_by(OfficeRule.valid_from.desc(), OfficeRule.id)
    ).all()
    return [_rule(name, [row for row in rows if row.name == name], civil_day(now)) for name in OFFICE_RULES]


def _rule(name: str, rows: Sequence[OfficeRule], today: date) -> RuleView:
    kind = OFFICE_RULES[name]
    holding = next(
        (row for row in rows if row.valid_from <= today and (row.valid_to is None or today <= row.valid_to)),
        None,
    )
    return RuleView(
        name=name,
        label=kind.label,
        unit=kind.unit,
        low=kind.values[0],
        high=kind.values[-1],
        default=kind.default,
        value=holding.value if holding else kind.default,
        since=holding.valid_from if holding else None,
        values=tuple(RuleValue(row.value, row.valid_from, row.valid_to, row.instrument) for row in rows),
    )


def rule_stamp(view: RuleView) -> object:
    return [(one.value, one.valid_from, one.valid_to) for one in view.values]


def rule_faults(
    name: str, typed: Mapping[str, str], valid_from: date | Fault, *, now: datetime
) -> list[Fault]:
    found = [
        number_of("value", typed.get("value", ""), OFFICE_RULES[name].values),
        valid_from,
        text_of("instrument", typed.get("instrument", "")),
    ]
    faults = [one for one in found if isinstance(one, Fault)]
    if isinstance(valid_from, date) and valid_from < civil_day(now):
        faults.append(Fault("valid_from", "past_date"))
    return faults


def add_rule(
    session: Session,
    office: Office,
    name: str,
    value: int,
    *,
    valid_from: date,
    instrument: str,
    stamped: str,
    by: Actor,
    now: datetime,
) -> None:
    """``name`` has this value from ``valid_from`` (today or later); what held until then keeps its days.

    A value already announced for the same day or a later one is replaced.
    Raises ChangedMeanwhile.
    """
    if valid_from < civil_day(now):
        raise ValueError("the past is not edited")
    held = office_at_hand(session, office)
    view = next(one for one in rules(session, held, now=now) if one.name == name)
    must_be(stamped, rule_stamp(view))
    rows = session.scalars(select(OfficeRule).filter_by(office_id=held.id, name=name)).all()
    for row in rows:
        if row.valid_from >= valid_from:
            session.delete(row)
        elif row.valid_to is None or row.valid_to >= valid_from:
            row.valid_to = valid_from - timedelta(days=1)
    session.add(
        OfficeRule(
            office_id=held.id,
            name=name,
            value=value,
            valid_from=valid_from,
            valid_to=None,
            instrument=instrument,
        )
    )
    before: dict[str, object] = {"value": view.value, "valid_from": view.since}
    after: dict[str, object] = {"value": value, "valid_from": valid_from}
    tell(
        session,
        held,
        "office_changed",
        before,
        after,
        by=by,
        now=now,
        area="rules",
        what=name,
        reason=instrument,
    )


# --- units ---


def units(session: Session, office: Office) -> list[UnitView]:
    rows = session.scalars(
        select(Unit).filter_by(office_id=office.id).order_by(Unit.active.desc(), Unit.name)
    )
    return [UnitView(row.id, row.name, row.active) for row in rows]


def unit_faults(session: Session, office: Office, typed: str, *, unit_id: int | None) -> tuple[Fault, ...]:
    name = text_of("name", typed)
    if isinstance(name, Fault):
        return (name,)
    taken = session.scalar(select(Unit.id).filter_by(office_id=office.id, name=name))
    return (Fault("name", "name_taken"),) if taken not in (None, unit_id) else ()


def unit_values(unit: UnitView | Unit) -> dict[str, object]:
    return {"name": unit.name, "active": unit.active}


def save_unit(
    session: Session,
    office: Office,
    unit_id: int | None,
    name: str,
    active: bool,
    *,
    stamped: str,
    by: Actor,
    now: datetime,
) -> bool:
    """A new unit, or another name of one; a unit out of use keeps its dossiers. Raises ChangedMeanwhile."""
    held = office_at_hand(session, office)
    if unit_id is None:
        unit, before = Unit(office_id=held.id, name=name, active=active), {}
        session.add(unit)
    else:
        unit = _of_office(session, Unit, unit_id, held)
        before = unit_values(unit)
        must_be(stamped, before)
        unit.name, unit.active = name, active
    return tell(
        session, held, "office_changed", before, unit_values(unit), by=by, now=now, area="units", what=name
    )


# --- service groups ---


def groups(session: Session, office: Office) -> list[GroupView]:
    rows = session.scalars(
        select(ServiceGroup)
        .filter_by(office_id=office.id)
        .order_by(ServiceGroup.active.desc(), ServiceGroup.position, ServiceGroup.id)
    ).all()
    served = session.scalars(select(OfferedProcedure.service_group_id).filter_by(office_id=office.id)).all()
    return [
        GroupView(row.id, row.prefix, row.name, row.usual_minutes, row.active, served.count(row.id))
        for row in rows
    ]


def group_faults(
    session: Session, office: Office, typed: Mapping[str, str], *, group_id: int | None
) -> tuple[Fault, ...]:
    prefix = prefix_of("prefix", typed.get("prefix", ""))
    read = [
        prefix,
        text_of("name", typed.get("name", "")),
        number_of("minutes", typed.get("minutes", ""), MINUTES),
    ]
    faults = [one for one in read if isinstance(one, Fault)]
    if isinstance(prefix, str):
        taken = session.scalar(select(ServiceGroup.id).filter_by(office_id=office.id, prefix=prefix))
        if taken not in (None, group_id):
            faults.append(Fault("prefix", "prefix_taken"))
    return tuple(faults)


def group_values(group: GroupView | ServiceGroup) -> dict[str, object]:
    return {
        "prefix": group.prefix,
        "name": group.name,
        "usual_minutes": group.usual_minutes,
        "active": group.active,
    }


def save_group(
    session: Session,
    office: Office,
    group_id: int | None,
    typed: Mapping[str, str],
    *,
    stamped: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Keep what group_faults found nothing wrong with; numbers already given stand. Or ChangedMeanwhile."""
    held = office_at_hand(session, office)
    prefix, name = prefix_of("prefix", typed["prefix"]), text_of("name", typed["name"])
    minutes = number_of("minutes", typed["minutes"], MINUTES)
    assert isinstance(prefix, str) and isinstance(name, str) and isinstance(minutes, int)
    active, before = group_id is None or bool(typed.get("active")), {}
    if group_id is None:
        position = len(groups(session, held))
        group = ServiceGroup(
            office_id=held.id,
            prefix=prefix,
            name=name,
            usual_minutes=minutes,
            active=active,
            position=position,
        )
        session.add(group)
    else:
        group = _of_office(session, ServiceGroup, group_id, held)
        before = group_values(group)
        must_be(stamped, before)
        group.prefix, group.name, group.usual_minutes, group.active = prefix, name, minutes, active
    return tell(
        session,
        held,
        "office_changed",
        before,
        group_values(group),
        by=by,
        now=now,
        area="groups",
        what=prefix,
    )


def map_procedures(
    session: Session, office: Office, group: GroupView, codes: Collection[str], *, by: Actor, now: datetime
) -> bool:
    """The procedures people take a number of this group for; those taken out of it belong to none."""
    held = office_at_hand(session, office)
    rows = session.scalars(select(OfferedProcedure).filter_by(office_id=held.id)).all()
    before = sorted(row.procedure_code for row in rows if row.service_group_id == group.id)
    for row in rows:
        if row.procedure_code in codes:
            row.service_group_id = group.id
        elif row.service_group_id == group.id:
            row.service_group_id = None
    after = sorted(row.procedure_code for row in rows if row.service_group_id == group.id)
    return tell(
        session, held, "procedures_changed", {"procedures": before}, {"procedures": after},
        by=by, now=now, area="groups", what=group.prefix,
    )  # fmt: skip


def _of_office(session: Session, record: type[T], row_id: int, office: Office) -> T:
    found = session.get(record, row_id)
    if found is None or found.office_id != office.id:
        raise NoSuchThing()
    return found
