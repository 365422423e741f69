from __future__ import annotations

from datetime import date

import pytest

from intake.rules.form_sets import TITLES, Form, FormSet, form_set_of, title_of


@pytest.mark.parametrize(
    ("received", "expected"),
    ((date(2025, 9, 14), FormSet.TT01_2018), (date(2025, 9, 15), FormSet.TT03_2025)),
)
def test_a_dossier_keeps_the_set_of_the_day_it_was_received(received, expected):
    assert form_set_of(received, Form.RECEIPT) is expected


def test_a_form_the_old_set_lacks_is_of_the_new_one():
    assert form_set_of(date(2025, 1, 2), Form.STOP_NOTICE) is FormSet.TT03_2025


def test_the_new_set_has_seven_forms_and_the_old_one_six():
    numbers = {name: sorted(title.number for title in forms.values()) for name, forms in TITLES.items()}
    assert numbers == {FormSet.TT03_2025: [1, 2, 3, 4, 5, 6, 7], FormSet.TT01_2018: [1, 2, 3, 4, 5, 6]}


def test_the_fourth_form_changed_its_name():
    assert title_of("apology", "tt01_2018").words == "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    assert title_of("apology", "tt03_2025").words == "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"
