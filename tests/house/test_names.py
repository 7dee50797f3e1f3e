"""No text of the portal writes down a name that an installation chooses (domain: "Words"): it says `{board}` instead.

Quick and without a database; `tests/installation/test_words_switched.py` opens the pages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("lscb", "boards", "audits", "casereviews", "cdop", "training", "dataset")
OLD = re.compile(
    r"(?<![{|/])\b(?:[Bb]oards?|CDOP|[Cc]hild [Dd]eath [Oo]verview [Pp]anel|[Ss]erious case reviews?)\b(?!\}|[:/_.]\w)"
)
ANOTHER_BODY = re.compile(r"adults’? board")
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]+>", re.DOTALL)
IS_NO_TEXT = re.compile(r"[\w./:@-]+")

FIRST_NAMES = {"lscb/settings.py", "lscb/common/words.py", "lscb/installation/forms.py", "lscb/installation/models.py"}
"""Where the first names stand, and where they are explained to who chooses others."""

ALLOWED = {
    "audits/returns/moving.py": "The board",  # kept in records, shown by its name in force
    "audits/models/framework.py": "The law that it asks about, as the board names it",  # told to developers
    "lscb/accounts/models.py": "The area of this board",  # told to developers
    "casereviews/models/review.py": "Serious case review",  # a kind that old reviews keep
    "cdop/apps.py": "child death overview panel",
}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"migrations", "demo"} & set(path.parts):
                yield path


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def writes_a_name(text: str) -> bool:
    return bool(OLD.search(ANOTHER_BODY.sub("", text)))


def test_no_code_writes_a_name_down() -> None:
    faults = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        for line, text in texts(path) if name not in FIRST_NAMES else ():
            is_code = IS_NO_TEXT.fullmatch(text) and text != "Board"
            if writes_a_name(text) and not is_code and ALLOWED.get(name) != text and name != "cdop/identifiers.py":
                faults.append(f"{name}:{line}: {text[:80]}")
    assert faults == [], "Say it with `say` or `worded`:\n" + "\n".join(faults)


def test_no_template_writes_a_name_down() -> None:
    faults = []
    for path in sorted(ROOT.glob("templates/**/*.*")):
        shown = MARKUP.sub(" ", path.read_text(encoding="utf-8"))
        faults += [
            f"{path.relative_to(ROOT)}: {line.strip()[:80]}" for line in shown.splitlines() if writes_a_name(line)
        ]
    assert faults == [], "Say it with `naming`:\n" + "\n".join(faults)
