"""The list of cases, one case, and what happens to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from lscb.accounts.cases import in_emergency
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.actions.models import Action, ActionPlan
from lscb.actions.views import WATCHED, asked_of, rag_tag
from lscb.actions.views import state_tag as action_state
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.lists import DayRangeFilter, ListColumn, ListPage, Tag
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline, viewers
from lscb.trail.services import record

from ..ages import AgeBand
from ..forms import cases as forms
from ..forms.notification import FindForm
from ..models import (
    ANSWERED,
    FACTS,
    PARTS,
    AgencyReport,
    Death,
    DeathState,
    Domain,
    Paper,
    ParallelProcess,
    RapidResponse,
    Review,
)
from ..querysets import knows_children
from ..reporting import COUNTED
from ..services import cases as services
from ..services.identity import find_children, twins_of
from ..services.reviewing import missing
from .base import KNOWS, MANAGES, ChangesDeath, OfDeath, OnADay, ReadsDeaths, crumb, state_tag

# ---- The list -------------------------------------------------------------------------------------------------------


class DeathFilter(django_filters.FilterSet):
    """By codes and days of the panel's work. There is no search for words: a name would be in the address."""

    state = django_filters.ChoiceFilter(label="State", choices=DeathState.choices, empty_label="All")
    age_band = django_filters.ChoiceFilter(label="Age at death", choices=AgeBand.choices, empty_label="All ages")
    notified = DayRangeFilter(label="Notified", field_name="notified_on")


def _reports(death: Death) -> str:
    asked = [report for report in death.reports.all() if report.state != "not_needed"]
    return f"{sum(report.state in ANSWERED for report in asked)} of {len(asked)}" if asked else ""


def _paper(death: Death) -> Tag | None:
    paper = getattr(death, "paper", None)
    if death.held_back:
        return Tag("held back", "red")
    return Tag(paper.get_state_display().lower(), "green" if paper.is_released else "amber") if paper else None


class DeathList(ReadsDeaths, ListPage):
    template_name = "cdop/death_list.html"
    title = "Child deaths"
    nouns = ("case", "cases")
    filterset_class = DeathFilter
    counted = COUNTED
    default_sort = "-notified"
    empty_text = "There is no case."
    columns = (
        ListColumn("Reference", "reference", sort="reference", link=True),
        ListColumn("Notified", "notified_on", sort=("notified_on", "reference")),
        ListColumn("Age at death", lambda death: death.get_age_band_display(), sort="age_band"),
        ListColumn("Agency reports", _reports),
        ListColumn("Paper", _paper, tag=True),
        ListColumn("Reviewed or passed on", "ended_on", sort="ended_on"),
        ListColumn("State", state_tag, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Death]:
        visible = Death.objects.visible_to(self.user).defer("ended_because")
        paper = Paper.objects.only("death", "state")
        return visible.prefetch_related("reports", Prefetch("paper", paper))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(MANAGES):
            kwargs |= {"start_url": reverse("notify:start"), "start_label": "Enter a notification"}
        plan = ActionPlan.objects.visible_to(self.user).filter(permission=Permission.READ_CHILD_DEATHS).first()
        return super().get_context_data(knows=knows_children(self.user), plan=plan, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} child deaths as {format.upper()}", by=self.user)


class FindChild(ReadsDeaths, FormView):
    """Is this child known? For the officer and the designated doctor; what is typed goes into no address."""

    right = KNOWS
    template_name = "cdop/find.html"
    form_class = FindForm

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            found = find_children(by=self.user, **form.cleaned_data)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, found=found, searched=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="Find a child", breadcrumbs=[crumb()], **kwargs)


# ---- One case -------------------------------------------------------------------------------------------------------


class DeathPage(OfDeath, TemplateView):
    """A case: for the officer everything about its course, for the panel the released paper and the review."""

    template_name = "cdop/death.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        death, user, today = self.death, self.user, timezone.localdate()
        knows, manages = knows_children(user), user.may(MANAGES)
        review = Review.objects.prefetch_related("categories", "domains__factors").get(death=death)
        paper = Paper.objects.visible_to(user).filter(death=death).first()
        return super().get_context_data(
            title=f"Case {death.reference}",
            death=death,
            state=state_tag(death),
            breadcrumbs=[crumb()],
            knows=knows,
            emergencies=in_emergency(case=death.pk, user=user, watches=knows, now=timezone.now()),
            manages=manages,
            rows=_facts(death, user),
            twins=twins_of(death, by=user) if knows and death.is_open else [],
            reports=_report_rows(death, user, today) if knows else [],
            processes=[
                _process(one, manages, knows) for one in ParallelProcess.objects.visible_to(user).filter(death=death)
            ],
            paper=paper,
            paper_state=_paper(death) if knows else None,
            parts=[(label, getattr(paper, name)) for name, label in _parts(paper)] if paper else [],
            review=_review_rows(review, death, knows),
            tasks=_tasks(death, review) if manages and death.is_open else [],
            missing=missing(death) if manages and death.is_open else [],
            actions=_action_rows(death, user, today),
            panels=[case.panel for case in death.panel_cases.visible_to(user).select_related("panel__meeting__group")],
            history=timeline(death, limit=15) if knows else None,
            viewers_url=reverse("cdop:viewers", args=[death.pk]) if knows else "",
            **kwargs,
        )


