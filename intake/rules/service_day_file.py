"""A rule of service days as JSON, as its record, the exported office and the presets keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from intake.rules.service_days import Mode, Part, ServiceDay, Suspension


def rule_from(
    definition: Mapping[str, Any],
    *,
    id: int = 0,
    lineage: str = "",
    version: int = 1,
    suspensions: Iterable[Suspension] = (),
) -> ServiceDay:
    """The rule of ``definition``; what is left out takes the defaults of ServiceDay.

    A definition that was never one of ours raises KeyError or ValueError:
    intake.rules.service_day_form reads what people type.
    """
    told = {name: value for name, value in definition.items() if value is not None}
    return ServiceDay(
        id=id,
        lineage=lineage,
        version=version,
        suspensions=tuple(suspensions),
        title=told["title"],
        modes=frozenset(Mode(mode) for mode in told["modes"]),
        valid_from=date.fromisoformat(told["valid_from"]),
        valid_to=_date(told.get("valid_to")),
        weekdays=frozenset(told.get("weekdays", ())),
        dates=frozenset(date.fromisoformat(day) for day in told.get("dates", ())),
        recurrence=told.get("recurrence", ""),
        part=Part(told.get("part", Part.DAY)),
        procedures=frozenset(told.get("procedures", ())),
        sectors=frozenset(told.get("sectors", ())),
        cutoff=time.fromisoformat(told.get("cutoff", "15:00")),
        target_minutes=told.get("target_minutes"),
        per_hour=told.get("per_hour"),
        per_day=told.get("per_day"),
        exceptions=frozenset(told.get("exceptions", ())),
        decision=told.get("decision", ""),
        decided_on=_date(told.get("decided_on")),
        signer=told.get("signer", ""),
        notices=dict(told.get("notices", {})),
    )


def definition_of(rule: ServiceDay) -> dict[str, Any]:
    """The same as JSON, every field told, lists sorted: equal rules have equal definitions."""
    return {
        "title": rule.title,
        "modes": sorted(rule.modes),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "weekdays": sorted(rule.weekdays),
        "dates": sorted(day.isoformat() for day in rule.dates),
        "recurrence": rule.recurrence,
        "part": str(rule.part),
        "procedures": sorted(rule.procedures),
        "sectors": sorted(rule.sectors),
        "cutoff": f"{rule.cutoff:%H:%M}",
        "target_minutes": rule.target_minutes,
        "per_hour": rule.per_hour,
        "per_day": rule.per_day,
        "exceptions": sorted(rule.exceptions),
        "decision": rule.decision,
        "decided_on": rule.decided_on.isoformat() if rule.decided_on else None,
        "signer": rule.signer,
        "notices": dict(sorted(rule.notices.items())),
    }


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
