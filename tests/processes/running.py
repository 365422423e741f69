"""``./motcham run`` as a person would start it, and a look at what runs for it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from bench.installation import free_port
from settings import ROOT

PATIENCE_S = 120.0  # a busy machine is slow, not wrong


class Run:
    """One supervisor and what it said so far. ``wait_for`` reads on until a pattern was said."""

    def __init__(self, data: Path, *options: str, **settings: str) -> None:
        self.data, self.port = data, free_port()
        self.said = ""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MOTCHAM_")},
            "MOTCHAM_PRINTER_PORT": str(free_port()),
            "MOTCHAM_TRAY_PORT": str(free_port()),
            "MOTCHAM_LOG_LEVEL": "WARNING",
            **settings,
        }
        self.process = subprocess.Popen(
            [sys.executable, "supervisor.py", "--data", str(data), "--port", str(self.port), *options],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)

    def wait_for(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + PATIENCE_S
        while not (found := re.search(pattern, self.said)):
            assert time.monotonic() < deadline and self.process.poll() is None, self.said
            self._listen()
        return found

    def wait(self) -> int:
        """Read to the end and give back the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.said
            self._listen()
        self._listen()
        return self.process.returncode

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.wait()

    def children(self) -> dict[int, str]:
        """Command lines of the supervisor's own processes, by process id."""
        return {pid: command for pid, parent, command in _processes() if parent == self.process.pid}

    def family(self) -> set[int]:
        """Process ids of all that runs for it, however deep."""
        known, found = {self.process.pid}, set[int]()
        for pid, parent, _ in sorted(_processes()):
            if parent in known:
                known.add(pid)
                found.add(pid)
        return found

    def cpu_seconds(self) -> float:
        """Processor time of all that runs for it or has run for one of those."""
        ticks = 0
        for pid in {self.process.pid, *self.family()}:
            with suppress(FileNotFoundError, ProcessLookupError):
                stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
                ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def status(self, path: str, port: int | None = None) -> int:
        """What a browser is answered; 0 when nobody is there."""
        authority = self.data / "tls" / "authority.crt"
        if authority.exists():
            trusting = ssl.create_default_context(cafile=str(authority))
            connection = http.client.HTTPSConnection("127.0.0.1", port or self.port, context=trusting)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        said = self.process.stdout.read()
        if said:
            self.said += said.decode()
        else:
            time.sleep(0.02)


def _processes() -> Iterator[tuple[int, int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8")
                command = (entry / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(entry.name), int(parent), command


def alive(pids: set[int]) -> set[int]:
    return {pid for pid, _, _ in _processes() if pid in pids}


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another process brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
