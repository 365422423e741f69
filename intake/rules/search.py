"""Finding a procedure by the words people use."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from math import log

from intake.rules.text import search_key

SYNONYMS = {
    "photo": "sao",
    "phoco": "sao",
    "foto": "sao",
    "cong chung": "chung thuc",
    "cmnd": "can cuoc",
    "cccd": "can cuoc",
    "chung minh": "can cuoc",
    "chung minh thu": "can cuoc",
    "bang lai": "giay phep lai xe",
    "gplx": "giay phep lai xe",
    "so do": "giay chung nhan dat",
    "so hong": "giay chung nhan dat",
    "so ho khau": "thuong tru",
    "ho khau": "thuong tru",
    "khai bao": "thong bao",
    "cuoi": "ket hon",
    "lay vo": "ket hon",
    "lay chong": "ket hon",
    "qua doi": "khai tu",
    "qua co": "khai tu",
    "bhyt": "bao hiem y te",
    "hkd": "ho kinh doanh",
}
FILLERS = frozenset((
    "lam", "xin", "cho", "toi", "muon", "can", "di", "nop", "ho", "so", "thu", "tuc", "dang", "ky",
    "giay", "to", "cap", "mot", "cai", "cua", "va", "la", "ve", "tai", "o", "the", "nao",
))  # fmt: skip
FILLER_WEIGHT = 0.3
MOST_WORDS = 12  # of a question; the rest is a story
FUZZY_FROM = 5  # letters; a shorter word one letter off is too often another word
_WORD = re.compile(r"[0-9a-z.]+")


class Finder:
    """Finds codes by words, in memory; built once per change of the catalogue.

    ``entries`` are (code, phrases): names and words people search by, the more
    common procedure first. Case, diacritics and word order do not matter, the
    last word may be unfinished, and one wrong letter is forgiven in words of
    five letters or more.
    """

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._codes: list[str] = []
        self._sizes: list[float] = []  # by phrase
        self._entry_of: list[int] = []  # by phrase
        self._phrases_with: dict[str, list[int]] = defaultdict(list)
        self._entries_with: dict[str, set[int]] = defaultdict(set)
        for entry, (code, phrases) in enumerate(entries):
            for words in sorted({frozenset(_words(phrase)) for phrase in (code, *phrases)}, key=sorted):
                for word in words:
                    self._phrases_with[word].append(len(self._sizes))
                    self._entries_with[word].add(entry)
                self._sizes.append(_size(words))
                self._entry_of.append(entry)
            self._codes.append(code)
        self._vocabulary = sorted(self._phrases_with)
        self._rarity = {
            word: log(2 + len(self._sizes) / len(phrases)) * (FILLER_WEIGHT if word in FILLERS else 1)
            for word, phrases in self._phrases_with.items()
        }
        self._near: dict[str, set[str]] = defaultdict(set)
        for word in self._vocabulary:
            if len(word) >= FUZZY_FROM - 1:
                for variant in _one_less(word):
                    self._near[variant].add(word)

    def find(self, words: str, limit: int = 12) -> list[str]:
        """Codes, best first; [] for nothing asked or nothing found."""
        best: dict[int, float] = {}
        for asked in _readings(words):
            for entry, score in self._scores(asked).items():
                best[entry] = max(best.get(entry, 0), score)
        ranked = sorted(best, key=lambda entry: (-best[entry], entry))
        return [self._codes[entry] for entry in ranked[:limit]]

    def _scores(self, asked: list[str]) -> dict[int, float]:
        """The score of each entry that has every telling word, or at least most of them."""
        meant = [self._meant(word, last=i == len(asked) - 1) for i, word in enumerate(asked)]
        weight: dict[int, float] = {}  # by phrase
        covered: dict[int, float] = {}
        for word, options in zip(asked, meant, strict=True):
            gains: dict[int, float] = {}
            for option, nearness in reversed(options):  # the surest meaning is written last
                gains.update(dict.fromkeys(self._phrases_with[option], nearness * self._rarity[option]))
            size = _size([word])
            for phrase, gain in gains.items():
                weight[phrase] = weight.get(phrase, 0) + gain
                covered[phrase] = covered.get(phrase, 0) + size
        kept = self._with_enough(asked, meant)
        asked_size = _size(asked)
        scores = dict.fromkeys(kept, 0.0)
        for phrase, told in weight.items():
            entry = self._entry_of[phrase]
            score = told * (1 + covered[phrase] / max(self._sizes[phrase], asked_size))
            if entry in kept and score > scores[entry]:
                scores[entry] = score
        return scores

    def _with_enough(self, asked: list[str], meant: list[list[tuple[str, float]]]) -> set[int]:
        """Entries with all words that tell something; failing that, with most of them.

        Of the words that the catalogue knows, more than two in three: «sang tên xe»
        is not answered with what else can change its name, «mở quán phở» is.
        """
        having = [set().union(*(self._entries_with[option] for option, _ in options)) for options in meant]
        telling = [found for word, found in zip(asked, having, strict=True) if word not in FILLERS] or having
        full = set.intersection(*telling)
        if full or len(telling) == 1:
            return full
        known = len([found for found in telling if found])
        enough = max(len(telling) / 2, known * 2 / 3)
        counts = Counter(entry for found in telling for entry in found)
        return {entry for entry, count in counts.items() if count > enough}

    def _meant(self, word: str, *, last: bool) -> list[tuple[str, float]]:
        """Words of the catalogue that ``word`` may stand for, surest first."""
        options: dict[str, float] = {}
        if word in self._phrases_with:
            options[word] = 1.0
        if last and len(word) >= 2:
            start = bisect_left(self._vocabulary, word)
            for other in takewhile(lambda other: other.startswith(word), self._vocabulary[start:]):
                options.setdefault(other, 0.8)
        if len(word) >= FUZZY_FROM and word.isalpha():
            for variant in _one_less(word):
                for other in sorted(self._near.get(variant, ())):
                    options.setdefault(other, 0.6)
        return list(options.items())


def _size(words: Collection[str]) -> float:
    return sum(FILLER_WEIGHT if word in FILLERS else 1 for word in words)


def _words(text: str) -> list[str]:
    return [word.strip(".") for word in _WORD.findall(search_key(text)) if word.strip(".")]


def _readings(text: str) -> Iterator[list[str]]:
    """What was asked, and the same with each synonym put in its place."""
    words = _words(text)[:MOST_WORDS]
    if not words:
        return
    yield words
    plain = f" {' '.join(words)} "
    for said, official in SYNONYMS.items():
        if f" {said} " in plain:
            yield plain.replace(f" {said} ", f" {official} ").split()


def _one_less(word: str) -> Iterator[str]:
    """The word itself and with each letter left out: two words one letter apart share one of these."""
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
