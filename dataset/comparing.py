"""What changed from one edition to another: figures that came in or were corrected, what was said or defined anew.

Pure: works on two documents as somebody may read them. Only periods that both editions hold are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import reading
from .models import Status
from .reading import Cell, Row

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise in the later edition. `what` names it: a period, the target, the title …"""

    code: str
    indicator: str
    what: str
    kind: str
    before: str
    after: str


TONES = {
    "came in": "green",
    "corrected": "amber",
    "now final": "green",
    "taken back": "red",
    "new indicator": "blue",
    "left out": "grey",
    "renamed": "grey",
    "new definition": "amber",
    "new target": "amber",
    "comparator": "grey",
    "comment": "grey",
}
"""The kinds of difference, each with the tone of its tag."""


def differences(before: Content, after: Content) -> list[Difference]:
    """In the order of the later scorecard; what was left out comes last."""
    earlier = {row["code"]: row for row in before["rows"]}
    later = {row["code"]: row for row in after["rows"]}
    found = [one for code, row in later.items() for one in _of_row(earlier.get(code), row)]
    gone = [
        Difference(code, row["title"], "Indicator", "left out", row["title"], "")
        for code, row in earlier.items()
        if code not in later
    ]
    return [*found, *_of_sets(before, after), *gone]


def _of_row(before: Row | None, after: Row) -> Iterator[Difference]:
    if before is None:
        yield Difference(after["code"], after["title"], "Indicator", "new indicator", "", after["title"])
        return

    def differs(what: str, kind: str, old: str, new: str) -> Difference:
        return Difference(after["code"], after["title"], what, kind, old, new)

    if before["title"] != after["title"]:
        yield differs("Title", "renamed", before["title"], after["title"])
    if _target(before) != _target(after):
        yield differs("Target", "new target", _target(before), _target(after))
    if before["definition"]["text"] != after["definition"]["text"]:
        begins = after["definition"]["from"]
        what = f"Definition from {reading.label(begins)}" if begins else "Definition"
        yield differs(what, "new definition", before["definition"]["text"], after["definition"]["text"])
    yield from _of_cells(before, after)
    yield from _of_comparators(before, after)


def _target(row: Row) -> str:
    if row["target"] is None:
        return "no target"
    told = reading.number(row, row["target"])
    return f"{told}, amber up to {reading.number(row, row['tolerance'])} from it" if row["tolerance"] else told


def _of_cells(before: Row, after: Row) -> Iterator[Difference]:
    earlier = {cell["period"]: cell for cell in before["series"]}
    for cell in after["series"]:
        old = earlier.get(cell["period"])
        if old is None:
            continue
        kind = _kind(old, cell)
        if kind:
            what = reading.label(cell["period"])
            yield Difference(after["code"], after["title"], what, kind, _told(before, old), _told(after, cell))


def _kind(old: Cell, new: Cell) -> str:
    said_before, said_now = _says(old), _says(new)
    if said_before != said_now:
        if old["value"] is None and new["value"] is not None:
            return "came in"
        return "taken back" if new["value"] is None and old["value"] is not None else "corrected"
    if old.get("status") != new.get("status"):
        return "now final" if new.get("status") == Status.FINAL else "corrected"
    return "comment" if old.get("comment") != new.get("comment") else ""


def _says(cell: Cell) -> tuple[Any, ...]:
    return tuple(cell.get(name) for name in ("value", "numerator", "denominator", "absence"))


def _told(row: Row, cell: Cell) -> str:
    state = " (provisional)" if cell.get("status") == Status.PROVISIONAL else ""
    comment = f": {cell['comment']}" if cell.get("comment") else ""
    return f"{reading.with_base(row, cell)}{state}{comment}"


def _of_comparators(before: Row, after: Row) -> Iterator[Difference]:
    earlier = {one["against"]: one for one in before["comparators"]}
    for one in after["comparators"]:
        old = earlier.get(one["against"])
        told = [f"{reading.comparator(after, each)} ({each['period']})" if each else "none" for each in (old, one)]
        if told[0] != told[1]:
            yield Difference(after["code"], after["title"], one["name"], "comparator", *told)


def _of_sets(before: Content, after: Content) -> Iterator[Difference]:
    """Who the others are."""
    for against, chosen in after.get("sets", {}).items():
        old = before.get("sets", {}).get(against, {"members": []})
        if old["members"] != chosen["members"]:
            told = ["; ".join(one["members"]) or "not recorded" for one in (old, chosen)]
            what = f"Members from {chosen['from']}"
            yield Difference("", reading.SHORT[against], what, "comparator", *told)
