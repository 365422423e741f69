"""Speech made on this machine by espeak-ng, where it is installed: clips once, and what a kiosk says."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

ENGINES = ("espeak-ng", "espeak")
PATIENCE_S = 20.0
AT_ONCE_S = 5.0  # somebody stands there and waits


class NoSpeech(Exception):  # told to a person
    """No engine is installed, or it does not speak Vietnamese; the message says which."""


def engine() -> str | None:
    """Where a speech engine of this machine is, if there is one."""
    return next(filter(None, map(shutil.which, ENGINES)), None)


def spoken(words: str, language: str) -> bytes | None:
    """``words`` as a WAV; None without an engine, or one that does not speak this language.

    ``language`` is a code of ours, "vi" or "en". Blocks for as long as the engine
    needs, at most 5 s. The words go in by its input: no list of processes shows them.
    """
    speaker = engine()
    if speaker is None or not language.isalpha():
        return None
    try:
        done = subprocess.run(
            [speaker, "-v", language, "-s", "150", "-g", "2", "--stdin", "--stdout"],
            input=words.encode(), capture_output=True, timeout=AT_ONCE_S, check=False,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"RIFF") else None


def make_clips(folder: Path, clips: Mapping[str, str]) -> list[str]:
    """A WAV for every clip the folder lacks in any kind; the names of those that were made.

    Raises NoSpeech before anything is written when there is no engine, and
    when it fails at a clip: what was made until then stays.
    """
    speaker = engine()
    if speaker is None:
        raise NoSpeech("neither espeak-ng nor espeak is installed")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name, words in clips.items():
        if any(folder.glob(f"{name}.*")):
            continue
        _speak(speaker, words, folder / f"{name}.wav")
        made.append(name)
    return made


def _speak(speaker: str, words: str, target: Path) -> None:
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".new-", suffix=".wav")
    os.close(handle)
    try:
        done = subprocess.run(
            [speaker, "-v", "vi", "-s", "140", "-g", "2", "-w", draft, words],
            capture_output=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        if done.returncode != 0 or Path(draft).stat().st_size < 100:
            raise NoSpeech(
                f"{speaker} does not speak Vietnamese: {done.stderr.decode(errors='replace')[:200]}"
            )
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
