"""SVG by hand: elements, colours, patterns. Everything passes through `element` or `words`, which escape."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr  # nosec B406: writes XML, reads none

# The Government Analysis palette, in its order for categories.
DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
DARK_GREY, LIGHT_PURPLE = "#3D3D3D", "#A285D1"
PALETTE = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE)

INK, QUIET, RULE, WHITE = "#0b0c0c", "#505a5f", "#cecece", "#ffffff"
SIZE, SMALL = 13, 12
LINE_HEIGHT = 15

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ID = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_DASHES = (None, "7 3", "2 3", "9 3 2 3", "4 2", "12 4")
# Directions of the white strokes over the colour: as a/b of the lines ax + by = c. The first series is plain.
_HATCHES: tuple[tuple[tuple[int, int], ...], ...] = ((), ((1, 1),), ((0, 1),), ((1, -1),), ((1, 0),), ((1, 1), (1, -1)))
_HATCH_STEP = 6


def element(name: str, *content: str, **attributes: str | float | None) -> str:
    """`content` is SVG already; attributes are escaped, `_` in their names is `-`, and None leaves one out."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_text(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(content)}</{name}>" if content else f"<{name}{given}/>"


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def plain(text: str) -> str:
    return escape(_ILLEGAL.sub("", text))


def words(
    x: float,
    y: float,
    text: str | Sequence[str],
    *,
    size: float = SIZE,
    bold: bool = False,
    fill: str = INK,
    anchor: str = "start",
) -> str:
    """One or more lines of text, the first with its base line at `y`."""
    lines = [text] if isinstance(text, str) else text
    return "".join(
        element(
            "text",
            plain(line),
            x=x,
            y=y + number * LINE_HEIGHT,
            font_size=size,
            font_weight="600" if bold else None,
            fill=fill,
            text_anchor=None if anchor == "start" else anchor,
        )
        for number, line in enumerate(lines)
        if plain(line)
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, colour: str = RULE, dash: str | None = None) -> str:
    return element("path", d=path([(x1, y1), (x2, y2)]), stroke=colour, stroke_width=1, stroke_dasharray=dash)


def path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_text(x)} {_text(y)}" for x, y in points)


@dataclass(frozen=True)
class Style:
    """How the series of one place in a chart looks; told apart also without colour."""

    place: int
    colour: str

    @property
    def variant(self) -> int:
        """Moves on by one each time the colours begin again, so that no two of 36 series look alike."""
        return (self.place + self.place // len(PALETTE)) % len(PALETTE)

    @property
    def dash(self) -> str | None:
        return _DASHES[self.variant]

    @property
    def ink(self) -> str:
        """Black or white, whichever is read better on the colour."""
        red, green, blue = (_linear(int(self.colour[i : i + 2], 16)) for i in (1, 3, 5))
        return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else WHITE

    def area(self, x: float, y: float, width: float, height: float) -> str:
        """A filled rectangle. The hatching is drawn stroke by stroke, because tiled patterns show seams in print."""
        box = element("rect", x=x, y=y, width=width, height=height, fill=self.colour)
        strokes = [stroke for a, b in _HATCHES[self.variant] for stroke in _hatching(a, b, x, y, width, height)]
        if not strokes:
            return box
        d = "".join(path(stroke) for stroke in strokes)
        return box + element("path", d=d, stroke=WHITE, stroke_width=1, stroke_opacity="0.6")

    def marker(self, x: float, y: float, *, radius: float = 3.5) -> str:
        """A circle, square, triangle or diamond."""
        r = radius
        match self.variant % 4:
            case 0:
                return element("circle", cx=x, cy=y, r=r, fill=self.colour)
            case 1:
                return element("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, fill=self.colour)
            case 2:
                corners = [(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)]
            case _:
                corners = [(x, y - r - 1.5), (x + r + 1.5, y), (x, y + r + 1.5), (x - r - 1.5, y)]
        return element("path", d=path(corners) + "Z", fill=self.colour)


def _hatching(a: int, b: int, x: float, y: float, width: float, height: float) -> Iterator[list[tuple[float, float]]]:
    """Parallel strokes cut to a rectangle."""
    step = _HATCH_STEP * math.hypot(a, b)
    corners = [a * (x + dx) + b * (y + dy) for dx in (0, width) for dy in (0, height)]
    for number in range(math.floor(min(corners) / step) + 1, math.ceil(max(corners) / step)):
        c = number * step
        if b == 0:
            yield [(c, y), (c, y + height)]
        elif a == 0:
            yield [(x, c), (x + width, c)]
        else:
            ends = sorted([c - b * y, c - b * (y + height)])
            left, right = max(x, ends[0]), min(x + width, ends[1])
            yield [(left, (c - left) * b), (right, (c - right) * b)]


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def styles(count: int, brand: str) -> list[Style]:
    """One style for each series: the brand colour first, then the palette, again from its start after six."""
    if not _COLOUR.fullmatch(brand):
        raise ValueError(f"“{brand}” is not a colour. Write it like {DARK_BLUE}.")
    colours = [brand, *PALETTE[1:]]
    return [Style(place, colours[place % len(colours)]) for place in range(count)]


def picture(*content: str, id: str, title: str, description: str, width: float, height: float) -> str:
    """The whole drawing. `description` is its text alternative. Raises ValueError for an unusable `id`."""
    if not _ID.fullmatch(id):
        raise ValueError(f"“{id}” cannot be the id of a chart. Begin with a letter; use letters, digits, - and _.")
    return element(
        "svg",
        element("title", plain(title), id=f"{id}-title"),
        element("desc", plain(description), id=f"{id}-description"),
        *content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_text(width)} {_text(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{id}-title {id}-description",
        font_family="'Source Sans 3', sans-serif",
        fill="none",
    )


def as_data_uri(svg: str) -> str:
    """The picture as an address for `<img src>`, safe inside quotes of HTML and CSS."""
    return f"data:image/svg+xml,{quote(svg, safe=' =:/,;')}".replace(" ", "%20")
