"""Editions: the list, the scorecard, its files, and asking for a new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from dataset import pictures, reading, services, sheets
from dataset.forms import CompileForm
from dataset.models import Edition, Frequency, Status
from lscb.accounts.permissions import Permission
from lscb.common.lists import CSV, XLSX, XLSX_TYPE, Chip
from lscb.common.periods import Quarter, end_of_day
from lscb.common.rounding import show

from .base import CRUMB, ChangesDataset, ReadsEditions

TONES = {Status.PROVISIONAL: "amber", Status.FINAL: "green"}
SCORECARDS = (("", "All"), ("main", "Main scorecard"), ("met", "MET scorecard"))


class EditionList(ReadsEditions, TemplateView):
    """Every compiled edition, newest quarter first, and what may be done from here."""

    template_name = "dataset/edition_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editions = Edition.objects.visible_to(self.user).select_related("compiled_by").defer("content")
        quarters: dict[Quarter, list[Edition]] = {}
        for edition in editions:
            quarters.setdefault(edition.quarter, []).append(edition)
        return super().get_context_data(
            title="Dataset",
            quarters=quarters.items(),
            tones=TONES,
            manages=self.manages,
            reads_figures=self.user.may(Permission.READ_FIGURES),
            **kwargs,
        )


class OneEdition(ReadsEditions):
    """A page of one edition, narrowed by what the address asks for."""

    request: HttpRequest

    def get_edition(self) -> Edition:
        try:
            quarter = Quarter.parse(self.kwargs["quarter"])
        except ValueError:
            raise Http404 from None
        visible = Edition.objects.visible_to(self.user)
        return get_object_or_404(visible, quarter=quarter, number=self.kwargs["number"])

    @property
    def narrowed(self) -> dict[str, Any]:
        asked = self.request.GET
        scorecard = asked.get("scorecard", "main")
        return {
            "scorecard": scorecard if scorecard in dict(SCORECARDS) else "main",
            "agency": asked.get("agency", ""),
            "attention": asked.get("attention") == "yes",
        }


class EditionDetail(OneEdition, TemplateView):
    """The scorecard."""

    template_name = "dataset/edition_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.get_edition()
        content = edition.content
        rows = reading.rows_of(content, **self.narrowed)
        sources = content["sources"]
        return super().get_context_data(
            title=f"Multi-agency dataset, {edition.quarter.label}",
            breadcrumbs=[CRUMB],
            edition=edition,
            tone=TONES[Status(edition.status)],
            agencies=f"{reading.agencies_answered(content)} agencies",
            tables=list(_tables(edition, rows)),
            missing=_missing(content),
            scorecards=[(code, words, self._url(scorecard=code)) for code, words in SCORECARDS],
            narrowed=self.narrowed,
            sources=[{**one, "chosen": str(one["agency"]) == self.narrowed["agency"]} for one in sources],
            chips=list(self._chips(content)),
            others=self._others(edition),
            exports=[(name.upper(), self._file(edition, name)) for name in (XLSX, CSV)],
            **kwargs,
        )

    def _others(self, edition: Edition) -> list[Edition]:
        """Other editions of the quarter."""
        others = Edition.objects.visible_to(self.user).of_quarter(edition.quarter).exclude(pk=edition.pk)
        return list(others.defer("content"))

    def _chips(self, content: dict[str, Any]) -> Iterator[Chip]:
        if self.narrowed["agency"]:
            names = {str(one["agency"]): one["name"] for one in content["sources"]}
            yield Chip(f"Source: {names.get(self.narrowed['agency'], 'unknown')}", self._url(agency=""))
        if self.narrowed["attention"]:
            yield Chip("Only what needs attention", self._url(attention=""))

    def _url(self, **changes: str) -> str:
        query = self.request.GET.copy()
        for key, value in changes.items():
            query[key] = value
        return f"?{query.urlencode()}"

    def _file(self, edition: Edition, name: str) -> str:
        address = reverse("dataset:edition_export", args=[str(edition.quarter), edition.number, name])
        return f"{address}?{self.request.GET.urlencode()}" if self.request.GET else address


class EditionExport(OneEdition, View):
    """Exactly the rows of the page, as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        edition = self.get_edition()
        rows = reading.rows_of(edition.content, **self.narrowed)
        name = self.kwargs["format"]
        if name not in (CSV, XLSX):
            raise Http404
        if name == CSV:
            content, kind = sheets.as_csv(edition, rows), "text/csv; charset=utf-8"
        else:
            content, kind = sheets.as_xlsx(edition, rows), XLSX_TYPE
        services.note_export(edition=edition, format=name, rows=len(rows), by=self.user)
        response = HttpResponse(content, content_type=kind)
        filename = f"dataset-{edition.quarter}-edition-{edition.number}.{name}".lower()
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response


class EditionCompile(ChangesDataset):
    """Ask for a new edition; the job's page shows how it goes."""

    form_class = CompileForm
    title = "Compile a quarter"
    lead = (
        "A new edition freezes what is known: values, changes, comparators, and what is missing by name. "
        "Earlier editions stay as they are."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        return {"quarter": str(Quarter.containing(self.today).previous), "status": Status.PROVISIONAL}

    def do(self, data: dict[str, Any]) -> Any:
        as_at = end_of_day(data["as_at"]) if data["as_at"] and data["as_at"] != self.today else timezone.now()
        return services.ask_for_edition(quarter=data["quarter"], status=data["status"], as_at=as_at, by=self.user)


def _tables(edition: Edition, rows: list[reading.ScoreRow]) -> Iterator[dict[str, Any]]:
    """The scorecard in three tables, by how often a figure comes: a month is never set under the head of a quarter."""
    quarter = edition.quarter
    heads = {
        Frequency.QUARTER: ("Quarter by quarter", f"Q{quarter.previous.number}", f"Q{quarter.number}"),
        Frequency.MONTH: ("Month by month", "Month before", "Latest month"),
        Frequency.YEAR: ("Year by year", "Year before", "Latest year"),
    }
    for frequency, (title, before, now) in heads.items():
        those = [row for row in rows if row.raw["frequency"] == frequency]
        if those:
            yield _table(title, those, before, now, frequency)


def _table(title: str, rows: list[reading.ScoreRow], before: str, now: str, frequency: Frequency) -> dict[str, Any]:
    per = {row.raw["multiplier"] for row in rows if row.rate}
    names = {one["against"]: one["name"] for row in rows for one in row.raw["comparators"]}
    short = {**reading.SHORT, **{against: name for against, name in names.items() if against != "neighbours"}}
    return {
        "title": title,
        "annual": frequency == Frequency.YEAR,
        "step": frequency.value,
        "line": "21 months" if frequency == Frequency.MONTH else "Seven quarters",
        "before": before,
        "now": now,
        "rated": bool(per),
        "per": show(*per) if len(per) == 1 else "",
        "others": " · ".join(short[against] for against in short if against in names),
        "rows": [(row, _line(row)) for row in rows],
    }


def _line(row: reading.ScoreRow) -> str:
    return pictures.spark(row.raw, row.line, settings.BRAND_COLOUR)


def _missing(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Each agency that owes something, with the titles of it."""
    owed: dict[str, dict[str, None]] = {}
    for gap in content["missing"]:
        owed.setdefault(gap["agency"], {})[gap["title"]] = None
    return [(agency, ", ".join(titles)) for agency, titles in sorted(owed.items())]
