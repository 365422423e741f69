"""What a scan at the post is, whatever order things are scanned in: told apart by looks alone.

A script of the reception page knows the same looks (static/post-rules.js), so
that it can answer without a network; what this module says is what holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from intake.rules.codes import ItemNumber, parse_item_number
from intake.rules.people import CitizenCard, citizen_id, read_citizen_card
from intake.rules.refusals import ScanNotUnderstood, UnreadableCard, UnreadableCitizenId, UnreadableItemNumber
from intake.rules.saved_codes import is_marked, saved_code
from intake.rules.text import one_line

PROCEDURE_MARK = "TTHC:"  # before the code of a procedure on our printed sheet

_PROCEDURE = re.compile(r"(?:TTHC:)?([0-9]\.[0-9]{6}(?:\.[0-9A-Z]{1,4}){0,6})")
_GROUPED = re.compile(r"(?=.*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}")  # as a saved code is printed and typed
_RECEIPT = re.compile(r"(?:.*/R/)?A[E-H][2-7A-Z]{100,}")
_OPERATORS_OWN = re.compile(r"(?=.*[0-9])[0-9A-Z][0-9A-Z./_-]{4,39}")


class ScanKind(StrEnum):
    ITEM = "item"
    CARD = "card"
    PROCEDURE = "procedure"
    SAVED = "saved"
    RECEIPT = "receipt"


@dataclass(frozen=True)
class Scan:
    """What was scanned. ``text`` is the number or code, for a receipt all that stood in its QR."""

    kind: ScanKind
    text: str
    item: ItemNumber | None = None
    card: CitizenCard | None = None


def read_scan(text: str) -> Scan:
    """The one thing ``text`` can be.

    A card tells much or, by the bar code of an old one, only its twelve digits;
    these are never taken for an item number, which stands unsealed in lists.
    Raises WrongCheckDigit for what is shaped like S10, UnreadableItemNumber for
    nothing at all and two scans in one, else ScanNotUnderstood.
    """
    line = one_line(text)
    if not line:
        raise UnreadableItemNumber()
    shouted = line.upper() if line.isascii() else ""
    if _RECEIPT.fullmatch(shouted):
        return Scan(ScanKind.RECEIPT, line)
    if (code := saved_code(line)) and (is_marked(line) or _GROUPED.fullmatch(shouted)):
        return Scan(ScanKind.SAVED, code)
    if found := _PROCEDURE.fullmatch(shouted):
        return Scan(ScanKind.PROCEDURE, found[1])
    if card := _card(text):
        return Scan(ScanKind.CARD, card.citizen_id, card=card)
    return _item(line)


def _card(text: str) -> CitizenCard | None:
    try:
        return CitizenCard(citizen_id(text))
    except UnreadableCitizenId:
        pass
    try:
        return read_citizen_card(text)
    except UnreadableCard:
        return None


def _item(line: str) -> Scan:
    if not line.isascii():
        raise ScanNotUnderstood()
    item = parse_item_number(line)
    if not item.is_s10 and not _OPERATORS_OWN.fullmatch(item.text):
        raise ScanNotUnderstood()
    return Scan(ScanKind.ITEM, item.text, item=item)
