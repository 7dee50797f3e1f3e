"""An agency enters the figures it owes: the grid, a check, and the word that they are sent; or a file instead."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from dataset import services
from dataset.collecting import template
from dataset.collecting.forms import DRAWN, CheckForm, GridForm
from dataset.collecting.grid import Row, Typed, fingerprint, rows_of
from dataset.collecting.owed import State, states_by_return
from dataset.forms import UploadForm
from dataset.models import AgencyReturn
from dataset.services.recording import note_template
from lscb.accounts.access import check_access
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import RuleBroken
from lscb.common.lists import CSV, XLSX, XLSX_TYPE
from lscb.common.templatetags.portal import moment

from .base import CRUMB, ReadsFigures, quarter_or_404
from .returns import returns_crumb


class OfReturn(ReadsFigures):
    """A page of one agency in one quarter: first whether it exists for this person, then whether it is theirs."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        agency = self.of_return.agency
        if not (self.user.may(Permission.MANAGE_DATASET) or self.user.may(Permission.SUBMIT_FIGURES, agency)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def of_return(self) -> AgencyReturn:
        returns = AgencyReturn.objects.visible_to(self.user).select_related("agency", "collection", "sender")
        quarter = quarter_or_404(self.kwargs["quarter"])
        return get_object_or_404(returns, collection__quarter=quarter, agency=self.kwargs["agency"])

    @cached_property
    def state(self) -> State:
        return states_by_return([self.of_return], timezone.localdate())[self.of_return.pk]

    def url(self, name: str) -> str:
        return reverse(f"dataset:{name}", args=[str(self.of_return.collection.quarter), self.of_return.agency_id])

    @property
    def crumbs(self) -> list[Any]:
        own = [CRUMB] if self.user.may(Permission.READ_DATASET) else []
        return [*own, returns_crumb()]

    @property
    def words(self) -> dict[str, Any]:
        """What every page of a return says."""
        one = self.of_return
        return {
            "of_return": one,
            "collection": one.collection,
            "state": self.state,
            "breadcrumbs": self.crumbs,
            "addresses": {
                name: self.url(name) for name in ("grid", "grid_save", "grid_check", "grid_upload", "grid_sent")
            },
            "templates": [(name.upper(), f"{self.url('grid')}template.{name}") for name in (XLSX, CSV)],
        }


class Grid(OfReturn, TemplateView):
    """The figures that the agency owes, each with what is known beside it. Checking keeps what was typed."""

    template_name = "dataset/grid.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or GridForm(rows=rows_of(self.of_return))
        quarter = self.of_return.collection.quarter
        theirs = kwargs.pop("theirs", None)
        own = {
            "title": f"Figures of {quarter.label}: {self.of_return.agency.name}",
            "quarter": quarter,
            "form": form,
            "rows": form.grid(theirs),
        }
        return super().get_context_data(**kwargs | self.words | own)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = GridForm(request.POST, rows=rows_of(self.of_return))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        typed = form.typed()
        theirs = services.keep_typed(of_return=self.of_return, typed=typed, drawn=form.drawn(), by=self.user)
        rows = rows_of(self.of_return, typed)
        again = GridForm(_drawn_anew(request, typed, theirs), rows=rows)
        again.is_valid()
        if theirs:
            again.add_error(None, services.overtaken(theirs).sentence)
        for row in rows:
            for problem in row.problems:
                again.add_error(f"{row.name}-{problem.name}", f"{_called(row)}: {problem.sentence}")
        if again.errors:
            context = self.get_context_data(form=again, theirs=theirs)
            return self.render_to_response(context, status=409 if theirs else 200)
        return redirect(self.url("grid_check"))


def _called(row: Row) -> str:
    return f"{row.indicator.title}, {row.period.label}"


def _drawn_anew(request: HttpRequest, typed: dict[str, Typed], theirs: dict[str, Row]) -> Any:
    """The form again, drawn from what is on file now. Saving it once more replaces the other text knowingly: it was
    in front of the person."""
    data = request.POST.copy()
    for name, letters in typed.items():
        data[f"{DRAWN}-{name}"] = theirs[name].fingerprint if name in theirs else fingerprint(letters)
    return data


class GridSave(OfReturn, View):
    """What is typed is kept while it is typed; the page's script sends it here."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = GridForm(request.POST, rows=rows_of(self.of_return))
        if not form.is_valid():
            return JsonResponse({"sentence": "Not saved: a field holds too much. Shorten it."}, status=400)
        typed = form.typed()
        theirs = services.keep_typed(of_return=self.of_return, typed=typed, drawn=form.drawn(), by=self.user)
        fields = {f"{DRAWN}-{name}": fingerprint(one) for name, one in typed.items() if name not in theirs}
        if theirs:
            sentence = f"{services.overtaken(theirs).sentence} Press the button to see both."
            return JsonResponse({"sentence": sentence, "fields": fields}, status=409)
        return JsonResponse({"sentence": f"Saved, {moment(timezone.now())}", "fields": fields})


class GridCheck(OfReturn, Change):
    """Everything that would be sent, with what looks unusual; one button sends it."""

    form_class = CheckForm
    template_name = "dataset/grid_check.html"

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.of_return)

    @property
    def to_send(self) -> list[Row]:
        """New figures, and those that differ from what was sent."""
        return [row for row in self.rows if row.new and _differs(row)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rows": [row for row in self.to_send if row.unexplained]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quarter = self.of_return.collection.quarter
        form = kwargs.get("form") or self.get_form()
        rows = self.to_send
        return super().get_context_data(
            title=f"Check the figures of {quarter.label}",
            rows=[(row, form[row.name] if row.name in form.fields else None) for row in rows],
            unchanged=sum(1 for row in self.rows if row.new and not _differs(row)),
            missing=[row for row in self.rows if row.new is None and not row.is_received],
            wrong=any(row.problems for row in self.rows),
            **{**self.words, "breadcrumbs": [*self.crumbs, ("The figures", self.url("grid"))]},
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.send_figures(of_return=self.of_return, comments=data, by=self.user)
        return self.url("grid_sent")


def _differs(row: Row) -> bool:
    return row.new is not None and not services.says(row.figure, row.new)


class GridSent(OfReturn, TemplateView):
    """The word that figures were sent. Safe to reload; where nothing was sent yet, the grid."""

    template_name = "dataset/grid_sent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.of_return.sent_at is None:
            return redirect(self.url("grid"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = rows_of(self.of_return)
        return super().get_context_data(
            title="Figures sent",
            missing=[row for row in rows if not row.is_received],
            **self.words,
            **kwargs,
        )


class GridTemplate(OfReturn, View):
    """The agency's own figures of the quarter as a file to fill in; also to take away what was sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = rows_of(self.of_return, {})
        name = self.kwargs["format"]
        if name not in (CSV, XLSX):
            raise Http404
        content, kind = (
            (template.as_csv(rows), "text/csv; charset=utf-8") if name == CSV else (template.as_xlsx(rows), XLSX_TYPE)
        )
        note_template(of_return=self.of_return, format=name, by=self.user)
        response = HttpResponse(content, content_type=kind)
        filename = f"figures-{self.of_return.collection.quarter}.{name}".lower()
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response


class GridUpload(OfReturn, Change):
    """A file instead of the grid."""

    form_class = UploadForm
    template_name = "dataset/upload_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = f"Upload the figures of {self.of_return.collection.quarter.label}"
        return super().get_context_data(**{"title": title, **self.words, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        try:
            return services.upload_figures(file=data["file"], of_return=self.of_return, by=self.user)
        except RuleBroken as refusal:
            raise RuleBroken(refusal.sentence, field="file") from refusal
