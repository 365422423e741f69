"""Finding a dossier among all that an office ever received, by whatever somebody types or scans.

Names and pieces of codes are looked up in DossierWord: runs of it, one per word,
newest dossier last, each row with all words of its dossier. Every search reads a
bounded piece of one run or the run of its rarest word, so that it answers at once
however many dossiers there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.accepting import CITIZEN_ID, PHONE
from intake.keys import Keys
from intake.post.number_blocks import ITEM_MARK
from intake.records import Dossier, DossierWord, Office, PostalItem
from intake.rules.finding import Question, Sought, question_of

SAMPLE = 1_000  # of the newest dossiers tell which words are rare
RARE = 2  # of the sample: fewer are not looked for among the newest
NEWEST = 15_000  # are read at most where many of them will do
LAST = "\U0010ffff"  # sorts after every letter


@dataclass(frozen=True)
class Found:
    """Ids of dossiers, newest first, names whose words were typed in full before others.

    ``more``: there are others, type more.
    """

    sought: Sought
    dossier_ids: tuple[int, ...] = ()
    more: bool = False


def find(session: Session, office: Office, text: str, *, keys: Keys, limit: int = 20) -> Found:
    """The dossiers of ``office``, open or not, that ``text`` may mean; at most ``limit`` of them.

    ``text``: the QR of a receipt or of a citizen card, a personal number, a
    telephone number, the number of a postal item, a dossier code or a piece of it,
    or words of a name without diacritics, in any order, each as far as it was
    typed. Raises the refusals of
    intake.rules.finding.question_of. Of another office nothing is found.
    """
    question = question_of(text, agency=office.code, public_keys=keys.public_keys)
    ids = _ids(session, office, question, keys, limit + 1)
    return Found(question.sought, tuple(ids[:limit]), more=len(ids) > limit)


def _ids(session: Session, office: Office, question: Question, keys: Keys, most: int) -> list[int]:
    match question.sought:
        case Sought.CODE:
            return _newest(session, office, Dossier.dossier_code == question.value, most)
        case Sought.RECEIPT if question.office == office.code:
            own = _newest(session, office, Dossier.dossier_code == question.value, most)
            return own or _newest(session, office, _came_as(office, question.value), most)
        case Sought.ITEM:
            return _newest(session, office, _came_as(office, question.value), most)
        case Sought.CARD | Sought.CITIZEN_ID:
            key = keys.fingerprint(question.value, CITIZEN_ID)
            return _newest(session, office, Dossier.citizen_id_key == key, most)
        case Sought.PHONE:
            key = keys.fingerprint(question.value, PHONE)
            return _newest(session, office, Dossier.phone_key == key, most)
        case Sought.NAME | Sought.CODE_PART:
            return _by_words(session, office.id, question, most)
    return []


def _came_as(office: Office, number: str) -> ColumnElement[bool]:
    """It came or goes home by post under this number, or «item-17» where a receipt carries no such number."""
    by_id = re.fullmatch(rf"{ITEM_MARK}([0-9]{{1,18}})", number)
    its_own = PostalItem.id == int(by_id[1]) if by_id else PostalItem.item_number == number
    dossiers = select(PostalItem.dossier_id).where(
        PostalItem.office_id == office.id, its_own, PostalItem.dossier_id.is_not(None)
    )
    return Dossier.id.in_(dossiers)


def _newest(session: Session, office: Office, condition: ColumnElement[bool], most: int) -> list[int]:
    found = select(Dossier.id).where(condition, Dossier.office_id == office.id)
    return list(session.scalars(found.order_by(Dossier.id.desc()).limit(most)))


@dataclass(frozen=True)
class _Sample:
    """How many of the SAMPLE newest dossiers have each word, as it is and as a beginning, and all beginnings.

    ``since`` is about the id of the NEWEST-th newest dossier.
    """

    full: Mapping[str, int]
    begun: Mapping[str, int]
    all_begun: int
    since: int


def _by_words(session: Session, office_id: int, question: Question, most: int) -> list[int]:
    """Ids of dossiers with all words, those first that have them in full.

    What many dossiers have is found among the newest. What few have is found by
    the runs of the word that the fewest have, which can then be read to the end.
    """
    words = list(dict.fromkeys(question.words))
    sample = _sample(session, office_id, words)
    if sample.all_begun < RARE:
        return _among_runs(session, office_id, question, sample, most)
    found: list[int] = []
    if len(words) == len(question.words):
        found = _in_full(session, office_id, words, sample, most)
    if len(found) == most or (found and question.sought is Sought.CODE_PART):
        return found
    recent = _among_newest(session, office_id, question.words, sample, most)
    if len(recent) < most:
        return _among_runs(session, office_id, question, sample, most)
    return list(dict.fromkeys((*found, *recent)))[:most]


def _sample(session: Session, office_id: int, words: Sequence[str]) -> _Sample:
    newest = _run(office_id, "").add_columns(DossierWord.words).limit(SAMPLE).subquery()
    line = newest.c.words
    conditions = [
        and_(*_all_begun(line, words)),
        *(line.like(f"% {word}%") for word in words),
        *(line.like(f"% {word} %") for word in words),
    ]
    ids = func.max(newest.c.dossier_id), func.min(newest.c.dossier_id)
    counts = [func.count().filter(condition) for condition in conditions]
    last, first, all_begun, *having = session.execute(select(*ids, *counts)).one()
    return _Sample(
        full=dict(zip(words, having[len(words) :], strict=True)),
        begun=dict(zip(words, having[: len(words)], strict=True)),
        all_begun=all_begun,
        since=last - (last - first) * NEWEST // SAMPLE if last else 0,
    )


def _run(office_id: int, word: str) -> Select[int]:
    """The dossiers under exactly this word, newest first."""
    in_run = DossierWord.office_id == office_id, DossierWord.word == word
    return select(DossierWord.dossier_id).where(*in_run).order_by(DossierWord.dossier_id.desc())


def _in_full(session: Session, office_id: int, words: Sequence[str], sample: _Sample, most: int) -> list[int]:
    rarest, *others = sorted(words, key=sample.full.__getitem__)
    run = _run(office_id, rarest).where(*(DossierWord.words.like(f"% {word} %") for word in others))
    return list(session.scalars(run.limit(most)))


def _among_newest(
    session: Session, office_id: int, words: Sequence[str], sample: _Sample, most: int
) -> list[int]:
    recent = DossierWord.dossier_id >= sample.since
    run = _run(office_id, "").where(recent, *_all_begun(DossierWord.words, words))
    return list(session.scalars(run.limit(most)))


def _among_runs(
    session: Session, office_id: int, question: Question, sample: _Sample, most: int
) -> list[int]:
    rarest, *others = sorted(question.words, key=lambda word: (sample.begun[word], -len(word)))
    conditions = (
        DossierWord.office_id == office_id,
        DossierWord.word >= rarest,
        DossierWord.word < rarest + LAST,
        *_all_begun(DossierWord.words, (rarest, *others)),
    )
    in_full = and_(*(DossierWord.words.like(f"% {word} %") for word in question.words)).label("in_full")
    runs = select(DossierWord.dossier_id, in_full).where(*conditions).distinct()
    rows = session.execute(runs.order_by(in_full.desc(), DossierWord.dossier_id.desc()).limit(most)).all()
    only_full = question.sought is Sought.CODE_PART and any(is_full for _, is_full in rows)
    return [dossier_id for dossier_id, is_full in rows if is_full or not only_full]


def _all_begun(
    line: ColumnElement[str] | InstrumentedAttribute[str], words: Sequence[str]
) -> list[ColumnElement[bool]]:
    """Each word begins a word of ``line``; two of which one begins the other ask for two such words."""
    conditions: list[ColumnElement[bool]] = []
    nested = [sorted(two, key=len) for two in combinations(words, 2) if _is_nested(*two)]
    for short, long in nested:
        ways = dict.fromkeys((f"% {long}% {short}%", f"% {short}% {long}%"))
        conditions.append(or_(*(line.like(way) for way in ways)))
    covered = {word for two in nested for word in two}
    return [line.like(f"% {word}%") for word in words if word not in covered] + conditions


def _is_nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
