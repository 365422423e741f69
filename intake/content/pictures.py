"""A photograph or a scanned page: upright, straight, as large as A4 needs, and nothing in it but the dots."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from intake.content import quality, straightening
from intake.content.found import Concern
from intake.rules.refusals import TooManyPixels, TooSmallPicture, TruncatedFile

MOST_DOTS = 120_000_000  # the largest sensors of telephones have 200 million, and give less unless told
MOST_UNPACKED = 60_000_000  # of what can only be read whole
DECODED = 40_000_000  # a JPEG of more is read at half its size or less
LONG, SHORT = 3508, 2480  # A4 at 300 dpi
LEAST = 300  # dots of the shorter side: a stamp could not be read with less
QUALITY = 82

FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MOST_DOTS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def opened(content: bytes, kind: str) -> Image.Image:
    """The picture, read to its last dot and upright, in RGB or grey; raises BadFile.

    Only the reader of its kind is asked, so that no other can be fooled.
    """
    try:
        with Image.open(io.BytesIO(content), formats=(FORMATS[kind],)) as found:
            if found.width * found.height > (MOST_DOTS if kind == "jpeg" else MOST_UNPACKED):
                raise TooManyPixels(most=MOST_DOTS // 1_000_000)
            if min(found.size) < LEAST:
                raise TooSmallPicture(least=LEAST)
            if found.width * found.height > DECODED:
                found.draft(None, (SHORT, SHORT))  # of a JPEG only: never below A4
            found.load()
            return _plain(ImageOps.exif_transpose(found))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as cause:
        raise TooManyPixels(most=MOST_DOTS // 1_000_000) from cause
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, EOFError) as cause:
        raise TruncatedFile from cause


def page_from(content: bytes, kind: str, *, by_camera: bool) -> tuple[bytes, tuple[Concern, ...]]:
    """A JPEG of the page, and what may be wrong with it."""
    picture = opened(content, kind)
    cut = straightening.page_found(picture) if by_camera else None
    page = sized(picture if cut is None else cut)
    concerns = quality.judge(page, whole=cut is not None or not by_camera)
    return jpeg(sized(straightening.level(page))), concerns


def sized(picture: Image.Image) -> Image.Image:
    """Not more dots than A4 at 300 dpi."""
    long, short = max(picture.size), min(picture.size)
    share = min(1.0, LONG / long, max(SHORT / short, SHORT / long))
    if share >= 1.0:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def jpeg(picture: Image.Image) -> bytes:
    """The dots alone: what else the file told stays behind."""
    plain, out = Image.new(picture.mode, picture.size), io.BytesIO()
    plain.paste(picture)
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def turned(content: bytes, degrees: int) -> bytes:
    """A JPEG of ours, turned clockwise."""
    ways = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    return jpeg(opened(content, "jpeg").transpose(ways[degrees % 360]))


def shrunk(content: bytes, longest: int) -> bytes:
    """A JPEG of ours, for a screen."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as found:
        found.draft(None, (longest, longest))
        found.thumbnail((longest, longest))
        return jpeg(_plain(found))


def _plain(picture: Image.Image) -> Image.Image:
    """RGB, or grey where it was; what is see-through lies on white paper."""
    if picture.mode in ("L", "1"):
        return picture.convert("L")
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        paper.alpha_composite(seen)
        return paper.convert("RGB")
    return picture.convert("RGB")
