"""What the post takes for carrying an item: its table by zone and weight, and who pays less.

Source: Thông tư 22/2017/TT-BTTTT (ceilings, steps of weight, reductions); the
amounts are the operator's own, VAT included, and change with their dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intake.rules.refusals import NoTariff, UnknownExemption

ZONES: Mapping[str, str] = {"local": "Nội tỉnh", "national": "Liên tỉnh"}
# Weights of the table: up to each of these, then for each further step begun.
STEPS, FURTHER = (100, 250, 500), 500
ACCOUNTS: Mapping[str, str] = {"charge": "Cước dịch vụ bưu chính", "fee": "Phí, lệ phí Nhà nước"}


@dataclass(frozen=True)
class TariffLine:
    """A price of a zone up to ``grams``; ``is_further``: for each ``grams`` begun beyond the last."""

    zone: str
    grams: int
    price: int  # whole đồng, VAT included
    is_further: bool = False
    valid_from: date = date.min
    valid_to: date | None = None


@dataclass(frozen=True)
class ZonePrices:
    """The table of one zone on one day; ``further`` is None where nothing heavier is carried."""

    zone: str
    steps: tuple[tuple[int, int], ...]  # (grams, price), lightest first
    further: tuple[int, int] | None


@dataclass(frozen=True)
class Exemption:
    """Who pays less: ``charge`` and ``fee`` are the per cent taken off each."""

    code: str
    words: str
    charge: int = 0
    fee: int = 0


@dataclass(frozen=True)
class ExemptionLine:
    """One rule of it, for one account, while it holds."""

    code: str
    words: str
    account: str  # of ACCOUNTS
    percent: int
    valid_from: date = date.min
    valid_to: date | None = None


def prices_on(lines: Iterable[TariffLine], day: date) -> dict[str, ZonePrices]:
    """The table that holds on ``day``, by zone, as ZONES are ordered.

    Of a zone all lines that begin on one day are one table, and the table that
    began last is the one that holds: a price for a while stands above the one
    before it, which comes back by itself.
    """
    held = [line for line in lines if _holds(line, day)]
    tables = {}
    for zone in ZONES:
        of_zone = [line for line in held if line.zone == zone]
        began = max((line.valid_from for line in of_zone), default=None)
        table = [line for line in of_zone if line.valid_from == began]
        steps = sorted((line.grams, line.price) for line in table if not line.is_further)
        further = [(line.grams, line.price) for line in table if line.is_further]
        if steps:
            tables[zone] = ZonePrices(zone, tuple(steps), further[0] if further else None)
    return tables


def price_of(tables: Mapping[str, ZonePrices], *, zone: str, grams: int) -> int:
    """Đồng to carry ``grams`` once; 0 grams, not weighed, is the lightest step.

    Raises NoTariff for a zone without a table, and for what is heavier than it.
    """
    table = tables.get(zone)
    if table is None or grams < 0:
        raise NoTariff(zone=zone, grams=grams)
    for most, price in table.steps:
        if grams <= most:
            return price
    most, price = table.steps[-1]
    if table.further is None:
        raise NoTariff(zone=zone, grams=grams)
    size, added = table.further
    begun = -(-(grams - most) // size)
    return price + begun * added


def charge_of(
    tables: Mapping[str, ZonePrices],
    *,
    zone: str,
    grams: int,
    wants_home: bool = False,
    exemption: Exemption | None = None,
) -> int:
    """Đồng for the way in and, with ``wants_home``, for bringing the result home as well.

    What comes home is a few sheets that nobody has weighed yet: the lightest
    step of the same zone. Raises NoTariff.
    """
    whole = price_of(tables, zone=zone, grams=grams)
    whole += price_of(tables, zone=zone, grams=0) if wants_home else 0
    return reduced(whole, exemption.charge if exemption else 0)


def reduced(amount: int, percent: int) -> int:
    """What is left to pay; a part of a đồng is the payer's. The screen that works alone reckons the same."""
    return amount * (100 - percent) // 100


def exemptions_on(lines: Iterable[ExemptionLine], day: date) -> tuple[Exemption, ...]:
    """Those that hold on ``day``, by their words; of one code and account the one that began last."""
    held = sorted((line for line in lines if _holds(line, day)), key=lambda line: line.valid_from)
    by_code: dict[str, dict[str, int]] = {}
    words = {}
    for line in held:
        by_code.setdefault(line.code, {})[line.account] = line.percent
        words[line.code] = line.words
    found = (
        Exemption(code, words[code], percents.get("charge", 0), percents.get("fee", 0))
        for code, percents in by_code.items()
    )
    return tuple(sorted(found, key=lambda one: one.words))


def chosen(exemptions: Sequence[Exemption], code: str) -> Exemption | None:
    """The one of this code, None for ""; raises UnknownExemption for one that does not hold."""
    if not code:
        return None
    for one in exemptions:
        if one.code == code:
            return one
    raise UnknownExemption(exemption=code)


def _holds(line: TariffLine | ExemptionLine, day: date) -> bool:
    return line.valid_from <= day <= (line.valid_to or date.max)
