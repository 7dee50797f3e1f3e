"""The board's own words for a chapter: written, taken over from last year, confirmed."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import FormView

from lscb.accounts.forms import ConfirmForm
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.chapters import Fact
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule
from lscb.reports import services
from lscb.reports.chapters import parts_with_words
from lscb.reports.figure_check import Found
from lscb.reports.figure_check.reading import check_on_file
from lscb.reports.forms import ArrangementForm, WordsForm
from lscb.reports.gathering import Pieces, arranged, compute_chapters, named_facts
from lscb.reports.models import AnnualReport, ReportWords
from lscb.reports.words import Piece, apart, facts_named_in

from .base import CRUMBS, Reports, part_or_404, year_or_404


class WordsEdit(Reports, FormView):
    """The board's own words for one chapter, with the facts that may be named in them beside."""

    right = Permission.BUILD_REPORT
    form_class = WordsForm
    template_name = "reports/words_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.year, self.part = year_or_404(kwargs["year"]), part_or_404(kwargs["chapter"])

    def words(self) -> ReportWords | None:
        return ReportWords.objects.visible_to(self.user).filter(year=self.year, chapter=self.part.slug).first()

    def get_initial(self) -> dict[str, Any]:
        words = self.words()
        return {"markdown": words.markdown, "version": words.version} if words else {"markdown": "", "version": 0}

    def form_valid(self, form: WordsForm) -> HttpResponse:
        try:
            words = services.save_words(year=self.year, chapter=self.part.slug, **form.cleaned_data, by=self.user)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        messages.success(self.request, f"The words of “{self.part.title}” are saved.")
        unknown = self.unknown_in(words.markdown)
        if unknown:
            messages.warning(
                self.request,
                f"{self.year} has nothing to print that is called {', '.join(unknown)}. Put it right before you build.",
            )
            return redirect(self.request.path)
        report = AnnualReport.objects.visible_to(self.user).of_year(self.year).open().first()
        return redirect("reports:report_detail", report.pk) if report else redirect("reports:report_list")

    def unknown_in(self, words: str) -> list[str]:
        """What the words name and the year does not have: facts, and quotes or pictures that are not cleared."""
        facts, _ = self.facts()
        pieces = [str(piece) for piece in apart(words) if isinstance(piece, Piece)]
        named = [name for name in facts_named_in(words) if name not in facts]
        return named + [name for name in pieces if name not in self.pieces.cleared]

    def overtaken(self, form: WordsForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other text knowingly: it was in front of the person."""
        form.data = {"markdown": form.data.get("markdown", ""), "version": str(refusal.current.version)}
        apply_rule(form, refusal)
        return render(
            self.request, self.template_name, self.get_context_data(form=form, theirs=refusal.current), status=409
        )

    def last_year(self) -> ReportWords | None:
        """What last year's report said here, to be taken over."""
        words = ReportWords.objects.visible_to(self.user).of_year(self.year.previous).exclude(markdown="")
        return words.filter(chapter=self.part.slug).first()

    @cached_property
    def as_at(self) -> dt.date:
        """The day of the edition that is being written, else the end of the year."""
        report = AnnualReport.objects.visible_to(self.user).of_year(self.year).open().first()
        return report.as_at if report else self.year.last_day

    @cached_property
    def pieces(self) -> Pieces:
        return Pieces(self.year, self.as_at)

    def facts(self) -> tuple[dict[str, Fact], str]:
        """The facts by full name, or a sentence that says why there are none."""
        try:
            return named_facts(compute_chapters(year=self.year, as_at=self.as_at).values()), ""
        except RuleBroken as refusal:
            return {}, refusal.sentence

    def found(self, words: ReportWords | None, facts: dict[str, Fact]) -> list[Found] | None:
        """Numbers typed by hand in the words on file that want a look; None where there is nothing to hold against."""
        if words is None or not words.markdown or not facts:
            return None
        return check_on_file(words.markdown, facts, chapter=self.part.slug, year=self.year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts, no_facts = self.facts()
        words = self.words()
        return super().get_context_data(
            words=words,
            last_year=None if words and words.markdown else self.last_year(),
            title=self.part.title,
            part=self.part,
            year=self.year,
            breadcrumbs=CRUMBS,
            groups=_by_chapter(facts, self.part.slug),
            cleared=list(self.pieces.cleared.items()),
            found=self.found(words, facts),
            no_facts=no_facts,
            **kwargs,
        )


class _OneButton(Reports, Change):
    """A button on the page of a chapter's words."""

    right = Permission.BUILD_REPORT
    form_class = ConfirmForm
    http_method_names = ["post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.year, self.part = year_or_404(kwargs["year"]), part_or_404(kwargs["chapter"])

    @property
    def page(self) -> str:
        return reverse("reports:words_edit", args=[self.year, self.part.slug])


class TakeOver(_OneButton):
    title = "Take over last year’s words"
    done = "Last year’s words are here. Read them: they are marked until you save or confirm them."

    def do(self, data: dict[str, Any]) -> Any:
        services.take_over_words(year=self.year, chapter=self.part.slug, by=self.user)
        return self.page


class Confirm(_OneButton):
    title = "Confirm last year’s words"
    done = "The words are confirmed for this year."

    def do(self, data: dict[str, Any]) -> Any:
        visible = ReportWords.objects.visible_to(self.user)
        words = get_object_or_404(visible, year=self.year, chapter=self.part.slug)
        version = self.request.POST.get("version", "")
        services.confirm_words(words=words, version=int(version) if version.isdecimal() else 0, by=self.user)
        return self.page


class Arrange(Reports, Change):
    """The order of the chapters in the report of a year, and which are left out."""

    right = Permission.BUILD_REPORT
    form_class = ArrangementForm
    template_name = "reports/arrange.html"
    title = "Order of the chapters"
    done = "The order is saved. It holds from the next build."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.year = year_or_404(kwargs["year"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"chapters": arranged(self.year)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=CRUMBS, year=self.year, **kwargs)

    def form_valid(self, form: ArrangementForm) -> HttpResponse:  # type: ignore[override]
        form.cleaned_data = {"order": form.order, "left_out": form.left_out}
        return super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        services.arrange_chapters(year=self.year, by=self.user, **data)
        report = AnnualReport.objects.visible_to(self.user).of_year(self.year).open().first()
        return report or reverse("reports:report_list")


def _by_chapter(facts: dict[str, Fact], own: str) -> list[dict[str, Any]]:
    """The facts under the titles of their chapters; those of the chapter that is being written come first, open."""
    groups: list[dict[str, Any]] = [
        {
            "title": each.title,
            "open": each.slug == own,
            "facts": [(name, fact) for name, fact in facts.items() if name.split(".")[0] == each.slug],
        }
        for each in parts_with_words()
        if each.compute is not None
    ]
    return sorted(groups, key=lambda group: not group["open"])
