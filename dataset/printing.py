"""Scorecard and board pack as tagged PDF, drawn from the same rows as their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from lscb.common.charts import as_data_uri
from lscb.common.pdf import print_pdf
from lscb.common.templatetags.portal import day, moment
from lscb.common.words import naming

from . import pictures, reading, scorecard
from .models import Edition
from .packs import Shown

Picture = tuple[str, str]
"""The address of a picture and its text alternative."""


def scorecard_pdf(
    edition: Edition, content: Mapping[str, Any], rows: Sequence[reading.ScoreRow], *, chosen: str, note: str
) -> bytes:
    """`chosen` says which scorecard and what it was narrowed to; `note` what is hidden from the reader. Raises
    RuleBroken with a sentence when it cannot be printed."""
    lines = {row.raw["code"]: _line(row) for row in rows}
    tables = [
        {**table, "rows": [(row, *lines[row.raw["code"]]) for row in table["rows"]]}
        for table in scorecard.tables(edition.quarter, rows)
    ]
    html = render_to_string(
        "dataset/scorecard_print.html",
        {
            **_head(f"Multi-agency dataset, {edition.quarter.label}", edition),
            "chosen": chosen,
            "tables": tables,
            "missing": scorecard.missing(content),
            "notes": [scorecard.NOTE, note],
        },
    )
    return print_pdf(html, pictures=frozenset(address for address, _ in lines.values()), identifier=edition.digest).pdf


def pack_pdf(title: str, edition: Edition, items: Sequence[Shown], *, note: str) -> bytes:
    """Raises RuleBroken with a sentence when it cannot be printed."""
    told = [
        (item, [_picture(chart.svg, f"{chart.title}. {chart.description}") for chart in item.charts]) for item in items
    ]
    html = render_to_string(
        "dataset/pack_print.html",
        {**_head(title, edition), "items": told, "notes": [scorecard.NOTE, note]},
    )
    addresses = frozenset(address for _, drawn in told for address, _ in drawn)
    return print_pdf(html, pictures=addresses, identifier=f"{title} {edition.digest}").pdf


def _head(title: str, edition: Edition) -> dict[str, Any]:
    return {
        "title": title,
        "board": naming().board_name,
        "created": edition.as_at.isoformat(),
        "brand": naming().brand_colour,
        "facts": [
            ("Edition", f"{edition.number}, {edition.get_status_display().lower()}"),
            ("As at", f"the end of {day(edition.as_at_day)}"),
            ("Compiled", moment(edition.compiled_at)),
        ],
    }


def _line(row: reading.ScoreRow) -> Picture:
    return _picture(pictures.spark(row.raw, row.line, naming().brand_colour), pictures.told(row.raw, row.line))


def _picture(svg: str, alternative: str) -> Picture:
    return mark_safe(as_data_uri(svg)), alternative  # nosec B308 B703: percent-encoded, no quotes in it
