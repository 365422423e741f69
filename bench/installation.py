"""An installation in a folder of its own, run as real processes: for measurements and for crash tests."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import supervisor
from settings import ROOT, Settings

PATIENCE_S = 120.0
_DICE = random.SystemRandom()


def free_port() -> int:
    """A port nobody listens on, from a range whose ports the system gives to nobody by itself.

    It is a while until somebody does listen: a port from the system could be taken by then.
    """
    while True:
        port = _DICE.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Installation:
    """Web, worker and virtual printer over one database; each can be started, killed and started again.

    ``database_url`` None is SQLite in the folder. As a context manager it stops
    everything at the end. What the processes say goes to ``folder/log``.
    """

    def __init__(self, folder: Path, database_url: str | None = None, **settings: str) -> None:
        self.folder = folder
        chosen = {
            "MOTCHAM_DATA": str(folder / "data"),
            "MOTCHAM_PORT": str(free_port()),
            "MOTCHAM_PRINTER_PORT": str(free_port()),
            "MOTCHAM_TRAY_PORT": str(free_port()),
            "MOTCHAM_STARTS_PER_MINUTE": "1000000",
            "MOTCHAM_IDLE_WARN": "80000",
            "MOTCHAM_IDLE_WIPE": "86400",
            "MOTCHAM_LOG_LEVEL": "WARNING",
            **({"MOTCHAM_DATABASE_URL": database_url} if database_url else {}),
            **{f"MOTCHAM_{name.upper()}": value for name, value in settings.items()},
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MOTCHAM_")}
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment: Mapping[str, str] = {**inherited, **chosen}
        self.settings = Settings.from_env(self.environment)
        self.log = (folder / "log").open("ab")
        self.processes = {process.name: process for process in supervisor.processes(self.settings)}
        for process in self.processes.values():
            process.environment, process.output = self.environment, self.log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        supervisor.stop(list(self.processes.values()))
        self.log.close()

    def flask(self, *arguments: str) -> str:
        """Run a command of the application to its end and give back what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"flask {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *names: str) -> None:
        """Start these processes, all when none is named; returns once the web among them answers."""
        for name in names or tuple(self.processes):
            self.processes[name].start()
        if not names or "web" in names:
            self._wait_for_web()

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all its children, as a power cut would."""
        process = self.processes[name]
        process.kill()
        if process.running is not None:
            process.running.wait()
            process.running = None

    def rss_mb(self) -> float:
        """Resident memory of all running processes and their children together, in MB of 10⁶ bytes."""
        groups = {process.running.pid for process in self.processes.values() if process.running is not None}
        return round(sum(_rss_bytes(pid) for pid in _pids_in(groups)) / 1e6, 1)

    def said(self) -> str:
        """The last of what the processes wrote, for the message of a failure."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        web = self.processes["web"]
        while not supervisor.answers(self.settings):
            died = web.running is None or web.running.poll() is not None
            if died or time.monotonic() > deadline:
                raise RuntimeError(f"the web did not start:\n{self.said()}")
            time.sleep(0.02)


def _pids_in(groups: set[int]) -> list[int]:
    """Processes whose process group is among ``groups``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if os.getpgid(int(entry.name)) in groups:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def _rss_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
