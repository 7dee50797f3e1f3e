"""What is left to look at in the words of a report before somebody approves it."""

from __future__ import annotations

from lscb.reports.chapters import Part, parts_with_words
from lscb.reports.content import Content
from lscb.reports.gathering import named_facts
from lscb.reports.models import AnnualReport, ReportWords

from .checking import Found, check_words, left_to_look_at


def left_in_report(report: AnnualReport, content: Content) -> list[tuple[Part, list[Found]]]:
    """For each chapter whose words on file hold a number that does not agree with the facts of `content`: those."""
    facts = named_facts(content.chapters)
    words = {row.chapter: row.markdown for row in ReportWords.objects.of_year(report.year)}
    checked = (
        (part, left_to_look_at(check_words(words.get(part.slug, ""), facts, chapter=part.slug)))
        for part in parts_with_words()
    )
    return [(part, found) for part, found in checked if found]
