"""Bars: lying ones that compare, standing ones that stack. Both always start at zero."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..rounding import show
from .svg import (
    DARK_BLUE,
    INK,
    LINE_HEIGHT,
    QUIET,
    SIZE,
    SMALL,
    Style,
    element,
    picture,
    rule,
    styles,
    words,
)
from .text import shorten, width_of, wrap
from .values import Line, Point, labels_of

BAR, BAR_GAP, LABEL_GAP = 18, 8, 10


def bar_chart(
    bars: Sequence[Point],
    *,
    id: str,
    title: str,
    description: str,
    comparators: Sequence[Point] = (),
    width: int = 640,
    brand: str = DARK_BLUE,
) -> str:
    """Lying bars, each with its name before and its value behind; `comparators` come after, hatched in turquoise.

    A bar without value prints why there is none. Names of more than three lines are cut with "…".
    """
    own, compared = styles(2, brand)
    rows = [(point, own) for point in bars] + [(point, compared) for point in comparators]
    if not rows:
        return _nothing_to_draw(id=id, title=title, description=description, width=width)
    name_width = min(max(width_of(point.label, SIZE) for point, _ in rows), width * 0.36)
    names = [wrap(point.label, name_width, SIZE, lines=3) for point, _ in rows]

    filled = [(point.value, width_of(point.shown, SIZE) + 8) for point, _ in rows if point.value is not None]
    low = min([Decimal(0), *(value for value, _ in filled)])
    high = max([Decimal(0), *(value for value, _ in filled)])
    left = name_width + LABEL_GAP + max((room for value, room in filled if value < 0), default=0)
    length = width - left - max((room for value, room in filled if value >= 0), default=0)
    unit = length / float(high - low or 1)
    zero = left + float(-low) * unit

    drawn, y = [], 0.0
    for (point, style), name in zip(rows, names, strict=True):
        height = max(BAR, len(name) * LINE_HEIGHT)
        middle = y + height / 2
        drawn.append(words(0, middle + 4.5 - (len(name) - 1) * LINE_HEIGHT / 2, name))
        drawn.append(_bar(point, style, zero=zero, unit=unit, middle=middle, left=name_width, right=width))
        y += height + BAR_GAP
    drawn.append(rule(zero, 0, zero, y - BAR_GAP, colour=QUIET))
    return picture(*drawn, id=id, title=title, description=description, width=width, height=y - BAR_GAP)


def _bar(point: Point, style: Style, *, zero: float, unit: float, middle: float, left: float, right: float) -> str:
    if point.value is None:
        return _why_not(point.shown, zero=zero, middle=middle, left=left, right=right)
    length = float(point.value) * unit
    start = min(zero, zero + length)
    bar = style.area(start, middle - BAR / 2, abs(length), BAR) if length else ""
    if length < 0:
        return bar + words(start - 6, middle + 4.5, point.shown, bold=True, anchor="end")
    return bar + words(zero + length + 6, middle + 4.5, point.shown, bold=True)


def _why_not(reason: str, *, zero: float, middle: float, left: float, right: float) -> str:
    """The words in place of a bar, on the roomier side of zero."""
    room = max(right - zero, zero - left) - 6
    text = shorten(reason, room, SIZE)
    if right - zero >= zero - left:
        return words(zero + 6, middle + 4.5, text, fill=QUIET)
    return words(zero - 6, middle + 4.5, text, fill=QUIET, anchor="end")


def stacked_bar_chart(
    series: Sequence[Line],
    *,
    id: str,
    title: str,
    description: str,
    totals: Sequence[str] | None = None,
    width: int = 640,
    height: int = 260,
    brand: str = DARK_BLUE,
) -> str:
    """Standing bars, one for each label, with a part for each series from the bottom up, and a key beneath.

    `totals` are printed above the bars; without them the sums are, but not above a bar with a part that has no value.
    Raises ValueError for a negative part and for series with different labels.
    """
    labels = labels_of(series)
    if any(point.value is not None and point.value < 0 for line in series for point in line.points):
        raise ValueError("The parts of a stacked bar cannot be negative.")
    if not labels:
        return _nothing_to_draw(id=id, title=title, description=description, width=width)
    looks = styles(len(series), brand)
    bars = [[line.points[place] for line in series] for place in range(len(labels))]
    sums = [sum((point.value or Decimal(0) for point in bar), Decimal(0)) for bar in bars]
    slot = width / len(labels)
    thickness = min(slot * 0.62, 64)
    top, bottom = 22.0, float(height)
    unit = (bottom - top) / float(max(sums) or 1)

    drawn = []
    for place, bar in enumerate(bars):
        middle = slot * (place + 0.5)
        y = bottom
        for point, style in zip(bar, looks, strict=True):
            part = float(point.value or 0) * unit
            y -= part
            drawn.append(_part(point, style, middle=middle, y=y, thickness=thickness, part=part))
        printed = totals[place] if totals else _sum_of(bar)
        drawn.append(words(middle, y - 7, shorten(printed, slot, SIZE), bold=True, anchor="middle"))
    names = [wrap(label, slot - 6, SMALL, lines=3) for label in labels]
    for place, name in enumerate(names):
        drawn.append(words(slot * (place + 0.5), bottom + 18, name, size=SMALL, fill=QUIET, anchor="middle"))
    key, key_bottom = _key(series, looks, top=bottom + 14 + max(map(len, names)) * LINE_HEIGHT, width=width)
    return picture(
        *drawn,
        rule(0, bottom, width, bottom, colour=QUIET),
        key,
        id=id,
        title=title,
        description=description,
        width=width,
        height=key_bottom,
    )


def _sum_of(bar: Sequence[Point]) -> str:
    values = [point.value for point in bar if point.value is not None]
    if len(values) < len(bar):
        return ""
    total = sum(values, Decimal(0))
    return show(total, max(0, -int(total.as_tuple().exponent)))


def _part(point: Point, style: Style, *, middle: float, y: float, thickness: float, part: float) -> str:
    if part <= 0:
        return ""
    # A gap of white parts it from the next one, unless it is thinner than that.
    box = style.area(middle - thickness / 2, y, thickness, max(part - 1, min(part, 1)))
    room = width_of(point.shown, SMALL) + 8
    if part < 18 or room > thickness:
        return box
    # Figures stand on the plain colour, because they are hard to read on a pattern.
    ground = element("rect", x=middle - room / 2, y=y + part / 2 - 8, width=room, height=16, fill=style.colour)
    figure = words(middle, y + part / 2 + 4.5, point.shown, size=SMALL, bold=True, fill=style.ink, anchor="middle")
    return box + ground + figure


def _key(series: Sequence[Line], looks: Sequence[Style], *, top: float, width: float) -> tuple[str, float]:
    """The names of the series with their patterns, in rows; and where the last row ends."""
    drawn, x, y = [], 0.0, top
    for line, style in zip(series, looks, strict=True):
        name = shorten(line.name, width - 20, SMALL)
        needed = 20 + width_of(name, SMALL) + 14
        if x and x + needed - 14 > width:
            x, y = 0.0, y + 20
        drawn.append(style.area(x, y + 2, 14, 14))
        drawn.append(words(x + 20, y + 13, name, size=SMALL, fill=INK))
        x += needed
    return "".join(drawn), y + 20


def _nothing_to_draw(*, id: str, title: str, description: str, width: float) -> str:
    nothing = words(width / 2, 30, "No figures", fill=QUIET, anchor="middle")
    return picture(nothing, id=id, title=title, description=description, width=width, height=48)
