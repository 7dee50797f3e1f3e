"""The returns of an agency: what it owes, its task list, the check, the confirmation, and what it takes with it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import (
    Answer,
    Contributor,
    Evidence,
    Feedback,
    ModeratedGrade,
    PanelQuery,
    PanelRequest,
    Return,
    ReturnState,
    Section,
)
from audits.returns import submitting
from audits.returns.answering import missing
from audits.returns.carrying import differences, last_return
from audits.returns.forms import HeadForm, InviteForm, ReplyForm, SignForm
from audits.returns.panel import areas_of
from audits.returns.printing import letter_docx, letter_pdf, return_pdf
from audits.returns.reading import StandardAnswers, by_standard
from audits.returns.reporting import COUNTED
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.errors import RuleBroken
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.templatetags.portal import day, moment
from lscb.common.word_documents import DOCX_TYPE
from lscb.files.views import download as download_attachment
from lscb.trail.services import record

from .base import ChangeReturn, OfReturn, ReadsReturns, history, late_tag, returns_crumb, status_tag


class ReturnFilter(django_filters.FilterSet):
    year = django_filters.ChoiceFilter(label="Year", empty_label="All years")
    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[("owed", "All that are owed"), ("overdue", "Overdue"), *ReturnState.choices],
        empty_label="All",
        method="with_status",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Return.objects.visible_to(self.request.user).order_by("-year")
        self.filters["year"].extra["choices"] = [
            (str(year), str(year)) for year in seen.values_list("year", flat=True).distinct()
        ]

    def with_status(self, returns: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return returns.overdue(timezone.localdate())
        return returns.owed() if value == "owed" else returns.filter(status=value)


def _late(of_return: Return) -> Tag | None:
    return late_tag(of_return, timezone.localdate())


class ReturnList(ReadsReturns, ListPage):
    """All returns for who reads them; for an agency its own."""

    title = "Returns"
    nouns = ("return", "returns")
    filterset_class = ReturnFilter
    counted = COUNTED
    default_sort = "-due_on"
    empty_text = "No return is asked for yet."
    columns = (
        ListColumn("Reference", "reference", sort=("year", "number"), link=True),
        ListColumn("Round", "round.title", sort="round__title"),
        ListColumn("Agency", "agency.name", sort="agency__name"),
        ListColumn("Due", "due_on", sort=("due_on", "number")),
        ListColumn("Submitted", "submitted_at", sort="submitted_at"),
        ListColumn("Status", status_tag, sort="status", tag=True, key="status"),
        ListColumn("Late", _late, tag=True),
    )

    def get_queryset(self) -> QuerySet[Return]:
        return Return.objects.visible_to(self.user).select_related("round", "agency")

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} returns as {format.upper()}", by=self.user)


# ---- The return -----------------------------------------------------------------------------------------------------


class ReturnPage(OfReturn, TemplateView):
    """For the agency a task list until it is sent; for everybody who reads it the record afterwards."""

    def get_template_names(self) -> list[str]:
        return ["audits/return_tasks.html" if self.is_own and self.of_return.is_owed else "audits/return.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, today = self.of_return, timezone.localdate()
        fills = self.user.may(Permission.FILL_RETURN, one.agency)
        return super().get_context_data(
            title=f"{one.round.title}: {one.agency.name}",
            of_return=one,
            breadcrumbs=[returns_crumb(self.user)],
            state=status_tag(one),
            late=late_tag(one, today),
            own=self.is_own,
            fills=fills,
            submits=self.user.may(Permission.SUBMIT_RETURN, one.agency),
            runs=self.user.for_whole_board(Permission.MANAGE_AUDITS),
            history=history(one, self.user),
            last=last_return(one) if self.is_own or one.is_submitted else None,
            **(self.tasks() if self.is_own and one.is_owed else self.read()),
            **kwargs,
        )

    def tasks(self) -> dict[str, Any]:
        """What is to be filled in, who helps, and how far it is."""
        sections = list(Section.objects.filter(of_return=self.of_return).select_related("standard"))
        answers = list(Answer.objects.filter(of_return=self.of_return).with_content())
        helpers = list(Contributor.objects.visible_to(self.user).open().filter(of_return=self.of_return))
        return {
            "tasks": [_task(one, answers, helpers) for one in sections],
            "completed": sum(one.is_completed for one in sections),
            "helpers": [one for one in helpers if one.standard_id],
            "governor": next((one for one in helpers if one.standard_id is None), None),
            "signatures": list(self.of_return.signatures.all()),
        }

    def read(self) -> dict[str, Any]:
        """Answers, the panel's grades beside them, queries in place, and feedback: each as far as it is told."""
        one, user = self.of_return, self.user
        answers = Answer.objects.visible_to(user).filter(of_return=one).with_content()
        grades = ModeratedGrade.objects.visible_to(user).filter(answer__of_return=one).select_related("option")
        queries = PanelQuery.objects.visible_to(user).filter(of_return=one).select_related("question__standard")
        said = Feedback.objects.visible_to(user).filter(of_return=one).select_related("standard", "area")
        requests = PanelRequest.objects.visible_to(user).filter(of_return=one)
        standards: list[StandardAnswers] = by_standard(answers, grades, queries, said, requests)
        return {
            "standards": standards,
            "overall": [each for each in said if each.standard_id is None],
            "several_areas": len(areas_of(one)) > 1,
            "unanswered": sum(each.replied_at is None for each in queries),
            "rows": _facts(one),
            "signatures": list(one.signatures.all()) if one.is_submitted else [],
        }


