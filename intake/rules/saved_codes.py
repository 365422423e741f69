"""The code under which a draft waits: eight letters and digits a person can read aloud, or a QR."""

from __future__ import annotations

import re

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is read for something else: 0 O, 1 I L
LENGTH = 8
MARK = "MC:"  # of the QR, so that a scanner's text says by itself what it is

_CODE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")


def saved_code(text: str) -> str | None:
    """The code in a scanned or typed text, «MC:K7M42QXF» or «k7m4-2qxf»; None for anything else."""
    if not text.isascii():
        return None
    code = re.sub(r"[ -]+", "", text.strip().upper().removeprefix(MARK))
    return code if _CODE.fullmatch(code) else None


def is_marked(text: str) -> bool:
    """Whether the text is certainly such a code: eight bare letters may be another's number."""
    return text.strip().upper().startswith(MARK) and saved_code(text) is not None


def shown(code: str) -> str:
    """As people read it: «K7M4-2QXF»."""
    return f"{code[:4]}-{code[4:]}"


def qr_text(code: str) -> str:
    """What the QR says; capitals, digits and a colon keep it small."""
    return MARK + code
