"""Groups that are asked once for each of several people: children, co-owners, members of a household.

A definition says the group once, and how it repeats. Whoever walks through it
meets rows, each a group of its own that is shown when the row before it was
answered with «yes, one more». So what is asked, kept, judged and shown by one
set of rules needs no other for rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from intake.rules.procedures import Condition, Group, Procedure, Question, QuestionKind


def unrolled(procedure: Procedure) -> Procedure:
    """The procedure with every repeating group as its rows; the same where none repeats.

    The first row keeps its keys; those of row 2 end in «_2», in a condition of
    its own questions too. «members_more» and «members_more_2» ask for the next row.
    """
    if not any(group.repeat for group in procedure.groups):
        return procedure
    return replace(procedure, groups=tuple(row for group in procedure.groups for row in rows_of(group)))


def rows_of(group: Group) -> Iterator[Group]:
    """All rows that ``group`` may have; the group itself where it does not repeat."""
    if group.repeat is None:
        yield group
        return
    own = {question.key for question in group.questions}
    for row in range(1, group.repeat.most + 1):
        questions = [_of_row(question, own, row) for question in group.questions]
        if row < group.repeat.most:
            questions.append(Question(_more(group.key, row), group.repeat.more, QuestionKind.YES_NO))
        before = (Condition(_more(group.key, row - 1), ("yes",)),) if row > 1 else ()
        yield replace(
            group,
            key=_key(group.key, row),
            title=group.repeat.title.format(row=row) if row > 1 else group.title,
            questions=tuple(questions),
            show_if=(*group.show_if, *before),
            repeat=None,
            row=row,
        )


def without_row(procedure: Procedure, group: Group, answers: Mapping[str, str]) -> dict[str, str]:
    """``answers`` without those of this row: the rows after it move up, and there is one less.

    ``procedure`` is unrolled and ``group`` one of its rows; the only row is emptied.
    """
    rows = _siblings(procedure, group)
    last = next((row.row for row in rows if answers.get(_more_of(row)) != "yes"), len(rows))
    told = [[answers.get(question.key, "") for question in _asked(row)] for row in rows]
    del told[group.row - 1]
    kept = dict(answers)
    for row, said in zip(rows, [*told, [""] * len(group.questions)], strict=True):
        kept |= {question.key: answer for question, answer in zip(_asked(row), said, strict=False)}
        kept[_more_of(row)] = "yes" if row.row < last - 1 else "no" if row.row == last - 1 else ""
    return {key: answer for key, answer in kept.items() if answer}


def _siblings(procedure: Procedure, group: Group) -> list[Group]:
    """All rows of the group that ``group`` is one of."""
    first = _first(group)
    return [one for one in procedure.groups if one.row and _first(one) == first]


def _first(group: Group) -> str:
    return group.key.removesuffix(f"_{group.row}") if group.row > 1 else group.key


def _asked(group: Group) -> tuple[Question, ...]:
    """What a row says, but for whether there is one more."""
    return tuple(question for question in group.questions if question.key != _more_of(group))


def _more_of(group: Group) -> str:
    return _more(_first(group), group.row)


def _of_row(question: Question, own: set[str], row: int) -> Question:
    conditions = tuple(
        replace(one, question=_key(one.question, row)) if one.question in own else one
        for one in question.show_if
    )
    return replace(question, key=_key(question.key, row), show_if=conditions)


def _key(key: str, row: int) -> str:
    return key if row == 1 else f"{key}_{row}"


def _more(key: str, row: int) -> str:
    return _key(f"{key}_more", row)
