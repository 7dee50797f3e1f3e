"""What is taught: programmes, courses, who teaches, and what not coming costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from boards.models import Theme
from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, verb
from lscb.common.programs import Body, Money, Number, Text, many_of

from ..models import ChargePolicy, Course, Fee, Length, Programme, Trainer, Window
from ..services import programme as kept
from ..services.charging import set_policy
from .base import MANAGES, MAY_MANAGE


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ("id", "version", "name", "summary", "order")


class TrainerSerializer(serializers.ModelSerializer[Trainer]):
    class Meta:
        model = Trainer
        fields = ("id", "version", "name", "organisation", "email", "is_active")


class FeeSerializer(serializers.ModelSerializer[Fee]):
    class Meta:
        model = Fee
        fields = ("length", "amount")


class ChargePolicySerializer(serializers.ModelSerializer[ChargePolicy]):
    """`exempt` are the keys of agencies that pay nothing. A length without a fee costs nothing."""

    fees = FeeSerializer(many=True, read_only=True)

    class Meta:
        model = ChargePolicy
        fields = ("id", "version", "name", "days", "window", "charges_absence", "fees", "exempt")


class CourseSerializer(serializers.ModelSerializer[Course]):
    programme = serializers.CharField(source="programme.name", read_only=True)

    class Meta:
        model = Course
        fields = ("id", "programme", "title", "aims", "level", "audience", "length", "needs_approval")


class KeptCourseSerializer(serializers.ModelSerializer[Course]):
    """As staff keep it: programme, charges and themes by their keys."""

    class Meta:
        model = Course
        fields = (
            *("id", "version", "programme", "title", "aims", "level", "audience", "length", "needs_approval"),
            *("certificate_after_evaluation", "charge_policy", "themes"),
        )


class CourseFilter(django_filters.FilterSet):
    programme = django_filters.ModelChoiceFilter(queryset=Programme.objects.all())
    order = django_filters.OrderingFilter(fields=("title",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class ProgrammeBody(Body):
    name = serializers.CharField(max_length=120)
    summary = Text(required=False)
    order = Number(max_value=999, default=0, help_text="Its place among the others")


class ProgrammeReviseBody(ProgrammeBody):
    version = Number(help_text="The version that was read")


class TrainerBody(Body):
    name = serializers.CharField(max_length=120)
    organisation = serializers.CharField(max_length=150, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    is_active = serializers.BooleanField(default=True, help_text="Still teaches")


class TrainerReviseBody(TrainerBody):
    version = Number(help_text="The version that was read")


class CourseBody(Body):
    programme = Visible(queryset=Programme.objects.all())
    title = serializers.CharField(max_length=150)
    length = serializers.ChoiceField(choices=Length.choices)
    aims = Text(required=False)
    level = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="For example, Level 3")
    audience = serializers.CharField(max_length=200, allow_blank=True, default="")
    charge_policy = Visible(queryset=ChargePolicy.objects.all(), allow_null=True, default=None)
    needs_approval = serializers.BooleanField(default=False, help_text="A manager approves each booking")
    certificate_after_evaluation = serializers.BooleanField(default=False)
    themes = Visible(
        queryset=Theme.objects.all(), many=True, default=list, help_text="Of the business plan that it serves"
    )


class FeeBody(Body):
    length = serializers.ChoiceField(choices=Length.choices)
    amount = Money(max_digits=8, min_value=Decimal("0.01"))


class ChargePolicyBody(Body):
    """Cancelling is in time until the end of the day that lies `days` before the session."""

    name = serializers.CharField(max_length=80)
    days = Number(max_value=365)
    window = serializers.ChoiceField(choices=Window.choices)
    charges_absence = serializers.BooleanField(help_text="Who does not come pays, too")
    fees = many_of(FeeBody, most=len(Length), help_text="A length that is left out costs nothing")
    exempt = Visible(queryset=Agency.objects.all(), many=True, default=list, help_text="Agencies that pay nothing")

    def validate_fees(self, value: list[dict[str, Any]]) -> dict[str, Decimal]:
        fees = {one["length"]: one["amount"] for one in value}
        if len(fees) < len(value):
            raise serializers.ValidationError("Name each length once.")
        return fees


class ChargePolicyReviseBody(ChargePolicyBody):
    version = Number(help_text="The version that was read")


class CourseReviseBody(CourseBody):
    version = Number(help_text="The version that was read")


# ---- The endpoints --------------------------------------------------------------------------------------------------


class Programmes(ReadOnlyModelViewSet[Programme], Creates):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = ProgrammeSerializer
    queryset = Programme.objects.none()
    noun = "programme"
    creates, may_create = ProgrammeBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Programme]:
        found: QuerySet[Programme] = Programme.objects.all().visible_to(person(self.request))
        return found

    def do_create(self, data: dict[str, Any]) -> Programme:
        return kept.set_programme(by=self.user, **data)

    @verb(ProgrammeReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another name, words or place among the others."""
        return self.do(kept.set_programme)


class Trainers(ReadOnlyModelViewSet[Trainer], Creates):
    """For who runs the programme."""

    scope = MAY_MANAGE
    serializer_class = TrainerSerializer
    queryset = Trainer.objects.none()
    noun = "trainer"
    creates, may_create = TrainerBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Trainer]:
        found: QuerySet[Trainer] = Trainer.objects.all().visible_to(person(self.request))
        return found

    def do_create(self, data: dict[str, Any]) -> Trainer:
        return kept.set_trainer(by=self.user, **data)

    @verb(TrainerReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another name, organisation or address, or teaches no more."""
        return self.do(kept.set_trainer)


class ChargePolicies(ReadOnlyModelViewSet[ChargePolicy], Creates):
    """For who runs the programme. What was charged before stays as it was."""

    scope = MAY_MANAGE
    serializer_class = ChargePolicySerializer
    queryset = ChargePolicy.objects.none()
    noun = "policy"
    creates, may_create = ChargePolicyBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[ChargePolicy]:
        found: QuerySet[ChargePolicy] = ChargePolicy.objects.all().visible_to(person(self.request))
        return found.prefetch_related("fees", "exempt")

    def do_create(self, data: dict[str, Any]) -> ChargePolicy:
        return set_policy(by=self.user, **data)

    @verb(ChargePolicyReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another window, other fees, or other agencies that pay nothing."""
        return self.do(set_policy)


class Courses(ReadOnlyModelViewSet[Course], Creates):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = KeptCourseSerializer
    filterset_class = CourseFilter
    queryset = Course.objects.none()
    noun = "course"
    creates, may_create = CourseBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Course]:
        found: QuerySet[Course] = Course.objects.all().visible_to(person(self.request))
        return found.prefetch_related("themes")

    def do_create(self, data: dict[str, Any]) -> Course:
        return kept.add_course(by=self.user, **data)

    @verb(CourseReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """What it is, for whom, and what it costs not to come."""
        return self.do(kept.change_course)
