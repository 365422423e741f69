"""The process that reads one file: an order and the file come in, what was found goes out, and it ends.

It takes limits upon itself before any library that reads files is loaded.
Orders and answers are a length, that many bytes of JSON, and the bytes of a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import struct
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intake.content.found import Prepared

MEMORY = 900_000_000  # bytes of addresses: a picture of 60 million dots in colour, a few times, and libraries
PROCESSOR_S = 20
WRITTEN = 0  # bytes of files: none


def main() -> None:
    _limit()
    question = sys.stdin.buffer.read()
    (length,) = struct.unpack_from(">I", question)
    order, content = json.loads(question[4 : 4 + length]), question[4 + length :]
    del question
    told, kept = answered(order, content)
    head = json.dumps(told).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(head)) + head + kept)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing is left to tidy


def answered(order: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """What ``order`` asks for; a refusal as its code, and whatever a library falls over as a damaged file."""
    from intake.rules.refusals import BadFile

    try:
        return _done(order, content)
    except BadFile as bad:
        return {"refused": bad.code, "facts": bad.facts}, b""
    except MemoryError:
        return {"refused": "too_heavy_file"}, b""
    except (RecursionError, OverflowError):
        return {"refused": "too_heavy_file"}, b""
    except Exception:
        return {"refused": "truncated_file"}, b""


def _done(order: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    if order["do"] == "prepare":
        made = prepared(content, way=order["way"])
        return made.to_json(), made.content
    if order["do"] == "turn":
        made = turned(content, order["kind"], order["degrees"])
        return made.to_json(), made.content
    if order["do"] == "draw":
        from intake.content import pdfs, pictures

        return {}, pictures.jpeg(pdfs.drawn(content, order["page"], order["longest"]))
    if order["do"] == "hash":
        return {"page_hashes": hashes_of(content)}, b""
    from intake.content import pictures

    return {}, pictures.shrunk(content, order["longest"])


def prepared(content: bytes, *, way: str) -> Prepared:
    """The file as it will be kept; raises BadFile."""
    from intake.content.found import Prepared
    from intake.content.kinds import kind_of
    from intake.rules import refusals

    kind = kind_of(content)
    others = {
        "heic": refusals.HeicFile,
        "gif": refusals.GifFile,
        "tiff": refusals.TiffFile,
        "svg": refusals.SvgFile,
        "web_page": refusals.WebPageFile,
        "zip": refusals.ZipFile,
        "office": refusals.OfficeFile,
        "unknown": refusals.WrongKind,
    }
    if kind in others:
        raise others[kind]
    if kind == "pdf":
        return _pdf(content)
    from intake.content import pictures

    made, concerns = pictures.page_from(content, kind, by_camera=way != "scanner")
    told = hashlib.sha256(made).hexdigest()
    return Prepared(made, "image", told, (told,), len(content), concerns=concerns)


def _pdf(content: bytes) -> Prepared:
    from intake.content import pdfs
    from intake.content.found import Prepared

    made, signatures, taken_out = pdfs.cleaned(content)
    pdfs.drawn(made, 1, 120)  # proved: another library can show it
    hashes, told = pdfs.page_hashes(made), hashlib.sha256(made).hexdigest()
    return Prepared(made, "pdf", told, hashes, len(content), signatures=signatures, cleaned=taken_out)


def hashes_of(content: bytes) -> tuple[str, ...]:
    """Of each page of a file as it was kept: a picture is its own page."""
    from intake.content.kinds import kind_of

    if kind_of(content) != "pdf":
        return (hashlib.sha256(content).hexdigest(),)
    from intake.content import pdfs

    return pdfs.page_hashes(content)


def turned(content: bytes, kind: str, degrees: int) -> Prepared:
    """A file of ours, turned clockwise."""
    from intake.content.found import Prepared

    if kind == "pdf":
        from intake.content import pdfs

        made = pdfs.turned(content, degrees)
        told = hashlib.sha256(made).hexdigest()
        return Prepared(made, "pdf", told, pdfs.page_hashes(made), len(content))
    from intake.content import pictures

    made = pictures.turned(content, degrees)
    told = hashlib.sha256(made).hexdigest()
    return Prepared(made, "image", told, (told,), len(content))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
