"""The structure of the board, drawn from its groups: a tree that grows to the right, the same on page and in print.

Nothing in the drawing is told by colour alone: a group that is joint with the adults' board has a striped edge and
says so; one that ends has a dashed border and its kind beneath its name. The list beside the drawing says the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lscb.common.chapters import Chart
from lscb.common.charts.svg import DARK_BLUE, INK, LINE_HEIGHT, QUIET, SIZE, SMALL, WHITE, element, picture, words
from lscb.common.charts.text import wrap
from lscb.common.words import say

from .models import Group, GroupKind

WIDTH = 720
GAP = 44
BETWEEN = 12
EDGE = 9
PAD = 12
NARROWEST = 150
NAME_LINES = 3
KINDS = list(GroupKind.values)
JOINT = "Joint with the adults’ board"


@dataclass(frozen=True)
class Node:
    """A group and the groups that report to it, as plain values."""

    name: str
    kind: str
    is_joint: bool
    is_for_a_time: bool
    code: str
    remit: str
    groups: Sequence[Node] = ()

    @property
    def sentence(self) -> str:
        """The group in words: name, kind, whether joint."""
        told = [] if self.name.lower() == self.kind.lower() else [self.kind.lower()]
        told += [JOINT.lower()] if self.is_joint else []
        return f"{self.name} ({', '.join(told)})" if told else self.name


@dataclass(frozen=True)
class Box:
    """A node in its place."""

    node: Node
    x: float
    y: float
    width: float
    lines: Sequence[str]
    groups: Sequence[Box]
    is_root: bool

    @property
    def height(self) -> float:
        return 2 * PAD + LINE_HEIGHT * (len(self.lines) + 1 + self.node.is_joint) - 4

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def tree(groups: Iterable[Group], on: dt.date) -> list[Node]:
    """The groups that run on `on`, from the main board down. A group whose parent has ended stands under the next
    one above that runs."""
    known = {group.pk: group for group in groups}
    running = [group for group in known.values() if group.is_running(on)]
    under: dict[int | None, list[Group]] = {}
    for group in sorted(running, key=lambda one: (KINDS.index(one.kind), one.name)):
        under.setdefault(_parent_that_runs(group, known, on), []).append(group)
    return [_node(group, under) for group in under.get(None, ())]


def _parent_that_runs(group: Group, known: dict[int, Group], on: dt.date) -> int | None:
    above = known.get(group.parent_id) if group.parent_id else None
    while above is not None and not above.is_running(on):
        above = known.get(above.parent_id) if above.parent_id else None
    return above.pk if above else None


def _node(group: Group, under: dict[int | None, list[Group]]) -> Node:
    return Node(
        name=group.name,
        kind=group.get_kind_display(),
        is_joint=group.joint_with_adults_board,
        is_for_a_time=group.kind == GroupKind.TASK_AND_FINISH,
        code=group.code,
        remit=group.remit,
        groups=tuple(_node(one, under) for one in under.get(group.pk, ())),
    )


def flat(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from flat(node.groups)


def structure_chart(nodes: Sequence[Node], *, brand: str = DARK_BLUE, id: str = "structure") -> Chart:
    """The drawing. Raises ValueError for an unusable `id`."""
    levels = max((_depth(node) for node in nodes), default=1)
    width = max(NARROWEST, (WIDTH - GAP * (levels - 1)) / levels)
    boxes: list[Box] = []
    bottom = 1.0
    for node in nodes:
        box, bottom = _place(node, 1, bottom, width - 2, is_root=True)
        boxes.append(box)
        bottom += BETWEEN
    description = " ".join(_sentences(nodes)) or "There is no group yet."
    title = say("Structure of the {board}")
    svg = picture(
        _stripes(id, brand),
        *(_lines(box) for box in boxes),
        *(_draw(box, id, brand) for box in boxes),
        id=id,
        title=title,
        description=description,
        width=max(WIDTH, width * levels + GAP * (levels - 1)),
        height=bottom - BETWEEN + 2,
    )
    return Chart(title, description, svg)


def _depth(node: Node) -> int:
    return 1 + max((_depth(one) for one in node.groups), default=0)


def _place(node: Node, x: float, top: float, width: float, *, is_root: bool = False) -> tuple[Box, float]:
    """Put a node beside the middle of its groups, and them below each other. Returns it and where its part ends."""
    lines = wrap(node.name, width - EDGE - 2 * PAD, SIZE, lines=NAME_LINES)
    groups: list[Box] = []
    bottom = top
    for one in node.groups:
        box, bottom = _place(one, x + width + 2 + GAP, bottom, width)
        groups.append(box)
        bottom += BETWEEN
    box = Box(node, x, top, width, lines, groups, is_root)
    if groups:
        y = max(top, (groups[0].middle + groups[-1].middle) / 2 - box.height / 2)
        box = Box(node, x, y, width, lines, groups, is_root)
        bottom -= BETWEEN
    return box, max(bottom, box.y + box.height)


def _draw(box: Box, id: str, brand: str) -> str:
    node, ink, quiet = box.node, WHITE if box.is_root else INK, WHITE if box.is_root else QUIET
    frame = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        fill=brand if box.is_root else WHITE,
        stroke=brand,
        stroke_width=1.5,
        stroke_dasharray="5 3" if node.is_for_a_time else None,
    )
    edge = element(
        "rect", x=box.x, y=box.y, width=EDGE, height=box.height, fill=f"url(#{id}-joint)" if node.is_joint else brand
    )
    left, top = box.x + EDGE + PAD - 2, box.y + PAD + 10
    after = top + LINE_HEIGHT * len(box.lines)
    text = words(left, top, box.lines, bold=True, fill=ink) + words(left, after, node.kind, size=SMALL, fill=quiet)
    if node.is_joint:
        text += words(left, after + LINE_HEIGHT, JOINT, size=SMALL, fill=quiet)
    return frame + edge + text + "".join(_draw(one, id, brand) for one in box.groups)


def _lines(box: Box) -> str:
    """From the right side of a box to the left side of each of its groups."""
    start, turn = box.x + box.width, box.x + box.width + GAP / 2
    own = "".join(
        element("path", d=f"M{start:.1f} {box.middle:.1f}H{turn:.1f}V{one.middle:.1f}H{one.x:.1f}", stroke=QUIET)
        for one in box.groups
    )
    return own + "".join(_lines(one) for one in box.groups)


def _stripes(id: str, brand: str) -> str:
    """The edge of what is joint: stripes of the board's colour."""
    stripe = element("path", d="M-2 2L2 -2M0 8L8 0M6 10L10 6", stroke=brand, stroke_width=2.5)
    ground = element("rect", width=8, height=8, fill=WHITE)
    pattern = element("pattern", ground, stripe, id=f"{id}-joint", width=8, height=8, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def _sentences(nodes: Iterable[Node]) -> Iterator[str]:
    for node in flat(nodes):
        if node.groups:
            below = "; ".join(one.sentence for one in node.groups)
            yield f"To the {node.name} report: {below}."
