"""What was handed in as files, as a text whose hash stands on the receipt: docs/proving-papers.md."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = "motcham papers 1"


@dataclass(frozen=True)
class Proven:
    """One file as it was handed in; hashes are SHA-256 in hexadecimal."""

    requirement_key: str
    kind: str  # "image" or "pdf"
    sha256: str
    page_hashes: tuple[str, ...]


def proof_text(papers: Sequence[tuple[str, Sequence[Proven]]]) -> str:
    """The list of papers, files and pages, one line each.

    «1.2 birth_certificate pdf 3 <hash>» is the second file of the first paper
    and has three pages; «1.2.3 <hash>» is its third.
    """
    lines = [HEAD]
    for paper, (key, files) in enumerate(papers, start=1):
        for number, file in enumerate(files, start=1):
            lines.append(f"{paper}.{number} {key} {file.kind} {len(file.page_hashes)} {file.sha256}")
            for page, told in enumerate(file.page_hashes, start=1):
                lines.append(f"{paper}.{number}.{page} {told}")
    return "\n".join(lines) + "\n"


def papers_hash(text: str) -> str:
    """The hash of the whole set: SHA-256 of ``text`` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def grouped_hash(told: str, *, group: int = 4, upto: int = 64) -> str:
    """«3f2a 99c1 …», so that two people can compare it aloud."""
    told = told[:upto]
    return " ".join(told[at : at + group] for at in range(0, len(told), group))