def _parts(paper: Paper) -> list[tuple[str, str]]:
    return [(name, label) for name, label in PARTS.items() if getattr(paper, name)]


def _who(death: Death) -> dict[str, Any]:
    """The way to who the child was, or when that was destroyed."""
    if death.identity_destroyed_on:
        return {"value": f"Destroyed on {day(death.identity_destroyed_on)}, because its time was over"}
    words = "Kept apart. Each look at it goes onto the trail with its purpose"
    return {"value": words, "url": reverse("cdop:identity", args=[death.pk]), "action": "See"}


def _facts(death: Death, user: User) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": "Notified", "value": f"{day(death.notified_on)}, {death.get_via_display().lower()}"},
        {"key": "Age at death", "value": death.get_age_band_display()},
    ]
    if knows_children(user):
        rows.append({"key": "Who the child was", **_who(death)})
        response = getattr(death, "rapid_response", None)
        url = reverse("cdop:rapid_response", args=[death.pk]) if user.may(MANAGES) and death.is_open else ""
        value = _response(response) if response else ""
        rows.append({"key": "Rapid response", "value": value, "empty": "None recorded", "url": url})
    if death.ended_on:
        words = death.get_state_display()
        rows.append({"key": words, "value": f"{day(death.ended_on)}{_ended(death)}"})
    if death.same_as:
        rows.append({"key": "Same child as", "value": death.same_as.reference, "url": death.same_as.get_absolute_url()})
        rows[-1]["action"] = "See"
    return rows


def _response(response: RapidResponse) -> str:
    steps = (("Began", response.began_on), ("Joint visit", response.visited_on), ("Discussed", response.discussed_on))
    return "\n".join([*(f"{what}: {day(on)}" for what, on in steps if on), response.note]).strip()


def _ended(death: Death) -> str:
    if death.months_to_review is not None:
        return f", {death.months_to_review} months after the death"
    return f", to {death.ended_because}"


def _report_rows(death: Death, user: User, today: dt.date) -> list[dict[str, Any]]:
    reports = AgencyReport.objects.visible_to(user).filter(death=death).select_related("agency")
    return [{"report": report, "tag": report_tag(report, today)} for report in reports]


def report_tag(report: AgencyReport, today: dt.date) -> Tag:
    late = (today - report.due).days
    if report.is_owed and late > 0:
        return Tag("1 day late" if late == 1 else f"{late:,} days late", "red")
    tones = {"asked": "amber", "sent": "green", "not_known": "green"}
    return Tag(report.get_state_display().lower(), tones.get(report.state, "grey"))


def _process(process: ParallelProcess, manages: bool, knows: bool) -> dict[str, Any]:
    """For the panel that it runs or ran; its note is for who may know the child."""
    words = f"noted {day(process.noted_on)}" + (f", ended {day(process.ended_on)}" if process.ended_on else "")
    tag = Tag("ended", "grey") if process.ended_on else Tag("open", "amber")
    url = reverse("cdop:process_end", args=[process.pk]) if manages and not process.ended_on else ""
    first = "must end before the review closes" if process.ends_first else "does not hold the review up"
    note = process.note if knows else ""
    return {"name": process.get_kind_display(), "words": f"{words}; {first}", "tag": tag, "url": url, "note": note}


FACT_LABELS = (
    *("Sex", "Ethnicity", "Expected or unexpected", "Place of death", "Type of event"),
    *("Child protection plan", "Statutory order", "Asylum seeker"),
)


