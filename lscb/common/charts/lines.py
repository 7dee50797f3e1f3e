"""Lines over time: a full chart, many small ones side by side, and one as small as a word."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .labels import Box, Labels, Spot, spread
from .scale import Axis
from .svg import (
    DARK_BLUE,
    LINE_HEIGHT,
    QUIET,
    RULE,
    SIZE,
    SMALL,
    WHITE,
    Style,
    element,
    path,
    picture,
    rule,
    styles,
    words,
)
from .text import shorten, width_of, wrap
from .values import Line, labels_of, values_of

BREAK_WORDS = "new definition"
ALL_LABELLED_UP_TO = 6
INSET, NAME_SWATCH = 22, 30


@dataclass(frozen=True)
class Plot:
    """The area that lines are drawn in: `count` places from left to right, an axis from bottom to top."""

    box: Box
    axis: Axis
    count: int
    inset: float = INSET

    def x(self, place: float) -> float:
        left, right = self.box.left + self.inset, self.box.right - self.inset
        return (left + right) / 2 if self.count < 2 else left + (right - left) * place / (self.count - 1)

    def spot(self, line: Line, place: int) -> Spot:
        value = line.points[place].value
        share = self.axis.share(value) if value is not None else 0
        return self.x(place), self.box.bottom - share * (self.box.bottom - self.box.top)

    def runs(self, line: Line) -> list[list[Spot]]:
        return [[self.spot(line, place) for place in run] for run in line.runs()]


def line_chart(
    lines: Sequence[Line],
    *,
    id: str,
    title: str,
    description: str,
    form: str = "{}",
    width: int = 640,
    height: int = 220,
    brand: str = DARK_BLUE,
) -> str:
    """Lines over the same labels, broken where a value is missing or a new definition begins (marked and named).

    Up to six points carry their values; of more, the first, last, highest and lowest do and those beside a break. A
    value that finds no free place is left to the table under the chart. Two or more lines have their names and last
    values at their ends.
    `form` is how a number on the axis is written, such as "£{}" or "{}%". `height` is that of the plot alone.
    Raises ValueError when the lines have different labels.
    """
    labels = labels_of(lines)
    axis = Axis.over(values_of(lines), form=form)
    looks = styles(len(lines), brand)
    breaks = sorted({place for line in lines for place in line.breaks_before if 0 < place < len(labels)})
    names = _EndNames.of(lines, width=width) if len(lines) > 1 else None

    left = max(width_of(label, SMALL) for label in axis.labels) + 8
    right = width - (names.width if names else max(0.0, _widest_end(lines) - INSET))
    top = 38.0 if breaks else 22.0
    height = max(height, int(sum(names.heights)) if names else 0)
    plot = Plot(Box(max(left, _half(labels[:1]) - INSET), top, right, top + height), axis, len(labels))

    marks = [plot.x(place - 0.5) for place in breaks]
    strokes = [pair for line in lines for run in plot.runs(line) for pair in itertools.pairwise(run)]
    strokes += [((x, plot.box.top), (x, plot.box.bottom)) for x in marks]
    placed = Labels(Box(plot.box.left, plot.box.top - 21, right if names else width, plot.box.bottom - 1), strokes)
    placed.taken += [Box(x - 4, y - 4, x + 4, y + 4) for line in lines for run in plot.runs(line) for x, y in run]

    floor, bottom = _place_names(labels, plot, width=width)
    note = axis.start_note
    return picture(
        _grid(plot),
        *_break_marks(marks, plot, placed),
        _values(lines, plot, placed),
        *(_drawn(line, style, plot) for line, style in zip(lines, looks, strict=True)),
        names.drawn(lines, looks, plot) if names else "",
        "" if values_of(lines) else _no_figures(plot),
        floor,
        words(0, bottom + 14, note, size=SMALL, fill=QUIET),
        id=id,
        title=title,
        description=description,
        width=width,
        height=bottom + (20 if note else 2),
    )


def _widest_end(lines: Sequence[Line]) -> float:
    """Room to the right of the last points for their values and the half of the last label."""
    shown = [line.points[runs[-1][-1]].shown for line in lines if (runs := line.runs())]
    ends = [width_of(text, SIZE) + 8 for text in shown]
    return min(max([*ends, *(_half([line.points[-1].label]) for line in lines if line.points)], default=0), 110)


def _half(labels: Sequence[str]) -> float:
    return max((width_of(word, SMALL) / 2 for label in labels for word in label.split()), default=0)


def _grid(plot: Plot) -> str:
    drawn = []
    for tick, label in zip(plot.axis.ticks, plot.axis.labels, strict=True):
        y = plot.box.bottom - plot.axis.share(tick) * (plot.box.bottom - plot.box.top)
        drawn.append(rule(plot.box.left, y, plot.box.right, y, colour=QUIET if tick == 0 else RULE))
        drawn.append(words(plot.box.left - 8, y + 4, label, size=SMALL, fill=QUIET, anchor="end"))
    return "".join(drawn)


def _break_marks(marks: Sequence[float], plot: Plot, placed: Labels) -> list[str]:
    """Upright dashes between two definitions, named as often as there is room."""
    drawn, half = [], width_of(BREAK_WORDS, SMALL) / 2
    for x in marks:
        drawn.append(rule(x, plot.box.top - 6, x, plot.box.bottom, colour=QUIET, dash="3 3"))
        middle = min(max(x, plot.box.left + half), plot.box.right - half)
        box = Box(middle - half - 3, 0, middle + half + 3, plot.box.top - 7)
        if not any(box.overlaps(other) for other in placed.taken):
            placed.taken.append(box)
            drawn.append(words(middle, plot.box.top - 10, BREAK_WORDS, size=SMALL, fill=QUIET, anchor="middle"))
    return drawn


def _values(lines: Sequence[Line], plot: Plot, placed: Labels) -> str:
    """The figures, on white ground so that no grid line runs through them. Equal ones in one spot are printed once."""
    wanted = {
        (plot.spot(line, place), line.points[place].shown): None
        for line in lines
        for place in _worth_a_label(line, alone=len(lines) == 1)
    }
    drawn = []
    for spot, text in wanted:
        box = placed.place(spot, width_of(text, SIZE) + 2, 14)
        if box:
            ground = element(
                "rect", x=box.left, y=box.top, width=box.right - box.left, height=box.bottom - box.top, fill=WHITE
            )
            middle = (box.left + box.right) / 2
            drawn.append(ground + words(middle, box.bottom - 2.5, text, bold=True, anchor="middle"))
    return "".join(drawn)


def _worth_a_label(line: Line, *, alone: bool) -> list[int]:
    """The places whose values are printed, most important first.

    Beside other lines these are only the ends of its runs, without the last point, whose value stands with the name.
    """
    filled = [(place, point.value) for place, point in enumerate(line.points) if point.value is not None]
    if not filled:
        return []
    chosen = [filled[-1][0], filled[0][0]] if alone else [filled[0][0]]
    if alone:
        chosen += [choose(filled, key=lambda item: item[1])[0] for choose in (max, min)]
    chosen += [place for run in line.runs() for place in (run[0], run[-1])]
    if alone and len(filled) <= ALL_LABELLED_UP_TO:
        chosen += [place for place, _ in filled]
    last = len(line.points) - 1
    return [place for place in dict.fromkeys(chosen) if alone or place != last]


def _drawn(line: Line, style: Style, plot: Plot, *, markers: bool = True, thickness: float = 2) -> str:
    runs = plot.runs(line)
    strokes = "".join(
        element(
            "path",
            d=path(run),
            stroke=style.colour,
            stroke_width=thickness,
            stroke_linejoin="round",
            stroke_dasharray=style.dash,
        )
        for run in runs
        if len(run) > 1
    )
    if markers:
        spots = [spot for run in runs for spot in run]
    else:
        # A lone point has no stroke, so it needs its dot; the last one says where the line has come to.
        spots = list(dict.fromkeys([run[0] for run in runs if len(run) == 1] + [run[-1] for run in runs[-1:]]))
    return strokes + "".join(style.marker(x, y, radius=3.5 if markers else 3) for x, y in spots)


def _place_names(labels: Sequence[str], plot: Plot, *, width: float) -> tuple[str, float]:
    """The labels along the floor, each in two lines at most; every second, third ... where there are too many."""
    step = (plot.x(1) - plot.x(0)) if len(labels) > 1 else plot.box.right - plot.box.left
    every = next(
        (number for number in range(1, len(labels)) if _half(labels) * 2 + 6 <= step * number), max(len(labels), 1)
    )
    chosen = [place for place in range(len(labels)) if (len(labels) - 1 - place) % every == 0]
    room = max(step * every - 6, 2 * _half(labels)) if len(chosen) > 1 else plot.box.right - plot.box.left
    names = {place: wrap(labels[place], room, SMALL, lines=2) for place in chosen}
    drawn = []
    for place, name in names.items():
        half = max((width_of(line, SMALL) / 2 for line in name), default=0)
        middle = max(min(plot.x(place), width - half), half)
        drawn.append(words(middle, plot.box.bottom + 18, name, size=SMALL, fill=QUIET, anchor="middle"))
    return "".join(drawn), plot.box.bottom + 8 + LINE_HEIGHT * max((len(name) for name in names.values()), default=0)


def _no_figures(plot: Plot) -> str:
    x, y = (plot.box.left + plot.box.right) / 2, (plot.box.top + plot.box.bottom) / 2
    half = width_of("No figures", SIZE) / 2 + 6
    ground = element("rect", x=x - half, y=y - 13, width=2 * half, height=20, fill=WHITE)
    return ground + words(x, y + 2, "No figures", fill=QUIET, anchor="middle")


def _name_and_value(line: Line) -> str:
    if not values_of([line]):
        return f"{line.name}: no figures"
    return line.name if line.points[-1].value is None else f"{line.name} {line.points[-1].shown}"


@dataclass(frozen=True)
class _EndNames:
    """The names of several lines with their last values, to the right of their ends."""

    names: Sequence[Sequence[str]]
    width: float

    @classmethod
    def of(cls, lines: Sequence[Line], *, width: float) -> _EndNames:
        texts = [_name_and_value(line) for line in lines]
        room = min(max(width_of(text, SIZE) for text in texts), width * 0.27)
        return cls([wrap(text, room, SIZE, lines=3) for text in texts], room + NAME_SWATCH + 6)

    @property
    def heights(self) -> list[float]:
        return [len(name) * LINE_HEIGHT + 6 for name in self.names]

    def drawn(self, lines: Sequence[Line], looks: Sequence[Style], plot: Plot) -> str:
        ends = [plot.spot(line, runs[-1][-1])[1] if (runs := line.runs()) else plot.box.bottom for line in lines]
        edges = spread(ends, self.heights, top=plot.box.top - 8, bottom=plot.box.bottom + 8)
        x = plot.box.right + 6
        drawn = []
        for name, style, edge in zip(self.names, looks, edges, strict=True):
            y = edge + 3 + LINE_HEIGHT / 2
            drawn.append(rule(x, y, x + 20, y, colour=style.colour, dash=style.dash))
            drawn.append(style.marker(x + 10, y))
            drawn.append(words(x + NAME_SWATCH - 4, y + 4.5, name))
        return "".join(drawn)


def small_multiples(
    panels: Sequence[Line],
    *,
    id: str,
    title: str,
    description: str,
    columns: int = 3,
    same_scale: bool = True,
    form: str = "{}",
    width: int = 640,
    brand: str = DARK_BLUE,
) -> str:
    """Small line charts under their names, to be compared. With `same_scale` all have one axis, else each its own."""
    gap, plot_height = 24, 76
    panel_width = (width - gap * (columns - 1)) / columns
    names = [wrap(panel.name, panel_width, SIZE, lines=2) for panel in panels]
    axes = [Axis.over(values_of(panels if same_scale else [panel]), form=form) for panel in panels]
    left = max((width_of(label, SMALL) for axis in axes for label in axis.labels), default=0) + 8
    style = styles(1, brand)[0]

    drawn, y = [], 0.0
    for row in range(0, len(panels), columns):
        head = max(map(len, names[row : row + columns])) * LINE_HEIGHT + 18
        for column, place in enumerate(range(row, min(row + columns, len(panels)))):
            x = column * (panel_width + gap)
            top = y + head
            box = Box(x + left, top, x + panel_width, top + plot_height)
            drawn.append(words(x, y + 12, names[place], bold=True))
            drawn.append(_panel(panels[place], Plot(box, axes[place], len(panels[place].points), 18), style))
        y += head + plot_height + 42
    notes = sorted({axis.start_note for axis in axes} - {""})
    note = "" if not notes else notes[0] if same_scale else "Not every axis starts at zero."
    if not same_scale:
        note = f"Each picture has its own scale. {note}".strip()
    bottom = max(y - 12, 20)
    return picture(
        *drawn,
        words(0, bottom + 8, note, size=SMALL, fill=QUIET),
        id=id,
        title=title,
        description=description,
        width=width,
        height=bottom + (14 if note else 0),
    )


def _panel(line: Line, plot: Plot, style: Style) -> str:
    if not values_of([line]):
        return _grid(plot) + _no_figures(plot)
    strokes = [pair for run in plot.runs(line) for pair in itertools.pairwise(run)]
    marks = [plot.x(place - 0.5) for place in sorted(line.breaks_before) if 0 < place < len(line.points)]
    strokes += [((x, plot.box.top), (x, plot.box.bottom)) for x in marks]
    placed = Labels(Box(plot.box.left, plot.box.top - 18, plot.box.right, plot.box.bottom + 9), strokes)
    ends = [line.runs()[-1][-1], line.runs()[0][0]]
    values = []
    for place in dict.fromkeys(ends):
        text = line.points[place].shown
        box = placed.place(plot.spot(line, place), width_of(text, SMALL), 13, gap=5)
        if box:
            values.append(words(box.left, box.bottom - 2, text, size=SMALL, bold=True))
    room = (plot.box.right - plot.box.left) / 2 - 4
    first, last = line.points[0].label, line.points[-1].label
    return "".join(
        [
            _grid(plot),
            *(rule(x, plot.box.top, x, plot.box.bottom, colour=QUIET, dash="3 3") for x in marks),
            *values,
            _drawn(line, style, plot, markers=False),
            words(plot.box.left, plot.box.bottom + 22, shorten(first, room, SMALL), size=SMALL, fill=QUIET),
            words(
                plot.box.right, plot.box.bottom + 22, shorten(last, room, SMALL), size=SMALL, fill=QUIET, anchor="end"
            )
            if len(line.points) > 1
            else "",
        ]
    )


def sparkline(
    line: Line,
    *,
    id: str,
    title: str,
    description: str,
    width: int = 104,
    height: int = 28,
    brand: str = DARK_BLUE,
) -> str:
    """A line without axis for a row of a table, from its lowest to its highest value, with a dot where it ends."""
    values = values_of([line])
    low, high = (min(values), max(values)) if values else (Decimal(0), Decimal(0))
    axis = Axis([low - 1, high + 1] if low == high else [low, high])
    plot = Plot(Box(0, 4, width, height - 4), axis, len(line.points), 4)
    drawn = _drawn(line, styles(1, brand)[0], plot, markers=False)
    return picture(drawn, id=id, title=title, description=description, width=width, height=height)
