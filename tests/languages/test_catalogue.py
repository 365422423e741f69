"""The catalogues: English is complete, braces match, and slots wait to be filled."""

from __future__ import annotations

import gettext
import re
from datetime import date

import pytest

from intake.language import VIETNAMESE, Language, marked, reading, say
from intake.rules.text import long_date, money, near_date
from intake.rules.waits import Wait
from intake.rules.wording import wait_words
from settings import ROOT
from web import texts, translations
from web.translations import fits, forms_of, is_said, read_catalogue, read_languages, source_of

FOLDER = ROOT / "translations"
ENGLISH = FOLDER / "en"


def test_english_says_everything_that_kiosks_say():
    said = {source_of(one) for place in ENGLISH.glob("*.po") for one in read_catalogue(place) if is_said(one)}
    wanted = texts.screen_texts(ROOT) | texts.procedure_texts()
    missing = [f"{where}: {text}" for text, where in wanted.items() if text not in said]
    assert not missing, "\n".join(["./motcham flask translations, then fill:", *missing])
    assert not said - set(wanted) - {""}, "said no more: ./motcham flask translations"


def test_every_brace_of_a_translation_names_a_part():
    found = [one for place in ENGLISH.glob("*.po") for one in read_catalogue(place) if one.id]
    assert len(found) > 1400
    assert [source_of(one) for one in found if not fits(one)] == []
    # Only a text that counts has forms, for the first number decides.
    counting = {source_of(one) for one in found if len(forms_of(one)) > 1}
    assert counting == {source_of(one) for one in found if texts.COUNTS.search(source_of(one))}


def test_the_slots_are_those_of_the_minority_languages_and_none_is_offered_empty():
    assert sorted(place.name for place in FOLDER.iterdir() if place.is_dir()) == sorted(translations.SLOTS)
    assert list(read_languages(FOLDER)) == ["vi", "en"]


def test_a_slot_is_filled_text_by_text_and_offered_once_it_says_nearly_all(tmp_path):
    place = tmp_path / "mtq" / "kiosk.po"
    wanted = {f"Câu {number}": "templates/ui.html" for number in range(9)} | {"{count} ngày": "a.py"}
    assert texts.fill(place, wanted) == (10, 10)
    assert list(read_languages(tmp_path)) == ["vi"]
    place.write_text(re.sub(r'(msgid "Câu.*\nmsgstr )""', r'\1"Lời"', place.read_text()))
    translations.read_languages.cache_clear()
    mtq = read_languages(tmp_path)["mtq"]
    with reading(mtq):
        assert (say("Câu 1"), say("{count} ngày", count=3)) == ("Lời", "3 ngày")
    # What is new waits, what is translated stays, what is said no more goes.
    assert texts.fill(place, {"Câu 1": "templates/ui.html", "Câu mới": "templates/ui.html"}) == (2, 1)
    assert [forms_of(one) for one in read_catalogue(place) if one.id] == [("Lời",), ("",)]


@pytest.mark.parametrize("wrong", ['msgstr "{nobody} goes"', 'msgstr "{open"', 'msgstr ""\nno catalogue'])
def test_a_wrong_catalogue_stops_no_screen(tmp_path, wrong):
    place = tmp_path / "en" / "kiosk.po"
    texts.fill(place, {"{name} đi": "a.py"})
    place.write_text(place.read_text().replace('msgstr ""\n', f"{wrong}\n").replace(wrong, 'msgstr ""', 1))
    place.write_text(place.read_text() + '\nmsgid "Có"\nmsgstr "Yes"\n')
    translations.read_languages.cache_clear()
    with reading(read_languages(tmp_path).get("en", VIETNAMESE)):
        assert say("{name} đi", name="Lan") == "Lan đi"


def test_texts_are_found_where_they_are_written():
    template = '{% macro a(b) %}{{ _("Một {x}", x=b) }}{{ _(b) }}{{ marked("Hai") }}{% endmacro %}'
    assert list(texts.template_texts(template)) == ["Một {x}", "Hai"]
    python = 'def a(b):\n    say("Ba")\n    say(b)\n    print("Bốn")\nX = marked("Năm")\n'
    assert set(texts.python_texts(python)) == {"Ba", "Năm"}


def test_days_money_and_numbers_are_english_ones():
    day = date(2026, 11, 26)
    english = read_languages(FOLDER)["en"]
    with reading(english):
        assert long_date(day) == "Thursday, 26 November 2026"
        assert near_date(day) == "Thursday 26 November"
        assert money(1_208_000) == "1,208,000 VND"
        assert wait_words(Wait(0, 5, sure=True)) == "less than 5 minutes"
        assert (say("{count} ngày", count=1), say("{count} ngày", count=2)) == ("1 day", "2 days")
    assert (long_date(day), money(8000)) == ("Thứ Năm, 26/11/2026", "8.000 đồng")


def test_what_nobody_translated_stays_vietnamese():
    with reading(Language("en", "English", {"Có": ("Yes",)}, gettext.c2py("n != 1"))):
        assert (say("Có"), say("Chưa dịch {x}", x=1)) == ("Yes", "Chưa dịch 1")
    assert say("Có") == marked("Có") == "Có"