def _facts(one: Return) -> list[dict[str, Any]]:
    due = f"{day(one.due_on)}{f' (first {day(one.original_due)})' if one.due_on != one.original_due else ''}"
    rows = [
        {"key": "Agency", "value": one.agency.name},
        {"key": "Round", "value": f"{one.round.title}, {one.year}"},
        {"key": "Asked for", "value": one.get_asks_for_display()},
        {"key": "Why out of turn", "value": one.asked_because},
        {"key": "Due", "value": due},
        {"key": "Submitted", "value": moment(one.submitted_at), "empty": "Not yet"},
        {"key": "Reason", "value": one.excuse},
    ]
    return [row for row in rows if row["value"] or row["key"] == "Submitted"]


def _task(section: Section, answers: list[Answer], helpers: list[Contributor]) -> dict[str, Any]:
    own = [one for one in answers if one.question.standard_id == section.standard_id]
    waiting = sum(one.to_confirm for one in own)
    given = sum(one.is_answered and not one.to_confirm for one in own)
    words = [f"{len(own)} questions"]
    words += [f"{waiting} to confirm or change"] if waiting else []
    words += [f"{one.name} helps" for one in helpers if one.standard_id == section.standard_id]
    saved = max((one.saved_at for one in own if one.saved_at), default=None)
    words += [f"last saved {moment(saved)}"] if saved and not section.is_completed else []
    status, tone = _progress(section, given, len(own))
    return {
        "title": str(section.standard),
        "url": reverse("audits:return_section", args=[section.of_return_id, section.standard.number]),
        "hint": " · ".join(words),
        "status": status,
        "tone": tone,
    }


def _progress(section: Section, given: int, asked: int) -> tuple[str, str]:
    if section.is_completed:
        return "Completed", ""
    if not given:
        return "not started", "grey"
    return ("to complete" if given == asked else f"{given} of {asked} answered"), "blue"


# ---- Checking and signing -------------------------------------------------------------------------------------------


class CheckReturn(ChangeReturn):
    """Check answers and the declaration, on one page. Who may not sign tells the lead that it is ready."""

    needs = "fill"
    template_name = "audits/return_check.html"

    @property
    def schools(self) -> bool:
        return self.of_return.round.framework.is_for_schools

    @property
    def signs(self) -> bool:
        return self.user.may(Permission.SUBMIT_RETURN, self.of_return.agency)

    def get_form_class(self) -> type[BaseForm]:
        return HeadForm if self.schools else SignForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"declaration": self.of_return.round.framework.declaration}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.user.name}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.of_return.is_owed else redirect(self.of_return)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = list(Answer.objects.filter(of_return=self.of_return).with_content())
        faults = [fault for answer in answers for fault in missing(answer)]
        standards = by_standard(answers, [], [], [], [])
        return super().get_context_data(
            title="Check the answers and submit",
            standards=standards,
            faults=faults,
            signs=self.signs,
            schools=self.schools,
            signed=list(self.of_return.signatures.all()),
            late=late_tag(self.of_return, self.today),
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        data.pop("declared")
        submitting.sign(of_return=self.of_return, by=self.user, at=self.now, **data)
        return reverse("audits:return_done", args=[self.of_return.pk])


class ReturnDone(OfReturn, TemplateView):
    """The confirmation: safe to load again."""

    needs = "fill"
    template_name = "audits/return_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waits = self.of_return.status == ReturnState.AWAITING
        sent = self.of_return.is_submitted
        return super().get(request, *args, **kwargs) if sent or waits else redirect(self.of_return)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(of_return=self.of_return, breadcrumbs=self.crumbs(), **kwargs)


class _Step(OfReturn, View):
    """One button of an agency."""

    http_method_names = ["post"]
    needs = "fill"
    said = ""

    def do(self) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.do()
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, self.said)
        return redirect(self.of_return)


