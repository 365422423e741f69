"""The language somebody reads. Vietnamese is the source: a text is its own key, a catalogue has the others.

Legal names (of procedures, papers, offices, laws) are never translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

SOURCE = "vi"
_catalogue: ContextVar[Mapping[str, str]] = ContextVar("catalogue", default={})  # noqa: B039 - never written


def say(text: str, **parts: object) -> str:
    """``text`` in the language at hand, ``parts`` in its braces; the source where nobody translated it."""
    said = _catalogue.get().get(text) or text
    return said.format(**parts) if parts else said


@contextmanager
def reading(catalogue: Mapping[str, str]) -> Iterator[None]:
    """What is said meanwhile is said by ``catalogue``: the source's texts and their translations."""
    token = _catalogue.set(catalogue)
    try:
        yield
    finally:
        _catalogue.reset(token)
