"""The library for programs: for each person what is for them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, holds, verb
from lscb.common.errors import RuleBroken
from lscb.common.programs import Body, Day, Number, OnADay, SentFile, Text, told_at
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment
from lscb.trail.filters import UpdatedSince

from ..models import Audience, Group, LibraryItem, LibraryKind, LibraryVersion
from . import services


class VersionSerializer(serializers.ModelSerializer[LibraryVersion]):
    file = FileSerializer(read_only=True, allow_null=True)

    class Meta:
        model = LibraryVersion
        fields = ("number", "on", "link", "file", "change")


class ItemSerializer(serializers.ModelSerializer[LibraryItem]):
    owner = serializers.CharField(source="owner.code", read_only=True, default=None, allow_null=True)
    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = LibraryItem
        fields = (
            *("id", "version", "kind", "title", "about", "owner", "audience", "review_months", "review_on"),
            *("withdrawn_on", "versions"),
        )


class LibraryFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=LibraryKind.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("title", "review_on"))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class ItemBody(Body):
    kind = serializers.ChoiceField(choices=LibraryKind.choices)
    title = serializers.CharField(max_length=200)
    about = Text(required=False)
    owner = Visible(
        "code", queryset=Group.objects.all(), allow_null=True, default=None, help_text="Code of the group that owns it"
    )
    audience = serializers.ChoiceField(choices=Audience.choices)
    review_months = Number(min_value=1, max_value=120, allow_null=True, default=None)


class ItemReviseBody(ItemBody):
    version = Number(help_text="The version of the entry that was read")


class LibraryVersionBody(Body):
    """A file, or an address on the web."""

    on = Day(help_text="In force from")
    link = serializers.URLField(max_length=200, allow_blank=True, default="")
    upload = SentFile(required=False)
    change = Text(required=False, help_text="What changed; not needed for the first version")


class ItemReviewBody(OnADay):
    """On which day it was read again."""


class WithdrawBody(Body):
    reason = Text()


class TellBody(Body):
    agencies = Visible(queryset=Agency.objects.all(), many=True, default=list)
    groups = Visible("code", queryset=Group.objects.all(), many=True, default=list, help_text="Codes of groups")


# ---- The endpoint ---------------------------------------------------------------------------------------------------

MANAGES = holds(Permission.MANAGE_BOARD)


class LibraryItems(ReadOnlyModelViewSet[LibraryItem], Creates, HoldsFiles):
    scope = tuple(Permission)
    serializer_class = ItemSerializer
    filterset_class = LibraryFilter
    queryset = LibraryItem.objects.none()
    noun = "item"
    creates, may_create = ItemBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[LibraryItem]:
        visible = LibraryItem.objects.visible_to(person(self.request))
        return visible.select_related("owner").prefetch_related("versions__file")

    def files_of(self, record: LibraryItem) -> QuerySet[Attachment]:
        return Attachment.objects.filter(library_version__item=record)

    def do_create(self, data: dict[str, Any]) -> LibraryItem:
        return services.add_item(by=self.user, **data)

    @verb(ItemReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Change the entry, not what it holds."""
        return self.do(services.change_item)

    @verb(LibraryVersionBody, MANAGES)
    def version(self, request: Request, pk: str) -> Response:
        """Another version is in force from a day."""
        with told_at({"file": "upload"}):
            return self.do(services.add_version)

    @verb(ItemReviewBody, MANAGES)
    def review(self, request: Request, pk: str) -> Response:
        """It was read again and stands as it is."""
        return self.do(services.review_item, today=self.today)

    @verb(WithdrawBody, MANAGES)
    def withdraw(self, request: Request, pk: str) -> Response:
        """It is no more in force."""
        return self.do(services.withdraw_item, on=self.today)

    @verb(TellBody, MANAGES)
    def tell(self, request: Request, pk: str) -> Response:
        """Write to people of agencies and groups about the latest version, once."""
        item, data = self.get_object(), self.checked()
        version = item.versions.order_by("-number").first()
        if version is None:
            raise RuleBroken("Add its first version before you tell people of it.")
        call = {"version": version, "by": self.user, "today": self.today, **data}
        return self.change(item, lambda: services.tell_of_version(**call))
