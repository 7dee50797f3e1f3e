"""Editions: the list, the scorecard, its files, and asking for a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from dataset import pictures, printing, publishing, reading, scorecard, services, sheets
from dataset.forms import CompileForm
from dataset.models import Audience, Edition, Status
from dataset.querysets import EditionQuerySet, reads_all_figures
from lscb.accounts.permissions import Permission
from lscb.common.lists import CSV, XLSX, XLSX_TYPE, Chip
from lscb.common.periods import Quarter, end_of_day
from lscb.common.words import naming

from .base import CRUMB, ChangesDataset, ReadsEditions, quarter_or_404

PDF = "pdf"
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
        visible = Edition.objects.visible_to(self.user)
        quarter = quarter_or_404(self.kwargs["quarter"])
        return get_object_or_404(visible, quarter=quarter, number=self.kwargs["number"])

    def shown(self, edition: Edition) -> Mapping[str, Any]:
        """The document as this person may read it."""
        return publishing.content_for(edition.content, self.user)

    @property
    def note(self) -> str:
        """What is hidden from this person."""
        return "" if reads_all_figures(self.user) else publishing.disclosure_for(Audience.BOARD).note

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
        content = self.shown(edition)
        rows = reading.rows_of(content, **self.narrowed)
        sources = content["sources"]
        earlier = edition_before(edition, Edition.objects.visible_to(self.user).defer("content"))
        return super().get_context_data(
            title=f"Multi-agency dataset, {edition.quarter.label}",
            breadcrumbs=[CRUMB],
            edition=edition,
            tone=TONES[Status(edition.status)],
            agencies=f"{reading.agencies_answered(content)} agencies",
            tables=[_drawn(table) for table in scorecard.tables(edition.quarter, rows)],
            missing=scorecard.missing(content),
            notes=[scorecard.NOTE, self.note],
            earlier=earlier,
            packs=edition.packs.all(),
            manages=self.manages,
            challenges=self.user.may(Permission.MANAGE_CHALLENGES),
            published=edition.published.order_by("-number").first(),
            scorecards=[(code, words, self._url(scorecard=code)) for code, words in SCORECARDS],
            narrowed=self.narrowed,
            sources=[{**one, "chosen": str(one["agency"]) == self.narrowed["agency"]} for one in sources],
            chips=list(self._chips(content)),
            others=self._others(edition),
            exports=[(name.upper(), self._file(edition, name)) for name in (PDF, XLSX, CSV)],
            **kwargs,
        )

    def _others(self, edition: Edition) -> list[Edition]:
        """Other editions of the quarter."""
        others = Edition.objects.visible_to(self.user).of_quarter(edition.quarter).exclude(pk=edition.pk)
        return list(others.defer("content"))

    def _chips(self, content: Mapping[str, Any]) -> Iterator[Chip]:
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
        content = self.shown(edition)
        rows = reading.rows_of(content, **self.narrowed)
        name = self.kwargs["format"]
        if name not in (CSV, XLSX, PDF):
            raise Http404
        file, kind = self._file(name, edition, content, rows)
        services.note_export(edition=edition, format=name, rows=len(rows), by=self.user)
        response = HttpResponse(file, content_type=kind)
        filename = f"dataset-{edition.quarter}-edition-{edition.number}.{name}".lower()
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    def _file(
        self, name: str, edition: Edition, content: Mapping[str, Any], rows: list[reading.ScoreRow]
    ) -> tuple[bytes, str]:
        if name == PDF:
            chosen = dict(SCORECARDS)[self.narrowed["scorecard"]]
            file = printing.scorecard_pdf(edition, content, rows, chosen=chosen, note=self.note)
            return file, "application/pdf"
        if name == CSV:
            return sheets.as_csv(edition, rows), "text/csv; charset=utf-8"
        return sheets.as_xlsx(edition, content, rows, self.note), XLSX_TYPE


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


def edition_before(edition: Edition, visible: EditionQuerySet) -> Edition | None:
    """The edition that was compiled last before this one: of the same quarter, else the last of an earlier one."""
    same = visible.of_quarter(edition.quarter).filter(number__lt=edition.number).order_by("-number")
    earlier = visible.filter(quarter__lt=edition.quarter).order_by("-quarter", "-number")
    return same.first() or earlier.first()


def _drawn(table: dict[str, Any]) -> dict[str, Any]:
    """A table of the scorecard with the small lines of its rows, and for each the way to a challenge."""
    rows = [(row, pictures.spark(row.raw, row.line, naming().brand_colour)) for row in table["rows"]]
    return {**table, "rows": rows}
