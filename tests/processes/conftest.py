"""Real processes, in a folder of their own, gone after the test."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from processes.running import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts supervisors; whatever a test leaves running is killed."""
    runs: list[Run] = []

    def start(*options: str, **settings: str) -> Run:
        runs.append(Run(tmp_path / "data", *options, **settings))
        return runs[-1]

    yield start
    for one in runs:
        if one.process.poll() is None:
            one.stop(signal.SIGTERM)
        if one.process.stdout is not None:
            one.process.stdout.close()
