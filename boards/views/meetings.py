"""The calendar of meetings, and one meeting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.meetings import attendance
from boards.meetings.access import READERS, may_run, runs_any
from boards.models import Challenge, Group, Mark, Meeting, MeetingAction, MeetingState
from boards.reporting import COUNTED_MEETINGS
from lscb.accounts.access import Guarded
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action, ActionPlan, Kind
from lscb.actions.views import WATCHED, asked_of, rag_tag, state_tag
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.markdown import to_html
from lscb.common.periods import LONDON, FinancialYear
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline
from lscb.trail.services import record, viewed

from .challenges import put_to, status_tag

TONES = {
    MeetingState.PLANNED: "blue",
    MeetingState.PAPERS_OUT: "amber",
    MeetingState.HELD: "green",
    MeetingState.CANCELLED: "grey",
}


def state_of(meeting: Meeting) -> Tag:
    return Tag(meeting.get_state_display().lower(), TONES[MeetingState(meeting.state)])


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Meetings", reverse("boards:meeting_list")), *more]


# ---- The calendar ---------------------------------------------------------------------------------------------------


def visible_groups(user: User) -> list[Group]:
    """The groups of which this person sees a meeting."""
    return list(Group.objects.filter(meetings__in=Meeting.objects.visible_to(user)).distinct())


def visible_years(user: User) -> list[FinancialYear]:
    """The years in which this person sees a meeting, the newest first."""
    starts = Meeting.objects.visible_to(user).order_by().datetimes("starts_at", "month", order="DESC", tzinfo=LONDON)
    return list(dict.fromkeys(FinancialYear.containing(start.date()) for start in starts))


class MeetingFilter(django_filters.FilterSet):
    group = django_filters.ChoiceFilter(label="Group", field_name="group__code", empty_label="All groups")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")
    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("to_come", "To come"), ("held", "Held"), ("cancelled", "Cancelled")],
        empty_label="All meetings",
        method="shown",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["group"].extra["choices"] = [(group.code, group.name) for group in visible_groups(user)]
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in visible_years(user)]

    def in_year(self, meetings: Any, name: str, value: str) -> Any:
        return meetings.of_year(FinancialYear.parse(value))

    def shown(self, meetings: Any, name: str, value: str) -> Any:
        return meetings.to_come() if value == "to_come" else meetings.filter(state=value)


class MeetingList(Guarded, ListPage):
    """The meetings of all groups that a person may read, the newest first."""

    scope = READERS
    title = "Meetings"
    template_name = "boards/meeting_list.html"
    nouns = ("meeting", "meetings")
    filterset_class = MeetingFilter
    counted = COUNTED_MEETINGS
    default_sort = "-date"
    columns = (
        ListColumn("Date", "day", sort="starts_at", link=True),
        ListColumn("Time", "hours"),
        ListColumn("Group", "group.short_name", sort="group__short_name"),
        ListColumn("Theme", "theme"),
        ListColumn("Place", "where"),
        ListColumn("State", state_of, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.user).select_related("group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if runs_any(self.user):
            kwargs |= {"start_url": reverse("boards:meeting_add"), "start_label": "Plan a meeting"}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} meetings as {format.upper()}", by=self.user)


# ---- One meeting ----------------------------------------------------------------------------------------------------


class OfMeeting(Guarded):
    """A page of a meeting that the person may read. Of a confidential group's, each view is on the trail."""

    scope = READERS
    kwargs: dict[str, Any]

    @cached_property
    def meeting(self) -> Meeting:
        meetings = Meeting.objects.visible_to(self.user).select_related("group", "approved_in")
        return get_object_or_404(meetings, pk=self.kwargs["pk"])

    def seen(self) -> None:
        if self.meeting.is_confidential:
            viewed(self.meeting, by=self.user, named=self.meeting.safe_name)


class MeetingPage(OfMeeting, TemplateView):
    """Agenda and papers, attendance, decisions, minutes, and the actions that came out of it."""

    template_name = "boards/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, user = self.meeting, self.user
        self.seen()
        runs = may_run(user, meeting.group)
        agenda = list(meeting.agenda.select_related("paper"))
        marks = attendance.seat_marks(meeting)
        today = timezone.localdate()
        raised = [_row(action, today) for action in raised_actions(meeting, user)]
        signed_off = [_row(action, today) for action in _signed_off(meeting, user)]
        return super().get_context_data(
            title=meeting.theme or f"Meeting of the {meeting.group.name}",
            meeting=meeting,
            state=state_of(meeting),
            breadcrumbs=crumbs(),
            rows=_facts(meeting, runs),
            agenda=agenda,
            runs_to=sum(item.minutes or 0 for item in agenda),
            marks=marks,
            counted=_counted(marks),
            decisions=[(item, to_html(item.decision, top_heading=4)) for item in agenda if item.decision],
            minutes=to_html(meeting.minutes, top_heading=3),
            raised=raised,
            challenges=raised_challenges(meeting, user),
            signed_off=signed_off,
            runs=runs,
            offers=_offers(meeting, bool(agenda), user) if runs else [],
            history=timeline(meeting, limit=12),
            **kwargs,
        )


