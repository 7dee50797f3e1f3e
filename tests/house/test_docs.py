"""The documents are true: what they link to is there, and every button and link that they name is on a page."""

from __future__ import annotations

import ast
import html
import re
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROLES = sorted((ROOT / "docs" / "roles").glob("*.md"))
STEPS = [*ROLES, ROOT / "docs" / "administering.md"]
"""Pages that lead people through the portal, step by step."""

PICTURES = ROOT / "docs" / "roles" / "pictures"
CODE = ("audits", "boards", "casereviews", "cdop", "dataset", "lscb", "training")

LARGEST_PICTURE, LARGEST_FOLDER = 120_000, 1_500_000
"""In bytes: a clone stays small."""


def links(page: Path) -> list[str]:
    """What a page links to inside this folder."""
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def labels(page: Path) -> set[str]:
    """What stands in bold: the words of a button, link or heading, which may run over the end of a line."""
    return {_plain(label) for label in re.findall(r"\*\*(.+?)\*\*", page.read_text(), re.DOTALL)}


@cache
def said() -> frozenset[str]:
    """Every piece of text in templates and code: what stands between tags, and each string of a program."""
    pieces: set[str] = set()
    for template in (ROOT / "templates").rglob("*.html"):
        pieces.update(re.split(r"<[^>]*>|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", template.read_text(), flags=re.DOTALL))
    for app in CODE:
        for path in (ROOT / app).rglob("*.py"):
            pieces.update(
                node.value
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
    return frozenset(_plain(html.unescape(piece)) for piece in pieces)


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_every_link_and_picture_is_there() -> None:
    dead = []
    for page in PAGES:
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path) if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                dead.append(f"{page.name}: {link}")
    assert dead == []


def test_every_label_in_bold_is_on_a_page_of_the_portal() -> None:
    strange = [f"{page.name}: {label}" for page in STEPS for label in sorted(labels(page) - said())]
    assert strange == []


def test_every_role_has_a_page_and_every_page_a_picture_with_words_for_it() -> None:
    linked = set(links(ROOT / "docs" / "roles" / "README.md"))
    for page in ROLES:
        if page.name not in ("README.md", "signing-in.md"):
            pictures = re.findall(r"!\[(.*?)\]\(pictures/", page.read_text())
            assert page.name in linked
            assert pictures
            assert all(len(words) > 20 for words in pictures)


def test_pictures_are_used_and_small() -> None:
    used = {(page.parent / link).resolve() for page in ROLES for link in links(page) if link.endswith(".png")}
    sizes = {path: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(sizes) == used
    assert max(sizes.values()) <= LARGEST_PICTURE
    assert sum(sizes.values()) <= LARGEST_FOLDER
