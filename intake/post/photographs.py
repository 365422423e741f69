"""A photograph from a courier's telephone, made small, with nothing in it but the picture."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 12_000_000  # bytes, as a telephone takes it
LONGEST_SIDE = 1280
MOST_DOTS = 60_000_000


class NoPhotograph(Exception):
    """Not a picture, or one larger than any telephone takes."""


def cleaned(data: bytes) -> str:
    """A JPEG in base64, upright, 1280 dots at its longer side; "" for nothing.

    Where and with which telephone it was taken is left out. Raises NoPhotograph.
    """
    if not data:
        return ""
    if len(data) > LARGEST:
        raise NoPhotograph
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as taken:
            if taken.width * taken.height > MOST_DOTS:
                raise NoPhotograph
            upright = ImageOps.exif_transpose(taken).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as cause:
        raise NoPhotograph from cause
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain, out = Image.new("RGB", upright.size), io.BytesIO()
    plain.paste(upright)  # pixels alone: what else the file told stays behind
    plain.save(out, "JPEG", quality=70)
    return base64.b64encode(out.getvalue()).decode()
