"""The panel's meetings with their cases, and their papers as one tagged PDF."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from boards.models import Meeting
from boards.views.meetings import state_of
from lscb.accounts.access import check_access
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.errors import RuleBroken
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.templatetags.portal import day
from lscb.trail.services import record, viewed

from ..documents import panel_papers
from ..forms.cases import PanelForm
from ..models import Death, Panel, PanelCase, Paper
from ..reporting import COUNTED_MEETINGS
from ..services.panels import set_panel
from .base import MANAGES, ReadsDeaths, crumb, state_tag


def panel_meetings(user: Any) -> QuerySet[Meeting]:
    """Meetings of the panel's group that this person reads."""
    of_panel = Meeting.objects.visible_to(user).filter(group__confidential_permission=Permission.READ_CHILD_DEATHS)
    return of_panel.select_related("group")


class PanelList(ReadsDeaths, ListPage):
    title = "Panel meetings"
    nouns = ("meeting", "meetings")
    counted = COUNTED_MEETINGS
    exportable = False
    default_sort = "-day"
    empty_text = "No meeting of the panel is planned."
    columns = (
        ListColumn("Day", "day", sort="starts_at", link=lambda meeting: reverse("cdop:panel", args=[meeting.pk])),
        ListColumn("Kind", lambda meeting: str(getattr(meeting, "panel", "") or "Panel")),
        ListColumn(
            "Cases", lambda meeting: len(meeting.panel.cases.all()) if hasattr(meeting, "panel") else 0, numeric=True
        ),
        ListColumn("State", state_of, tag=True),
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        return panel_meetings(self.user).select_related("panel").prefetch_related("panel__cases")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(MANAGES):
            kwargs |= {"start_url": reverse("boards:meeting_add"), "start_label": "Plan a meeting"}
        return super().get_context_data(breadcrumbs=[crumb()], **kwargs)


class OfPanel(ReadsDeaths):
    kwargs: dict[str, Any]

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(panel_meetings(self.user), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        self.kwargs = kwargs
        if self.meeting and self.right and not self.user.may(self.right):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [crumb(), ("Panel meetings", reverse("cdop:panel_list"))]

    @cached_property
    def cases(self) -> list[PanelCase]:
        visible = PanelCase.objects.visible_to(self.user).filter(panel__meeting=self.meeting)
        return list(visible.select_related("death").order_by("order"))

    @cached_property
    def papers(self) -> dict[Any, Paper]:
        """Released papers by case: those of whose texts the panel may read."""
        released = Paper.objects.visible_to(self.user).filter(death__in=[case.death_id for case in self.cases])
        return {paper.death_id: paper for paper in released if paper.is_released}


class PanelPage(OfPanel, TemplateView):
    """One meeting: its cases, whether their papers are released, and the papers as one document."""

    template_name = "cdop/panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        panel = Panel.objects.visible_to(self.user).filter(meeting=self.meeting).first()
        rows = [
            {"death": case.death, "state": state_tag(case.death), "paper": self.paper_tag(case.death)}
            for case in self.cases
        ]
        return super().get_context_data(
            title=f"{panel or 'Panel'} of {day(self.meeting.day)}",
            breadcrumbs=self.crumbs,
            meeting=self.meeting,
            state=state_of(self.meeting),
            cases=rows,
            has_papers=bool(self.papers),
            manages=self.user.may(MANAGES),
            **kwargs,
        )

    def paper_tag(self, death: Death) -> Tag:
        return Tag("released", "green") if death.pk in self.papers else Tag("not released", "amber")


class SetPanel(OfPanel, AsRead):
    """Which cases come to the meeting."""

    right = MANAGES
    template_name = "cdop/form.html"
    form_class = PanelForm
    title = "Cases of the meeting"
    done = "The list is saved."

    @cached_property
    def choices(self) -> list[tuple[Death, str]]:
        """The cases on the list in their order, then every open case notified by the day of the meeting."""
        there = [case.death for case in self.cases]
        open_cases = Death.objects.visible_to(self.user).open().filter(notified_on__lte=self.meeting.day)
        others = open_cases.exclude(pk__in=[death.pk for death in there]).order_by("notified_on", "reference")
        return [(death, _words(death)) for death in [*there, *others]]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cases": self.choices}

    @property
    def record(self) -> Panel | None:
        return Panel.objects.filter(meeting=self.meeting).first()

    def values(self, record: Panel) -> dict[str, Any]:
        deaths = record.cases.order_by("order").values_list("death", flat=True)
        return {"is_neonatal": record.is_neonatal, "deaths": [str(key) for key in deaths]}

    def do(self, data: dict[str, Any]) -> Any:
        set_panel(meeting=self.meeting, by=self.user, today=self.today, **data)
        return reverse("cdop:panel", args=[self.meeting.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (day(self.meeting.day), reverse("cdop:panel", args=[self.meeting.pk]))
        return super().get_context_data(breadcrumbs=[*self.crumbs, own], **kwargs)


def _words(death: Death) -> str:
    return f"{death.reference}, {death.get_age_band_display()}, notified {day(death.notified_on)}"


class PanelPapers(OfPanel, View):
    """The released papers of a meeting as one tagged PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.papers:
            raise Http404
        with transaction.atomic():
            for case in self.cases:
                if case.death_id in self.papers:
                    viewed(case.death, by=self.user, reason="Papers of the meeting")
            record(verb="downloaded the panel papers", by=self.user, target=self.meeting, named=self.meeting.safe_name)
        try:
            content = panel_papers(self.meeting, self.cases, self.papers)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect("cdop:panel", self.meeting.pk)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="panel-papers-{self.meeting.day}.pdf"'
        return response
