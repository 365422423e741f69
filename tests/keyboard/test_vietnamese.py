"""Composing Vietnamese: every syllable in every way of typing it, and the words that are hard."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from syllables import syllables, ways

TABLE = tuple(syllables())
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node: npm needs it too")


def compose(asked: Sequence[tuple[str, str, str, int]]) -> list[tuple[str, int]]:
    """The line and its caret after each (keys, method, text that stood there, caret)."""
    script = Path(__file__).with_name("compose.mjs")
    done = subprocess.run(
        ["node", script], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return [(text, caret) for text, caret in json.loads(done.stdout)]


def lines(*typed: tuple[str, str]) -> list[str]:
    return [text for text, _ in compose([(keys, method, "", 0) for keys, method in typed])]


def test_every_syllable_comes_out_right_in_every_way_of_typing_it():
    texts = {one.text for one in TABLE}
    assert len(texts) == len(TABLE) >= 20_000
    assert texts >= {"quý", "giặt", "gìn", "giếng", "thuở", "hươu", "khuỷu", "ngoằn", "oách", "xòe", "thúy"}
    # Half of the ways for each, in turn: every way is walked with every onset and every rime.
    asked = [
        (one.text, way, keys)
        for place, one in enumerate(TABLE)
        for turn, (way, keys) in enumerate(ways(one).items(), start=place)
        if turn % 2
    ]
    asked += [(text.upper(), way, (keys.upper(), method)) for text, way, (keys, method) in asked[::7]]
    assert len(asked) > 70_000
    made = lines(*[keys for _, _, keys in asked])
    wrong = [(*one, text) for one, text in zip(asked, made, strict=True) if one[0] != text]
    assert wrong == []
    assert all(unicodedata.is_normalized("NFC", text) for text in made)


def test_every_syllable_loses_its_tone_and_its_last_letter():
    toned = [one for one in TABLE[::5] if one.tone]
    bare = lines(*[(ways(one)["tone keys"][0] + "⓪", "") for one in toned])
    assert bare == [one.toneless for one in toned]
    telex = lines(*[(ways(one)["telex, tone last"][0] + "z", "telex") for one in toned])
    assert telex == bare
    shorter = compose([(ways(one)["telex, tone last"][0] + "⌫", "telex", "", 0) for one in TABLE[1::5]])
    assert (
        [len(text) for text, _ in shorter]
        == [caret for _, caret in shorter]
        == [len(one.text) - 1 for one in TABLE[1::5]]
    )


# Written by people, not computed: the words, and how somebody may type them in Telex.
HARD_WORDS = (
    ("Nguyễn Thị Thúy Quỳnh", "Nguyeenx Thij Thuys Quynhf", "Nguyenex Thij Thusy Quyfnh"),
    ("giặt gìn giữ giếng gì già", "giawtj ginf giuwx gieengs gif giaf", "giatwj gifn giwx giengse gif giaf"),
    (
        "thuở hươu khuỷu ngoằn ngoèo",
        "thuowr huwowu khuyur ngoawnf ngoeof",
        "thuowr huouw khuyru ngoanwf ngoefo",
    ),
    ("oách xòe hòa khỏe múa mía", "oachs xoef hoaf khoer muas mias", "oasch xofe hofa khore musa misa"),
    ("quốc quờ quăng quạu quỷ", "quoocs quowf quawng quauj quyr"),
    ("đường được đứng ưu tư", "dduwowngf dduwowcj dduwngs uwu tuw", "duongdwf duocdwj dungdws uuw tw"),
    ("Đắk Lắk Đắk Nông Krông Năng", "DDawks Lawks DDawks Noong Kroong Nawng"),
    ("M'Đrắk Êa Kpă Mlô Kbuôr Hđơk Niê", "M'DDrawks EEa Kpaw Mloo Kbuoor Hddowk Niee"),
    ("Y Moan Ksor H'Hen Rmah Siu", "Y Moan Ksor H'Hen Rmah Siu"),
    ("Êban Rơ Châm Bru-Vân Kiều Ê-đê", "EEban Row Chaam Bru-Vaan Kieeuf EE-ddee"),
    ("Alexander Texas Wash soft Facebook", "Alexander Texas Wash soft Facebook"),
    ("boong xoong goòng", "booong xooong gooongf"),
)
TAKEN_BACK = {  # Telex
    "as": "á",
    "ass": "as",
    "asss": "ass",  # the third time it is a letter
    "ASSO": "ASO",
    "ASSSO": "ASSO",
    "aaa": "aa",
    "awww": "aww",
    "ddd": "dd",
    "ooo": "oo",
    "w": "ư",
    "ww": "w",
    "uowwng": "uowng",
    "tieengsz": "tiêng",
    "tieengsf": "tiềng",  # one tone takes the place of another
    "hocf": "hocf",  # no such syllable: the letter stays a letter
    "ass⌫s": "á",  # once the letter is wiped out the key is a tone again
    "vieetj⌫t": "việt",
    "hoanf⌫": "hòa",
    "hoaf⌫⌫⌫a": "a",
    "as b": "á b",
    "s s": "s s",
}
NUMBERS = {  # VNI
    "D9a81k La81k": "Đắk Lắk",
    "thuo73 hu7o7u hoa2 quy1": "thuở hươu hòa quý",
    "To63 3 P2 ngo4 15": "Tổ 3 P2 ngõ 15",
    "a11": "a1",
    "a110": "a10",
    "o66": "o6",
    "u77": "u7",
    "a88": "a8",
    "d99": "d9",
    "tie61ng0": "tiêng",
}
TONE_KEYS = {
    "quy①": "quý",
    "hoa②n": "hoàn",  # the tone moves to where it now belongs
    "ngoeo②⑤": "ngoẹo",
    "thuy①①": "thuy",  # the same key again takes it away
    "thuy①⓪": "thuy",
    "s①": "s",
    "Anna①": "Anná",  # a foreign word gets what is asked for
    "as sx aa": "as sx aa",  # and letters are letters
}
STOOD_THERE = (  # keys, method, what stood there, the caret in it, what stands there then
    ("s", "telex", "Hoa", 3, "Hoas"),  # a name that stood there is changed by no letter
    ("s", "telex", "Thuý", 4, "Thuýs"),
    (" Lan", "telex", "Nguyễn Thuý", 11, "Nguyễn Thuý Lan"),  # nor set in another style
    ("n", "", "Hoà", 3, "Hoàn"),
    ("⌫", "", "Hoàn", 4, "Hoà"),
    ("⌫", "telex", "Thuý Anh ", 9, "Thuý Anh"),
    ("②", "", "Hoa Lan", 3, "Hòa Lan"),  # a tone key is asked for, and meant for the word at the caret
    ("①", "", "Hoan Lan", 2, "Hoán Lan"),
    ("①", "", "Thu\u0301y", 4, "Thuy"),  # loose marks are composed
    ("⌫o", "", "Nga", 3, "Ngo"),
    ("⌫s", "telex", "Lan", 3, "Lá"),  # whoever wipes out of a word edits it
    ("a", "telex", "Lan", 1, "Laan"),
    ("①", "", "", 0, ""),
    ("⌫", "", "", 0, ""),
)


def test_hard_words_in_telex():
    wanted = {keys: words for words, *ways_ in HARD_WORDS for keys in ways_}
    assert made("telex", wanted) == wanted


def test_a_mark_is_taken_back_by_its_key_or_the_eraser():
    assert made("telex", TAKEN_BACK) == TAKEN_BACK


def test_numbers_give_marks_in_vni_and_stay_numbers_elsewhere():
    assert made("vni", NUMBERS) == NUMBERS


def test_the_tone_keys_of_the_screen():
    assert made("", TONE_KEYS) == TONE_KEYS


def test_what_stood_there_is_changed_only_by_who_asks_for_it():
    found = compose([(keys, method, text, caret) for keys, method, text, caret, _ in STOOD_THERE])
    assert [text for text, _ in found] == [wanted for *_, wanted in STOOD_THERE]
    assert all(caret <= len(text) for text, caret in found)


def made(method: str, wanted: Iterable[str]) -> dict[str, str]:
    return dict(zip(wanted, lines(*[(keys, method) for keys in wanted]), strict=True))
