"""docs/security.md is true: the tests that it names exist, all is answered once, and nothing open is hidden."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NUMBER = re.compile(r"\d+\.\d+\.\d+")


def rows() -> list[list[str]]:
    """The lines of the tables of chapters: number, how it is met, test."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"]
    return [cells for cells in lines if NUMBER.match(cells[0]) and len(cells) == 3]


@cache
def functions_of(path: str) -> frozenset[str]:
    file = ROOT / path
    body = ast.parse(file.read_text()).body if file.is_file() else []
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 100
    assert sorted({f"{path}::{name}" for path, name in named if name not in functions_of(path)}) == []
    assert len(named) == PAGE.count("::"), "a test is named without its file or without quotes"


def test_every_requirement_is_answered_once_with_a_test_or_a_reason() -> None:
    numbers = [number for cells in rows() for number in NUMBER.findall(cells[0])]
    assert sorted(number for number in set(numbers) if numbers.count(number) > 1) == []
    chapters = {int(number.split(".")[0]) for number in numbers}
    chapters |= {int(found) for found in re.findall(r"^## V(\d+) .*\n\nNot applicable: ", PAGE, re.MULTILINE)}
    assert chapters == set(range(1, 18))
    for number, how, test in rows():
        assert test or "OPEN" in how or how.startswith("not applicable: "), f"{number} names neither test nor reason"


def test_what_is_open_stands_in_the_list_of_open_points() -> None:
    gathered = PAGE.split("\n## Open points\n")[1]
    listed = [line.strip("|").split("|")[0].strip() for line in gathered.splitlines() if NUMBER.match(line[2:])]
    assert listed == [number for number, how, _ in rows() if "OPEN" in how]
