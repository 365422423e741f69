"""Syllables of Vietnamese and the keys that make them, from tables a person wrote out.

Nothing here computes where a tone stands: in each rime the vowel that bears it is written in capitals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_ONSETS = "b c ch d đ g gh h k kh l m n ng ngh nh p ph r s t th tr v x kr br đr dr bl pl gl kl gr"
_RIMES = """
A Ac Ach Ai Am An Ang Anh Ao Ap At Au Ay Ă Ăc Ăk Ăm Ăn Ăng Ăp Ăt Â Âc Âm Ân Âng Âp Ât Âu Ây
E Ec Em En Eng Eo Ep Et Ê Êch Êm Ên Ênh Êp Êt Êu
I Ich Im In Inh Ip It Iu Ia iÊc iÊm iÊn iÊng iÊp iÊt iÊu
O Oc Ok Oi Om On Ong Op Ot Oa oAc oAch oAi oAm oAn oAng oAnh oAo oAp oAt oAy oĂc oĂm oĂn oĂng oĂt
Oe oEn oEo oEt Ô Ôc Ôi Ôm Ôn Ông Ôp Ôt Ơ Ơi Ơm Ơn Ơp Ơt
U Uc Ui Um Un Ung Up Ut Ua uÂn uÂng uÂt uÂy uÊ uÊch uÊnh uÊn uÊt uÔc uÔi uÔm uÔn uÔng uÔt
Uy uYa uYch uYn uYnh uYt uYu uYp uyÊn uyÊt Ư Ưc Ưi Ưng Ưt Ưu Ưa ưƠc ưƠi ưƠm ưƠn ưƠng ưƠp ưƠt ưƠu
"""
_AFTER_QU = """
A Ac Ach Ai An Ang Anh Ao Ap At Au Ay Ăc Ăn Ăng Ăp Ăt Ân Âng Ât Ây E En Eo Et Ê Êch Ên Ênh Êt Ôc Ơ Ơn
Y Yt Ynh Ych yÊn yÊt
"""
ONSETS, RIMES, AFTER_QU = ("", *_ONSETS.split()), _RIMES.split(), _AFTER_QU.split()
AFTER_GI = [
    rime for rime in RIMES if rime[0] not in "IiEO" and rime[:2] not in ("Oa", "oA", "oĂ", "oE", "Oe")
]
Y_ALONE = ["Y", "yÊm", "yÊn", "yÊng", "yÊt", "yÊu"]
OPEN_HOOK = [("th", "uƠ"), ("h", "uƠ"), ("kh", "uƠ")]  # thuở, huơ: the u keeps its head bare

MARKS = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]  # none, sắc, huyền, hỏi, ngã, nặng
STOPPED = ("c", "ch", "p", "t", "k")
TELEX_MARK = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI_MARK = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
BARE = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}


@dataclass(frozen=True)
class Syllable:
    """``text`` as it is written; ``onset``, ``rime`` in small letters without the tone; ``tone`` 0 to 5."""

    text: str
    onset: str
    rime: str
    tone: int

    @property
    def toneless(self) -> str:
        return self.onset + self.rime

    @property
    def final(self) -> str:
        return self.rime.lstrip("aăâeêioôơuưy")


def _syllable(onset: str, rime: str, tone: int) -> Syllable:
    seat = next(place for place, letter in enumerate(rime) if letter.isupper())
    small = rime.lower()
    spelled = onset + small[: seat + 1] + MARKS[tone] + small[seat + 1 :]
    return Syllable(unicodedata.normalize("NFC", spelled), onset, small, tone)


def syllables() -> Iterator[Syllable]:
    pairs = [(onset, rime) for onset in ONSETS for rime in RIMES if not (onset == "g" and rime[0] in "iI")]
    pairs += [("qu", rime) for rime in AFTER_QU]
    pairs += [("gi", rime) for rime in AFTER_GI] + [("", rime) for rime in Y_ALONE] + OPEN_HOOK
    pairs += [("g", "I"), ("g", "In"), ("g", "It")]  # «gì», «gìn», «gịt»: here the i is the vowel
    pairs += [("gi", rime) for rime in ("Êng", "Eo", "Oi", "On", "Ong", "Ot")]
    for onset, rime in pairs:
        consonants = rime.lower().lstrip("aăâeêioôơuưy")
        for tone in (1, 5) if consonants in STOPPED else range(6):
            yield _syllable(onset, rime, tone)


def ways(one: Syllable) -> dict[str, tuple[str, str]]:
    """How somebody may type it: (keys, method) by the name of the way."""
    vowels = one.rime.removesuffix(one.final)
    telex = ["", *"sfrxj"][one.tone]
    vni = str(one.tone) if one.tone else ""
    circle = "⓪①②③④⑤"[one.tone] if one.tone else ""
    adjacent = "".join(TELEX_MARK.get(letter, letter) for letter in one.toneless)
    loose = "".join(BARE.get(letter, letter) for letter in one.toneless)
    numbers = "".join(VNI_MARK.get(letter, letter) for letter in one.toneless)
    spelled = {
        "telex, tone last": (adjacent + telex, "telex"),
        "vni, tone last": (numbers + vni, "vni"),
        "tone keys": (one.toneless + circle, ""),
        "tone keys, early": (one.onset + vowels + circle + one.final, ""),
        "telex, early": (_telex(one.onset) + _telex(vowels) + telex + one.final, "telex"),
    }
    if one.onset not in ("đ", "đr") and (mark := _last_mark(vowels)):
        spelled["telex, mark and tone last"] = (loose + mark + telex, "telex")
    return spelled


def _telex(letters: str) -> str:
    return "".join(TELEX_MARK.get(letter, letter) for letter in letters)


def _last_mark(vowels: str) -> str:
    """The one Telex key that marks these vowels when it comes after everything else."""
    return next(
        ({"ă": "w", "â": "a", "ê": "e", "ô": "o", "ơ": "w", "ư": "w"}[v] for v in vowels if v in BARE), ""
    )
