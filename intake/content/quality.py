"""Whether a person could read the page: too dark, glare, blurred, cut off; and where.

Measured on small copies, so that the answer comes while somebody still stands
there. It advises: who says that a page is readable is believed.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from intake.content.found import Box, Concern

SMALL = 480  # dots of the longer side, for light
SHARP = 1400  # for letters: their strokes are a few dots wide here
DARK = 95  # of 255: what should be paper is darker than this
GLARE = 250  # brighter is light and not paper,
GLARE_SHARE = 0.015  # when it takes this much of the page in one place,
GLARE_STEP = 22  # and paper around it is this much darker
BLURRED = 0.2  # of the contrast of writing that lies between neighbouring dots; a sharp page has 0.5
WRITING = 14  # of 255: less contrast is bare paper
CUT = 0.30  # of a side's length along which writing or paper touches the border
GRID = 12


def judge(picture: Image.Image, *, whole: bool = False) -> tuple[Concern, ...]:
    """What may be wrong, the worst first. ``whole``: the paper's border was found, or is the scanner's."""
    grey = picture.convert("L")
    small = grey.copy()
    small.thumbnail((SMALL, SMALL))
    found = (_dark(small), _blurred(grey), _glare(small), None if whole else _cut_off(small))
    return tuple(concern for concern in found if concern is not None)


def _dark(small: Image.Image) -> Concern | None:
    """The brighter part of the picture should be paper."""
    cells = _cells(small)
    bright = sorted(_percentile(small.crop(cell), 0.9) for cell in cells.values())
    return Concern("dark") if bright[len(bright) * 6 // 10] < DARK else None


def _glare(small: Image.Image) -> Concern | None:
    """One place of burnt-out light on paper that is darker elsewhere; white paper as a whole is none."""
    paper = _percentile(small, 0.5)
    if paper > GLARE - GLARE_STEP:
        return None
    burnt = small.point(lambda value: 255 if value >= GLARE else 0)
    burnt = burnt.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(9))
    if burnt.histogram()[255] < GLARE_SHARE * small.width * small.height:
        return None
    return Concern("glare", _share(burnt.getbbox(), small.size))


def _blurred(grey: Image.Image) -> Concern | None:
    """Writing has sharp edges somewhere; a page without any writing is not judged."""
    seen = grey.copy()
    seen.thumbnail((SHARP, SHARP))
    blurred = seen.filter(ImageFilter.BoxBlur(1))
    fine = ImageChops.difference(seen, blurred)  # what one dot of blur takes away
    coarse = ImageChops.difference(seen, seen.filter(ImageFilter.BoxBlur(20)))
    sharp: dict[tuple[int, int], float] = {}
    for place, cell in _cells(seen).items():
        contrast = _percentile(coarse.crop(cell), 0.97)
        if contrast >= WRITING:
            sharp[place] = _percentile(fine.crop(cell), 0.99) / contrast
    if len(sharp) < 4:
        return None
    best = sorted(sharp.values())[-max(1, len(sharp) // 10)]
    if best < BLURRED:
        return Concern("blurred")
    bad = [place for place, value in sharp.items() if value < BLURRED * 0.8]
    return Concern("blurred", _around(bad)) if len(bad) > 0.35 * len(sharp) else None


def _cut_off(small: Image.Image) -> Concern | None:
    """Paper runs over the border of the picture at some side while the ground is seen at another."""
    width, height = small.size
    edge = max(2, min(width, height) // 60)
    sides: dict[str, tuple[int, int, int, int]] = {
        "top": (0, 0, width, edge),
        "bottom": (0, height - edge, width, height),
        "left": (0, 0, edge, height),
        "right": (width - edge, 0, width, height),
    }
    paper = _percentile(small.crop((width // 5, height // 5, width * 4 // 5, height * 4 // 5)), 0.75)
    on_paper = {name: _share_above(small.crop(box), paper - 30) for name, box in sides.items()}
    over = [name for name, share in on_paper.items() if share > CUT]
    ground = [name for name, share in on_paper.items() if share < 0.05]
    if not over or not ground:
        return None  # the page fills the picture, or lies well inside
    return Concern("cut_off", _share(sides[over[0]], small.size))


def _cells(picture: Image.Image) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    width, height = picture.size
    return {
        (column, row): (
            width * column // GRID,
            height * row // GRID,
            max(width * (column + 1) // GRID, width * column // GRID + 1),
            max(height * (row + 1) // GRID, height * row // GRID + 1),
        )
        for row in range(GRID)
        for column in range(GRID)
    }


def _around(places: list[tuple[int, int]]) -> Box:
    """The part of the grid that holds nearly all of them: a stray one does not make it the whole page."""
    columns, rows = sorted(column for column, _ in places), sorted(row for _, row in places)
    stray = len(places) // 20
    left, top = columns[stray] / GRID, rows[stray] / GRID
    return (left, top, (columns[-1 - stray] + 1) / GRID - left, (rows[-1 - stray] + 1) / GRID - top)


def _share(box: tuple[int, int, int, int] | None, size: tuple[int, int]) -> Box | None:
    if box is None:
        return None
    left, top, right, bottom = box
    width, height = size
    return (left / width, top / height, (right - left) / width, (bottom - top) / height)


def _percentile(grey: Image.Image, share: float) -> int:
    counts = grey.histogram()
    wanted, seen = share * sum(counts), 0
    for value, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return value
    return 255


def _share_above(grey: Image.Image, value: int) -> float:
    counts = grey.histogram()
    return sum(counts[max(0, value) :]) / max(1, sum(counts))
