"""From a file as somebody brings it to what is kept: read in a process of its own, cleaned, on disk."""

from __future__ import annotations

import hashlib
import io
import random
import resource
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from bench.figures import figures, latencies
from intake.captures import Store, prepare
from intake.captures.store import address_of
from intake.keys import Keys

COUNT = 12
PHOTO = (3000, 4000)  # 12 million dots, as most telephones take it
SCAN = (2480, 3508)  # A4 at 300 dpi
PAGES = 10
WORDS = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc. Giấy khai sinh số "


def run(folder: Path) -> list[dict[str, object]]:
    """One line each for a photograph of a page on a table, a scanned page, and a PDF."""
    kinds: Mapping[str, tuple[str, int, Callable[[random.Random], bytes]]] = {
        "photo": ("camera", 1, _photo),
        "scan": ("scanner", 1, _scan),
        "pdf": ("phone", PAGES, _pdf),
    }
    store, keys = Store(folder / "papers"), Keys(data_key=b"d" * 32, receipt_key=b"r" * 32)
    return [_measured(name, *told, store, keys) for name, told in kinds.items()]


def _measured(
    name: str, way: str, pages: int, make: Callable[[random.Random], bytes], store: Store, keys: Keys
) -> dict[str, object]:
    chance = random.Random(name)
    brought = [make(chance) for _ in range(COUNT)]
    milliseconds, kept, worked = [], 0, _processor()
    for content in brought:
        begun = time.perf_counter()
        prepared = prepare(content, way=way)
        address = address_of(hashlib.sha256(prepared.content).hexdigest(), keys)
        store.put(address, prepared.content, keys=keys, now=datetime(2026, 11, 22, tzinfo=UTC))
        milliseconds.append(1000 * (time.perf_counter() - begun))
        kept += prepared.size
    return figures(
        "papers",
        ok=COUNT,
        **latencies(milliseconds),
        kind=name,
        ms_processor=round(1000 * (_processor() - worked) / COUNT),
        ms_a_page=round(sum(milliseconds) / COUNT / pages, 1),
        kb_brought=round(sum(map(len, brought)) / COUNT / 1000),
        kb_kept=round(kept / COUNT / 1000),
    )


def _processor() -> float:
    """Seconds of processor time, ours and that of the processes that read the files."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


def _page(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    page = Image.new("RGB", size, (246, 244, 239))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size[0] // 60)
    for top in range(size[1] // 10, size[1] * 9 // 10, size[0] // 36):
        words = f"{WORDS}{chance.randrange(10**6)}"[chance.randrange(20) :]
        draw.text((size[0] // 12, top), words, fill=(30, 30, 40), font=font)
    return page


def _photo(chance: random.Random) -> bytes:
    table = Image.effect_noise((PHOTO[0] // 4, PHOTO[1] // 4), 22).resize(PHOTO).convert("RGB")
    table = table.point(lambda value: value * 0.5)
    page = _page(chance, (2200, 3100)).convert("RGBA").rotate(chance.uniform(-6, 6), expand=True)
    table.paste(page, ((PHOTO[0] - page.width) // 2, (PHOTO[1] - page.height) // 2), page)
    return _jpeg(table.filter(ImageFilter.GaussianBlur(0.8)))


def _scan(chance: random.Random) -> bytes:
    out = io.BytesIO()
    _page(chance, SCAN).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _pdf(chance: random.Random) -> bytes:
    out = io.BytesIO()
    drawing = canvas.Canvas(out, pagesize=A4)
    for _ in range(PAGES):
        for line in range(40):
            drawing.drawString(60, 780 - 18 * line, f"Giay khai sinh so {chance.randrange(10**6)}")
        drawing.showPage()
    drawing.save()
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()
