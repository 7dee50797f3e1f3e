"""Meetings for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import User
from lscb.accounts.programs import Creates, Visible, verb
from lscb.actions.api import ActionWords
from lscb.common.programs import Body, Day, Moment, MomentFilter, NothingBody, Number, SentFile, Text, many_of, told_at
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment
from lscb.trail.filters import UpdatedSince
from lscb.trail.services import viewed

from ..models import AgendaItem, Attendance, Group, Mark, Meeting, MeetingState, Theme
from ..plan.tying import tie_meeting
from . import services as meetings
from .access import READERS, RUNNERS, may_run
from .services import Item, Said


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """When and where, as in the calendar of the portal."""

    group = serializers.CharField(source="group.code", read_only=True)
    minutes_approved_on = serializers.DateField(source="approved_in.day", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Meeting
        fields = (
            *("id", "group", "starts_at", "ends_at", "place", "link", "theme", "state"),
            "minutes_approved_on",
        )


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    paper = FileSerializer(read_only=True, allow_null=True)

    class Meta:
        model = AgendaItem
        fields = ("id", "order", "title", "presenter", "minutes", "paper", "decision")


class AttendanceSerializer(serializers.ModelSerializer[Attendance]):
    """By seat: no person's name leaves by this door."""

    class Meta:
        model = Attendance
        fields = ("seat", "mark")


class MeetingWithAgendaSerializer(MeetingSerializer):
    """One meeting with its agenda, its decisions and who came."""

    agenda = AgendaItemSerializer(many=True, read_only=True)
    attendance = AttendanceSerializer(many=True, read_only=True)

    class Meta(MeetingSerializer.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *MeetingSerializer.Meta.fields,
            *("agenda", "agenda_version", "attendance", "attendance_version", "minutes_version"),
        )


