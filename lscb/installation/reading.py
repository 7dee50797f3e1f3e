"""The names in force: what the team chose, and where it chose nothing, the first words."""

from __future__ import annotations

import base64
from dataclasses import replace

from lscb.common.words import NAMES, Words, first_words

from .models import Installation


def words() -> Words:
    """In one query; the picture of the logo is left where it is."""
    chosen = Installation.objects.values(*NAMES, "mail").first() or {}
    return replace(first_words(), **{name: value for name, value in chosen.items() if value})


def logo_address(digest: str) -> str:
    """An address that carries the logo itself, for documents that fetch nothing; empty where there is none."""
    found = Installation.objects.filter(logo=digest).values_list("logo_png", flat=True).first() if digest else None
    return f"data:image/png;base64,{base64.b64encode(bytes(found)).decode()}" if found else ""
