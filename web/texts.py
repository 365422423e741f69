"""Every text a kiosk can say, found where it is written: what a catalogue has to translate.

``_("…")`` and ``marked("…")`` of templates, ``say("…")`` and ``marked("…")`` of
Python, and what the shipped procedures ask. Names of procedures and papers are
no texts: they are names of the law.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import normalize
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from intake.cataloguing import DATA, shipped_procedures
from intake.rules import asked
from intake.rules.national_days import NATIONAL_DAYS
from intake.rules.procedures import Group, Procedure, Question, TermUnit
from intake.rules.screens import LANGUAGES
from web.translations import forms_of, is_said, read_catalogue, source_of

ROOMS = ("intake", "kiosk", "web")
SAID = ("_", "say", "marked")
ONE_PLURAL = "nplurals=1; plural=0;"
COUNTS = re.compile(r"\{(count|minutes|days)\}")  # parts that are numbers: «1 day», «2 days»


def screen_texts(root: Path) -> dict[str, str]:
    """The texts of templates and Python below ``root``, each with the first file that says it."""
    found: dict[str, str] = {}
    for place in sorted((root / "templates").rglob("*.html")):
        for text in template_texts(place.read_text()):
            found.setdefault(text, str(place.relative_to(root)))
    for room in ROOMS:
        for place in sorted((root / room).rglob("*.py")):
            for text in python_texts(place.read_text()):
                found.setdefault(text, str(place.relative_to(root)))
    for question in (*asked.TYPED, *(one for way in asked.COLLECTED.values() for one in way)):
        for text in _question_texts(question):
            found.setdefault(text, "intake/rules/asked.py")
    return found


def procedure_texts() -> dict[str, str]:
    """What the shipped procedures ask and say beside their legal names; each with the first code that does.

    With them the days off of the whole country, and what the first office queues for.
    """
    found = {day.name: "intake/rules/national_days.py" for day in NATIONAL_DAYS if day.name}
    office = json.loads((DATA / "demo_office.json").read_text())
    found |= {group["name"]: "intake/data/demo_office.json" for group in office["service_groups"]}
    for code, procedure in sorted(shipped_procedures().items()):
        for text in filter(None, _procedure_texts(procedure)):
            found.setdefault(text, code)
    return found


def template_texts(source: str) -> Iterator[str]:
    tree = Environment(trim_blocks=True, lstrip_blocks=True).parse(source)
    for _line, _name, texts in extract_from_ast(tree, SAID, babel_style=False):
        text = texts if isinstance(texts, str) else texts[0] if texts else ""
        if text:
            yield str(text)


def python_texts(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def fill(place: Path, texts: Mapping[str, str]) -> tuple[int, int]:
    """Bring the catalogue at ``place`` up to date: what is new waits empty, what is said no more goes.

    ``texts`` have the place each comes from. Returns how many there are and how many still wait.
    """
    language = place.parent.name
    catalogue = read_catalogue(place) if place.exists() else None
    known = {source_of(message): message for message in catalogue or () if message.id}
    plurals = 1 if catalogue is None else catalogue.num_plurals
    entries = [_header(language, catalogue)]
    entries += [_entry(text, where, known.get(text), plurals) for text, where in _in_order(texts)]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n".join(entries))
    return len(texts), sum(text not in known or not is_said(known[text]) for text in texts)


def _in_order(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """By the place they come from, there as they stand."""
    return sorted(texts.items(), key=lambda one: one[1])


def _header(language: str, catalogue: Catalog | None) -> str:
    """A new catalogue has one plural, as most languages here; whoever translates may say otherwise."""
    plurals = ONE_PLURAL if catalogue is None else catalogue.plural_forms
    told = (f"Language: {language}", "Content-Type: text/plain; charset=utf-8", f"Plural-Forms: {plurals}")
    lines = [f"# {LANGUAGES.get(language, language)}. See translations/README.md.", 'msgid ""', 'msgstr ""']
    return "\n".join([*lines, *(f'"{line}\\n"' for line in told), ""])


def _entry(text: str, where: str, known: Message | None, plurals: int) -> str:
    """One text with its translation; one that counts something has as many as the language has plurals."""
    comments = [f"# {comment}" for comment in (known.user_comments if known else ())]
    flags = ["#, fuzzy"] if known and known.fuzzy else []
    forms = forms_of(known) if known else ("",)
    lines = [*comments, f"#: {where}", *flags, f"msgid {normalize(text)}"]
    if not COUNTS.search(text):
        return "\n".join([*lines, f"msgstr {normalize(forms[0])}", ""])
    forms = (*forms, *[""] * plurals)[:plurals]
    said = [f"msgstr[{number}] {normalize(form)}" for number, form in enumerate(forms)]
    return "\n".join([*lines, f"msgid_plural {normalize(text)}", *said, ""])


def _procedure_texts(procedure: Procedure) -> Iterator[str]:
    yield procedure.sector
    for term in (procedure.term, *(case.term for case in procedure.cases)):
        if term.unit is TermUnit.OTHER:
            yield term.note
    for fee in procedure.fees:
        yield fee.note
        yield from fee.groups
    for paper in procedure.requirements:
        yield paper.condition
        yield from paper.not_applicable_reasons
    for group in procedure.groups:
        yield from _group_texts(group)


def _group_texts(group: Group) -> Iterator[str]:
    yield group.title
    if group.repeat:
        yield from (group.repeat.title, group.repeat.more)
    for question in group.questions:
        yield from _question_texts(question)


def _question_texts(question: Question) -> Iterator[str]:
    yield from (text for text in (question.label, question.hint) if text)
    yield from (choice.label for choice in question.choices)
