"""The virtual printer is a faithful one: the byte tables of the command references, and its temper."""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.virtual_printer import VirtualPrinter

ROW = b"\x81" + bytes(70) + b"\x18"  # 576 dots


SCRAPS = [b"\x1dv0\x00", b"\x1d(L", b"\x02\x0002", b"\x1d8L", b"0p0\x01\x011", b"\x1bd\xff", b"\x1dV\x00",
          b"\x1b*!", b"\x1dk\x49", b"\x1bD", b"\x10\x14\x08", b"\x1b@", b"\x1da\xff", b"chu\n"]  # fmt: skip


def raster(rows: int, row: bytes = ROW) -> bytes:
    return b"\x1dv0\x00\x48\x00" + rows.to_bytes(2, "little") + row * rows


class Host:
    """The other end of the cable, in bytes."""

    def __init__(self, port: int) -> None:
        self.link = socket.create_connection(("127.0.0.1", port), timeout=60)

    def send(self, data: bytes) -> None:
        self.link.sendall(data)

    def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            data = self.link.recv(count - len(heard))
            assert data, "the printer hung up"
            heard += data
        return heard

    def ask(self, question: bytes, count: int = 1) -> bytes:
        self.send(question)
        return self.hear(count)


@pytest.fixture
def host(device: VirtualPrinter) -> Iterator[Host]:
    end = Host(device.port)
    with end.link:
        yield end


STATES = {
    "idle": ({}, "12121212", "1000000f", "00"),
    "near end": ({"near_end": True}, "1212121e", "1000030f", "03"),
    "cover open": ({"cover_open": True}, "1a161212", "3800000f", None),
    "paper end": ({"paper_out": True}, "1a32127e", "18000f0f", None),
    "cutter error": ({"cutter_error": True}, "1a521a12", "1808000f", None),
    "too hot": ({"overheated": True}, "1a525212", "1840000f", None),
    "cover open without paper": ({"cover_open": True, "paper_out": True}, "1a36127e", "38000f0f", None),
}


@pytest.mark.parametrize(("switches", "realtime", "asb", "in_turn"), STATES.values(), ids=STATES)
def test_status_bytes(
    switches: dict[str, bool],
    realtime: str,
    asb: str,
    in_turn: str | None,
    device: VirtualPrinter,
    host: Host,
) -> None:
    assert host.ask(b"\x1da\x0e", 4).hex() == "1000000f"
    device.set(**switches)
    if switches:
        assert host.hear(4).hex() == asb
    answers = b"".join(host.ask(bytes((0x10, 0x04, n))) for n in (1, 2, 3, 4))
    assert answers.hex() == realtime
    if in_turn is not None:
        assert host.ask(b"\x1dr\x01").hex() == in_turn


def test_a_stopped_printer_answers_in_turn_only_after_it_goes_on(device: VirtualPrinter, host: Host) -> None:
    device.set(cover_open=True)
    host.send(b"\x1dr\x01")
    assert host.ask(b"\x10\x04\x02") == b"\x16"  # the real-time question overtakes the other one

    device.set(cover_open=False)

    assert host.hear(1) == b"\x00"


def test_it_tells_who_it_is(host: Host) -> None:
    assert host.ask(b"\x1dIB", 10) == b"_Mot Cham\0"
    assert host.ask(b"\x1dIC", 7) == b"_VP-80\0"


def test_the_process_id_comes_back_when_all_before_it_is_on_paper(device: VirtualPrinter, host: Host) -> None:
    rows: list[int] = []
    device.at_cut(lambda: rows.append(device.strip_rows))
    answer = host.ask(b"\x1b@" + raster(500) + b"\x1dVB\x00" + b"\x1d(H\x06\x0000Zz09", 7)
    assert answer == b'7"Zz09\0'
    assert rows == [500]
    assert [sheet.rows for sheet in device.papers] == [500]


