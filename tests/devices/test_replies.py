"""What comes back, byte by byte, and how kinds of replies are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.replies import (
    Answer,
    Block,
    InTurn,
    Replies,
    Report,
    Status,
    status_of_answers,
    status_of_asb,
)
from intake.ports import Trouble

ANSWERS = {
    "idle": ((0x12, 0x12, 0x12, 0x12), Status(), None),
    "drawer open": ((0x16, 0x12, 0x12, 0x12), Status(), None),
    "near end": ((0x12, 0x12, 0x12, 0x1E), Status(near_end=True), None),
    "cover open": ((0x1A, 0x16, 0x12, 0x12), Status(offline=True, cover_open=True), Trouble.COVER_OPEN),
    "paper end": (
        (0x1A, 0x32, 0x12, 0x7E),
        Status(offline=True, paper_out=True, near_end=True),
        Trouble.PAPER_OUT,
    ),
    "cover open, so no paper seen": (
        (0x1A, 0x36, 0x12, 0x7E),
        Status(offline=True, cover_open=True, paper_out=True, near_end=True),
        Trouble.COVER_OPEN,
    ),
    "cutter": ((0x1A, 0x52, 0x1A, 0x12), Status(offline=True, cutter=True), Trouble.CUTTER),
    "mechanical": ((0x1A, 0x52, 0x16, 0x12), Status(offline=True, error=True), Trouble.ERROR),
    "unrecoverable": ((0x1A, 0x52, 0x32, 0x12), Status(offline=True, error=True), Trouble.ERROR),
    "too hot": ((0x1A, 0x52, 0x52, 0x12), Status(offline=True, error=True), Trouble.ERROR),
    "error of no known kind": ((0x1A, 0x52, 0x12, 0x12), Status(offline=True, error=True), Trouble.ERROR),
    "feed button": ((0x1A, 0x1A, 0x12, 0x12), Status(offline=True), Trouble.OFFLINE),
}


@pytest.mark.parametrize(("answers", "status", "trouble"), ANSWERS.values(), ids=ANSWERS)
def test_answers_to_dle_eot(answers: tuple[int, ...], status: Status, trouble: Trouble | None) -> None:
    assert status_of_answers(answers) == status
    assert status.trouble is trouble


REPORTS = {
    "idle": ("1000000f", Status()),
    "cover open": ("3800000f", Status(offline=True, cover_open=True)),
    "paper end": ("18000f0f", Status(offline=True, paper_out=True, near_end=True)),
    "near end": ("1000030f", Status(near_end=True)),
    "cutter": ("1808000f", Status(offline=True, cutter=True)),
    "mechanical": ("1804000f", Status(offline=True, error=True)),
    "unrecoverable": ("1820000f", Status(offline=True, error=True)),
    "too hot": ("1840000f", Status(offline=True, error=True)),
}


@pytest.mark.parametrize(("block", "status"), REPORTS.values(), ids=REPORTS)
def test_automatic_status(block: str, status: Status) -> None:
    assert status_of_asb(bytes.fromhex(block)) == status


KINDS = (
    (b"\x12", Answer(0x12)),
    (b"\x7e", Answer(0x7E)),
    (b"\x10\x00\x00\x0f", Report(Status())),
    (b"\x38\x00\x00\x0f", Report(Status(offline=True, cover_open=True))),
    (b'7"A1z~\x00', Block(0x37, b'"A1z~')),
    (b"_EPSON\x00", Block(0x5F, b"EPSON")),
    (b"\x00", InTurn(0x00)),
    (b"\x03", InTurn(0x03)),
    (b"\x0c", InTurn(0x0C)),
    (b"\x11", None),  # XON
    (b"\x13", None),  # XOFF
)


@pytest.mark.parametrize(("data", "reply"), KINDS, ids=[data.hex() for data, _ in KINDS])
def test_one_reply(data: bytes, reply: object) -> None:
    assert list(Replies().feed(data)) == [reply] * (reply is not None)


@given(st.lists(st.sampled_from(KINDS), max_size=12), st.data())
def test_replies_may_arrive_in_any_pieces(kinds: list[tuple[bytes, object]], cuts: st.DataObject) -> None:
    stream = b"".join(data for data, _ in kinds)
    replies = Replies()
    heard: list[object] = []
    while stream:
        size = cuts.draw(st.integers(1, len(stream)))
        heard += replies.feed(stream[:size])
        stream = stream[size:]
    assert heard == [reply for _, reply in kinds if reply is not None]


@given(st.binary(max_size=400))
def test_noise_neither_breaks_nor_fills_us(noise: bytes) -> None:
    replies = Replies()
    list(replies.feed(noise))
    list(replies.feed(bytes(200)))
    assert list(replies.feed(b"\x12")) == [Answer(0x12)]
