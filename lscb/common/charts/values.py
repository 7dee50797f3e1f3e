"""What is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Point:
    """`shown` is the printed form of the value, or says why there is none ("not collected", "suppressed")."""

    label: str
    value: Decimal | None
    shown: str


@dataclass(frozen=True)
class Line:
    """A series. It is drawn broken at a point without value and before each index in `breaks_before`."""

    name: str
    points: Sequence[Point]
    breaks_before: frozenset[int] = frozenset()

    def runs(self) -> list[list[int]]:
        """The indexes of points that are joined by a line, run by run."""
        runs: list[list[int]] = [[]]
        for index, point in enumerate(self.points):
            if index in self.breaks_before or point.value is None:
                runs.append([])
            if point.value is not None:
                runs[-1].append(index)
        return [run for run in runs if run]


def values_of(lines: Iterable[Line]) -> list[Decimal]:
    return [point.value for line in lines for point in line.points if point.value is not None]


def labels_of(lines: Sequence[Line]) -> list[str]:
    """The labels along the axis. Raises ValueError where the lines do not have the same ones."""
    labels = [[point.label for point in line.points] for line in lines]
    if any(other != labels[0] for other in labels):
        raise ValueError("Lines of one chart need the same labels in the same order.")
    return labels[0] if labels else []