def _review_rows(review: Review, death: Death, knows: bool) -> list[dict[str, Any]]:
    """What the panel found, as far as it is recorded; texts of a case that is held back are for who may know."""
    codes = [
        {"key": label, "value": getattr(review, f"get_{name}_display")()}
        for name, label in zip(FACTS, FACT_LABELS, strict=True)
    ]
    found = review.primary_category
    others = [str(one) for one in review.categories.all() if one.category != found]
    codes.append({"key": "Category", "value": "\n".join([str(found.label) if found else "", *others]).strip()})
    codes.append({"key": "Modifiable factors", "value": review.get_modifiable_display()})
    if death.held_back and not knows:
        return codes
    for domain in review.domains.all():
        factors = [f"{one.get_factor_display()}: {one.influence}" for one in domain.factors.all()]
        codes.append({"key": domain.get_domain_display(), "value": "\n".join([*factors, domain.text]).strip()})
    texts = (("Issues", "issues"), ("Learning", "learning"), ("Recommendations", "recommendations"))
    codes += [{"key": label, "value": getattr(review, name)} for label, name in texts]
    return [*codes, {"key": "Linked case review", "value": review.linked_review, "empty": "None"}]


def _tasks(death: Death, review: Review) -> list[dict[str, str]]:
    """The parts of the review form, each with its state."""
    saved = {one.domain for one in review.domains.all()}
    done = {
        "facts": all(getattr(review, name) for name in FACTS),
        **{domain: domain in saved for domain in Domain.values},
        "finding": bool(review.modifiable),
        "learning": review.learning_version > 0,
    }
    names = {"facts": "Facts", **dict(Domain.choices), "finding": "Category and modifiable factors"}
    names["learning"] = "Issues, learning and recommendations"
    tasks = []
    for part, title in names.items():
        is_domain = part in Domain.values
        args = [death.pk, part] if is_domain else [death.pk]
        url = reverse("cdop:review_domain" if is_domain else f"cdop:review_{part}", args=args)
        state = {"status": "Saved"} if done[part] else {"status": "To do", "tone": "blue"}
        tasks.append({"title": str(title), "url": url} | state)
    return tasks


def _action_rows(death: Death, user: User, today: dt.date) -> list[dict[str, Any]]:
    visible = Action.objects.visible_to(user).filter(death_action__death=death).prefetch_related(WATCHED)
    return [
        {
            "number": action.number,
            "what": action.what,
            "due": action.due,
            "url": action.get_absolute_url(),
            "who": asked_of(action),
            "rag": rag_tag(action, today),
            "state": action_state(action),
        }
        for action in visible.select_related("plan").order_by("number")
    ]


class Viewers(OfDeath, TemplateView):
    """Who looked at this case, and at who the child was."""

    right = KNOWS
    template_name = "cdop/viewers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Who looked at this case",
            breadcrumbs=self.crumbs,
            events=viewers(self.death, limit=300),
            **kwargs,
        )


# ---- What happens to it ---------------------------------------------------------------------------------------------


class _Event(OnADay):
    call: ClassVar[Callable[..., Any]]

    def do(self, data: dict[str, Any]) -> Any:
        type(self).call(death=self.death, by=self.user, today=self.today, **data)
        return self.death


class PassOn(_Event):
    form_class, title, call = forms.PassOnForm, "Pass on to another area", services.pass_on
    done = "The case is passed on."
    warning = "The panel of another area reviews this death. The case is closed here and stays counted as notified."


class NoteProcess(_Event):
    form_class, title, call = forms.ProcessForm, "Note a parallel process", services.note_process
    done = "The process is noted."


class RecordRapidResponse(ChangesDeath, AsRead):
    form_class = forms.RapidResponseForm
    title = "Rapid response"
    done = "The rapid response is saved."

    @property
    def record(self) -> Any:
        return getattr(self.death, "rapid_response", None)

    def values(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("began_on", "visited_on", "discussed_on", "note")}

    def do(self, data: dict[str, Any]) -> Any:
        services.record_rapid_response(death=self.death, by=self.user, today=self.today, **data)
        return self.death


class EndProcess(OnADay):
    """`pk` is that of the process."""

    form_class = forms.EndProcessForm
    title = "A parallel process has ended"
    done = "It is noted that the process has ended."

    @property
    def process(self) -> ParallelProcess:
        visible = ParallelProcess.objects.visible_to(self.user).select_related("death")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    @property
    def death(self) -> Death:
        return self.process.death

    def do(self, data: dict[str, Any]) -> Any:
        services.end_process(process=self.process, by=self.user, today=self.today, **data)
        return self.death


class Join(ChangesDeath):
    """Two notifications of one child."""

    form_class = forms.JoinForm
    title = "Join to another case"
    done = "The two are joined."
    warning = "This notification is closed and is in no count. What is in it stays readable, and nothing is copied."

    def get_form_kwargs(self) -> dict[str, Any]:
        twins = [twin.pk for twin in twins_of(self.death, by=self.user)]
        return super().get_form_kwargs() | {"cases": Death.objects.visible_to(self.user).filter(pk__in=twins)}

    def do(self, data: dict[str, Any]) -> Any:
        return services.join_case(death=self.death, to=data["to"], by=self.user)
