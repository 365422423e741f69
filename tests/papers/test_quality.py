"""What a picture of a page is told before it is accepted, and what is cut away around it."""

from __future__ import annotations

import pytest

import papersway as way
from intake.content.quality import judge
from intake.content.straightening import level, page_found


def codes(picture, **known):
    return [concern.code for concern in judge(picture, **known)]


@pytest.mark.parametrize("picture", [way.a_page(), way.a_page().convert("L"), way.a_photo(), way.a_photo(0)])
def test_a_good_page_is_told_nothing(picture):
    assert codes(picture) == []


def test_each_fault_is_named_and_shown():
    assert codes(way.darkened(way.a_page())) == ["dark"]
    assert "blurred" in codes(way.blurred(way.a_page()))
    (glare,) = judge(way.with_glare(way.a_page()))
    x, y, width, height = glare.box
    assert glare.code == "glare" and 0.4 < x < 0.6 and y < 0.2 and 0.2 < width < 0.5 and 0.1 < height < 0.4


def test_half_of_a_page_that_is_blurred_is_found_there():
    page = way.a_page()
    half = page.height // 2
    page.paste(way.blurred(page.crop((0, half, page.width, page.height)), 6), (0, half))
    (concern,) = judge(page)
    assert concern.code == "blurred" and concern.box[1] > 0.4


def test_a_page_that_runs_over_the_border_is_cut_off_on_that_side():
    (concern,) = judge(way.a_photo(0, at=1.6))
    assert concern.code == "cut_off" and concern.box[0] > 0.9


def test_an_empty_page_is_neither_blurred_nor_refused():
    blank = way.a_page().point(lambda _: 240)
    assert codes(blank) == []


@pytest.mark.parametrize("lean", [-9, -2, 0, 4, 14])
def test_a_page_on_a_table_is_cut_out_and_set_straight(lean):
    photo = way.a_photo(lean)
    page = page_found(photo)
    assert page is not None and 1.3 < page.height / page.width < 1.55
    for x, y in ((0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)):
        assert min(page.getpixel((int(page.width * x), int(page.height * y)))) > 190, (
            "paper, up to the corners"
        )
    red = page.getpixel((page.width * 6 // 100, page.height * 4 // 100))
    assert red[0] > 150 and red[1] < 90


def test_nothing_is_cut_away_when_it_is_unsure():
    page = way.a_page()
    second = way.a_photo(0)
    second.paste(way.a_page(500, 300), (20, 20))  # another paper lies beside
    over = way.a_photo(3, at=1.4)  # runs over the border
    weak = way.a_photo(3).point(lambda value: 180 + value // 8)  # the table is as bright as the paper
    assert [page_found(one) for one in (page, second, over, weak)] == [None] * 4


@pytest.mark.parametrize("lean", [-3.0, 2.0])
def test_writing_that_leans_a_little_is_set_level(lean):
    page = way.a_page().rotate(lean, fillcolor=way.PAPER)
    straight = level(page)
    assert straight.size != page.size
    assert abs(page_lean(straight)) < 0.5 < abs(page_lean(page))


def page_lean(picture):
    from intake.content.straightening import _lean

    return _lean(picture)


def test_a_level_page_and_a_picture_without_writing_stay_as_they_are():
    page, blank = way.a_page(), way.a_page().point(lambda _: 240)
    assert level(page) is page and level(blank) is blank
