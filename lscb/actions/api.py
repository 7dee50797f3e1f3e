"""Actions for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Feeds, Visible, verb
from lscb.common.programs import Body, Day, Number, OnADay, SentFile, Text, many_of, told_at
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment
from lscb.trail.filters import UpdatedSince
from lscb.trail.services import viewed, viewed_all

from . import services
from .access import READERS, may_manage, may_sign_off, may_update
from .models import Action, ActionEntry, ActionPlan, Progress, QuarterlyReview, State
from .rows import WATCHED
from .services import Asked
from .services.rules import name_of


class PlanSerializer(serializers.ModelSerializer[ActionPlan]):
    agency = serializers.CharField(source="agency.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = ActionPlan
        fields = ("id", "title", "group", "agency", "opened_on")


class QuarterlyReviewSerializer(serializers.ModelSerializer[QuarterlyReview]):
    class Meta:
        model = QuarterlyReview
        fields = ("held_on", "forum", "notes", "opening", "added", "reopened", "signed_off", "withdrawn", "closing")


class PlanWithReviewsSerializer(PlanSerializer):
    reviews = QuarterlyReviewSerializer(many=True, read_only=True)

    class Meta(PlanSerializer.Meta):
        fields: tuple[str, ...] = (*PlanSerializer.Meta.fields, "reviews")  # type: ignore[assignment]


class EntrySerializer(serializers.ModelSerializer[ActionEntry]):
    agency = serializers.CharField(source="agency.name", read_only=True, default=None, allow_null=True)
    files = serializers.SerializerMethodField()

    class Meta:
        model = ActionEntry
        fields = ("id", "version", "agency", "owner", "is_lead", "progress", "evidence", "files")

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, entry: ActionEntry) -> Any:
        return FileSerializer([one.attachment for one in entry.files.all()], many=True).data


class ActionSerializer(serializers.ModelSerializer[Action]):
    entries = EntrySerializer(many=True, read_only=True)

    class Meta:
        model = Action
        fields = (
            *("id", "version", "plan", "number", "what", "intended_outcome", "starts_on"),
            *("original_due", "due", "state", "entries"),
        )


class PlanFilter(django_filters.FilterSet):
    group = django_filters.CharFilter("group", label="Code of the group that watches it")
    order = django_filters.OrderingFilter(fields=("title", "opened_on"))


class ActionFilter(django_filters.FilterSet):
    plan = django_filters.UUIDFilter("plan", label="Key of the plan")
    state = django_filters.ChoiceFilter(choices=State.choices)
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all(), method="asked", label="Who is asked")
    due_since = django_filters.DateFilter("due", lookup_expr="gte")
    due_until = django_filters.DateFilter("due", lookup_expr="lte")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("due", "number", "state"))

    def asked(self, actions: Any, name: str, value: Agency) -> Any:
        return actions.of_agencies({value.pk})


# ---- What may be sent -----------------------------------------------------------------------------------------------


class OpenPlanBody(Body):
    """The board's own plan, or that of an agency. A group's is opened by what the group does."""

    title = serializers.CharField(max_length=200)
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    opened_on = Day(default=timezone.localdate)


class QuarterlyReviewBody(Body):
    """What all members present agreed is achieved is signed off. All of it or nothing."""

    held_on = Day(default=timezone.localdate)
    forum = serializers.CharField(max_length=200, help_text="Meeting at which the plan was reviewed")
    achieved = Visible(queryset=Action.objects.all(), many=True, default=list, help_text="Actions of this plan")
    notes = Text(required=False, help_text="What was said, for the minutes")

    def validate_achieved(self, value: list[Action]) -> list[Action]:
        return list(dict.fromkeys(value))


class AskedBody(Body):
    """An agency and the position in it that owns the action; without an agency a position of the board's team."""

    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    owner = serializers.CharField(max_length=150, allow_blank=True, default="")


class ActionWords(Body):
    """What is to be done, why, and who does it."""

    what = Text()
    intended_outcome = Text(required=False)
    asked = many_of(AskedBody, most=50, help_text="Who does it; the first leads")

    def validate_asked(self, value: list[dict[str, Any]]) -> list[Asked]:
        return [Asked(**one) for one in value]