def test_it_answers_at_once_even_inside_a_picture(device: VirtualPrinter, host: Host) -> None:
    picture = b"\x1dv0\x00\x48\x00\x02\x00" + bytes(70) + b"\x10\x04\x01" + bytes(71)
    host.send(picture[:81])
    assert host.hear(1) == b"\x12"
    host.send(picture[81:] + b"\x1dr\x01")
    assert host.hear(1) == b"\x00"
    assert device.strip_rows == 2  # and took the same bytes as dots


def test_a_question_may_arrive_in_three_pieces(host: Host) -> None:
    host.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in (b"\x10", b"\x04", b"\x04"):
        host.send(piece)
    assert host.hear(1) == b"\x12"


@pytest.mark.parametrize("buffer", [4096, 65536])
def test_a_full_printer_stops_taking_bytes(buffer: int) -> None:
    with VirtualPrinter(buffer=buffer) as device:
        host = Host(device.port)
        with host.link:
            host.send(b"\x1da\x0e")
            host.hear(4)
            device.set(cover_open=True)
            host.link.settimeout(0.2)
            with pytest.raises(TimeoutError):
                host.send(raster(2303) * 40)
            assert device.device.received <= buffer + 4  # three were obeyed, one is being read
            assert host.hear(4).hex() == "3800000f"  # the automatic status needs no room

            # Whoever asks next is told, although the buffer is still full.
            host.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            host.link.close()
            other = Host(device.port)
            with other.link:
                assert other.ask(b"\x10\x04\x02") == b"\x16"


def test_a_second_computer_is_reset(device: VirtualPrinter, host: Host) -> None:
    assert host.ask(b"\x10\x04\x01") == b"\x12"
    with pytest.raises(ConnectionError), Host(device.port).link as second:
        second.sendall(b"\x10\x04\x01")
        second.recv(1)


def test_initialising_ends_the_automatic_status(device: VirtualPrinter, host: Host) -> None:
    host.send(b"\x1da\x0e")
    host.hear(4)
    assert host.ask(b"\x1b@\x1dr\x01") == b"\x00"
    device.set(cover_open=True)
    assert host.ask(b"\x10\x04\x01") == b"\x1a"  # and nothing came before it


def test_automatic_status_tells_only_what_was_asked_for(device: VirtualPrinter, host: Host) -> None:
    assert host.ask(b"\x1da\x08", 4).hex() == "1000000f"  # paper only
    device.set(cover_open=True)
    device.set(near_end=True)
    assert host.hear(4).hex() == "3800030f"


def test_recovery_from_a_cutter_error(device: VirtualPrinter, host: Host) -> None:
    device.set(cutter_error=True)
    host.send(raster(8))
    assert host.ask(b"\x10\x04\x03") == b"\x1a"

    host.send(b"\x10\x05\x02")  # recover and forget

    assert host.ask(b"\x10\x04\x03") == b"\x12"
    assert host.ask(b"\x1dr\x01") == b"\x00"
    assert device.strip_rows == 0


def test_the_roll_gets_shorter(device: VirtualPrinter, host: Host) -> None:
    device.set(paper_left=2001.0)
    assert host.ask(raster(16) + b"\x1dr\x01") == b"\x03"  # 2 mm later the sensor sees the core
    device.set(paper_left=1.0)
    host.send(raster(80))
    assert device.wait_for(lambda inside: inside.mechanism.paper_out)
    assert device.strip_rows == 16 + 8
    device.set(paper_out=False)
    assert device.wait_for(lambda inside: inside.tray.strip_rows == 72)
    assert [(sheet.rows, sheet.cut) for sheet in device.papers] == [(24, False)]


def test_commands_it_does_not_draw_are_read_past_and_unknown_ones_counted(
    device: VirtualPrinter, host: Host
) -> None:
    harmless = b"\x1bt\x1e\x1ba\x01\x1b!\x30\x1dL\x00\x00\x1bD\x08\x10\x00\x1dk\x04ABC\x00"
    qr = b"\x1d(k\x03\x0010E1" + b"\x1d(k\x04\x001A2\x00"
    assert host.ask(harmless + qr + b"\x1d\xfe" + raster(3) + b"\x1dr\x01") == b"\x00"
    assert device.strip_rows == 3
    assert dict(device.device.interpreter.unknown) == {"1D FE": 1}


