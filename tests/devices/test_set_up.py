"""The test print finds out how a printer confirms and what it is called."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from devices.escpos import Ack
from devices.link import Patience
from devices.printers import Found, set_up
from devices.virtual_printer import VirtualPrinter
from intake.ports import Trouble


def test_a_printer_that_knows_process_ids(device: VirtualPrinter, patience: Patience) -> None:
    found = set_up(device.url, patience=patience)

    assert found == Found(None, Ack.GS_H, "Mot Cham", "VP-80")
    assert [sheet.cut for sheet in device.papers] == [True]


@pytest.mark.parametrize(
    ("skills", "ack", "maker"),
    [({"gs_r", "gs_i"}, Ack.GS_R, "Mot Cham"), ({"gs_r"}, Ack.GS_R, ""), (set(), Ack.NONE, "")],
)
def test_clones_that_know_less(skills: set[str], ack: Ack, maker: str, hurry: Patience) -> None:
    with VirtualPrinter(skills=skills) as device:
        found = set_up(device.url, patience=hurry)

        assert (found.trouble, found.ack, found.maker, found.silent) == (None, ack, maker, False)
        assert device.wait_for(lambda inside: inside.tray.count == 1)


def test_a_mute_printer_prints_but_only_a_person_can_tell(device: VirtualPrinter, hurry: Patience) -> None:
    device.set(mute=True)
    assert set_up(device.url, patience=hurry) == Found(None, Ack.NONE, silent=True)
    assert device.wait_for(lambda inside: inside.tray.count == 1)


def test_trouble_is_told_instead_of_printing(device: VirtualPrinter, patience: Patience) -> None:
    device.set(cover_open=True)
    assert set_up(device.url, patience=patience) == Found(Trouble.COVER_OPEN)
    assert device.papers == []


def test_trouble_during_the_test_print_is_not_taken_for_ignorance(
    device: VirtualPrinter, hurry: Patience
) -> None:
    device.at_cut(lambda: device.set(cutter_error=True))
    assert set_up(device.url, patience=hurry).trouble is Trouble.CUTTER


def test_something_that_stops_reading_is_no_printer_without_a_voice(hurry: Patience) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)  # smaller than the test paper
        found = set_up(f"tcp://127.0.0.1:{server.getsockname()[1]}", patience=hurry)
    assert found == Found(Trouble.NO_ANSWER)


def test_nobody_there(device: VirtualPrinter, patience: Patience) -> None:
    assert set_up("tcp://127.0.0.1:9", patience=patience) == Found(Trouble.UNREACHABLE)


def test_a_file_gets_its_test_paper(tmp_path: Path) -> None:
    path = tmp_path / "test.bin"
    assert set_up(f"file://{path}") == Found(None)
    assert path.read_bytes().startswith(b"\x1b@")
