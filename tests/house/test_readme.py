"""The README is true: what it says can be typed, and what can be typed is in it."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

from .test_floors import _is_ours

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCS = "\n".join(path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])


def commands() -> dict[str, bool]:
    """Every management command and whether it is the portal's own."""
    return {name: _is_ours(app) for name, app in get_commands().items() if isinstance(app, str)}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_command_of_the_portal_is_in_the_readme() -> None:
    assert {name for name, ours in commands().items() if ours} <= set(re.findall(r"manage\.py (\w+)", README))


def test_every_command_in_the_docs_exists() -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", DOCS)) <= set(commands())


def test_every_target_is_in_the_readme_and_every_one_in_the_docs_exists() -> None:
    assert targets() <= set(re.findall(r"`make ([a-z]+)", README))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", DOCS, re.MULTILINE)) <= targets()


def test_every_target_says_what_it_does() -> None:
    said = set(re.findall(r"^([a-z]+):.*## .+", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert said == targets()
