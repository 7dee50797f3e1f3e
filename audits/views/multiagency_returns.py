"""The agencies' side of a multi-agency audit: what is owed, and one return. An agency meets nothing but its own."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import Audit, AuditAnswer, AuditGrade, AuditQuestion, AuditReturn, AuditStage, ReturnStatus
from audits.multiagency import forms, services
from audits.multiagency.querysets import reads_everything
from audits.multiagency.reporting import COUNTED_RETURNS
from lscb.accounts.access import Guarded, check_access
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.templatetags.portal import day
from lscb.files.views import download
from lscb.trail.history import timeline
from lscb.trail.services import record, viewed

from .multiagency import crumbs, return_tag

ANSWERED_AT = (AuditStage.FIELDWORK, AuditStage.MODERATION)
READERS = (Permission.READ_RETURNS, Permission.READ_OWN_RETURNS)


class ReadsReturns(Guarded):
    scope = READERS


def _status(one: AuditReturn) -> Tag:
    return return_tag(one, timezone.localdate())


# ---- The list -------------------------------------------------------------------------------------------------------


class ReturnFilter(django_filters.FilterSet):
    """Every choice comes from the returns that the person may see."""

    status = django_filters.ChoiceFilter(
        label="Status", choices=[("late", "Late"), *ReturnStatus.choices], empty_label="All", method="with_status"
    )
    audit = django_filters.ModelChoiceFilter(
        label="Audit", queryset=Audit.objects.none(), empty_label="All audits", field_name="case__audit"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = AuditReturn.objects.visible_to(self.request.user)
        self.filters["audit"].queryset = Audit.objects.filter(cases__returns__in=seen).distinct()

    def with_status(self, returns: Any, name: str, value: str) -> Any:
        return returns.late(timezone.localdate()) if value == "late" else returns.filter(status=value)


class ReturnList(ReadsReturns, ListPage):
    """What the agency was asked, the most urgent first; for who reads all returns, those of every agency."""

    template_name = "audits/multiagency/returns.html"
    title = "Returns to audits"
    nouns = ("return", "returns")
    filterset_class = ReturnFilter
    counted = COUNTED_RETURNS
    default_sort = "due"
    empty_text = "Your agency was not asked for a return to an audit."
    columns = (
        ListColumn("Case", "case.pseudonym", sort=("case__audit__title", "case__number"), link=True),
        ListColumn("Audit", "case.audit.title", sort=("case__audit__title", "case__number")),
        ListColumn("Agency", "agency.name", sort="agency__name"),
        ListColumn("Due", "due", sort=("is_done", "due", "case__audit__title", "case__number", "agency__name")),
        ListColumn("Status", _status, sort="status", tag=True),
    )

    def get_queryset(self) -> QuerySet[AuditReturn]:
        """What still waits for an answer comes first."""
        returns = AuditReturn.objects.visible_to(self.user).select_related("case__audit", "agency")
        return returns.annotate(is_done=Case(When(status=ReturnStatus.DUE, then=0), default=1))

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} returns to audits as {format.upper()}", by=self.user)


# ---- One return -----------------------------------------------------------------------------------------------------


class OfReturn(ReadsReturns):
    """A page of a return that exists for this person."""

    kwargs: dict[str, Any]

    @cached_property
    def one(self) -> AuditReturn:
        related = AuditReturn.objects.visible_to(self.user).select_related(
            *("case__audit__tool", "agency", "own_grade", "moderated_grade")
        )
        return get_object_or_404(related, pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        return self.one.agency_id in self.user.agencies_where(Permission.READ_OWN_RETURNS)

    @property
    def shows(self) -> bool:
        """What was answered: a draft to its agency alone."""
        return self.is_own or not self.one.takes_answers

    def words(self) -> dict[str, Any]:
        """What every page of a return shows."""
        one, audit = self.one, self.one.case.audit
        way = [("Returns to audits", reverse("audits:audit_return_list"))]
        if reads_everything(self.user):
            audit_link = (audit.title, audit.get_absolute_url())
            way = crumbs(audit_link, (one.case.pseudonym, one.case.get_absolute_url()))
        return {
            "one": one,
            "case": one.case,
            "audit": audit,
            "state": _status(one),
            "breadcrumbs": way,
            "files": one.files.all(),
        }


class ReturnPage(OfReturn, TemplateView):
    """What was asked and answered. A draft is shown to its agency alone; each view of a return is on the trail."""

    template_name = "audits/multiagency/return.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.one
        viewed(one, by=self.user, named=f"Audit return of {one.agency}")
        shows = self.shows
        answers = AuditAnswer.objects.visible_to(self.user).filter(audit_return=one)
        told = reads_everything(self.user) or one.case.audit.is_told
        words = self.words() | ({} if shows else {"files": []})
        return super().get_context_data(
            title=f"{one.case.pseudonym}: {one.agency}",
            rows=_facts(one, shows=shows, told=told),
            answers=answers.select_related("question", "grade").order_by("question__number") if shows else [],
            offers=_offers(one, self.user),
            history=timeline(one),
            **words,
            **kwargs,
        )


class ReturnFile(OfReturn, View):
    """A file of a return, for who may read what was answered."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        if not self.shows:
            raise Http404
        return download(get_object_or_404(self.one.files, pk=kwargs["file"]), by=self.user)


