"""What is in a postal item, and for whom: kept sealed with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from intake.drafts import Applicant, Collection
from intake.keys import Keys
from intake.records import PostalItem

CONTENT = "postal_item.content"


@dataclass(frozen=True)
class Sent:
    """A dossier on its way in: who sends it, what was counted, how the result comes back.

    ``documents`` are as in intake.applications.Application. ``answers`` come
    from a draft that was saved at a kiosk; else the declaration is among the
    papers, and they are empty. ``base_url`` is where the QR of its receipt leads.
    """

    applicant: Applicant
    documents: Mapping[str, Mapping[str, str]]
    collection: Collection
    answers: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""


@dataclass(frozen=True)
class Addressed:
    """A result on its way home: all that whoever brings it needs to know."""

    name: str
    address: str
    phone: str = ""


def seal_sent(sent: Sent, keys: Keys) -> bytes:
    return keys.seal(json.dumps(asdict(sent), ensure_ascii=False), CONTENT)


def seal_addressed(addressed: Addressed, keys: Keys) -> bytes:
    return keys.seal(json.dumps(asdict(addressed), ensure_ascii=False), CONTENT)


def sent_of(item: PostalItem, keys: Keys) -> Sent:
    """Of an item that goes "in"."""
    told: dict[str, Any] = json.loads(keys.unseal(item.content_sealed, CONTENT))
    applicant = told["applicant"]
    applicant["contradictions"] = tuple(applicant["contradictions"])
    return Sent(
        applicant=Applicant(**applicant),
        documents=told["documents"],
        collection=Collection(**told["collection"]),
        answers=told["answers"],
        base_url=told["base_url"],
    )


def addressed_of(item: PostalItem, keys: Keys) -> Addressed:
    """Of an item that goes "home"."""
    return Addressed(**json.loads(keys.unseal(item.content_sealed, CONTENT)))


def masked_name(name: str) -> str:
    """«L. T. N. Lan»: enough to tell two items of one list apart, and no more."""
    *given, last = name.split()
    return " ".join([*(f"{word[0]}." for word in given), last])[:120]