class AddBody(ActionWords):
    plan = Visible(queryset=ActionPlan.objects.all())
    due = Day()
    starts_on = Day(allow_null=True, default=None)


class ChangeBody(ActionWords):
    version = Number(help_text="The version that was read")


class MoveBody(OnADay):
    to = Day()
    reason = Text()
    seen = Day(help_text="The due date that was read", allow_null=True, default=None)


class _OfAPart(OnADay):
    entry = Number(help_text="Key of the part it tells of; not needed where it can be one only", required=False)


class NoteBody(_OfAPart):
    text = Text()
    progress = serializers.ChoiceField(choices=Progress.choices, allow_blank=True, default="")


class ProposeBody(_OfAPart):
    evidence = Text()


class EvidenceBody(Body):
    entry = Number(help_text="Key of the part")
    version = Number(help_text="The version of the part that was read")
    evidence = Text(allow_blank=True)


class EvidenceFileBody(OnADay):
    entry = Number(help_text="Key of the part")
    upload = SentFile()


class ReasonBody(OnADay):
    reason = Text()


class SignOffBody(OnADay):
    forum = serializers.CharField(max_length=200, help_text="Meeting at which all members present agreed")


# ---- The endpoints --------------------------------------------------------------------------------------------------


def _manages(user: User, action: Action) -> bool:
    return may_manage(user, action.plan)


def _signs_off(user: User, action: Action) -> bool:
    return may_sign_off(user, action.plan)


COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Action": lambda row: str(row[0].pk),
    "Plan": lambda row: row[0].plan.title,
    "Group": lambda row: row[0].plan.group,
    "Number": lambda row: row[0].number,
    "What": lambda row: row[0].what,
    "Intended outcome": lambda row: row[0].intended_outcome,
    "Starts on": lambda row: row[0].starts_on,
    "Original due": lambda row: row[0].original_due,
    "Due": lambda row: row[0].due,
    "State": lambda row: row[0].get_state_display(),
    "Agency": lambda row: row[1].agency.name if row[1] and row[1].agency else "",
    "Owner": lambda row: row[1].owner if row[1] else "",
    "Leads": lambda row: row[1].is_lead if row[1] else None,
    "Progress": lambda row: row[1].get_progress_display() if row[1] else "",
}
"""A row for each part of an action: the action, and the part or None."""


def _reviews(user: User, plan: ActionPlan) -> bool:
    return may_sign_off(user, plan)


class Plans(ReadOnlyModelViewSet[ActionPlan], Creates):
    """One with its quarterly reviews; looking at a confidential one is on the trail."""

    scope = READERS
    filterset_class = PlanFilter
    queryset = ActionPlan.objects.none()
    noun = "plan"
    creates, may_create = OpenPlanBody, (Permission.MANAGE_ACTIONS,)

    def get_serializer_class(self) -> type[PlanSerializer]:
        return PlanSerializer if self.action == "list" else PlanWithReviewsSerializer

    def get_queryset(self) -> QuerySet[ActionPlan]:
        found = ActionPlan.objects.visible_to(person(self.request)).select_related("agency")
        return found if self.action == "list" else found.prefetch_related("reviews")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        plan = self.get_object()
        if plan.is_confidential:
            viewed(plan, by=request.user, named=name_of(plan))
        return Response(self.get_serializer(plan).data)

    def do_create(self, data: dict[str, Any]) -> ActionPlan:
        return services.open_plan(by=self.user, **data)

    @verb(QuarterlyReviewBody, _reviews)
    def review(self, request: Request, pk: str) -> Response:
        """A group went through the plan in a meeting: what is achieved is signed off, and the flow is kept."""
        return self.do(services.hold_quarterly_review, today=self.today)


