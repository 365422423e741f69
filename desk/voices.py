"""The clips of the loudspeaker: which of them this office has, and whether a call can be spoken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.rules.voice import CLIPS

KINDS = {".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".wav": "audio/wav"}  # the office's own before made ones
NEEDED = tuple(name for name in CLIPS if not name.startswith("letter-"))


@dataclass(frozen=True)
class Voice:
    """``missing`` are clips that calls here need; while there are any, the board only chimes."""

    missing: tuple[str, ...]
    there: int

    @property
    def speaks(self) -> bool:
        return not self.missing


def folder_of(data: Path) -> Path:
    return data / "voice"


def clip_file(folder: Path, name: str) -> Path | None:
    """The file of a clip; None for one there is not, and for a name that is no clip's."""
    if name not in CLIPS:
        return None
    return next((path for kind in KINDS if (path := folder / f"{name}{kind}").is_file()), None)


def voice_of(folder: Path, prefixes: tuple[str, ...]) -> Voice:
    """Whether every call of an office with these letters can be spoken."""
    letters = sorted({f"letter-{letter}" for prefix in prefixes for letter in prefix.lower()})
    there = clips_in(folder)
    missing = tuple(name for name in (*NEEDED, *letters) if name not in there)
    return Voice(missing, len(there))


def clips_in(folder: Path) -> frozenset[str]:
    """Names of the clips there are; read anew whenever the folder changes."""
    try:
        stamp = folder.stat().st_mtime_ns
    except OSError:
        return frozenset()
    return _listed(folder, stamp)


@lru_cache(maxsize=8)
def _listed(folder: Path, stamp: int) -> frozenset[str]:
    return frozenset(name for name in CLIPS if clip_file(folder, name) is not None)
