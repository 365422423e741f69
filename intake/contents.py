"""What stands sealed in a dossier: who applied, the answers, the papers, how the result comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from intake.accepting import CONTENT
from intake.drafts import Applicant, Collection, Representative
from intake.keys import Keys
from intake.records import Dossier


@dataclass(frozen=True)
class Content:
    """As handed in; ``documents`` as in intake.accepting.Application."""

    applicant: Applicant
    answers: Mapping[str, str]
    documents: Mapping[str, Mapping[str, str]]
    collection: Collection
    representative: Representative | None = None
    exemption: str = ""  # the group of the tariff that was claimed


def content_of(dossier: Dossier, keys: Keys) -> Content:
    """Opened for whoever may see it; nothing of it is ever logged."""
    data: dict[str, Any] = json.loads(keys.unseal(dossier.content_sealed, CONTENT))
    applicant = data["applicant"] | {"contradictions": tuple(data["applicant"]["contradictions"])}
    representative = data.get("representative")
    return Content(
        Applicant(**applicant),
        data["answers"],
        data["documents"],
        Collection(**data["collection"]),
        Representative(**representative) if representative else None,
        data.get("exemption", ""),
    )


def seal_content(dossier: Dossier, content: Content, keys: Keys) -> None:
    """Put ``content`` in the place of what the dossier held."""
    dossier.content_sealed = keys.seal(json.dumps(asdict(content), ensure_ascii=False), CONTENT)
