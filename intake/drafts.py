"""What a citizen has told us so far: kept sealed with the visit, gone with it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Applicant:
    """The person who files. ``born`` is an ISO date or ""; ``how`` is "card", "typed" or "vouched".

    Of somebody vouched for, ``voucher`` is the officer's name, ``voucher_id`` their row in
    digits, ``vouched_why``
    the reason; only then may the number be missing.
    """

    name: str
    citizen_id: str
    born: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    how: str = "typed"
    contradictions: tuple[str, ...] = ()
    kind: str = "citizen"  # "citizen", "organisation" or "agency", which is one of the State
    voucher: str = ""
    voucher_id: str = ""
    vouched_why: str = ""


@dataclass(frozen=True)
class Representative:
    """Who files for the applicant, and by what right: «Giấy ủy quyền số 12 ngày 20/11/2026»."""

    name: str
    citizen_id: str = ""
    phone: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Collection:
    """How the result comes back: "counter_now", "counter_later", "post" or "electronic"."""

    how: str
    address: str = ""
    phone: str = ""
    email: str = ""


def new_attempt() -> str:
    """A key under which one dossier is created at most once."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Draft:
    """Everything said in one visit. ``documents`` maps a requirement to {"how", "reason"}.

    ``known`` are facts of an earlier dossier of the same visit, by what they are about, to begin
    answers with. ``exemption`` is the group of the tariff that the citizen says they belong to.
    """

    attempt: str = field(default_factory=new_attempt)
    procedure_code: str = ""
    version_id: int = 0
    prepared: bool = False
    applicant: Applicant | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    groups_done: tuple[str, ...] = ()
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    documents_done: bool = False
    collection: Collection | None = None
    exemption: str = ""
    fee_done: bool = False  # what is to be paid was seen
    nothing_owed: bool = False  # the tariff asks for nothing, by what was answered so far
    known: Mapping[str, str] = field(default_factory=dict)
    saved_code: str = ""  # under which it was put by, intake.saving

    @property
    def is_put_by(self) -> bool:
        """Nothing is left here but the code: the rest waits under it."""
        return bool(self.saved_code) and not self.procedure_code

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Draft:
        data: dict[str, Any] = json.loads(text)
        if applicant := data["applicant"]:
            applicant["contradictions"] = tuple(applicant["contradictions"])
            data["applicant"] = Applicant(**applicant)
        if collection := data["collection"]:
            data["collection"] = Collection(**collection)
        data["groups_done"] = tuple(data["groups_done"])
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})
