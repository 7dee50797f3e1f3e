"""From the records of a year to the content of an edition: chapters computed, facts put into words. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.urls import reverse

from boards.engagement.reporting import as_block, pictures_for_print, quotes_for_print
from boards.models import Picture, Quote
from lscb.common.chapters import Block, Chapter, Fact, Section, Text
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.common.words import naming, worded
from lscb.installation.reading import logo_address

from . import chapters as report
from .content import Content
from .models import ChapterPlace, ReportWords
from .words import Piece, apart, with_facts

Tell = Callable[[str], None]

PLAIN_HEADLINE = worded("What the {board} did in the year to keep children safe, and what is left to do.")


def gather(*, year: FinancialYear, number: int, as_at: dt.date, tell: Tell = lambda chapter: None) -> Content:
    """Everything that the edition prints. `tell` hears the title of each chapter before it is computed.

    Raises RuleBroken with a sentence when a chapter cannot be computed or the words name a fact that does not exist.
    """
    computed = compute_chapters(year=year, as_at=as_at, tell=tell)
    now = naming()
    facts, pieces = named_facts(computed.values()), Pieces(year, as_at)
    words = {row.chapter: row.markdown for row in ReportWords.objects.of_year(year)}
    chapters = [
        _chapter(part, computed.get(part.slug), words.get(part.slug, ""), facts, pieces)
        for part, is_left_out in arranged(year)
        if not is_left_out
    ]
    return Content(
        year=str(year),
        number=number,
        as_at=as_at,
        board_name=now.board_name,
        board_short_name=now.board_short_name,
        board_email=now.board_email,
        brand_colour=now.brand_colour,
        headline=with_facts(words.get(report.COVER.slug, "") or str(PLAIN_HEADLINE), facts, chapter=report.COVER.title),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
        figures_url=settings.PORTAL_URL + reverse("published:figures", args=[year, number]),
        board=now.board,
        logo=logo_address(now.logo),
        logo_alt=now.logo_alt,
    )


def arranged(year: FinancialYear) -> list[tuple[report.Part, bool]]:
    """The chapters in the order of the year's report, each with whether it is left out.

    A chapter that nobody has placed yet comes behind the one that it follows by default.
    """
    places = {row.chapter: row for row in ChapterPlace.objects.of_year(year)}
    order: list[tuple[tuple[int, int], report.Part, bool]] = []
    last = 0
    for number, part in enumerate(report.CHAPTERS):
        row = places.get(part.slug)
        last = row.place if row else last
        order.append(((last, 0 if row else number + 1), part, bool(row and row.is_left_out)))
    return [(part, is_left_out) for _, part, is_left_out in sorted(order, key=lambda one: one[0])]


def compute_chapters(*, year: FinancialYear, as_at: dt.date, tell: Tell = lambda chapter: None) -> dict[str, Chapter]:
    """The computed chapters by slug, as the apps hand them over."""
    computed = {}
    for part in report.CHAPTERS:
        if part.compute is not None:
            tell(str(part.title))
            computed[part.slug] = replace(part.compute(year, as_at), slug=part.slug)
    return computed


def named_facts(chapters: Iterable[Chapter]) -> dict[str, Fact]:
    """All facts under their full names, `chapter.fact`. Raises RuleBroken when a chapter has two of one name."""
    facts: dict[str, Fact] = {}
    for chapter in chapters:
        for fact in chapter.facts:
            name = f"{chapter.slug}.{fact.name}"
            if name in facts:
                raise RuleBroken(f"The chapter “{chapter.title}” has two facts that are named {name}.")
            facts[name] = fact
    return facts


@dataclass(frozen=True)
class Pieces:
    """The quotes and pictures of a year that were cleared for print by a day, as words may name them."""

    year: FinancialYear
    as_at: dt.date

    @cached_property
    def cleared(self) -> dict[str, Quote | Picture]:
        quotes = {f"quote {one.pk}": one for one in quotes_for_print(self.year, self.as_at)}
        return quotes | {f"picture {one.pk}": one for one in pictures_for_print(self.year, self.as_at)}

    def block(self, piece: Piece, chapter: str) -> Block:
        """Raises RuleBroken with a sentence for what is not cleared, or not of this year."""
        cleared = self.cleared.get(str(piece))
        if cleared is None:
            raise RuleBroken(
                f"The words of “{chapter}” name {piece}, which is not cleared for print or is not of this year. "
                "Choose one from the list beside the words, or take it out."
            )
        return as_block(cleared)


def _chapter(
    part: report.Part, computed: Chapter | None, words: str, facts: Mapping[str, Fact], pieces: Pieces
) -> Chapter | None:
    """The chapter with the board's words before the computed sections; None when there is nothing to print."""
    blocks = [
        pieces.block(one, part.title) if isinstance(one, Piece) else Text(with_facts(one, facts, chapter=part.title))
        for one in apart(words)
    ]
    own = (Section("", blocks),) if blocks else ()
    chapter = computed or Chapter(slug=part.slug, title=str(part.title))
    sections = tuple(_section(section, facts, chapter.title) for section in chapter.sections)
    if not (own or sections or chapter.lead or chapter.figures):
        return None
    return replace(chapter, sections=(*own, *sections))


def _section(section: Section, facts: Mapping[str, Fact], chapter: str) -> Section:
    """Facts are named in texts only; all else comes from the apps as it is to be printed."""
    return replace(section, blocks=tuple(_block(block, facts, chapter) for block in section.blocks))


def _block(block: Block, facts: Mapping[str, Fact], chapter: str) -> Block:
    return Text(with_facts(block.markdown, facts, chapter=chapter)) if isinstance(block, Text) else block
