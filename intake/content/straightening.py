"""Finding the page in a photograph and setting it straight; when unsure, the picture stays as it is.

A page is a bright shape with four corners on a darker ground. It is only cut out
when it fits those corners closely, nothing as bright lies beside it, and it does
not touch the border of the picture: no content is ever lost.
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter, ImageStat

LOOKED_AT = 320  # dots of the longer side: enough for corners, quick
LEAST_SHARE, MOST_SHARE = 0.20, 0.96  # of the picture that is page
FITS = 0.955  # of the four-sided shape that is bright,
LEAVES = 0.03  # and of the page that may lie outside of it
BESIDE = 0.04  # of the ground that may be as bright as paper
STEP_TO_GROUND = 35  # of 255: how much darker the ground is at least
MARGIN = 0.008  # of the size, left around the page
MOST_LEVEL = 6.0  # degrees; more was meant so
LEAST_LEVEL = 0.3

Corner = tuple[float, float]


def page_found(picture: Image.Image) -> Image.Image | None:
    """The page alone, its corners pulled right; None when it was not found for certain."""
    small = picture.convert("L")
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    small = small.filter(ImageFilter.MedianFilter(3))
    bright = _largest_bright(small)
    corners = _corners(bright) if bright is not None else None
    if bright is None or corners is None or not _is_page(small, bright, corners):
        return None
    share = picture.width / small.width, picture.height / small.height
    wide = _grown([(x * share[0], y * share[1]) for x, y in corners], picture.size)
    return _pulled(picture, wide)


def level(picture: Image.Image) -> Image.Image:
    """Turned by the few degrees its lines of writing are off; as it is when they do not agree on any."""
    angle = _lean(picture)
    if abs(angle) < LEAST_LEVEL:
        return picture
    ground = _border_colour(picture)
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def _largest_bright(small: Image.Image) -> Image.Image | None:
    """The shape of paper brightness around the middle of the picture, its writing filled in."""
    threshold = _otsu(small)
    mask = small.point(lambda value: 255 if value > threshold else 0)
    mask = mask.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))  # letters and lines close
    for x, y in _around_middle(mask.size):
        if mask.getpixel((x, y)) == 255:
            ImageDraw.floodfill(mask, (x, y), 128)
            return mask.point(lambda value: 255 if value == 128 else 0)
    return None


def _around_middle(size: tuple[int, int]) -> list[tuple[int, int]]:
    width, height = size
    return [(round(width * x), round(height * y)) for y in (0.5, 0.4, 0.6) for x in (0.5, 0.4, 0.6)]


def _otsu(grey: Image.Image) -> int:
    """The brightness that parts dark from bright best."""
    counts = grey.histogram()
    total, weighted = sum(counts), sum(value * count for value, count in enumerate(counts))
    best, found, below, below_weighted = -1.0, 127, 0, 0
    for value, count in enumerate(counts):
        below += count
        below_weighted += value * count
        if below == 0 or below == total:
            continue
        gap = below_weighted / below - (weighted - below_weighted) / (total - below)
        between = below * (total - below) * gap * gap
        if between > best:
            best, found = between, value
    return found


def _corners(bright: Image.Image) -> list[Corner] | None:
    """Top left, top right, bottom right, bottom left: the outermost dots in these directions."""
    box = bright.getbbox()
    if box is None:
        return None
    width, dots = bright.width, bright.tobytes()
    found = [(at % width, at // width) for at, value in enumerate(dots) if value]
    sums, gaps = (lambda dot: dot[0] + dot[1]), (lambda dot: dot[0] - dot[1])
    return [min(found, key=sums), max(found, key=gaps), max(found, key=sums), min(found, key=gaps)]


def _is_page(small: Image.Image, bright: Image.Image, corners: list[Corner]) -> bool:
    width, height = small.size
    shape = Image.new("L", small.size, 0)
    ImageDraw.Draw(shape).polygon(corners, fill=255)
    inside = _count(shape)
    if not LEAST_SHARE <= inside / (width * height) <= MOST_SHARE:
        return False
    if any(not 1 < x < width - 2 or not 1 < y < height - 2 for x, y in corners):
        return False  # it goes on outside of the picture
    both = _count(_and(shape, bright))
    if both < FITS * inside or _count(bright) - both > LEAVES * inside:
        return False
    outside = shape.filter(ImageFilter.MaxFilter(5)).point(lambda value: 255 - value)
    on_page, on_ground = ImageStat.Stat(small, shape).median[0], ImageStat.Stat(small, outside).median[0]
    if on_page - on_ground < STEP_TO_GROUND:
        return False
    as_bright = small.point(lambda value: 255 if value > (on_page + on_ground) / 2 else 0)
    return _count(_and(as_bright, outside)) <= BESIDE * max(1, _count(outside))


def _and(one: Image.Image, other: Image.Image) -> Image.Image:
    empty = Image.new("L", one.size, 0)
    return Image.composite(one, empty, other)


def _count(mask: Image.Image) -> int:
    return mask.histogram()[255]


def _grown(corners: list[Corner], size: tuple[int, int]) -> list[Corner]:
    """A little larger on every side, within the picture: paper ends in a soft line."""
    middle = sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4
    grown = [(x + (x - middle[0]) * 2 * MARGIN, y + (y - middle[1]) * 2 * MARGIN) for x, y in corners]
    return [(min(max(x, 0), size[0]), min(max(y, 0), size[1])) for x, y in grown]


def _pulled(picture: Image.Image, corners: list[Corner]) -> Image.Image:
    """The four-sided shape as a rectangle."""
    top_left, top_right, bottom_right, bottom_left = corners
    width = round(max(_far(top_left, top_right), _far(bottom_left, bottom_right)))
    height = round(max(_far(top_left, bottom_left), _far(top_right, bottom_right)))
    ends = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    data = _perspective(ends, corners)
    return picture.transform((width, height), Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)


def _far(one: Corner, other: Corner) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def _perspective(to: list[Corner], corners: list[Corner]) -> list[float]:
    """The eight numbers of Pillow's perspective that lead from each of ``to`` to its corner."""
    rows = []
    for (x, y), (u, v) in zip(to, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solved([[float(value) for value in row] for row in rows])


def _solved(rows: list[list[float]]) -> list[float]:
    """Gauss and Jordan, for a system with one solution; the last of each row is its right side."""
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for row in range(size):
            if row != column and (factor := rows[row][column]):
                rows[row] = [
                    value - factor * above for value, above in zip(rows[row], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


def _lean(picture: Image.Image) -> float:
    """Degrees to turn counter-clockwise so that lines of writing lie level; 0.0 when that is not clear.

    Where lines are level, rows of the picture are either dark or bright: the
    angle is sought at which they differ most.
    """
    small = picture.convert("L")
    small.thumbnail((500, 500))
    dark = small.filter(ImageFilter.FIND_EDGES).crop((4, 4, small.width - 4, small.height - 4))
    dark = dark.point(lambda value: 255 if value > 60 else 0)
    if _count(dark) < 200:
        return 0.0
    found = {angle: _stripes(dark, angle) for angle in _steps(-MOST_LEVEL, MOST_LEVEL, 1.0)}
    best = max(found, key=lambda angle: found[angle])
    found |= {angle: _stripes(dark, angle) for angle in _steps(best - 0.8, best + 0.8, 0.2)}
    best = max(found, key=lambda angle: found[angle])
    at_rest = _stripes(dark, 0.0)
    is_clear = found[best] > 1.12 * at_rest and abs(best) < MOST_LEVEL
    return best if is_clear else 0.0


def _stripes(dark: Image.Image, angle: float) -> float:
    turned = dark.rotate(angle, Image.Resampling.BILINEAR)
    inner = turned.crop(
        (turned.width // 10, turned.height // 10, turned.width * 9 // 10, turned.height * 9 // 10)
    )
    rows = inner.resize((1, inner.height), Image.Resampling.BOX)
    return float(ImageStat.Stat(rows).var[0])


def _steps(first: float, last: float, step: float) -> list[float]:
    return [round(first + step * number, 2) for number in range(round((last - first) / step) + 1)]


def _border_colour(picture: Image.Image) -> int | tuple[int, ...]:
    edge = Image.new("L", picture.size, 255)
    ImageDraw.Draw(edge).rectangle((3, 3, picture.width - 4, picture.height - 4), fill=0)
    median = [round(value) for value in ImageStat.Stat(picture, edge).median]
    return median[0] if picture.mode == "L" else tuple(median)
