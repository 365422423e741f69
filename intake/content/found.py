"""What was found in a file, as plain values; ``child`` sends them to the server as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Box = tuple[float, float, float, float]  # x, y, width, height, as shares of the picture


@dataclass(frozen=True)
class Concern:
    """What may be wrong with a picture: "dark", "glare", "blurred" or "cut_off"; where, or everywhere."""

    code: str
    box: Box | None = None


@dataclass(frozen=True)
class Signature:
    """What a signature in a PDF says of itself. We did not verify that it is genuine, valid or unbroken.

    ``signed_at`` is an ISO moment or "". ``whole``: it covers the file up to its end. ``acts``: the
    file holds scripts or the like, which stayed because taking them out would void the signature.
    """

    name: str
    issuer: str = ""
    signed_at: str = ""
    whole: bool = True
    acts: bool = False


@dataclass(frozen=True)
class Prepared:
    """One file, clean and ready to be kept. ``kind`` is "image" (one JPEG) or "pdf"."""

    content: bytes
    kind: str
    sha256: str
    page_hashes: tuple[str, ...]
    brought_size: int
    concerns: tuple[Concern, ...] = ()
    signatures: tuple[Signature, ...] = ()
    cleaned: tuple[str, ...] = ()  # what was taken out: "scripts", "attachments", "location", …

    @property
    def pages(self) -> int:
        return len(self.page_hashes)

    @property
    def size(self) -> int:
        return len(self.content)

    def to_json(self) -> dict[str, Any]:
        """All but the content."""
        told = asdict(self)
        del told["content"]
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any], content: bytes) -> Prepared:
        return cls(
            content=content,
            kind=told["kind"],
            sha256=told["sha256"],
            page_hashes=tuple(told["page_hashes"]),
            brought_size=told["brought_size"],
            concerns=tuple(concern_from(one) for one in told["concerns"]),
            signatures=tuple(Signature(**one) for one in told["signatures"]),
            cleaned=tuple(told["cleaned"]),
        )


def concern_from(told: dict[str, Any]) -> Concern:
    box = told.get("box")
    return Concern(told["code"], (box[0], box[1], box[2], box[3]) if box else None)
