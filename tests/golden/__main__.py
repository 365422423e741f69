"""Draws the golden texts anew; read the difference before committing."""

from __future__ import annotations

from pathlib import Path

from intake.drawings.text import as_text
from tests.drawings.every_paper import GOLDEN

FOLDER = Path(__file__).parent

for name, paper in GOLDEN.items():
    (FOLDER / f"{name}.txt").write_text(as_text(paper), encoding="utf-8")
    print(f"tests/golden/{name}.txt")
