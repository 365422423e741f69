"""ClamAV over its socket, played by a server that answers, breaks off, lies or says nothing."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

import pytest

from devices import clamd
from intake.ports import VirusScanned


@pytest.fixture
def daemon():
    """Serves one connection with ``act(wire, received)``; gives its address."""
    servers = []

    def start(act: Callable[[socket.socket], None]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve() -> None:
            wire, _ = server.accept()
            with wire:
                act(wire)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


def received(wire: socket.socket) -> bytes:
    """The file that was sent, read as the protocol says."""
    reader = wire.makefile("rb")
    assert reader.read(10) == b"zINSTREAM\0"
    content = b""
    while (length := struct.unpack(">I", reader.read(4))[0]) > 0:
        content += reader.read(length)
    return content


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (b"stream: OK\0", VirusScanned.CLEAN),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", VirusScanned.INFECTED),
        (b"INSTREAM size limit exceeded. ERROR\0", VirusScanned.NOT_SCANNED),
        (b"stream: Can't allocate memory ERROR\0", VirusScanned.NOT_SCANNED),
        (b"", VirusScanned.NOT_SCANNED),
        (b"OK\0", VirusScanned.NOT_SCANNED),
        (b"UNKNOWN COMMAND\0", VirusScanned.NOT_SCANNED),
    ],
)
def test_only_its_own_word_makes_a_file_clean(daemon, answer, meant):
    content, got = bytes(range(256)) * 1000, []

    def act(wire):
        got.append(received(wire))
        wire.sendall(answer)

    assert clamd.scan(daemon(act), content) is meant
    assert got == [content]


def test_a_stream_that_is_broken_off_is_not_scanned(daemon):
    """So it does with what is larger than its StreamMaxLength."""
    assert clamd.scan(daemon(lambda wire: wire.recv(1000)), bytes(30_000_000)) is VirusScanned.NOT_SCANNED


def test_a_daemon_that_is_silent_or_not_there_has_not_scanned(daemon, tmp_path):
    gate = threading.Event()
    silent = daemon(lambda wire: gate.wait(5))
    assert clamd.scan(silent, b"x", patience=0.2) is VirusScanned.NOT_SCANNED
    gate.set()
    for nowhere in (f"unix:{tmp_path}/none.ctl", "127.0.0.1:1", "nonsense"):
        assert clamd.scan(nowhere, b"x", patience=1.0) is VirusScanned.NOT_SCANNED


def test_it_is_reached_over_a_socket_of_this_machine(tmp_path):
    place = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()

        def serve() -> None:
            wire, _ = server.accept()
            with wire:
                received(wire)
                wire.sendall(b"stream: OK\0")

        threading.Thread(target=serve, daemon=True).start()
        assert clamd.scan(f"unix:{place}", b"x") is VirusScanned.CLEAN
