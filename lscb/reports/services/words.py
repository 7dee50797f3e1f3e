"""The board's own words: written, taken over from last year, confirmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import FinancialYear
from lscb.reports import chapters as the_report
from lscb.reports.models import ChapterPlace, ReportWords
from lscb.trail.services import record

from .base import require


def save_words(*, year: FinancialYear, chapter: str, markdown: str, version: int, by: Actor) -> ReportWords:
    """Save the board's own words for a chapter. `version` is the one that was read before writing, 0 for none.

    Raises Overtaken when another version is on file by now.
    """
    require(by, Permission.BUILD_REPORT)
    if the_report.part(chapter) is None:
        raise RuleBroken("The report has no such chapter.")
    with transaction.atomic():
        words = ReportWords.objects.select_for_update().filter(year=year, chapter=chapter).first()
        if words is None:
            words = ReportWords(year=year, chapter=chapter, version=0)
        if words.version != version:
            raise _overtaken(words)
        before = words.markdown
        words.markdown = markdown.replace("\r\n", "\n").strip()
        words.version, words.updated_at, words.updated_by = version + 1, timezone.now(), by
        words.taken_from = None
        try:
            with transaction.atomic():
                words.save()
        except IntegrityError:
            raise _overtaken(ReportWords.objects.get(year=year, chapter=chapter)) from None
        record(verb="wrote", by=by, target=words, changes={"markdown": (before, words.markdown)})
    return words


@transaction.atomic
def take_over_words(*, year: FinancialYear, chapter: str, by: Actor) -> ReportWords:
    """Begin a chapter with last year's words, marked until somebody confirms or changes them.

    Facts that are named in them print the new year's figures; numbers typed by hand are still last year's.
    Raises RuleBroken where there are no words to take over, or words of this year already.
    """
    require(by, Permission.BUILD_REPORT)
    before = ReportWords.objects.of_year(year.previous).filter(chapter=chapter).exclude(markdown="").first()
    if before is None:
        raise RuleBroken(f"{year.previous} has no words for this chapter.")
    words = ReportWords.objects.select_for_update().filter(year=year, chapter=chapter).first()
    if words is not None and words.markdown:
        raise RuleBroken("This chapter has words already. Open it and go on from there.")
    words = words or ReportWords(year=year, chapter=chapter, version=0)
    words.markdown, words.taken_from = before.markdown, year.previous
    words.version, words.updated_at, words.updated_by = words.version + 1, timezone.now(), by
    words.save()
    record(verb="took over last year's words", by=by, target=words)
    return words


@transaction.atomic
def confirm_words(*, words: ReportWords, version: int, by: Actor) -> ReportWords:
    """Say that words taken over from last year are true of this one. Raises Overtaken as `save_words` does."""
    require(by, Permission.BUILD_REPORT)
    words = ReportWords.objects.select_for_update().get(pk=words.pk)
    if words.version != version:
        raise _overtaken(words)
    if words.taken_from is not None:
        words.taken_from = None
        words.save(update_fields=["taken_from"])
        record(verb="confirmed last year's words", by=by, target=words)
    return words


@transaction.atomic
def arrange_chapters(*, year: FinancialYear, order: Sequence[str], left_out: Collection[str], by: Actor) -> None:
    """The chapters (their slugs) in the order in which the report of `year` prints them, and which it leaves out.

    What is left out is still computed: words elsewhere may name its facts. Raises RuleBroken when a chapter is
    missing or named twice, or when none is left.
    """
    require(by, Permission.BUILD_REPORT)
    known = [part.slug for part in the_report.CHAPTERS]
    if sorted(order) != sorted(known):
        raise RuleBroken("Give each chapter one place.")
    if set(known) <= set(left_out):
        raise RuleBroken("Leave at least one chapter in the report.")
    before = list(ChapterPlace.objects.of_year(year).values_list("chapter", "is_left_out"))
    ChapterPlace.objects.of_year(year).delete()
    ChapterPlace.objects.bulk_create(
        ChapterPlace(year=year, chapter=slug, place=place, is_left_out=slug in left_out)
        for place, slug in enumerate(order, start=1)
    )
    after = [(slug, slug in left_out) for slug in order]
    record(verb=f"arranged the chapters of {year}", by=by, changes={"chapters": (_told(before), _told(after))})


def _told(chapters: Sequence[tuple[str, bool]]) -> str:
    return ", ".join(f"{slug} (left out)" if is_left_out else slug for slug, is_left_out in chapters)


def _overtaken(current: ReportWords) -> Overtaken:
    return Overtaken(
        f"{current.updated_by or 'The portal'} saved these words while you were writing. Your text is still here. "
        "Put the two together, then save.",
        current=current,
        field="markdown",
    )
