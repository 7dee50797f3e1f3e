"""Open data: an edition's chosen indicators as the public may have them, as one long table with metadata beside it.

The table has a line for each indicator and period; the metadata is CSV on the Web (W3C, "Metadata Vocabulary for
Tabular Data"), so that programs know what each column and each indicator is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lscb.common.rounding import round_half_up
from lscb.common.spreadsheets import Value, csv_bytes
from lscb.common.templatetags.portal import day

from . import reading
from .document import canonical
from .models import Audience, Edition, PublishedDataset, Unit
from .publishing import disclosure_for, for_audience
from .reading import Row

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("indicator", "Code of the indicator; it never changes", "string"),
    ("title", "What is measured", "string"),
    ("period", "A quarter such as 2016-17Q4, a month such as 2016-04M, or a financial year from 1 April", "string"),
    ("value", "The value, rounded as it is printed; empty where there is none", "decimal"),
    ("unit", "count, percent, rate or days", "string"),
    ("no value because", "Why there is no value; suppressed hides small numbers of children", "string"),
    ("numerator", "What was counted, where the value is worked out from parts", "decimal"),
    ("denominator", "What it is of", "decimal"),
    ("rate", "The rate of a count, where it has one", "decimal"),
    ("status", "provisional or final", "string"),
    ("definition", "Number of the definition in force; values of different definitions cannot be compared", "integer"),
    ("source", "The agency that sent the figure", "string"),
)
ABOUT = (
    *("code", "title", "unit", "multiplier", "kind", "frequency", "numerator_label", "denominator_label", "decimals"),
    *("polarity", "target"),
)


def document_of(edition: Edition, codes: Iterable[str]) -> dict[str, Any]:
    """What the public would get of these indicators, as plain values. Nothing that is hidden is in it."""
    disclosure = disclosure_for(Audience.PUBLIC)
    chosen = set(codes)
    rows = [row for row in for_audience(edition.content["rows"], disclosure) if row["code"] in chosen]
    return {
        "quarter": str(edition.quarter),
        "edition": edition.number,
        "as_at": edition.as_at_day.isoformat(),
        "status": edition.status,
        "note": disclosure.note,
        "indicators": [_indicator(row) for row in rows],
    }


def digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def _indicator(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ABOUT},
        "source": row["agency"]["name"],
        "definition": row["definition"],
        "cells": [_cell(row, cell) for cell in row["series"] if cell["value"] is not None or cell["absence"]],
        "comparators": [{k: one[k] for k in ("name", "value", "period", "source")} for one in row["comparators"]],
    }


def _cell(row: Row, cell: reading.Cell) -> dict[str, Any]:
    """Rounded as it is printed; the parts are whole already."""
    value = cell["value"]
    return {
        "period": cell["period"],
        "value": None if value is None else str(round_half_up(Decimal(value), row["decimals"])),
        "absence": cell["absence"],
        "numerator": cell.get("numerator"),
        "denominator": cell.get("denominator"),
        "rate": None if cell.get("rate") is None else str(round_half_up(Decimal(cell["rate"]), 1)),
        "status": cell.get("status", ""),
        "comment": cell.get("comment", ""),
        "definition": cell["definition"],
    }


# ---- Files -----------------------------------------------------------------------------------------------------------


def as_csv(document: Mapping[str, Any]) -> bytes:
    return csv_bytes([name for name, _, _ in COLUMNS], list(_lines(document)))


def _lines(document: Mapping[str, Any]) -> Iterator[Sequence[Value]]:
    for one in document["indicators"]:
        parts = one["unit"] != Unit.COUNT
        for cell in one["cells"]:
            yield [
                one["code"],
                one["title"],
                cell["period"],
                _number(cell["value"]),
                one["unit"],
                reading.value({"unit": "", "decimals": 0}, cell) if cell["value"] is None else None,
                _number(cell["numerator"]) if parts else None,
                _number(cell["denominator"]),
                _number(cell["rate"]),
                cell["status"],
                cell["definition"],
                one["source"],
            ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def metadata(published: PublishedDataset, *, publisher: str, address: str) -> dict[str, Any]:
    """Metadata of the CSV file beside it."""
    document = published.content
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": "dataset.csv",
        "dc:title": f"Multi-agency dataset, {published.quarter.label}",
        "dc:publisher": publisher,
        "dc:issued": published.published_at.date().isoformat(),
        "dc:source": address,
        "dc:description": (
            f"Figures known at the end of {day(dt.date.fromisoformat(document['as_at']))}, {document['status']}. "
            f"{document['note']}"
        ).strip(),
        "dc:identifier": published.digest,
        "tableSchema": {
            "columns": [
                {"name": name.replace(" ", "_"), "titles": name, "dc:description": told, "datatype": kind}
                for name, told, kind in COLUMNS
            ]
        },
        "indicators": [
            {
                **{name: one[name] for name in ABOUT},
                "source": one["source"],
                "definition": one["definition"],
                "comparators": one["comparators"],
            }
            for one in document["indicators"]
        ],
    }
