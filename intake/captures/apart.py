"""Reads a file in a process of its own, with a limit on memory and time, and takes over what it found."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from intake.content.found import Prepared
from intake.rules import refusals
from intake.rules.refusals import BadFile, EmptyFile, TooBigFile, TooHeavyFile

MOST_MB = 60  # only against abuse: a long scan in colour has 45
PATIENCE_S = 30.0
AT_ONCE = 2  # each may take a processor, and up to a gigabyte

_ROOT = Path(__file__).resolve().parents[2]
_turns = threading.BoundedSemaphore(AT_ONCE)


def prepare(content: bytes, *, way: str = "phone") -> Prepared:
    """``content`` as it will be kept: told, proved, cleaned, made small. Slow: up to seconds, no database.

    ``way`` "scanner" means a page that fills its picture: no border is sought.
    Raises BadFile, by its subclasses.
    """
    if not content:
        raise EmptyFile
    if len(content) > MOST_MB * 1_000_000:
        raise TooBigFile(most=MOST_MB)
    told, kept = _ask({"do": "prepare", "way": way}, content)
    return Prepared.from_json(told, kept)


def turned(content: bytes, kind: str, degrees: int) -> Prepared:
    """The same, turned clockwise by 90, 180 or 270 degrees; SignedFile when it must stay as it is."""
    told, kept = _ask({"do": "turn", "kind": kind, "degrees": degrees}, content)
    return Prepared.from_json(told, kept)


def drawn(content: bytes, page: int, *, longest: int = 1600) -> bytes:
    """Page ``page`` (from 1) of a PDF of ours as a JPEG, ``longest`` dots at its longer side at most."""
    return _ask({"do": "draw", "page": page, "longest": longest}, content)[1]


def smaller(content: bytes, *, longest: int) -> bytes:
    """A JPEG of ours, ``longest`` dots at its longer side at most."""
    return _ask({"do": "shrink", "longest": longest}, content)[1]


def page_hashes(content: bytes) -> tuple[str, ...]:
    """The hashes of the pages of a file as it was kept, worked out anew."""
    return tuple(_ask({"do": "hash"}, content)[0]["page_hashes"])


def _ask(order: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    head = json.dumps(order).encode()
    with _turns:
        answer = _run(struct.pack(">I", len(head)) + head + content)
    try:
        (length,) = struct.unpack_from(">I", answer)
        told = json.loads(answer[4 : 4 + length])
    except (struct.error, ValueError) as cause:
        raise TooHeavyFile from cause
    if "refused" in told:
        raise _refusal(told["refused"], told.get("facts", {}))
    return told, answer[4 + length :]


def _run(question: bytes) -> bytes:
    """What the process answers; nothing when it was stopped by a limit, or fell over the file."""
    with subprocess.Popen(
        [sys.executable, "-m", "intake.content.child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=_ROOT, env=_environment(), start_new_session=True,
    ) as child:  # fmt: skip
        try:
            return child.communicate(question, timeout=PATIENCE_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return b""
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def _environment() -> dict[str, str]:
    """Nothing of ours: the settings may hold the password of a database."""
    return {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}


def _refusal(code: str, facts: dict[str, Any]) -> BadFile:
    for one in vars(refusals).values():
        if isinstance(one, type) and issubclass(one, BadFile) and one.code == code:
            return one(**facts)
    return TooHeavyFile()
