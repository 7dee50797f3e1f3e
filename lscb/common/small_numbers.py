"""Small numbers of children: what a public table may show (domain 17).

Two steps. First every count from 1 to the threshold is hidden (from 0, where zeros are not shown). Then, with
`secondary`, so many more cells are hidden that adding and subtracting gives nothing back: **each small count could
still be any number of its range**, and no hidden total or other hidden cell has its value given away either.

How that is known: a table with its totals is a circulation, where each cell is an arc between its row and its column
(totals run the other way). Other tables that print the same differ from the true one by cycles through hidden cells.
So a count is safe when it can be moved to both ends of its range along cycles of hidden cells; where there is none,
the cheapest cycle is found and its cells are hidden too. This is exact for tables with one total per row and column.
All hidden cells print alike, for a reader who knew which ones are small would know more.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    count: int

    def __str__(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class Hidden:
    """`words` is the printed form: "1 to 5" where only small counts are hidden, else "suppressed"."""

    words: str

    def __str__(self) -> str:
        return self.words


Cell = Shown | Hidden


@dataclass(frozen=True)
class SmallNumberPolicy:
    """Counts up to `threshold` are hidden (5 hides 1 to 5, 4 is "under 5", 0 hides nothing).

    `rounding_base` rounds what is shown to its nearest multiple, halves up; totals are rounded from the true total.
    """

    threshold: int
    zeros_shown: bool = True
    rounding_base: int | None = None
    secondary: bool = True

    def __post_init__(self) -> None:
        if self.threshold < 0 or (self.rounding_base is not None and self.rounding_base < 1):
            raise ValueError("A threshold is zero or more, and a rounding base one or more.")
        if self.threshold == 1 and self.zeros_shown:
            raise ValueError("Hiding only the number 1 hides nothing. Choose a threshold of 2 or more.")

    @property
    def lowest_hidden(self) -> int:
        return 1 if self.zeros_shown else 0

    @property
    def range_words(self) -> str:
        return f"{self.lowest_hidden} to {self.threshold}"

    @property
    def note(self) -> str:
        """The sentence under a table that this policy has passed over; empty when it changes nothing."""
        sentences = []
        if self.threshold:
            others = ", and others that would give them away," if self.secondary else ""
            sentences.append(f"Counts of {self.range_words}{others} are not shown.")
        if self.rounding_base and self.rounding_base > 1:
            sentences.append(f"Counts are rounded to the nearest {self.rounding_base}.")
        return " ".join(sentences)

    def is_small(self, count: int) -> bool:
        return self.threshold > 0 and self.lowest_hidden <= count <= self.threshold

    def show(self, count: int) -> Cell:
        """One count that stands alone, without a total it could be worked out from."""
        return Hidden(self.range_words) if self.is_small(count) else self._shown(count)

    def _shown(self, count: int) -> Shown:
        base = self.rounding_base or 1
        return Shown((count + base // 2) // base * base)


@dataclass(frozen=True)
class SafeTable:
    """What may be printed of a table of counts."""

    rows: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell


def suppress(rows: Sequence[Sequence[int]], policy: SmallNumberPolicy) -> SafeTable:
    """Apply `policy` to counts that will be printed with row totals, column totals and the total of all.

    Raises ValueError for a negative count or rows of unequal length.
    """
    if any(count < 0 for row in rows for count in row):
        raise ValueError("A count cannot be negative.")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("Every row needs the same number of counts.")
    grid = [[*row, sum(row)] for row in rows]
    grid.append([sum(column) for column in zip(*grid, strict=True)] or [0])

    table = _Circulation(grid, policy)
    if policy.secondary:
        table.protect_small_counts()
    words = "suppressed" if policy.secondary else policy.range_words
    cells = [
        tuple(Hidden(words) if (i, j) in table.hidden else policy._shown(count) for j, count in enumerate(row))
        for i, row in enumerate(grid)
    ]
    return SafeTable(
        rows=tuple(row[:-1] for row in cells[:-1]),
        row_totals=tuple(row[-1] for row in cells[:-1]),
        column_totals=cells[-1][:-1],
        total=cells[-1][-1],
    )


def suppress_row(counts: Sequence[int], policy: SmallNumberPolicy) -> tuple[tuple[Cell, ...], Cell]:
    """Apply `policy` to a single list of counts that will be printed with its total."""
    table = suppress([counts], policy)
    return table.rows[0], table.total


Place = tuple[int, int]


class _Circulation:
    def __init__(self, grid: list[list[int]], policy: SmallNumberPolicy) -> None:
        self.policy = policy
        self.counts = {(i, j): count for i, row in enumerate(grid) for j, count in enumerate(row)}
        self.last = (len(grid) - 1, len(grid[0]) - 1)
        self.small = [place for place, count in self.counts.items() if policy.is_small(count)]
        self.hidden: set[Place] = set(self.small)

    def protect_small_counts(self) -> None:
        """Hiding more never makes an earlier cell less safe, so one pass is enough."""
        for place in self.small:
            count = self.counts[place]
            self._make_movable(place, step=1, times=self.policy.threshold - count)
            self._make_movable(place, step=-1, times=count - self.policy.lowest_hidden)

    def _make_movable(self, place: Place, *, step: int, times: int) -> None:
        counts = dict(self.counts)
        for _ in range(times):
            for other, move in self._cheapest_cycle(place, step, counts):
                counts[other] += move
                self.hidden.add(other)

    def _ends(self, place: Place, step: int) -> tuple[int, int]:
        """The two nodes, from and to, that change when a cell changes by `step`. Rows are 0, 1, ..., columns -1, ..."""
        row, column = place[0], -1 - place[1]
        is_total_of_one_kind = (place[0] == self.last[0]) != (place[1] == self.last[1])
        return (column, row) if is_total_of_one_kind != (step < 0) else (row, column)

    def _cheapest_cycle(self, place: Place, step: int, counts: dict[Place, int]) -> list[tuple[Place, int]]:
        """The other cells that must move when `place` moves by `step`, hiding as little as possible (Dijkstra).

        A count always has one: the totals of its row, of its column and of all can move with it. Only a total has
        none when it is as low as its own cells allow, such as 2 over two cells that are not zero.
        """
        moves: dict[int, list[tuple[int, int, Place, int]]] = {}
        for other, count in counts.items():
            if other == place or (self.policy.zeros_shown and self.counts[other] == 0):
                continue
            for move in (1, -1) if count > self.policy.lowest_hidden else (1,):
                start, end = self._ends(other, move)
                moves.setdefault(start, []).append((end, self._cost(other), other, move))

        goal, first = self._ends(place, step)
        queue: list[tuple[int, int, list[tuple[Place, int]]]] = [(0, first, [])]
        seen: set[int] = set()
        while queue:
            cost, node, path = heapq.heappop(queue)
            if node == goal:
                return path
            if node in seen:
                continue
            seen.add(node)
            for end, price, other, move in moves.get(node, ()):
                heapq.heappush(queue, (cost + price, end, [*path, (other, move)]))
        return []

    def _cost(self, place: Place) -> int:
        """Nothing for what is hidden already; small counts before large ones; a total only when nothing else helps."""
        if place in self.hidden:
            return 0
        is_total = place[0] == self.last[0] or place[1] == self.last[1]
        return self.counts[place] + (self.counts[self.last] if is_total else 0)
