"""The structure of the board, its groups, and membership by position. None of these pages shows a person's name."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.membership import by_agency, places
from boards.models import Group, GroupKind
from boards.structure import structure_chart, tree
from lscb.accounts.permissions import Permission
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.words import naming, say
from lscb.trail.services import record

from .base import AsAt, ReadsBoard, crumbs


class Structure(ReadsBoard, AsAt, TemplateView):
    """The structure chart as at a day, and the same as a list."""

    template_name = "boards/structure.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nodes = tree(Group.objects.visible_to(self.user), self.as_at)
        return super().get_context_data(
            title=say("The {board}"),
            as_at=self.as_at,
            form=self.as_at_form,
            nodes=nodes,
            chart=structure_chart(nodes, brand=naming().brand_colour),
            reads_contributions=self.user.may(Permission.READ_CONTRIBUTIONS),
            may_change=self.user.may(Permission.MANAGE_BOARD),
            **kwargs,
        )


class Membership(ReadsBoard, AsAt, TemplateView):
    """Who sits in a group by position, with the names that agencies had on that day. `?group=` takes its code."""

    template_name = "boards/membership.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = Group.objects.visible_to(self.user)
        code = self.request.GET.get("group")
        chosen = {"code": code} if code else {"kind": GroupKind.BOARD, "ends_on": None}
        group = get_object_or_404(groups, **chosen) if code else groups.filter(**chosen).first()
        seats = places(group, self.as_at) if group else []
        return super().get_context_data(
            title=f"Membership of the {group.name}" if group else "Membership",
            breadcrumbs=crumbs(),
            group=group,
            as_at=self.as_at,
            form=self.as_at_form,
            members=by_agency(seats),
            seats=len(seats),
            vacant=sum(place.is_vacant for place in seats),
            **kwargs,
        )


class GroupFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="Kind", choices=GroupKind.choices, empty_label="Any kind")
    joint = django_filters.BooleanFilter(label="Joint with the adults’ board", field_name="joint_with_adults_board")


def _state(group: Group) -> Tag:
    return Tag("running", "green") if group.is_running(timezone.localdate()) else Tag("ended")


class GroupList(ReadsBoard, ListPage):
    title = "Groups"
    nouns = ("group", "groups")
    filterset_class = GroupFilter
    default_sort = "name"
    columns = (
        ListColumn("Name", "name", sort="name", link=True),
        ListColumn("Kind", "get_kind_display", sort="kind"),
        ListColumn("Reports to", "parent.short_name", sort="parent__short_name"),
        ListColumn("Joint", "joint_with_adults_board", sort="joint_with_adults_board"),
        ListColumn("Chaired by", "chaired_by"),
        ListColumn("State", _state, tag=True),
    )

    def get_queryset(self) -> QuerySet[Group]:
        return Group.objects.visible_to(self.user).select_related("parent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_BOARD):
            kwargs |= {"start_url": reverse("boards:group_add"), "start_label": "Set up a group"}
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} groups as {format.upper()}", by=self.user)
