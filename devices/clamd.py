"""ClamAV's daemon over its socket: what it did not answer about is not scanned, and never clean.

Source: clamd(8), command INSTREAM.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from intake.ports import VirusScanned

CHUNK = 64 * 1024
PATIENCE_S = 30.0


def scan(address: str, content: bytes, *, patience: float = PATIENCE_S) -> VirusScanned:
    """What the daemon at ``address`` («unix:/run/clamav/clamd.ctl», «host:3310») says of ``content``.

    A daemon that is not there, hangs, breaks off because a file is larger than
    its StreamMaxLength, or says anything else: NOT_SCANNED. Never raises for it.
    """
    answer = b""
    try:
        with _connected(address, patience) as wire:
            try:
                wire.sendall(b"zINSTREAM\0")
                for part in _parts(content):
                    wire.sendall(struct.pack(">I", len(part)) + part)
            except (BrokenPipeError, ConnectionResetError):
                return VirusScanned.NOT_SCANNED  # it stops listening in the middle of what is too large
            while b"\0" not in answer and len(answer) < 4096 and (more := wire.recv(4096)):
                answer += more
    except (OSError, ValueError):
        return VirusScanned.NOT_SCANNED
    return _meaning(answer)


def _meaning(answer: bytes) -> VirusScanned:
    words = answer.rstrip(b"\0").strip()
    if words == b"stream: OK":
        return VirusScanned.CLEAN
    return VirusScanned.INFECTED if words.endswith(b" FOUND") else VirusScanned.NOT_SCANNED


def _parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]
    yield b""  # the end


def _connected(address: str, patience: float) -> socket.socket:
    if address.startswith("unix:"):
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            wire.settimeout(patience)
            wire.connect(address.removeprefix("unix:"))
        except BaseException:
            wire.close()
            raise
        return wire
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=patience)
