"""Golden receipts, read by people; ``./motcham golden`` draws them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.drawings.text import as_text
from intake.paper import Field, Paper, Rows, Signatures
from tests.drawings.every_paper import GOLDEN

FOLDER = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", GOLDEN)
def test_the_text_is_the_golden_one(name):
    assert as_text(GOLDEN[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", (32, 42, 80))
@pytest.mark.parametrize("name", GOLDEN)
def test_no_line_is_longer_than_asked(name, columns):
    assert max(map(len, as_text(GOLDEN[name], columns).splitlines())) <= columns


def test_no_word_is_lost_when_lines_break():
    blocks = (
        Field("Địa chỉ", "ngõ " * 30 + "x" * 90),
        Rows(("Tên giấy tờ", "Loại"), (("Tờ khai " * 20, "Bản chính"),)),
        Signatures((("Người nộp", "Tôn Nữ " * 9), ("Người nhận", "Trần An"))),
    )
    text = as_text(Paper("", blocks), 42)
    for word, count in (("ngõ", 30), ("x", 90), ("khai", 20), ("Tôn", 9)):
        assert text.count(word) == count