class Ready(_Step):
    said = "The lead of your agency is told that the return can be signed."

    def do(self) -> None:
        submitting.tell_lead_it_is_ready(of_return=self.of_return, by=self.user, at=self.now)


class TakeBack(_Step):
    said = "The return is open again. Sign it when it is changed."

    def do(self) -> None:
        submitting.take_back(of_return=self.of_return, by=self.user, at=self.now)


class Resubmit(_Step):
    needs = "submit"
    said = "The replies are sent to the panel."

    def do(self) -> None:
        submitting.resubmit(of_return=self.of_return, by=self.user, at=self.now)


# ---- Helpers, queries -----------------------------------------------------------------------------------------------


class Invite(ChangeReturn):
    needs = "fill"
    form_class = InviteForm
    title = "Ask somebody to help with a standard"
    done = "The link is sent. It opens this one standard and nothing else."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"standards": self.of_return.round.framework.standards.all()}

    def do(self, data: dict[str, Any]) -> Any:
        submitting.invite_contributor(of_return=self.of_return, by=self.user, at=self.now, **data)
        return self.of_return


class EndInvitation(_Step):
    said = "The link does not work any more."

    def do(self) -> None:
        known = Contributor.objects.visible_to(self.user).filter(of_return=self.of_return)
        contributor = get_object_or_404(known, pk=self.kwargs["contributor"])
        submitting.end_contributor(contributor=contributor, by=self.user, at=self.now)


class Reply(ChangeReturn, AsRead):
    """The reply to a query; the record page holds the same form in place."""

    needs = "fill"
    form_class = ReplyForm
    title = "Reply to the panel"
    done = "The reply is saved. The lead sends all replies together."
    template_name = "audits/reply.html"

    def query(self) -> PanelQuery:
        related = PanelQuery.objects.visible_to(self.user).select_related("question__standard")
        return get_object_or_404(related, of_return=self.of_return, pk=self.kwargs["query"])

    @property
    def record(self) -> PanelQuery:
        return self.query()

    def values(self, record: PanelQuery) -> dict[str, Any]:
        return {"reply": record.reply}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(query=self.query(), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        submitting.reply_to_query(query=self.query(), by=self.user, at=self.now, **data)
        return self.of_return


# ---- To take away ---------------------------------------------------------------------------------------------------


def download(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class ReturnPdf(OfReturn, View):
    """For the agency always, also after closing; for the board what was submitted."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one = self.of_return
        if not (self.is_own or one.is_submitted):
            return redirect(one)
        with transaction.atomic():
            record(verb="downloaded a return", by=self.user, target=one)
        return download(return_pdf(one), name=f"{_safe(one)}.pdf", content_type="application/pdf")


class Letter(OfReturn, View):
    """The feedback: for who writes it at any time, for the agency when it is issued."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one, today = self.of_return, timezone.localdate()
        if not (one.has_feedback or (one.is_submitted and self.user.may(Permission.READ_RETURNS))):
            return redirect(one)
        with transaction.atomic():
            record(verb="downloaded a feedback letter", by=self.user, target=one)
        name = f"feedback-{_safe(one)}"
        if self.kwargs["format"] == "docx":
            return download(letter_docx(one, today=today), name=f"{name}.docx", content_type=DOCX_TYPE)
        return download(letter_pdf(one, today=today), name=f"{name}.pdf", content_type="application/pdf")


def _safe(one: Return) -> str:
    return one.reference.replace("/", "-").lower()


class EvidenceFile(OfReturn, View):
    """A file that shows an answer, for who may read that answer."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        files = Evidence.objects.visible_to(self.user).filter(answer__of_return=self.of_return)
        evidence = get_object_or_404(files.select_related("attachment"), attachment=kwargs["file"])
        return download_attachment(evidence.attachment, by=self.user)


class Changes(OfReturn, TemplateView):
    """What is different from the last cycle."""

    template_name = "audits/return_changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.of_return
        readable = self.is_own or one.is_submitted
        last = last_return(one) if readable else None
        return super().get_context_data(
            title="What changed since the last return",
            of_return=one,
            last=last,
            differences=differences(one, last) if last else [],
            breadcrumbs=self.crumbs(),
            **kwargs,
        )
