"""``./motcham``, in an installation whose Python is a stand-in that tells how it was called."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

pytestmark = pytest.mark.processes
TELLING = '#!/bin/sh\necho "$PWD|$PYTHONPATH|$*"\n'


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """The folder of an installation in which all is fetched already."""
    root = tmp_path / "một chạm"
    for folder in (".venv/bin", "static/vendor"):
        (root / folder).mkdir(parents=True)
    for name in ("motcham", "requirements.txt", "package-lock.json", "vendor.mjs"):
        shutil.copy(ROOT / name, root / name)
    (root / ".venv/installed").write_text(fingerprint(root / "requirements.txt"))
    (root / "static/vendor/.installed").write_text(
        fingerprint(root / "package-lock.json", root / "vendor.mjs")
    )
    executable(root / ".venv/bin/python", TELLING)
    return root


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest() + "\n"


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["run", "--data", "mine"], "{root}/supervisor.py --data mine"),
        (["flask", "office", "load", "my.json"], "-m flask --app {root}/app.py office load my.json"),
        (["python", "my.py"], "my.py"),
    ],
)
def test_a_relative_path_is_the_callers(centre: Path, tmp_path: Path, arguments, called):
    there = tmp_path / "elsewhere"
    there.mkdir()
    done = subprocess.run(
        [centre / "motcham", *arguments], cwd=there, capture_output=True, text=True, check=True
    )
    where, path, words = done.stdout.strip().split("|")
    assert (where, path.split(":")[0], words) == (str(there), str(centre), called.format(root=centre))


def test_the_data_folder_is_the_same_for_all_processes(tmp_path: Path):
    """They run at the project's root, and would make another folder of a relative name."""
    script = "import os, supervisor; supervisor.need_ports = lambda _: print(os.environ['MOTCHAM_DATA']); \
supervisor.prepare = lambda: exit(0); supervisor.main(['--data', 'mine'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str(tmp_path / "mine"), done.stderr


def test_python_without_venv_and_pip_says_what_to_do(centre: Path, tmp_path: Path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cat", "sha256sum", "cut", "grep", "mkdir", "id"):
        (tools / name).symlink_to(shutil.which(name))
    # Debian without python3-venv and python3-pip: the interpreter is there, its modules are not.
    executable(tools / "python3", '#!/bin/sh\ncase "$*" in *venv*|*pip*) exit 1;; esac\n')
    (centre / ".venv/installed").unlink()
    done = subprocess.run(
        [centre / "motcham", "run"], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "apt-get install python3-venv" in done.stderr) == (1, True), done.stderr
