"""What is left to look at in the words of a report before somebody approves it."""

from __future__ import annotations

from collections.abc import Mapping

from lscb.common.chapters import Fact
from lscb.common.periods import FinancialYear
from lscb.reports.chapters import Part, parts_with_words
from lscb.reports.content import Content
from lscb.reports.gathering import named_facts
from lscb.reports.models import AnnualReport, ReportWords

from .checking import Found, check_words, left_to_look_at
from .links import why_dead


def left_in_report(report: AnnualReport, content: Content) -> list[tuple[Part, list[Found]]]:
    """For each chapter whose words on file hold a number that does not agree with the facts of `content`: those."""
    facts = named_facts(content.chapters)
    words = {row.chapter: row.markdown for row in ReportWords.objects.of_year(report.year)}
    checked = (
        (part, check_on_file(words.get(part.slug, ""), facts, chapter=part.slug, year=report.year))
        for part in parts_with_words()
    )
    return [(part, found) for part, found in checked if found]


def check_on_file(markdown: str, facts: Mapping[str, Fact], *, chapter: str, year: FinancialYear) -> list[Found]:
    """What wants a look in the words of a chapter, with links looked up in the portal."""
    return left_to_look_at(check_words(markdown, facts, chapter=chapter, year=year, why_dead=why_dead))
