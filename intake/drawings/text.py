"""A ``Paper`` as plain text: for golden files, logs and the people who read them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from intake.paper import (
    Banner,
    Barcode,
    Block,
    Code,
    Divider,
    Field,
    Heading,
    Letterhead,
    Paper,
    Qr,
    Rows,
    Signatures,
    Text,
)


def as_text(paper: Paper, columns: int = 42) -> str:
    """``paper`` in lines of at most ``columns`` letters, ending in a line break. Nothing is cut."""
    lines = [line.rstrip() for block in paper.blocks for line in _lines(block, columns)]
    return "\n".join(lines) + "\n"


def _lines(block: Block, columns: int) -> list[str]:
    match block:
        case Letterhead():
            head = (*block.motto, "", block.agency, block.office, block.number, block.dated, "")
            return [line for part in head for line in _centred(part, columns)]
        case Heading():
            return [*_centred(block.text, columns), ""]
        case Code():
            return [line for part in (block.label, *block.lines, "") for line in _centred(part, columns)]
        case Qr():
            return [*_wrapped(f"[QR] {block.data}", columns), *_centred(block.caption, columns)]
        case Barcode():
            return [*_wrapped(f"[Code 128] {block.data}", columns), *_centred(block.caption, columns)]
        case Field():
            return _wrapped(f"{block.label}: {block.value}", columns, hanging=2)
        case Banner():
            return [f"*** {line} ***".center(columns) for line in wrap(block.text, columns - 8)]
        case Text():
            return _centred(block.text, columns) if block.centred else _wrapped(block.text, columns)
        case Rows():
            return [
                *_row(block.columns, columns),
                *(line for row in block.rows for line in _row(row, columns)),
            ]
        case Divider():
            return ["-" * columns]
        case Signatures():
            roles, names = zip(*block.places, strict=True)
            signed = ["", *_side_by_side(roles, columns), "", "", *_side_by_side(names, columns), ""]
            return [*signed, *_copies_to(block, columns)]


def _copies_to(signatures: Signatures, columns: int) -> list[str]:
    lines = ("Nơi nhận:", *signatures.copies_to) if signatures.copies_to else ()
    return [part for line in lines for part in _wrapped(line, columns, hanging=2)]


def _wrapped(text: str, columns: int, *, hanging: int = 0) -> list[str]:
    return wrap(text, columns, subsequent_indent=" " * hanging, break_on_hyphens=False)


def _centred(text: str, columns: int) -> list[str]:
    return [line.center(columns) for line in wrap(text, columns, break_on_hyphens=False)] or [""]


def _row(cells: Sequence[str], columns: int) -> list[str]:
    return _wrapped(" | ".join(cells), columns, hanging=2)


def _side_by_side(texts: Sequence[str], columns: int) -> list[str]:
    width = columns // len(texts)
    cells = [_centred(text, width - 1) for text in texts]
    height = max(map(len, cells))
    padded = [[*cell, *[""] * (height - len(cell))] for cell in cells]
    return ["".join(part.ljust(width) for part in line) for line in zip(*padded, strict=True)]
