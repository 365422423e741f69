"""The document scanner: SANE's test backend where it is installed, and a program that plays its faults."""

from __future__ import annotations

import io
import os
import shutil
import stat
import time
from pathlib import Path

import pytest
from PIL import Image

from devices.document_scanner import SaneScanner, found
from intake.ports import ScannerFailed, ScanTrouble

OPTIONS = """
All options specific to device `fake':
    --mode Lineart|Gray|Color [Lineart]
    --resolution 75..600dpi [75]
    --source {sources}
"""


def a_png(size: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("L", (size, size), 255).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def fake(tmp_path):
    """A scanner that knows ``sources`` and does ``act``: shell; $batch is the file of page 1, $two of 2."""

    def fake(act: str, sources: str = "ADF|Flatbed [ADF]", patience: float = 20.0) -> SaneScanner:
        (tmp_path / "page.png").write_bytes(a_png())
        (tmp_path / "options").write_text(OPTIONS.format(sources=sources))
        program = tmp_path / "scanimage"
        program.write_text(
            f"""#!/bin/sh
echo "$@" >> {tmp_path}/said
case "$*" in *--all-options*) cat {tmp_path}/options; exit 0;; esac
for one in "$@"; do case "$one" in --batch=*) file=${{one#--batch=}};; esac; done
batch=$(printf %s "$file" | sed s/%d/1/) two=$(printf %s "$file" | sed s/%d/2/) page={tmp_path}/page.png
{act}
"""
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return SaneScanner("fake", patience=patience, program=str(program))

    fake.folder = tmp_path
    return fake


def trouble_of(scanner: SaneScanner) -> tuple[ScanTrouble, int]:
    with pytest.raises(ScannerFailed) as told:
        scanner.scan()
    return told.value.trouble, len(told.value.pages)


def test_a_feeder_gives_all_its_pages_and_its_end_is_no_fault(fake):
    pages = fake("cp $page $batch; cp $page $two; exit 7").scan()
    assert pages == (a_png(), a_png())
    said = (fake.folder / "said").read_text().splitlines()[-1]
    assert "--source ADF" in said and "--mode Color" in said and "--resolution 300" in said


def test_an_empty_feeder_leaves_the_glass(fake):
    assert len(fake('case "$*" in *ADF*) exit 7;; esac; cp $page $batch').scan()) == 1
    assert "--source Flatbed" in (fake.folder / "said").read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("act", "trouble", "pages"),
    [
        ("exit 7", ScanTrouble.NO_DOCUMENTS, 0),
        ("cp $page $batch; exit 6", ScanTrouble.JAMMED, 1),
        ("exit 8", ScanTrouble.COVER_OPEN, 0),
        ("exit 3", ScanTrouble.BUSY, 0),
        ("exit 9", ScanTrouble.IO_ERROR, 0),
        ("kill -9 $$", ScanTrouble.IO_ERROR, 0),
        ("head -c 54 $page > $batch; exit 9", ScanTrouble.IO_ERROR, 0),  # it always leaves a head behind
        ("head -c 60 $page > $batch; exit 0", ScanTrouble.CUT_SHORT, 0),
        ("exit 0", ScanTrouble.CUT_SHORT, 0),
        ("echo 'scanimage: open of device fake failed' >&2; exit 1", ScanTrouble.NOT_THERE, 0),
    ],
)
def test_each_fault_has_its_name_and_whole_pages_are_kept(fake, act, trouble, pages):
    assert trouble_of(fake(act, sources="ADF [ADF]")) == (trouble, pages)


def test_a_scanner_that_hangs_is_ended_with_all_it_started(fake):
    begun = time.monotonic()
    scanner = fake(f"cp $page $batch; sleep 60 & echo $! > {fake.folder}/child; sleep 60", patience=0.7)
    assert trouble_of(scanner) == (ScanTrouble.NO_ANSWER, 1)
    assert time.monotonic() - begun < 10
    child = int((fake.folder / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_without_sane_there_is_no_scanner(tmp_path):
    assert trouble_of(SaneScanner("x", program=str(tmp_path / "nowhere"))) == (ScanTrouble.NOT_THERE, 0)
    assert found(str(tmp_path / "nowhere")) == []


@pytest.fixture
def sane(tmp_path, monkeypatch):
    if shutil.which("scanimage") is None or not os.path.exists("/etc/sane.d/test.conf"):
        pytest.skip("no SANE: apt-get install sane-utils")
    (tmp_path / "dll.conf").write_text("test\n")
    shutil.copy("/etc/sane.d/test.conf", tmp_path)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))


@pytest.mark.usefixtures("sane")
def test_the_backend_of_sane_for_tests_feeds_ten_pages_and_answers_with_its_faults():
    assert ("test:0", "Noname frontend-tester") in found()
    pages = SaneScanner("test:0").scan()
    assert len(pages) == 10 and Image.open(io.BytesIO(pages[9])).size[0] > 900
    assert trouble_of(SaneScanner("test:7")) == (ScanTrouble.NOT_THERE, 0)
