"""QR symbols, shared by paper and screen: level M, one fixed mask.

The qrcode library encodes the characters and draws what all symbols of a
version have in common; the data is laid in here, a byte at a time and along a
path kept per version. That gives the library's symbol in a tenth of its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import cycle, groupby, islice

from qrcode import QRCode
from qrcode.base import RSBlock, gexp, glog, rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import BitBuffer, QRData, length_in_bits

QUIET = 4  # modules of white on each side, as the standard asks
MASK = 2  # any mask reads; weighing all eight would cost more than the rest of the receipt


@lru_cache(maxsize=256)
def qr_modules(data: str) -> list[list[bool]]:
    """The symbol row by row, True = black, without the quiet zone. Shared: do not change it.

    Raises ValueError for what no symbol holds (about 2,300 bytes).
    """
    content = QRData(data.encode())
    body = _Bits()
    content.write(body)
    for version in range(1, 41):
        head = _Bits()
        head.put(content.mode, 4)
        head.put(len(content), length_in_bits(content.mode, version))
        if head.length + body.length <= 8 * sum(block.data_count for block in _blocks(version)):
            head.put(body.value, body.length)
            return _symbol(version, head)
    raise ValueError(f"too long for a QR: {len(content)} bytes")


@lru_cache(maxsize=64)
def qr_svg(data: str, label: str = "Mã QR") -> str:
    """The symbol as one SVG, black on white with its quiet zone; sized by whoever places it."""
    modules = qr_modules(data)
    side = len(modules) + 2 * QUIET
    black = "".join(
        f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for x, length in black_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
        f' aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{black}"/></svg>'
    )


def black_runs(row: list[bool]) -> list[tuple[int, int]]:
    """(first module, length) of each."""
    runs, x = [], 0
    for is_black, modules in groupby(row):
        length = len(list(modules))
        if is_black:
            runs.append((x, length))
        x += length
    return runs


# --- the symbol ---


class _Bits(BitBuffer):
    """What qrcode's own buffer does one bit at a time."""

    def __init__(self) -> None:
        self.value = 0
        self.length = 0

    def put(self, number: int, length: int) -> None:
        self.value = self.value << length | number
        self.length += length


@dataclass(frozen=True)
class _Blank:
    """A symbol of one version whose data bits are all 0, masked; ``path`` is where they go, in order."""

    side: int
    modules: bytes
    path: tuple[int, ...]


class _Frame(QRCode):  # type: ignore[type-arg]
    """Leaves None where data goes."""

    def map_data(self, data: object, mask_pattern: int) -> None:
        pass


@lru_cache(maxsize=40)
def _blank(version: int) -> _Blank:
    frame = _Frame(version, ERROR_CORRECT_M, mask_pattern=MASK)
    frame.data_cache = []
    frame.makeImpl(False, MASK)
    side = frame.modules_count
    path, upwards = [], True
    for right in [*range(side - 1, 6, -2), 5, 3, 1]:
        for y in reversed(range(side)) if upwards else range(side):
            path += [y * side + x for x in (right, right - 1) if frame.modules[y][x] is None]
        upwards = not upwards
    mask = [x % 3 == 0 for x in range(side)]
    modules = bytes(
        masked if module is None else module
        for row in frame.modules
        for module, masked in zip(row, mask, strict=True)
    )
    return _Blank(side, modules, tuple(path))


def _symbol(version: int, data: _Bits) -> list[list[bool]]:
    blank = _blank(version)
    modules = bytearray(blank.modules)
    words = _code_words(version, data)
    bits = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}"
    for place, bit in zip(blank.path, bits, strict=False):  # up to 7 places stay empty
        modules[place] ^= bit == "1"
    return [
        [module == 1 for module in modules[i : i + blank.side]] for i in range(0, len(modules), blank.side)
    ]


@lru_cache(maxsize=40)
def _blocks(version: int) -> list[RSBlock]:
    return rs_blocks(version, ERROR_CORRECT_M)


def _code_words(version: int, data: _Bits) -> bytes:
    """The data padded to its version, in blocks, with their check words, interleaved."""
    blocks = _blocks(version)
    room = sum(block.data_count for block in blocks)
    data.put(0, min(4, 8 * room - data.length))
    data.put(0, -data.length % 8)
    filled = data.length // 8
    words = data.value.to_bytes(filled, "big") + bytes(islice(cycle((0xEC, 0x11)), room - filled))
    parts, start = [], 0
    for block in blocks:
        parts.append(words[start : start + block.data_count])
        start += block.data_count
    check_count = blocks[0].total_count - blocks[0].data_count
    return _interleaved(parts) + _interleaved([_check_words(part, check_count) for part in parts])


def _interleaved(parts: list[bytes]) -> bytes:
    return bytes(part[i] for i in range(len(parts[-1])) for part in parts if i < len(part))


def _check_words(data: bytes, count: int) -> bytes:
    """Reed-Solomon: the rest of ``data`` divided by the generator, one table step a byte."""
    steps, top, rest = _steps(count), 8 * (count - 1), 0
    keep = (1 << top) - 1
    for byte in data:
        rest = (rest & keep) << 8 ^ steps[byte ^ rest >> top]
    return rest.to_bytes(count, "big")


@lru_cache(maxsize=16)
def _steps(count: int) -> list[int]:
    """The generator polynomial of ``count`` check words times each byte, without its leading 1."""
    generator = [1]
    for power in range(count):
        shifted = [*generator, 0]
        scaled = [0, *(_times(factor, gexp(power)) for factor in generator)]
        generator = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return [
        int.from_bytes(bytes(_times(factor, byte) for factor in generator[1:]), "big") for byte in range(256)
    ]


def _times(a: int, b: int) -> int:
    """The product in the field of 256 elements."""
    return gexp(glog(a) + glog(b)) if a and b else 0