def raised_actions(meeting: Meeting, user: User) -> list[Action]:
    """The actions that this meeting asked for, as far as `user` may see them."""
    links = MeetingAction.objects.visible_to(user).filter(meeting=meeting)
    return list(Action.objects.filter(meeting_action__in=links).prefetch_related(WATCHED).order_by("number"))


def raised_challenges(meeting: Meeting, user: User) -> list[dict[str, Any]]:
    """The challenges that were raised at this meeting, as far as `user` may see them."""
    raised = Challenge.objects.visible_to(user).filter(held_at=meeting).prefetch_related("agencies").order_by("number")
    return [{"challenge": one, "put_to": put_to(one), "state": status_tag(one)} for one in raised]


def _signed_off(meeting: Meeting, user: User) -> list[Action]:
    """Actions of the group's plans that were signed off on the day of the meeting."""
    if not meeting.is_held:
        return []
    group = meeting.group
    plans = ActionPlan.objects.visible_to(user).filter(group__in={group.papers_of, group.code}, agency=None)
    done = Action.objects.visible_to(user).filter(plan__in=plans, events__kind=Kind.SIGNED_OFF, events__on=meeting.day)
    return list(done.distinct().prefetch_related(WATCHED).order_by("plan", "number"))


def _row(action: Action, today: Any) -> dict[str, Any]:
    return {
        "action": action,
        "url": action.get_absolute_url(),
        "who": asked_of(action),
        "rag": rag_tag(action, today),
        "state": state_tag(action),
    }


def _facts(meeting: Meeting, runs: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:meeting_change", args=[meeting.pk])} if runs and meeting.is_to_come else {}
    rows: list[dict[str, Any]] = [
        {"key": "Group", "value": meeting.group.name},
        {"key": "Date and time", "value": f"{day(meeting.day)}, {meeting.hours}", **change},
        {"key": "Place", "value": meeting.place, "empty": "Online", **change},
    ]
    if meeting.link:
        rows.append({"key": "Link to join", "value": meeting.link, **change})
    if not meeting.is_confidential:
        tie = {"url": reverse("boards:meeting_themes", args=[meeting.pk])} if runs else {}
        themes = "\n".join(f"Theme {theme.number}: {theme.text}" for theme in meeting.serves.all())
        rows.append({"key": "Themes of the plan", "value": themes, "empty": "None", **tie})
    if meeting.cancelled_because:
        rows.append({"key": "Cancelled because", "value": meeting.cancelled_because})
    if meeting.approved_in:
        approved = {"url": meeting.approved_in.get_absolute_url(), "action": "See that meeting"}
        rows.append({"key": "Minutes approved on", "value": day(meeting.approved_in.day), **approved})
    return rows


def _counted(marks: Sequence[attendance.SeatMark]) -> str:
    """ "20 present, 4 deputies, 3 apologies, 1 absent, 2 not recorded" """
    words = {
        Mark.PRESENT: ("present", "present"),
        Mark.DEPUTY: ("deputy", "deputies"),
        Mark.APOLOGIES: ("apologies", "apologies"),
        Mark.ABSENT: ("absent", "absent"),
        "": ("not recorded", "not recorded"),
    }
    counts = {mark: sum(one.mark == mark for one in marks) for mark in words}
    return ", ".join(f"{count} {words[mark][count != 1]}" for mark, count in counts.items() if count)


def approvers(meeting: Meeting) -> QuerySet[Meeting]:
    """The meetings at which its minutes can have been approved: later ones of the same group that took place."""
    later = Meeting.objects.held().filter(group=meeting.group, starts_at__gt=meeting.starts_at)
    return later.select_related("group").order_by("starts_at")


def _offers(meeting: Meeting, has_agenda: bool, user: User) -> list[dict[str, str]]:
    """What can be done with the meeting as it stands: the main thing first."""
    began = meeting.starts_at <= timezone.now()
    open_, to_come, held = not meeting.is_closed, meeting.is_to_come, meeting.is_held
    offers = (
        ("meeting_agenda", "Write the agenda", to_come and not has_agenda and not began),
        ("meeting_papers", "Send the papers", meeting.state == MeetingState.PLANNED and has_agenda and not began),
        ("meeting_attendance", "Record attendance", to_come and began),
        ("meeting_minutes", "Write the minutes", held and open_ and not meeting.minutes),
        ("meeting_approve", "Approve the minutes", open_ and bool(meeting.minutes) and approvers(meeting).exists()),
        ("meeting_action", "Raise an action", held),
        ("meeting_challenge", "Raise a challenge", held and user.may(Permission.MANAGE_CHALLENGES)),
        ("meeting_agenda", "Change the agenda", open_ and (has_agenda or began)),
        ("meeting_attendance", "Change attendance", held and open_),
        ("meeting_minutes", "Change the minutes", held and open_ and bool(meeting.minutes)),
        ("meeting_invite", "Send invitations", to_come and not began),
        ("meeting_held", "It took place", to_come and began),
        ("meeting_cancel", "Cancel the meeting", to_come),
    )
    return [{"url": reverse(f"boards:{name}", args=[meeting.pk]), "label": label} for name, label, may in offers if may]
