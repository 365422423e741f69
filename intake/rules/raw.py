"""Values out of untrusted JSON: by type, clean, and never with a traceback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from intake.rules.text import nfc

_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(br|/p|/li|/div|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Reader:
    """Takes values out of untrusted JSON by type; what has another type is remarked on and left out."""

    record: Mapping[str, Any]
    remarks: list[str]

    def text(self, name: str) -> str:
        value = self.record.get(name)
        if value is None or isinstance(value, str):
            return cleaned(value or "")
        self._odd(name)
        return ""

    def line(self, name: str) -> str:
        return " ".join(self.text(name).split())

    def flag(self, name: str) -> bool:
        value = self.record.get(name)
        if not isinstance(value, bool | None):
            self._odd(name)
        return value is True

    def one(self, name: str) -> Reader:
        value = self.record.get(name)
        if not isinstance(value, dict | None):
            self._odd(name)
        return Reader(value if isinstance(value, dict) else {}, self.remarks)

    def many(self, name: str) -> list[Reader]:
        value = self.record.get(name)
        if not isinstance(value, list | None):
            self._odd(name)
        items = value if isinstance(value, list) else []
        if any(not isinstance(item, dict) for item in items):
            self.remark(f"mục «{name}» có phần tử không đọc được, đã bỏ qua")
        return [Reader(item, self.remarks) for item in items if isinstance(item, dict)]

    def count(self, name: str) -> int:
        value = self.record.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 999:
            return value
        if value is not None:
            self._odd(name)
        return 0

    def remark(self, words: str) -> None:
        if words not in self.remarks:
            self.remarks.append(words)

    def _odd(self, name: str) -> None:
        self.remark(f"mục «{name}» sai kiểu dữ liệu, đã bỏ qua")


def cleaned(text: str) -> str:
    """Text without markup, entities and unprintable characters, in NFC; lines stay lines."""
    for _ in range(2):  # twice: some records carry escaped markup
        text = _TAG.sub("", _BREAK.sub("\n", _SCRIPT.sub("", text)))
        text = unescape(text)
    text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in nfc(text).split("\n"))
    return "\n".join(line for line in lines if line)


def quoted(value: object) -> str:
    """A foreign value as it may stand in a sentence of ours."""
    return f"«{' '.join(cleaned(str(value)).split())[:40]}»"
