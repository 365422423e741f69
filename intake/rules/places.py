"""Finding a commune by name, as people type it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from intake.rules.text import search_key

Commune = tuple[str, str, str]  # code, name, province
KINDS = ("phuong ", "xa ", "dac khu ", "thi tran ")
MOST = 8


def found(communes: Iterable[Commune], words: str, province: str = "") -> tuple[Commune, ...]:
    """Up to eight communes whose name has every word typed, those that begin with them first."""
    wanted = search_key(words)
    if not wanted and not province:
        return ()
    inside = [commune for commune in communes if province in ("", commune[2])]
    matching = [(_rank(commune, wanted), commune) for commune in inside]
    return tuple(commune for rank, commune in sorted(matching) if rank < 3)[:MOST]


def named(communes: Iterable[Commune], words: str, province: str = "") -> str | None:
    """The code of the only commune of that name (there, when a province is given)."""
    wanted = _bare(search_key(words))
    codes = [
        code
        for code, name, of in communes
        if wanted and wanted == _bare(search_key(name)) and province in ("", of)
    ]
    return codes[0] if len(codes) == 1 else None


def in_full(communes: Iterable[Commune], code: str) -> str:
    """«Phường Hạc Thành, Tỉnh Thanh Hóa»; the code itself when it is of no commune."""
    return next((f"{name}, {of}" for known, name, of in communes if known == code), code)


def _rank(commune: Commune, wanted: str) -> int:
    name = search_key(commune[1])
    if _bare(name).startswith(_bare(wanted)):
        return 0
    words = set(f"{name} {search_key(commune[2])}".split())
    if all(word in words for word in wanted.split()):
        return 1
    return 2 if all(any(has.startswith(word) for has in words) for word in wanted.split()) else 3


def _bare(name: str) -> str:
    """Without the kind: «xã Hạc Thành» and «Hạc Thành» are one."""
    return next((name[len(kind) :] for kind in KINDS if name.startswith(kind)), name)
