"""Recordings of what the kiosk's screens say: one file a screen and language, in a folder of each office.

``DATA/voice/screens/<office>/<language>/<screen>.ogg``, also .mp3 or .wav. People
of the office record them; a province of several hosts gives each the same folder.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from intake.records import Office
from intake.rules.screens import LANGUAGES, is_clip_name

KINDS = {".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".wav": "audio/wav"}
LARGEST = 4 * 1024 * 1024  # four minutes of speech


def clips_folder(data: Path, office: Office) -> Path:
    return data / "voice" / "screens" / re.sub(r"[^A-Za-z0-9-]", "_", office.code)


def clip_of(folder: Path, language: str, screen: str) -> Path | None:
    """The recording of a screen; None where there is none, and for a name that is no screen's."""
    if not is_clip_name(screen) or language not in LANGUAGES:
        return None
    return next((path for kind in KINDS if (path := folder / language / f"{screen}{kind}").is_file()), None)


def clips_in(folder: Path, language: str) -> frozenset[str]:
    """The screens that are recorded in this language."""
    there = (folder / language).glob("*.*") if language in LANGUAGES else ()
    return frozenset(path.stem for path in there if path.suffix in KINDS and is_clip_name(path.stem))


def recorded_languages(folder: Path) -> dict[str, str]:
    """The languages with any recording here, by code."""
    return {code: name for code, name in LANGUAGES.items() if clips_in(folder, code)}


def heard_at(folder: Path, language: str, screen: str) -> Path | None:
    """The recording to play at a screen: its own, else, for a group of questions, that of all of them."""
    own = clip_of(folder, language, screen)
    return own if own or not screen.startswith("questions-") else clip_of(folder, language, "questions")


def kind_of(content: bytes) -> str | None:
    """The ending for this sound, told by its first bytes; None when it is none a kiosk plays."""
    if content.startswith(b"OggS"):
        return ".ogg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return ".wav"
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] >= b"\xe0"):
        return ".mp3"
    return None


def keep_clip(folder: Path, language: str, screen: str, content: bytes) -> None:
    """Keep this recording in place of another. ValueError for a name, a language or a sound that is none."""
    kind = kind_of(content)
    if kind is None or not is_clip_name(screen) or language not in LANGUAGES:
        raise ValueError(screen)
    place = folder / language
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    remove_clip(folder, language, screen)
    Path(draft).replace(place / f"{screen}{kind}")


def remove_clip(folder: Path, language: str, screen: str) -> bool:
    """Whether there was one."""
    there = clip_of(folder, language, screen)
    if there is not None:
        there.unlink(missing_ok=True)
    return there is not None
