"""The facts of an edition as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from lscb.common.chapters import Fact
from lscb.reports.content import Content


def fact_values(content: Content) -> dict[str, dict[str, Any]]:
    """Every fact by its full name: its exact value, how it is printed, its label, base, source, and where it stands."""
    return {name: {**_values(fact), "where_from": content.where_from(name)} for name, fact in content.facts()}


def facts_json(content: Content) -> bytes:
    """The facts with what they speak of. Equal content gives equal bytes."""
    plain = {
        "board": content.board_name,
        "year": content.year,
        "edition": content.number,
        "as_at": content.as_at.isoformat(),
        "facts": fact_values(content),
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def _values(fact: Fact) -> dict[str, Any]:
    """Exact numbers are texts: JSON's own numbers are not exact."""
    return {
        "value": None if fact.value is None else str(fact.value),
        "shown": fact.shown,
        "label": fact.label,
        "base": None if fact.base is None else str(fact.base),
        "source": fact.source,
    }
