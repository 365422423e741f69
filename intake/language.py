"""The language somebody reads. Vietnamese is the source: a text is its own key, a catalogue has the others.

Legal names (of procedures, papers, offices, laws) are never translated, and
what is printed or remembered is always the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Language:
    """A language and its catalogue: the source's texts and what they are called in it."""

    code: str  # of two letters (ISO 639-1) or three (639-3): "en", "mtq"
    name: str  # as its speakers write it: "English"
    # A text has as many forms as the language has plurals, one for most texts.
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    form_of: Callable[[int], int] = field(default=lambda number: 0, compare=False, repr=False)


SOURCE = "vi"
VIETNAMESE = Language(SOURCE, "Tiếng Việt")
_at_hand: ContextVar[Language] = ContextVar("language", default=VIETNAMESE)


def say(text: str, /, **parts: object) -> str:
    """``text`` in the language at hand, ``parts`` in its braces; the source where nobody translated it.

    Where a text has forms, its first whole number decides: «1 day», «2 days».
    """
    language = _at_hand.get()
    forms = language.texts.get(text)
    if forms is None:
        said = text
    elif len(forms) == 1:
        said = forms[0]
    else:
        number = next((part for part in parts.values() if isinstance(part, int)), 1)
        said = forms[language.form_of(number)]
    return said.format(**parts) if parts else said


def marked(text: str) -> str:
    """``text`` itself: written here, said elsewhere. By this name the catalogue's tool finds it."""
    return text


def at_hand() -> Language:
    return _at_hand.get()


@contextmanager
def reading(language: Language) -> Iterator[None]:
    """What is said meanwhile is said in ``language``; also a decorator of what must stay the source."""
    token = _at_hand.set(language)
    try:
        yield
    finally:
        _at_hand.reset(token)
