"""Places for labels where they hit neither each other nor a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Spot = tuple[float, float]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def is_crossed_by(self, start: Spot, end: Spot) -> bool:
        """Liang and Barsky: is any part of the straight line inside?"""
        enter, leave = 0.0, 1.0
        dx, dy = end[0] - start[0], end[1] - start[1]
        for run, room in (
            (-dx, start[0] - self.left),
            (dx, self.right - start[0]),
            (-dy, start[1] - self.top),
            (dy, self.bottom - start[1]),
        ):
            if run == 0:
                if room < 0:
                    return False
            elif run < 0:
                enter = max(enter, room / run)
            else:
                leave = min(leave, room / run)
        return enter <= leave


@dataclass
class Labels:
    """Gives out places inside `frame`, first come, first served. `lines` are the strokes to keep clear of."""

    frame: Box
    lines: Sequence[tuple[Spot, Spot]]
    taken: list[Box] = field(default_factory=list)

    def place(self, spot: Spot, width: float, height: float, *, gap: float = 7) -> Box | None:
        """A free box beside `spot`: above, below, then at the corners and sides. None when all are taken."""
        x, y = spot
        for left, top in (
            (x - width / 2, y - gap - height),
            (x - width / 2, y + gap),
            (x + gap / 2, y - gap - height),
            (x - gap / 2 - width, y - gap - height),
            (x + gap / 2, y + gap),
            (x - gap / 2 - width, y + gap),
            (x + gap, y - height / 2),
            (x - gap - width, y - height / 2),
        ):
            box = Box(left, top, left + width, top + height)
            if self._is_free(box):
                self.taken.append(box)
                return box
        return None

    def _is_free(self, box: Box) -> bool:
        return (
            self.frame.holds(box)
            and not any(box.overlaps(other) for other in self.taken)
            and not any(box.is_crossed_by(start, end) for start, end in self.lines)
        )


def spread(wanted: Sequence[float], heights: Sequence[float], *, top: float, bottom: float) -> list[float]:
    """Upper edges for blocks that want to lie around `wanted` heights, moved apart so that none overlap."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    edges = [0.0] * len(wanted)
    edge = top
    for place in order:
        edges[place] = max(edge, wanted[place] - heights[place] / 2)
        edge = edges[place] + heights[place]
    edge = bottom
    for place in reversed(order):
        edges[place] = max(min(edges[place], edge - heights[place]), top)
        edge = edges[place]
    return edges
