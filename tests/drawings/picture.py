"""A picture of an ordinary receipt as the 80 mm printer draws it: OUT/receipt.png."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from intake.drawings.thermal import draw_thermal
from tests.drawings.papers import GOLDEN, picture

PAPER_WIDTH, DOTS, MARGIN = 640, 576, 40  # 80 mm of paper, 72 mm of them printable

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    raster = draw_thermal(GOLDEN["kiosk_receipt"], DOTS)
    table = Image.new("L", (PAPER_WIDTH + 2 * MARGIN, raster.height + 4 * MARGIN), 217)
    table.paste(255, (MARGIN, MARGIN, MARGIN + PAPER_WIDTH, raster.height + 3 * MARGIN))
    table.paste(picture(raster), (MARGIN + (PAPER_WIDTH - DOTS) // 2, 2 * MARGIN))
    table.quantize(16, dither=Image.Dither.NONE).save(folder / "receipt.png", optimize=True)