def test_pictures_by_graphics_commands(device: VirtualPrinter, host: Host) -> None:
    body = b"0p0\x01\x011" + b"\x10\x00\x02\x00" + b"\xff\x01\x80\xff"
    store = b"\x1d8L" + len(body).to_bytes(4, "little") + body
    host.ask(b"\x1ba\x01" + store + b"\x1d(L\x02\x0002" + b"\x1dV\x00\x1dr\x01")
    (sheet,) = device.papers
    assert sheet.rows == 2
    assert sheet.data[:72] == bytes(35) + b"\xff\x01" + bytes(35)


def test_plain_text_is_typed(device: VirtualPrinter, host: Host) -> None:
    host.ask(b"XIN CHAO\n\x1bd\x02\x1bm\x1dr\x01")
    (sheet,) = device.papers
    assert sheet.rows == 90
    assert 200 < sum(byte.bit_count() for byte in sheet.data[: 30 * 72]) < 3000
    assert not any(sheet.data[30 * 72 :])


def test_a_sheet_looks_the_same_as_picture_and_as_png(device: VirtualPrinter, host: Host) -> None:
    host.ask(raster(20) + b"\x1dV\x01\x1dr\x01")
    (sheet,) = device.papers
    png = Image.open(io.BytesIO(sheet.png()))
    assert (png.size, png.mode, sheet.image.mode) == ((576, 20), "1", "1")
    assert ImageChops.difference(png.convert("L"), sheet.image.convert("L")).getbbox() is None
    assert [sheet.image.getpixel((x, 0)) for x in (0, 1, 7, 571, 572, 573)] == [0, 255, 0, 0, 0, 255]


def test_a_power_cycle_forgets_everything(device: VirtualPrinter, host: Host) -> None:
    device.at_row(100, device.power_cycle)
    host.send(b"\x1b@\x1da\x0e" + raster(250) + b"\x1dV\x00")
    with pytest.raises((ConnectionError, AssertionError)):
        host.hear(100)
    with Host(device.port).link as again:
        again.sendall(raster(8) + b"\x1dr\x01")
        assert again.recv(1) == b"\x00"
    assert [(sheet.rows, sheet.cut) for sheet in device.papers] == [(100, False)]
    assert device.strip_rows == 8


def test_a_command_cut_short_by_the_end_of_its_connection_is_dropped(device: VirtualPrinter) -> None:
    with Host(device.port).link as first:
        first.sendall(raster(100)[:-500])
    with Host(device.port).link as second:
        second.sendall(b"\x1b@\x1dr\x01")
        assert second.recv(1) == b"\x00"
    assert device.strip_rows == 93


def test_the_tray_holds_so_many_sheets_and_no_strip_is_endless() -> None:
    with VirtualPrinter(keep=3, speed=1e7) as device, Host(device.port).link as link:
        link.sendall((raster(8) + b"\x1dV\x00") * 5 + b"\x1dr\x01")
        assert link.recv(1) == b"\x00"
        assert [sheet.number for sheet in device.papers] == [3, 4, 5]
        link.sendall(raster(2303) * 11 + b"\x1dr\x01")
        assert link.recv(1) == b"\x00"
        fallen = device.papers[-1].rows
        assert 24_000 <= fallen < 24_000 + 2303
        assert device.strip_rows == 2303 * 11 - fallen


@given(noise=st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(SCRAPS)), max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_noise_breaks_it(noise: list[bytes], device: VirtualPrinter) -> None:
    with Host(device.port).link as link:
        link.sendall(b"".join(noise))
        link.sendall(b"\x10\x05\x02")  # forget what was half told
        heard = b""
        while b'7"OKAY\0' not in heard:
            link.sendall(b"\x1d(H\x06\x0000OKAY")
            heard += link.recv(4096)
    assert all(len(sheet.data) == sheet.rows * 72 for sheet in device.papers)


def test_a_switch_it_does_not_have(device: VirtualPrinter) -> None:
    with pytest.raises(TypeError, match="self_destruct"):
        device.set(self_destruct=True)
