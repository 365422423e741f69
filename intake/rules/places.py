"""Finding a commune by name, as people type it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from intake.rules.text import search_key

Commune = tuple[str, str, str]  # code, name, province
OldUnit = tuple[
    str, str
]  # its name with what it was part of, «Phường Điện Biên, Thành phố Thanh Hóa»; a code of today
KINDS = ("phuong ", "xa ", "dac khu ", "thi tran ")
OLD_KINDS = (*KINDS, "thi xa ", "thanh pho ", "quan ", "huyen ")
MOST = 8
SUGGESTED = 3


def found(communes: Iterable[Commune], words: str, province: str = "") -> tuple[Commune, ...]:
    """Up to eight communes whose name has every word typed, those that begin with them first."""
    wanted = search_key(words)
    if not wanted and not province:
        return ()
    inside = [commune for commune in communes if province in ("", commune[2])]
    matching = [(_rank(commune, wanted), commune) for commune in inside]
    return tuple(commune for rank, commune in sorted(matching) if rank < 3)[:MOST]


def replaced(
    communes: Iterable[Commune], old: Iterable[OldUnit], words: str, province: str = ""
) -> tuple[tuple[Commune, str], ...]:
    """Up to eight communes of today in whose place a unit of that name stood, each with that unit's name.

    A ward, a commune or a district of the old map; one that was split leads to each of its parts.
    """
    wanted = search_key(words)
    if len(wanted) < 2:
        return ()
    by_code = {commune[0]: commune for commune in communes if province in ("", commune[2])}
    ranked = sorted((_old_rank(name, wanted), name, code) for name, code in old if code in by_code)
    stood = {code: name for rank, name, code in reversed(ranked) if rank < 2}
    return tuple((by_code[code], stood.pop(code)) for rank, _, code in ranked if code in stood)[:MOST]


def meant(
    communes: Iterable[Commune], old: Iterable[OldUnit], words: str, province: str = ""
) -> tuple[tuple[Commune, str], ...]:
    """Up to eight communes of today or in the place of an old unit, whose name is then told, else "".

    What is called just so comes first.
    """
    communes = tuple(communes)
    wanted = search_key(words)
    pairs = [(one, "") for one in found(communes, words, province)]
    known = {one for one, _ in pairs if _key(one[1]) == wanted}
    pairs += [pair for pair in replaced(communes, old, words, province) if pair[0] not in known]
    seen: dict[Commune, str] = {}
    for commune, was in sorted(pairs, key=lambda pair: _is_other(pair, wanted)):
        seen.setdefault(commune, was)
    return tuple(seen.items())[:MOST]


def suggested(communes: Iterable[Commune], old: Iterable[OldUnit], words: str) -> tuple[tuple[str, str], ...]:
    """What the end of an address may mean: names in full, each with the old unit it stands for, or ""."""
    communes = tuple(communes)
    wanted = search_key(words)
    if len(wanted) < 2:
        return ()
    provinces = sorted({of for _, _, of in communes if _key(of).startswith(wanted)})
    places = [
        (f"{name}, {of}", was) for (_, name, of), was in meant(communes, old, words) if was or not provinces
    ]
    return tuple([(name, "") for name in provinces] + places)[:SUGGESTED]


def named(communes: Iterable[Commune], words: str, province: str = "") -> str | None:
    """The code of the only commune of that name (there, when a province is given)."""
    wanted = _bare(search_key(words))
    codes = [
        code for code, name, of in communes if wanted and wanted == _bare(_key(name)) and province in ("", of)
    ]
    return codes[0] if len(codes) == 1 else None


def in_full(communes: Iterable[Commune], code: str) -> str:
    """«Phường Hạc Thành, Tỉnh Thanh Hóa»; the code itself when it is of no commune."""
    return next((f"{name}, {of}" for known, name, of in communes if known == code), code)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    """The search key of a name on the list, of which there are some thousands; never of what people type."""
    return search_key(name)


def _rank(commune: Commune, wanted: str) -> int:
    name = _key(commune[1])
    if _bare(name).startswith(_bare(wanted)):
        return 0
    told = f" {name} {_key(commune[2])} "
    if not all(f" {word}" in told for word in wanted.split()):
        return 3
    return 1 if all(f" {word} " in told for word in wanted.split()) else 2


def _old_rank(name: str, wanted: str) -> int:
    full = _key(name).replace(",", "")
    unit = _key(name.partition(",")[0])
    if unit.startswith(wanted) or _bare(unit, OLD_KINDS).startswith(wanted):
        return 0
    words = full.split()
    return 1 if all(any(has.startswith(word) for has in words) for word in wanted.split()) else 2


def _is_other(pair: tuple[Commune, str], wanted: str) -> bool:
    """Whether neither the commune nor the unit that stood there is called just so."""
    (_, name, _), was = pair
    keys = _key(name), _key(was.partition(",")[0])
    return wanted not in (*keys, *[_bare(key, OLD_KINDS) for key in keys])


def _bare(name: str, kinds: tuple[str, ...] = KINDS) -> str:
    """Without the kind: «xã Hạc Thành» and «Hạc Thành» are one."""
    return next((name[len(kind) :] for kind in kinds if name.startswith(kind)), name)
