"""What an edition says, as one value: everything that page, PDF and later formats print, and nothing else.

It is kept as JSON in the report's row. Its digest is what the chair approves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from lscb.common.chapters import (
    Chapter,
    Chart,
    Column,
    Fact,
    Figure,
    ListOfItems,
    Note,
    Picture,
    Section,
    Table,
    Text,
    Traceable,
)

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (Chapter, Chart, Column, Fact, Figure, ListOfItems, Note, Picture, Section, Table, Text, Traceable)
}


@dataclass(frozen=True)
class Content:
    """One edition in full. Facts are already put into the words, which know where (`Traceable`); words and headline are
    Markdown.

    `figures_url` is where every figure of the edition stands with its source and records; editions from before there
    was such a page have none. `board` is the word for it, as it was then; `logo` a picture that its address carries.
    """

    year: str
    number: int
    as_at: dt.date
    board_name: str
    board_short_name: str
    board_email: str
    brand_colour: str
    headline: str
    chapters: tuple[Chapter, ...]
    figures_url: str = ""
    board: str = "board"
    logo: str = ""
    logo_alt: str = ""

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every fact under its full name, `chapter.fact`."""
        for chapter in self.chapters:
            for fact in chapter.facts:
                yield f"{chapter.slug}.{fact.name}", fact

    def where_from(self, name: str) -> str:
        """The address of a fact's place on the page of all figures; empty where the edition has no such page."""
        return f"{self.figures_url}#{name}" if self.figures_url else ""


def to_json(content: Content) -> dict[str, Any]:
    """Plain JSON from which `from_json` gives an equal value."""
    return {field.name: _plain(getattr(content, field.name)) for field in fields(content)}


def from_json(plain: Mapping[str, Any]) -> Content:
    return Content(**{name: _value(item) for name, item in plain.items()})


def digest(plain: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted names, no spaces, UTF-8."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **named}
    if isinstance(value, Traceable):
        return {"kind": Traceable.__name__, "text": str(value), "facts": _plain(value.facts)}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    if "decimal" in plain:
        return Decimal(plain["decimal"])
    if "date" in plain:
        return dt.date.fromisoformat(plain["date"])
    return _KINDS[plain["kind"]](**{name: _value(item) for name, item in plain.items() if name != "kind"})
