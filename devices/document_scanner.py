"""A document scanner through SANE's own program, in a process that is ended when it hangs.

A hung driver cannot be interrupted within our process; a program can. A failed
scan still leaves a file behind, so it is the exit code that counts.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from intake.ports import ScannerFailed, ScanTrouble

PROGRAM = "scanimage"
LOOK_S = 20.0  # a scanner over the network wakes up first
MOST_PAGES = 100
DPI = 300

# Exit codes of scanimage are SANE's states.
TROUBLES = {
    3: ScanTrouble.BUSY,
    4: ScanTrouble.NOT_THERE,
    6: ScanTrouble.JAMMED,
    7: ScanTrouble.NO_DOCUMENTS,
    8: ScanTrouble.COVER_OPEN,
    9: ScanTrouble.IO_ERROR,
}
_END = b"IEND\xaeB`\x82"  # the last bytes of every whole PNG
_FEEDER = re.compile(r"adf|feeder|duplex", re.IGNORECASE)
_OPTION = re.compile(r"^\s+--?([a-z-]+)(?: |\[)(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class SaneScanner:
    """``device`` is SANE's name of it («airscan:e0:Epson»); ``patience`` in seconds is for a whole scan."""

    device: str
    patience: float = 150.0
    program: str = PROGRAM

    def scan(self) -> tuple[bytes, ...]:
        """See intake.ports.DocumentScanner. Where there is a feeder it is asked first, then the glass."""
        offered = self._options()
        sources = _choices(offered.get("source", ""))
        feeder = next((one for one in sources if _FEEDER.search(one)), None)
        glass = next((one for one in sources if not _FEEDER.search(one)), None)
        if feeder is not None:
            try:
                return self._pages(self._set(offered, feeder), many=True)
            except ScannerFailed as failed:
                if failed.trouble is not ScanTrouble.NO_DOCUMENTS or glass is None:
                    raise
        return self._pages(self._set(offered, glass), many=False)

    def _options(self) -> dict[str, str]:
        """What this device can be told, by name, with what it may be told."""
        done = self._run(["--all-options"], LOOK_S)
        if done.returncode != 0:
            raise ScannerFailed(_trouble_of(done))
        return dict(_OPTION.findall(done.stdout.decode(errors="replace")))

    def _set(self, offered: dict[str, str], source: str | None) -> list[str]:
        said = [] if source is None else ["--source", source]
        modes = _choices(offered.get("mode", ""))
        if "Color" in modes or "Gray" in modes:
            said += ["--mode", "Color" if "Color" in modes else "Gray"]
        if "resolution" in offered:
            said += ["--resolution", str(DPI)]
        return said

    def _pages(self, said: list[str], *, many: bool) -> tuple[bytes, ...]:
        with tempfile.TemporaryDirectory(prefix="motcham-scan-") as folder:
            most = MOST_PAGES + 1 if many else 1
            batch = [f"--batch={folder}/%d.png", "--batch-start=1", f"--batch-count={most}"]
            try:
                done = self._run([*said, "--format=png", *batch], self.patience)
            except ScannerFailed as failed:
                raise ScannerFailed(failed.trouble, _whole(Path(folder))) from None
            pages = _whole(Path(folder))
        is_empty = done.returncode == 7  # how a feeder says that all went through
        if done.returncode != 0 and not (is_empty and pages):
            raise ScannerFailed(_trouble_of(done), pages)
        if len(pages) > MOST_PAGES:
            raise ScannerFailed(ScanTrouble.TOO_MANY)
        if not pages:
            raise ScannerFailed(ScanTrouble.CUT_SHORT)
        return pages

    def _run(self, said: list[str], patience: float) -> subprocess.CompletedProcess[bytes]:
        try:
            child = subprocess.Popen(
                [self.program, "-d", self.device, *said],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True,
            )  # fmt: skip
        except OSError as cause:
            raise ScannerFailed(ScanTrouble.NOT_THERE) from cause
        with child:
            try:
                out, err = child.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                raise ScannerFailed(ScanTrouble.NO_ANSWER) from None
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def found(program: str = PROGRAM) -> list[tuple[str, str]]:
    """The scanners this machine sees: (SANE's name, maker and model); empty also without SANE."""
    try:
        listed = subprocess.run(
            [program, "--formatted-device-list=%d\t%v %m%n"],
            capture_output=True, timeout=LOOK_S, check=False,
        ).stdout.decode(errors="replace")  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    pairs = (line.partition("\t") for line in listed.splitlines() if "\t" in line)
    return [(name, " ".join(model.split())) for name, _, model in pairs]


def _whole(folder: Path) -> tuple[bytes, ...]:
    """The pages up to the first that is not whole."""
    pages: list[bytes] = []
    for number in range(1, MOST_PAGES + 2):
        file = folder / f"{number}.png"
        content = file.read_bytes() if file.exists() else b""
        if not content.endswith(_END):
            break
        pages.append(content)
    return tuple(pages)


def _trouble_of(done: subprocess.CompletedProcess[bytes]) -> ScanTrouble:
    known = TROUBLES.get(done.returncode)
    if known is None and b"open of device" in done.stderr:
        return ScanTrouble.NOT_THERE
    return known or ScanTrouble.IO_ERROR


def _choices(told: str) -> list[str]:
    """«Flatbed|Automatic Document Feeder [Flatbed]» as a list; «inactive» ones are none."""
    if "inactive" in told:
        return []
    return [one.strip() for one in told.partition("[")[0].split("|") if one.strip()]
