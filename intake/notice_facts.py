"""All that forms 02 to 05 say, as plain values kept sealed in the row of the notice."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from intake.keys import Keys
from intake.records import Notice

FACTS = "notice.facts"
PROMISE = "promise"  # stage of an apology within the law: what the office promised moves, the deadline stays


@dataclass(frozen=True)
class NoticeItem:
    """One line of form 02: which paper or field, what is wrong with it, how many of each are asked for."""

    key: str
    name: str
    wrong: str
    originals: int = 0
    certified_copies: int = 0
    copies: int = 0


@dataclass(frozen=True)
class NoticeFacts:
    """All that a notice says; plain values, nothing is looked up later.

    Moments are aware. Words are Vietnamese, ready to print; "" or None leaves
    the line out. The number stands in the row of the notice.

    Source: the fields of forms 02 to 05, Thông tư 03/2025/TT-VPCP.
    """

    form: str
    form_set: str  # "tt03_2025" or "tt01_2018"
    office_name: str
    office_place: str
    agency_name: str
    hotline: str
    collect_at: str
    dossier_code: str
    procedure_name: str
    applicant_name: str
    citizen_id: str  # masked already
    address: str
    phone: str  # masked already
    email: str
    received_at: datetime
    due_at: datetime | None  # as first given
    deadline_at: datetime | None  # as moved since
    expected_at: datetime | None
    reason: str = ""  # its code in intake.rules.reasons
    reason_words: str = ""
    reason_text: str = ""
    legal_basis: str = ""
    stage: str = ""  # of a supplement: "intake" or "appraisal"; of an apology: PROMISE or ""
    items: tuple[NoticeItem, ...] = ()
    until: datetime | None = None  # a supplement's last moment; the new time of an apology
    guide_name: str = ""
    guide_phone: str = ""
    extensions_before: int = 0
    requested_by: str = ""  # who asked to stop
    requested_at: datetime | None = None
    proof_words: str = ""
    decision: str = ""  # number and date of a decision to stop
    status_before: str = ""  # the stage at which a dossier was stopped
    fees_words: str = ""
    returned_papers: tuple[str, ...] = ()
    officer_name: str = ""  # who wrote it; "": a broken promise did
    signer_name: str = ""  # who issued it
    issued_at: datetime | None = None


_MOMENTS = ("received_at", "due_at", "deadline_at", "expected_at", "until", "requested_at", "issued_at")


def seal_notice(facts: NoticeFacts, keys: Keys) -> bytes:
    return keys.seal(json.dumps(asdict(facts), ensure_ascii=False, default=datetime.isoformat), FACTS)


def facts_of_notice(notice: Notice, keys: Keys) -> NoticeFacts:
    """The facts as they were sealed, moments aware; a field this release does not know is dropped."""
    data: dict[str, Any] = json.loads(keys.unseal(notice.facts_sealed, FACTS))
    known = {entry.name for entry in fields(NoticeFacts)}
    values = {name: value for name, value in data.items() if name in known}
    for name in _MOMENTS:
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    values["items"] = tuple(NoticeItem(**item) for item in values.get("items", ()))
    values["returned_papers"] = tuple(values.get("returned_papers", ()))
    return NoticeFacts(**values)