class MeetingFilter(django_filters.FilterSet):
    group = django_filters.CharFilter("group__code", label="Code of the group")
    state = django_filters.ChoiceFilter(choices=MeetingState.choices)
    since = MomentFilter("starts_at", lookup_expr="gte", label="Begins at or after")
    until = MomentFilter("starts_at", lookup_expr="lte", label="Begins at or before")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("starts_at",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class MeetingMoveBody(Body):
    starts_at = Moment()
    ends_at = Moment()
    place = serializers.CharField(max_length=200, allow_blank=True, default="")
    link = serializers.URLField(max_length=200, allow_blank=True, default="")
    theme = serializers.CharField(max_length=200, allow_blank=True, default="")


class PlanBody(MeetingMoveBody):
    group = Visible("code", queryset=Group.objects.all(), help_text="Code of the group")
    invite = serializers.BooleanField(default=False, help_text="Write to everybody who holds a seat on that day")


class CancelBody(Body):
    reason = Text()


class AgendaItemBody(Body):
    title = serializers.CharField(max_length=200)
    presenter = serializers.CharField(max_length=120, allow_blank=True, default="")
    minutes = Number(max_value=600, allow_null=True, default=None, help_text="How long it takes")
    item = Number(allow_null=True, default=None, help_text="Key of the item that it was; none for a new one")
    paper = SentFile(required=False, help_text="In place of the paper that it has")
    without_paper = serializers.BooleanField(default=False, help_text="Take its paper away")


class AgendaBody(Body):
    """In this order. An item that is left out goes, unless something was said or decided about it."""

    version = Number(help_text="The agenda_version that was read")
    items = many_of(AgendaItemBody, most=60)

    def validate_items(self, value: list[dict[str, Any]]) -> list[Item]:
        return [Item(key=one.pop("item"), **one) for one in value]


class ApproveMinutesBody(Body):
    at = Visible(queryset=Meeting.objects.all(), help_text="The later meeting of the group that agreed")


class RaiseActionBody(ActionWords):
    due = Day()


class MeetingThemesBody(Body):
    themes = Visible(queryset=Theme.objects.all(), many=True, help_text="Of the year of the meeting")


class MarkBody(Body):
    seat = Number(help_text="Key of the seat")
    mark = serializers.ChoiceField(choices=Mark.choices)


class AttendanceBody(Body):
    version = Number(help_text="The attendance_version that was read")
    marks = many_of(MarkBody, most=500, help_text="A seat that is left out is not recorded")

    def validate_marks(self, value: list[dict[str, Any]]) -> dict[int, str]:
        return {one["seat"]: one["mark"] for one in value}


class SaidBody(Body):
    item = Number(help_text="Key of the agenda item")
    notes = Text(required=False)
    decision = Text(required=False)


class MinutesBody(Body):
    version = Number(help_text="The minutes_version that was read")
    minutes = Text(help_text="Markdown", max_length=200_000)
    said = many_of(SaidBody, most=200, default=list)

    def validate_said(self, value: list[dict[str, Any]]) -> dict[int, Said]:
        return {one["item"]: Said(one["notes"], one["decision"]) for one in value}


# ---- The endpoint ---------------------------------------------------------------------------------------------------


def _runs(user: User, meeting: Meeting) -> bool:
    return may_run(user, meeting.group)


class Meetings(ReadOnlyModelViewSet[Meeting], Creates, HoldsFiles):
    """The meetings that the person may read; looking at one of a confidential group is on the trail."""

    scope = READERS
    filterset_class = MeetingFilter
    queryset = Meeting.objects.none()
    noun = "meeting"
    creates, may_create = PlanBody, RUNNERS

    def get_serializer_class(self) -> type[MeetingSerializer]:
        return MeetingSerializer if self.action == "list" else MeetingWithAgendaSerializer

    def get_queryset(self) -> QuerySet[Meeting]:
        found = Meeting.objects.visible_to(person(self.request)).select_related("group", "approved_in")
        return found if self.action == "list" else found.prefetch_related("agenda__paper", "attendance")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        meeting = self.get_object()
        if meeting.is_confidential:
            viewed(meeting, by=request.user, named=meeting.safe_name)
        return Response(self.get_serializer(meeting).data)

    def files_of(self, record: Meeting) -> QuerySet[Attachment]:
        return Attachment.objects.filter(pk__in=record.agenda.values("paper"))

    def do_create(self, data: dict[str, Any]) -> Meeting:
        return meetings.plan_meeting(by=self.user, **data)

    @verb(MeetingMoveBody, _runs)
    def move(self, request: Request, pk: str) -> Response:
        """Another time, place, link or theme. Who was invited hears of it."""
        return self.do(meetings.move_meeting)

    @verb(CancelBody, _runs)
    def cancel(self, request: Request, pk: str) -> Response:
        """It does not take place."""
        return self.do(meetings.cancel_meeting)

    @verb(AgendaBody, _runs)
    def agenda(self, request: Request, pk: str) -> Response:
        """What is on the agenda, with its papers."""
        with told_at({"file": "items"}):
            return self.do(meetings.set_agenda)

    @verb(NothingBody, _runs)
    def invite(self, request: Request, pk: str) -> Response:
        """Write to everybody who holds a seat on that day and has not had this version yet."""
        return self.do(meetings.invite_to_meeting)

    @verb(NothingBody, _runs, url_path="send-papers")
    def send_papers(self, request: Request, pk: str) -> Response:
        """The papers are out: everybody who holds a seat is told where to read them."""
        return self.do(meetings.send_papers)

    @verb(NothingBody, _runs)
    def hold(self, request: Request, pk: str) -> Response:
        """It took place."""
        return self.do(meetings.hold_meeting)

    @verb(AttendanceBody, _runs)
    def attendance(self, request: Request, pk: str) -> Response:
        """Who came, by seat. The first record says that it took place."""
        return self.do(meetings.record_attendance)

    @verb(MinutesBody, _runs)
    def minutes(self, request: Request, pk: str) -> Response:
        """The minutes, and what was said and decided on each item."""
        return self.do(meetings.write_minutes)

    @verb(ApproveMinutesBody, _runs, url_path="approve-minutes")
    def approve_minutes(self, request: Request, pk: str) -> Response:
        """A later meeting agreed that the minutes are right. From then on they stay as they are."""
        return self.do(meetings.approve_minutes)

    @verb(RaiseActionBody, _runs, url_path="raise-action")
    def raise_action(self, request: Request, pk: str) -> Response:
        """An action that the meeting asks for, in the plan of its group."""
        return self.do(meetings.raise_action, today=self.today)

    @verb(MeetingThemesBody, _runs)
    def themes(self, request: Request, pk: str) -> Response:
        """The themes of the business plan that it serves."""
        return self.do(tie_meeting)
