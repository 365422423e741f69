"""Whatever happens to a postal item has its words: in the log of the office, in the life of its dossier."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.post.steps import KINDS as STEPS
from intake.rules import event_words

ROOT = Path(__file__).parents[2]


def told() -> set[str]:
    """Every kind that a verb of the post writes down of an item."""
    files = sorted((ROOT / "intake/post").glob("*.py"))
    kinds = {kind for file in files for kind in re.findall(r'"(post_[a-z_]+)"', file.read_text("utf-8"))}
    return kinds | set(STEPS.values())


@pytest.mark.parametrize("kind", sorted(told() & set(event_words.KINDS)))
def test_a_kind_of_the_log_is_told_in_the_life_of_a_dossier(kind):
    words = (ROOT / "templates/desk/events.html").read_text("utf-8")
    is_of_the_office = kind in {
        "post_block_taken",
        "post_shift_closed",
        "post_day_confirmed",
        "post_file_heard",
    }
    assert is_of_the_office or f'one.kind == "{kind}"' in words


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_has_words_in_the_log(step):
    assert STEPS[step] in event_words.KINDS