class Actions(ReadOnlyModelViewSet[Action], Creates, Feeds, HoldsFiles):
    """Looking at those of a confidential plan is on the trail of that plan, in a list too."""

    scope = READERS
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    queryset = Action.objects.none()
    noun = "action"
    creates = AddBody
    feed_name, feed_columns = "actions", COLUMNS
    may_create = (Permission.MANAGE_ACTIONS, Permission.MANAGE_CASE_REVIEWS, Permission.MANAGE_AUDITS)

    def get_queryset(self) -> QuerySet[Action]:
        found = Action.objects.visible_to(person(self.request)).select_related("plan")
        return found.prefetch_related(WATCHED, "entries__files__attachment")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.get_object()
        self._look_at([found.plan])
        return Response(self.get_serializer(found).data)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self._look_at(one.plan for one in page or ())
        return page

    def _read(self, key: Any) -> Any:
        found = self.get_queryset().filter(pk=key).first()
        self._look_at([found.plan] if found else [])
        return None if found is None else self.get_serializer(found).data

    def _look_at(self, plans: Iterable[ActionPlan]) -> None:
        viewed_all({plan: name_of(plan) for plan in plans if plan.is_confidential}, by=self.user)

    def feed_rows(self, records: QuerySet[Action]) -> Iterator[tuple[Action, ActionEntry | None]]:
        self._look_at(ActionPlan.objects.filter(actions__in=records.order_by()).order_by("pk"))
        for one in super().feed_rows(records):
            for entry in one.entries.all() or [None]:
                yield one, entry

    def files_of(self, record: Action) -> QuerySet[Attachment]:
        return Attachment.objects.filter(evidence__entry__action=record)

    def do_create(self, data: dict[str, Any]) -> Action:
        return services.add_action(on=self.today, by=self.user, today=self.today, **data)

    def _do(self, service: Callable[..., Any]) -> Response:
        action, data = self.get_object(), self.checked()
        if "entry" in data:
            data["entry"] = _part(action, data["entry"])
        call = {"action": action, "by": self.user, "today": self.today, **data}
        return self.change(action, lambda: service(**call))

    @verb(ChangeBody, _manages)
    def revise(self, request: Request, pk: str) -> Response:
        """Word it anew, or ask others."""
        return self.do(services.change_action)

    @verb(MoveBody, _manages)
    def move(self, request: Request, pk: str) -> Response:
        """Give it more or less time. The original due date stays."""
        return self._do(services.move_due_date)

    @verb(NoteBody, may_update)
    def note(self, request: Request, pk: str) -> Response:
        """Report progress."""
        return self._do(services.add_note)

    @verb(EvidenceBody, may_update)
    def evidence(self, request: Request, pk: str) -> Response:
        """Write what shows that a part is done."""
        action, data = self.get_object(), self.checked()
        call = {**data, "entry": _part(action, data["entry"]), "by": self.user}
        return self.change(action, lambda: services.write_evidence(**call))

    @verb(EvidenceFileBody, may_update)
    def attach(self, request: Request, pk: str) -> Response:
        """Hand in a file that shows that a part is done."""
        action, data = self.get_object(), self.checked()
        call = {**data, "entry": _part(action, data["entry"]), "by": self.user, "today": self.today}
        with told_at({"file": "upload"}):
            return self.change(action, lambda: services.add_evidence_file(**call))

    @verb(ProposeBody, may_update)
    def propose(self, request: Request, pk: str) -> Response:
        """Propose it as complete. The group decides."""
        return self._do(services.propose_complete)

    @verb(ReasonBody, _signs_off, url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """The group did not agree that it is done."""
        return self._do(services.send_back)

    @verb(SignOffBody, _signs_off, url_path="sign-off")
    def sign_off(self, request: Request, pk: str) -> Response:
        """All members present agreed that it is achieved."""
        action, data = self.get_object(), self.checked()
        call = {"plan": action.plan, "actions": [action], "by": self.user, "today": self.today, **data}
        return self.change(action, lambda: services.sign_off_actions(**call))

    @verb(ReasonBody, _manages)
    def withdraw(self, request: Request, pk: str) -> Response:
        """It will not be done."""
        return self._do(services.withdraw_action)

    @verb(ReasonBody, _signs_off)
    def reopen(self, request: Request, pk: str) -> Response:
        """Not done after all."""
        return self._do(services.reopen_action)


def _part(action: Action, key: int) -> ActionEntry:
    found = next((entry for entry in action.entries.all() if entry.pk == key), None)
    if found is None:
        raise exceptions.ValidationError({"entry": ["This action has no such part."]})
    return found
