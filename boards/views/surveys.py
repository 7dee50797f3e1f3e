"""Surveys to read: the list, one survey with its results, the results as a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from boards.engagement.reporting import COUNTED_SURVEYS
from boards.models import Answer, Moderation, Survey, SurveyState
from boards.surveys.links import invited, open_address
from boards.surveys.results import QuestionResult, results_of
from lscb.accounts.permissions import Permission
from lscb.common.lists import CSV, XLSX, XLSX_TYPE, ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import Sheet, Value, csv_bytes, xlsx_bytes
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import ReadsBoard, crumbs

TONES: dict[str, str] = {SurveyState.DRAFT: "grey", SurveyState.OPEN: "blue", SurveyState.CLOSED: "green"}
HEADINGS = ("Question", "Answer", "People", "Respondents", "Percent")


def list_crumb() -> tuple[str, str]:
    return "Surveys", reverse("boards:survey_list")


def state_of(survey: Survey) -> Tag:
    return Tag(survey.get_state_display().lower(), TONES[survey.state])


class SurveyFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label="Title", field_name="title", lookup_expr="icontains")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")
    state = django_filters.ChoiceFilter(label="State", choices=SurveyState.choices, empty_label="All")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = Survey.objects.visible_to(self.request.user).order_by("-month").values_list("month", flat=True)
        years = list(dict.fromkeys(month.year for month in months.distinct()))
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def in_year(self, surveys: Any, name: str, value: str) -> Any:
        return surveys.of_year(FinancialYear.parse(value))


class SurveyList(ReadsBoard, ListPage):
    title = "Surveys"
    nouns = ("survey", "surveys")
    filterset_class = SurveyFilter
    counted = COUNTED_SURVEYS
    default_sort = "-month"
    empty_text = "No survey is here yet."
    columns = (
        ListColumn("Survey", "title", sort="title", link=True),
        ListColumn("Month", "month", sort=("month", "title")),
        ListColumn("Who is asked", "audience"),
        ListColumn("Respondents", "respondents", numeric=True, sort=("respondents", "month")),
        ListColumn("State", state_of, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Survey]:
        return Survey.objects.visible_to(self.user).annotate(respondents=Count("responses"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_BOARD):
            kwargs |= {"start_url": reverse("boards:survey_add"), "start_label": "Draft a survey"}
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} surveys as {format.upper()}", by=self.user)


class OfSurvey(ReadsBoard):
    """A page of a survey that the person may read."""

    kwargs: dict[str, Any]

    @cached_property
    def survey(self) -> Survey:
        return get_object_or_404(Survey.objects.visible_to(self.user), pk=self.kwargs["pk"])


class SurveyPage(OfSurvey, TemplateView):
    """A draft with its questions; an open survey with its links; then what it came to."""

    template_name = "boards/survey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        survey = self.survey
        manages = self.user.may(Permission.MANAGE_BOARD)
        return super().get_context_data(
            title=survey.title,
            survey=survey,
            state=state_of(survey),
            breadcrumbs=crumbs(list_crumb()),
            rows=_rows(survey, manages),
            questions=survey.questions.prefetch_related("options"),
            results=[] if survey.is_draft else [_drawn(result) for result in results_of(survey)],
            open_link=open_address(survey) if manages and survey.is_open else "",
            manages=manages,
            offers=_offers(survey) if manages else [],
            comments=_comments(survey) if manages else 0,
            history=timeline(survey, limit=20),
            **kwargs,
        )


def _drawn(result: QuestionResult) -> dict[str, Any]:
    if not result.is_choice:
        return {"result": result}
    return {"result": result, "chart": result.chart(), "table": result.table()}


def _rows(survey: Survey, manages: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:survey_change", args=[survey.pk])} if manages else {}
    themes = "\n".join(f"Theme {theme.number}: {theme.text}" for theme in survey.themes.all())
    rows: list[dict[str, Any]] = [
        {"key": "Month", "value": survey.month.label, **change},
        {"key": "Who is asked", "value": survey.audience, **change},
        {"key": "Respondents", "value": survey.responses.count()},
        {"key": "Last day for answers", "value": day(survey.closes_on), "empty": "None is set", **change},
        {"key": "Themes of the plan", "value": themes, "empty": "None", **change},
    ]
    people, answered = invited(survey) if manages else (0, 0)
    if people:
        rows.insert(3, {"key": "Sent by e-mail", "value": f"{answered} of {people} people answered"})
    if survey.closed_on:
        rows.append({"key": "Closed", "value": day(survey.closed_on)})
    return rows


def _comments(survey: Survey) -> int:
    """How many comments nobody has read."""
    return Answer.objects.comments().filter(question__survey=survey, moderation=Moderation.WAITING).count()


def _offers(survey: Survey) -> list[dict[str, str]]:
    """What can be done with it as it stands: the main thing first."""
    has_questions = survey.questions.exists()
    offers = (
        ("survey_open", "Open the survey", survey.is_draft and has_questions),
        ("question_add", "Add a question", survey.is_draft),
        ("survey_send", "Send it by e-mail", survey.is_open),
        ("survey_import", "Import answers", survey.is_open),
        ("survey_close", "Close the survey", survey.is_open),
        ("survey_link", "Take back the open link", survey.is_open),
        ("survey_reopen", "Re-open", survey.is_closed),
    )
    return [{"url": reverse(f"boards:{name}", args=[survey.pk]), "label": label} for name, label, may in offers if may]


class SurveyResults(OfSurvey, View):
    """The counts as CSV or XLSX: a row for each answer of each question."""

    def get(self, request: HttpRequest, pk: Any, format: str) -> HttpResponse:
        if self.survey.is_draft or format not in (CSV, XLSX):
            raise Http404
        rows: list[list[Value]] = [
            [result.text, choice.label, choice.count, result.n, choice.share.show(1)]
            for result in results_of(self.survey)
            for choice in result.choices
        ]
        with transaction.atomic():
            record(verb=f"exported the results as {format.upper()}", by=self.user, target=self.survey)
        if format == CSV:
            response = HttpResponse(csv_bytes(HEADINGS, rows), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(xlsx_bytes([Sheet("Results", HEADINGS, rows)]), content_type=XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="survey-{self.survey.month}.{format}"'
        return response
