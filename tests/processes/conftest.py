"""Real processes, in a folder of their own, gone after the test."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.installation import Installation
from processes.running import Run


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start."""
    folder = tmp_path_factory.mktemp("founded")
    with Installation(folder) as place:
        place.flask("prepare")
    return folder / "data"


@pytest.fixture
def centre_data(founded: Path, tmp_path: Path) -> Path:
    """This test's own copy of it, where ``run`` and an Installation in ``tmp_path`` look."""
    return shutil.copytree(founded, tmp_path / "data")


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
