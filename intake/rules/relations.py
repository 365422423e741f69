"""What the answers about the people of one dossier say against each other: to show, never to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from intake.rules.answers import Fault
from intake.rules.forms import kept_answers
from intake.rules.people import born_and_sex
from intake.rules.procedures import Procedure
from intake.rules.text import search_key

PARENTS = {"mother": "Nữ", "father": "Nam"}
PEOPLE = ("child", "parent", *PARENTS)
FACTS = ("name", "born", "citizen_id", "role")
ABOUT = ("", *(f"{person}.{fact}" for person in PEOPLE for fact in FACTS))
YOUNGEST_PARENT = 12  # years: younger is a slip of the finger more often than the truth

Told = dict[str, tuple[str, str]]  # by fact: the key of its question, and the answer


def contradictions(procedure: Procedure, answers: Mapping[str, str]) -> tuple[Fault, ...]:
    """Where two answers cannot both be right, at the later one; () when all fit.

    Codes: "other_sex" and "other_year" (a number of somebody else, or mistyped),
    "parent_too_young" and "same_name" (one name for two people). Who a question
    is about is told by ``Question.about``; "parent.role" says which parent
    «parent» is. Anything unreadable or not yet answered contradicts nothing.
    """
    people = _people(procedure, answers)
    found = [fault for person, told in people.items() for fault in _of_number(person, told)]
    found.extend(_of_family(people))
    found.extend(_of_names(people))
    return tuple(found)


def _people(procedure: Procedure, answers: Mapping[str, str]) -> dict[str, Told]:
    kept = kept_answers(procedure, answers)
    people: dict[str, Told] = {}
    for question in procedure.questions:
        if question.about and question.key in kept:
            person, _, fact = question.about.partition(".")
            people.setdefault(person, {})[fact] = (question.key, kept[question.key])
    parent = people.pop("parent", {})
    role = parent.get("role", ("", ""))[1]
    return {role: parent} | people if role in PARENTS else people


def _of_number(person: str, told: Told) -> Iterator[Fault]:
    key, number = told.get("citizen_id", ("", ""))
    if not (len(number) == 12 and number.isdecimal()):
        return
    sex, year = born_and_sex(number)
    if PARENTS.get(person, sex) != sex:
        yield Fault(key, "other_sex", {"person": person})
    born = _day(told)
    if born and born.year != year:
        yield Fault(key, "other_year", {"person": person, "year": year})


def _of_family(people: Mapping[str, Told]) -> Iterator[Fault]:
    child = _day(people.get("child", {}))
    for person in PARENTS:
        born = _day(people.get(person, {}))
        if child and born and child.year - born.year < YOUNGEST_PARENT:
            yield Fault(people[person]["born"][0], "parent_too_young", {"person": person})


def _of_names(people: Mapping[str, Told]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for person, told in people.items():
        key, name = told.get("name", ("", ""))
        if name and seen.setdefault(search_key(name), person) != person:
            yield Fault(key, "same_name", {"person": person, "other": seen[search_key(name)]})


def _day(told: Told) -> date | None:
    try:
        return date.fromisoformat(told["born"][1])
    except (KeyError, ValueError):
        return None
