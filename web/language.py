"""The language at hand in templates: ``_``, and what stays Vietnamese there."""

from __future__ import annotations

import re

from flask import Flask
from markupsafe import Markup, escape

from intake.language import VIETNAMESE, at_hand, marked, say

_PIECES = re.compile(r"(, | · |: |; )")
_LETTERS = re.compile(r"[À-ÖØ-öø-ɏḀ-ỿ]")  # Latin letters that English has not


def install(app: Flask) -> None:
    app.jinja_env.filters.update(named=named, translated=translated, mixed=mixed)
    app.jinja_env.globals.update(_=said, marked=marked, named=named, translated=translated, lang=lang)


def lang() -> str:
    """The code of the language at hand, for the attribute ``lang``."""
    return at_hand().code


def said(text: str, /, **parts: object) -> str:
    """``text`` in the language at hand; a part that is markup stays markup."""
    for part in parts.values():
        if hasattr(part, "__html__"):
            return Markup(escape(say(text))).format(**parts)  # the text is escaped, so are plain parts
    return say(text, **parts)


def named(name: str) -> str:
    """A legal name, or what somebody wrote: never translated, so marked as Vietnamese in other languages."""
    if not name or at_hand() is VIETNAMESE:
        return name
    return Markup('<bdi lang="vi">{}</bdi>').format(name)


def translated(text: str) -> str:
    """A text of a procedure or an office: translated where the catalogue has it, else left as it stands."""
    return say(text) if text in at_hand().texts else named(text)


def mixed(text: str) -> str:
    """A line made of words and names: the pieces with Vietnamese letters are marked as Vietnamese."""
    if at_hand() is VIETNAMESE or hasattr(text, "__html__"):
        return text
    pieces = (named(piece) if _LETTERS.search(piece) else piece for piece in _PIECES.split(text))
    return Markup("").join(pieces)