def _facts(one: AuditReturn, *, shows: bool, told: bool) -> list[dict[str, Any]]:
    case, audit = one.case, one.case.audit
    rows: list[dict[str, Any]] = [
        {"key": "Audit", "value": audit.title},
        {"key": "Case", "value": f"{case.pseudonym}, age {case.get_age_band_display().lower()}"},
        {"key": "Due", "value": day(one.due)},
    ]
    if one.received_on:
        rows.append({"key": "Received", "value": f"{day(one.received_on)}{', late' if one.was_late else ''}"})
    if one.sent_back_because:
        rows.append({"key": "Sent back, because", "value": one.sent_back_because})
    if shows and (one.account or one.own_grade):
        grade = one.own_grade.label if one.own_grade else ""
        rows.append({"key": "Own grade", "value": grade, "empty": "None"})
        rows.append({"key": "What the agency found", "value": one.account, "empty": "Not yet written"})
    if told and one.moderated_grade:
        rows.append({"key": "Moderated grade", "value": one.moderated_grade.label})
        rows.append({"key": "Reason", "value": one.moderation_reason})
    return rows


def _offers(one: AuditReturn, user: Any) -> list[dict[str, str]]:
    stage = one.case.audit.stage
    answers = services.may_answer_for(user, one.agency_id) and one.takes_answers and stage in ANSWERED_AT
    came = one.status in (ReturnStatus.RECEIVED, ReturnStatus.NO_INVOLVEMENT)
    back = user.may(Permission.MANAGE_AUDITS) and stage == AuditStage.FIELDWORK and came and not one.moderated_grade_id
    offers = (
        ("audit_return_answer", "Answer", answers),
        ("audit_return_no_involvement", "We were not involved", answers),
        ("audit_return_send_back", "Send it back", back),
    )
    return [{"url": reverse(f"audits:{name}", args=[one.pk]), "label": label} for name, label, may in offers if may]


class _ChangesReturn(OfReturn, Change):
    """A form about a return, for who answers for its agency."""

    template_name = "audits/multiagency/return_form.html"
    intro: ClassVar[str] = ""

    def may(self) -> bool:
        return services.may_answer_for(self.user, self.one.agency_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        if self.one and not self.may():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": self.intro, **self.words(), **kwargs})

    def after(self) -> str:
        """Where somebody who answers goes on: to what else the agency owes."""
        return reverse("audits:audit_return_list") if self.is_own else self.one.get_absolute_url()


class AnswerReturn(Versioned, _ChangesReturn):
    """The questions about one case. It can be kept and finished later; two people in it lose nothing."""

    template_name = "audits/multiagency/answer.html"
    form_class = forms.AnswerForm

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.one.case.pseudonym}: return of {self.one.agency}"

    @property
    def later(self) -> bool:
        """Whether it is kept and not sent: by the second button, or by the page itself while somebody writes."""
        return forms.LATER in self.request.POST or self.saves_itself

    @property
    def saves_itself(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    @property
    def done(self) -> str:  # type: ignore[override]
        return "The return is kept. Send it when it is finished." if self.later else "The return is sent."

    def get_form_kwargs(self) -> dict[str, Any]:
        tool = self.one.case.audit.tool_id
        return super().get_form_kwargs() | {
            "questions": list(AuditQuestion.objects.filter(tool=tool)),
            "grades": AuditGrade.objects.filter(tool=tool),
            "sends": not self.later,
        }

    @property
    def record(self) -> AuditReturn:
        return self.one

    def values(self, record: AuditReturn) -> dict[str, Any]:
        """Who may answer reads what is begun, so that nothing of it is lost."""
        shown: dict[str, Any] = {"own_grade": record.own_grade, "account": record.account}
        for answer in record.answers.select_related("grade"):
            shown |= {f"grade_{answer.question_id}": answer.grade, f"evidence_{answer.question_id}": answer.evidence}
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        takes = self.one.takes_answers and self.one.case.audit.stage in ANSWERED_AT
        return super().get_context_data(takes_answers=takes, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.said = form.said()
        return self.saved(form) if self.saves_itself else super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        given: dict[str, Any] = {
            "audit_return": self.one,
            "version": data["version"],
            "own_grade": data["own_grade"],
            "account": data["account"],
            "said": self.said,
            "uploads": [data["upload"]] if data["upload"] else [],
            "by": self.user,
        }
        if self.later:
            services.save_return(**given)
        else:
            services.send_return(on=self.today, **given)
        return self.after()

    def saved(self, form: Any) -> HttpResponse:
        """The answer to a page that saves itself: a sentence, and the version on which the next save builds."""
        try:
            self.do(form.cleaned_data)
        except Overtaken:
            sentence = "Somebody else saved this return. Press a button below to see both texts."
            return JsonResponse({"sentence": sentence}, status=409)
        except RuleBroken as refusal:
            return JsonResponse({"sentence": refusal.sentence}, status=422)
        version = AuditReturn.objects.values_list("version", flat=True).get(pk=self.one.pk)
        at = timezone.localtime()
        return JsonResponse({"sentence": f"Saved at {at.hour}.{at.minute:02d}.", "fields": {"version": str(version)}})

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.saves_itself:
            return JsonResponse({"sentence": "Not saved yet: something on this page cannot be read."}, status=422)
        return super().form_invalid(form)


class NoInvolvement(_ChangesReturn):
    form_class, title = forms.NoInvolvementForm, "We were not involved"
    intro = "Say so when your agency never knew this child. It is an answer, not a gap."
    done = "It is recorded that your agency was not involved."

    def do(self, data: dict[str, Any]) -> Any:
        services.report_no_involvement(audit_return=self.one, by=self.user, on=self.today, **data)
        return self.after()


class SendBack(_ChangesReturn):
    form_class, title = forms.SendBackForm, "Send a return back"
    intro = "The agency is told by e-mail that something waits, and reads here what is missing."
    done = "The return is the agency’s again."

    def may(self) -> bool:
        return self.user.may(Permission.MANAGE_AUDITS)

    def do(self, data: dict[str, Any]) -> Any:
        services.send_back(audit_return=self.one, by=self.user, today=self.today, **data)
        return self.one
