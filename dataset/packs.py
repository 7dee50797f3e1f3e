"""What a board pack shows of an indicator, as plain values for its page and its PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from lscb.common.chapters import Chart, Table
from lscb.common.words import naming

from . import pages, pictures, reading
from .models import BoardPack, Edition, PackItem
from .reading import Row, ScoreRow


@dataclass(frozen=True)
class Shown:
    """One indicator of a pack."""

    item: PackItem
    row: Row
    score: ScoreRow
    charts: Sequence[Chart]
    tables: Sequence[Table]
    commentary: Sequence[tuple[str, str]]
    challenge_url: str

    @property
    def definition(self) -> str:
        return str(self.row["definition"]["text"])


def items_of(pack: BoardPack, content: Mapping[str, Any]) -> list[Shown]:
    """The indicators of a pack that this reader may see, in order, from the edition as it is shown to them."""
    rows = {row["code"]: row for row in content["rows"]}
    return [_shown(item, rows[item.code], pack.edition) for item in pack.items.all() if item.code in rows]


def _shown(item: PackItem, row: Row, edition: Edition) -> Shown:
    note = f"Source: {row['agency']['name']}. Dataset {edition.quarter.label}, edition {edition.number}."
    chart = pictures.over_time(
        row, row["series"], id=f"series-{item.position}", title=row["title"], note=note, brand=naming().brand_colour
    )
    others = pages.others(row, edition, brand=naming().brand_colour, id=f"others-{item.position}")
    return Shown(
        item=item,
        row=row,
        score=reading.score_row(row),
        charts=[chart, *([others["chart"]] if others else [])],
        tables=[pages.series_table(row, row["series"][-5:]), *([others["table"]] if others else [])],
        commentary=commentary(row),
        challenge_url=challenge_url(row, edition, item.question),
    )


def commentary(row: Row) -> list[tuple[str, str]]:
    """What the source agency said, newest period first."""
    said = [(reading.label(cell["period"]), cell["comment"]) for cell in row["series"] if cell.get("comment")]
    return list(reversed(said))


def challenge_url(row: Row, edition: Edition, question: str = "") -> str:
    """The page that logs a challenge, filled in: the question, what the figures say, and whom it is put to."""
    told = reading.score_row(row)
    current = f"{row['title']}, {reading.label(row['period'])}: {told.current}"
    changed = f", {told.change} on the period before" if told.change else ""
    issue = f"{current}{changed} (dataset {edition.quarter.label}, edition {edition.number})."
    asked = {
        "title": (question.splitlines() or [""])[0][:200] or f"What is behind the figure: {row['title']}?"[:200],
        "issue": f"{issue}\n{question}".strip(),
        "agency": row["agency"]["key"],
    }
    return f"{reverse('boards:challenge_log')}?{urlencode(asked)}"
