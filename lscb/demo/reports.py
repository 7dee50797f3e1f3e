"""The words of the demonstration's annual report, as the board would write them."""

from __future__ import annotations

from pathlib import Path

from lscb.accounts.models import Actor
from lscb.common.periods import FinancialYear
from lscb.reports.chapters import parts_with_words
from lscb.reports.services import save_words

YEAR = FinancialYear(2016)
WORDS = Path(__file__).parent / "data" / "words"


def load_words(by: Actor) -> None:
    """Save the words of `data/words`, one file per chapter."""
    for part in parts_with_words():
        path = WORDS / f"{part.slug}.md"
        if path.is_file():
            save_words(year=YEAR, chapter=part.slug, markdown=path.read_text(encoding="utf-8"), version=0, by=by)
