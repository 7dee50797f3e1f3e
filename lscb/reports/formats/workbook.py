"""Every table of an edition as a sheet of one workbook, with its facts in front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from lscb.common.chapters import Column, Table
from lscb.common.spreadsheets import Sheet, Value, xlsx_bytes
from lscb.reports.content import Content

FACTS = ("Name", "Fact", "As printed", "Exact value", "Base", "Source", "Where it comes from")
_WHOLE_OR_DECIMAL = re.compile(r"[-−]?\d{1,3}(,\d{3})*(\.\d+)?|[-−]?\d+(\.\d+)?")


def as_xlsx(content: Content) -> bytes:
    """A list of the tables, the facts, then one sheet for each table. Equal content gives equal bytes.

    A number is a number; what is printed with a sign or a word (83.0%, £131,453, suppressed) stays as it is printed.
    """
    tables = [
        (f"{number} {table.title}", chapter.title, table)
        for number, (chapter, table) in enumerate(
            ((chapter, table) for chapter in content.chapters for table in chapter.tables()), start=1
        )
    ]
    return xlsx_bytes(
        [
            Sheet("Contents", ("Sheet", "Table", "Chapter", "Note"), list(_listed(content, tables))),
            Sheet("Facts", FACTS, list(_facts(content))),
            *(_sheet(title, table) for title, _, table in tables),
        ]
    )


def _listed(content: Content, tables: Sequence[tuple[str, str, Table]]) -> Iterator[Sequence[Value]]:
    about = f"{content.board_name}, annual report {content.year}, edition {content.number}"
    yield "", about, "", f"Figures as at {content.as_at.day} {content.as_at:%B %Y}"
    for number, (_, chapter, table) in enumerate(tables, start=1):
        yield number, table.title, chapter, table.note


def _facts(content: Content) -> Iterator[Sequence[Value]]:
    for name, fact in content.facts():
        yield name, fact.label, fact.shown, fact.value, fact.base, fact.source, content.where_from(name)


def _sheet(title: str, table: Table) -> Sheet:
    rows = [*table.rows, *([table.total] if table.total else [])]
    return Sheet(
        title,
        [column.heading for column in table.columns],
        [[_cell(text, column) for text, column in zip(row, table.columns, strict=True)] for row in rows],
    )


def _cell(text: str, column: Column) -> Value:
    if column.numeric and _WHOLE_OR_DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "").replace("−", "-"))
    return text
