"""The catalogues of ``translations/``, one folder a language, read once into memory.

Format: gettext's .po, as every translator's tool writes it. A province fills a
slot with ``msgstr``; nothing is compiled.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import structlog
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from flask import current_app

from intake.language import SOURCE, VIETNAMESE, Language
from intake.rules.screens import LANGUAGES

SCREENS = "kiosk.po"  # what the kiosk says
PROCEDURES = "procedures.po"  # what the shipped procedures ask
FILLED = 0.9  # the share of the screens' texts from which a language is one to choose
ROWS = 20  # of a repeating group: more than any has
SLOTS = tuple(code for code in LANGUAGES if code != SOURCE)
# What a language may say beside the parts that the Vietnamese text has: months by name, its own points.
BESIDE = {
    "{weekday}, {date}": {"day", "month", "year"},
    "{weekday} {date}": {"day", "month", "year"},
    "{amount} đồng": {"with_commas"},
}


def languages() -> dict[str, Language]:
    """Those that can be chosen, by code, Vietnamese first."""
    return read_languages(Path(current_app.root_path) / "translations")


@cache
def read_languages(folder: Path) -> dict[str, Language]:
    """The languages whose catalogue is filled; a broken one is logged and left out, the rest goes on."""
    found = {VIETNAMESE.code: VIETNAMESE}
    for place in sorted(folder.glob(f"*/{SCREENS}")):
        try:
            language = _language(place.parent)
        except (PoFileError, ValueError, KeyError, IndexError) as fault:
            structlog.get_logger().error("catalogue_unreadable", file=str(place), fault=str(fault))
            continue
        if language is not None:
            found[language.code] = language
    return found


def read_catalogue(place: Path) -> Catalog:
    """PoFileError, with the line, for a file that is none."""
    with place.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _language(folder: Path) -> Language | None:
    """The language of this folder; None while its screens are not filled."""
    screens = read_catalogue(folder / SCREENS)
    if not _is_filled(screens):
        return None
    others = [read_catalogue(place) for place in sorted(folder.glob("*.po")) if place.name != SCREENS]
    said = (message for one in (*others, screens) for message in one if message.id and is_said(message))
    texts = dict(pair for message in said if fits(message) for pair in _texts(message))
    name = LANGUAGES.get(folder.name, folder.name)
    return Language(folder.name, name, texts, gettext.c2py(screens.plural_expr))


def _is_filled(catalogue: Catalog) -> bool:
    texts = [message for message in catalogue if message.id]
    return bool(texts) and sum(map(is_said, texts)) >= FILLED * len(texts)


def _texts(message: Message) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A text by its source; a heading of further rows by each number, for that is how it is shown."""
    source, forms = source_of(message), forms_of(message)
    yield source, forms
    if "{row}" in source:
        for row in range(2, ROWS + 1):
            yield source.format(row=row), tuple(form.format(row=row) for form in forms)


def is_said(message: Message) -> bool:
    """Whether somebody translated it, and no tool only guessed."""
    return not message.fuzzy and all(forms_of(message))


def fits(message: Message) -> bool:
    """Whether every brace of a translation names a part that its text has: another would stop the screen."""
    source = source_of(message)
    known = parts_of(source) | BESIDE.get(source, set())
    try:
        return all(parts_of(form) <= known for form in forms_of(message))
    except ValueError:
        return False


def parts_of(text: str) -> set[str]:
    """The names in braces; ValueError for a brace that is left open."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def source_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> tuple[str, ...]:
    """Its translations: one, or one for each plural of the language."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
