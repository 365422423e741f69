"""What the post and the State take for an item of this office on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.records import Office, PostalExemption, PostalTariff
from intake.rules.fees import fee_of
from intake.rules.procedures import Procedure
from intake.rules.tariffs import (
    ZONES,
    Exemption,
    ExemptionLine,
    TariffLine,
    ZonePrices,
    charge_of,
    chosen,
    exemptions_on,
    prices_on,
    reduced,
)

# As the fields of TariffLine; asked for every item, so it is put together once.
_TARIFFS = select(
    PostalTariff.zone,
    PostalTariff.grams,
    PostalTariff.price,
    PostalTariff.is_further,
    PostalTariff.valid_from,
    PostalTariff.valid_to,
).where(PostalTariff.office_id == bindparam("office"), PostalTariff.valid_from <= bindparam("day"))


class Tariffs:
    """What holds at an office, asked for once a day however many items are reckoned."""

    def __init__(self, session: Session, office: Office) -> None:
        self._session, self._office = session, office
        self._prices: dict[date, dict[str, ZonePrices]] = {}
        self._exemptions: dict[date, tuple[Exemption, ...]] = {}

    def exempt(self, day: date, exemption: str) -> list[str]:
        """The codes of that day; nobody asks when none is named."""
        return [one.code for one in self._exemptions_of(day)] if exemption else []

    def charge(self, day: date, *, zone: str, grams: int, wants_home: bool, exemption: str) -> int:
        """The post's own charge in whole đồng, VAT included; with ``wants_home`` for both ways.

        ``grams`` 0 is not weighed: the lightest step. Raises NoTariff, UnknownExemption.
        """
        if day not in self._prices:
            self._prices[day] = prices(self._session, self._office, day=day)
        who = chosen(self._exemptions_of(day), exemption) if exemption else None
        return charge_of(self._prices[day], zone=zone, grams=grams, wants_home=wants_home, exemption=who)

    def fee(
        self, day: date, procedure: Procedure, *, answers: Mapping[str, str], exemption: str
    ) -> int | None:
        """State money the post takes for the procedure; None: it is told and paid at the office.

        Raises UnknownExemption.
        """
        who = chosen(self._exemptions_of(day), exemption) if exemption else None
        amount = fee_of(procedure, channel="post", on=day, answers=answers).amount
        return None if amount is None else reduced(amount, who.fee if who else 0)

    def _exemptions_of(self, day: date) -> tuple[Exemption, ...]:
        if day not in self._exemptions:
            self._exemptions[day] = exemptions(self._session, self._office, day=day)
        return self._exemptions[day]


def charge_for(
    session: Session,
    office: Office,
    *,
    zone: str,
    grams: int,
    wants_home: bool,
    exemption: str = "",
    day: date,
) -> int:
    """Tariffs.charge() of a single item."""
    return Tariffs(session, office).charge(
        day, zone=zone, grams=grams, wants_home=wants_home, exemption=exemption
    )


def fee_for(
    session: Session,
    office: Office,
    procedure: Procedure,
    *,
    answers: Mapping[str, str],
    exemption: str = "",
    day: date,
) -> int | None:
    """Tariffs.fee() of a single item."""
    return Tariffs(session, office).fee(day, procedure, answers=answers, exemption=exemption)


def prices(session: Session, office: Office, *, day: date) -> dict[str, ZonePrices]:
    """The table of each zone that has one on that day."""
    rows = session.execute(_TARIFFS, {"office": office.id, "day": day})
    return prices_on([TariffLine(*row) for row in rows], day)


def exemptions(session: Session, office: Office, *, day: date) -> tuple[Exemption, ...]:
    """Who pays less on that day."""
    rows = session.scalars(
        select(PostalExemption).where(
            PostalExemption.office_id == office.id, PostalExemption.valid_from <= day
        )
    )
    lines = (
        ExemptionLine(row.code, row.words, row.account, row.percent, row.valid_from, row.valid_to)
        for row in rows
    )
    return exemptions_on(lines, day)


def price_table(session: Session, office: Office, *, day: date) -> dict[str, Any]:
    """All a page needs to reckon charges by itself, as JSON.

    {"day": "2026-11-20", "zones": [{"zone", "words", "steps": [{"grams", "price"}],
    "further": {"grams", "price"} or None}], "exemptions": [{"code", "words",
    "charge", "fee"}]}; the last two are per cent off. Reckoned as
    intake.rules.tariffs.charge_of: the first step that is not lighter, or the
    last plus ``further.price`` for each ``further.grams`` begun; home is the
    first step; then ``floor(amount * (100 - percent) / 100)``.
    """
    tables = prices(session, office, day=day)
    return {
        "day": day.isoformat(),
        "zones": [_zone_json(table) for table in tables.values()],
        "exemptions": [asdict(one) for one in exemptions(session, office, day=day)],
    }


def _zone_json(table: ZonePrices) -> dict[str, Any]:
    further = {"grams": table.further[0], "price": table.further[1]} if table.further else None
    steps = [{"grams": grams, "price": price} for grams, price in table.steps]
    return {"zone": table.zone, "words": ZONES[table.zone], "steps": steps, "further": further}
