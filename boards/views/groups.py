"""A group, its seats and who holds them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards import forms, services
from boards.membership import Place, places
from boards.models import Group, Holder, Meeting, Seat
from boards.services import GROUP_FACTS
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline

from .base import AsAt, ChangesBoard, ReadsBoard, crumbs


class GroupPage(ReadsBoard, AsAt, TemplateView):
    """Remit, chair, and the seats as at a day; names of holders for who may see them."""

    template_name = "boards/group.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = Group.objects.visible_to(self.user)
        group = get_object_or_404(groups.select_related("parent"), code=self.kwargs["code"])
        reads_names = self.user.for_whole_board(Permission.READ_BOARD) or group.code in self.user.groups_where(
            Permission.READ_BOARD
        )
        seats = places(group, self.as_at, names_for=self.user)
        may_change = self.user.may(Permission.MANAGE_BOARD)
        return super().get_context_data(
            title=group.name,
            group=group,
            is_running=group.is_running(timezone.localdate()),
            breadcrumbs=crumbs(("Groups", reverse("boards:group_list"))),
            as_at=self.as_at,
            is_today=self.as_at == timezone.localdate(),
            form=self.as_at_form,
            rows=_facts(group),
            below=groups.running(self.as_at).filter(parent=group),
            seats=[_row(place) for place in seats],
            vacant=sum(place.is_vacant for place in seats),
            reads_names=reads_names,
            may_change=may_change,
            reads_meetings=Meeting.objects.visible_to(self.user).filter(group=group).exists(),
            history=timeline(group, limit=12) if self.user.for_whole_board(Permission.READ_BOARD) else None,
            **kwargs,
        )


def _facts(group: Group) -> list[dict[str, Any]]:
    parent: dict[str, Any] = {"url": group.parent.get_absolute_url(), "action": "See it"} if group.parent else {}
    dates = f"{day(group.starts_on) or 'the beginning'} to {day(group.ends_on) or 'now'}"
    rows: list[dict[str, Any]] = [
        {"key": "What it is for", "value": group.remit, "empty": "Not written yet"},
        {"key": "Kind", "value": group.get_kind_display()},
        {"key": "Reports to", "value": group.parent, "empty": "No other group", **parent},
        {"key": "Chaired by", "value": group.chaired_by, "empty": "Not recorded"},
        {
            "key": "Joint with the adults’ board",
            "value": "Yes" if group.joint_with_adults_board else "No",
        },
    ]
    if group.starts_on or group.ends_on:
        rows.append({"key": "Ran", "value": dates})
    return rows


def _row(place: Place) -> dict[str, Any]:
    return {
        "seat": place.seat,
        "agency": place.agency,
        "position": f"{place.seat.position} ({place.kind_word})" if place.kind_word else place.seat.position,
        "is_vacant": place.is_vacant,
        "holders": place.holders,
    }


# ---- Changing a group -----------------------------------------------------------------------------------------------


class AddGroup(ChangesBoard):
    form_class = forms.NewGroupForm
    title = "Set up a group"
    done = "The group is set up."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"groups": Group.objects.visible_to(self.user).running(self.today)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(("Groups", reverse("boards:group_list"))), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.set_up_group(by=self.user, **data)


class _OfGroup(ChangesBoard):
    @cached_property
    def group(self) -> Group:
        return get_object_or_404(Group.objects.visible_to(self.user), code=self.kwargs["code"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        breadcrumbs = crumbs((self.group.short_name, self.group.get_absolute_url()))
        return super().get_context_data(breadcrumbs=breadcrumbs, **kwargs)


class ChangeGroup(_OfGroup, AsRead):
    form_class = forms.GroupForm
    title = "Change a group"
    done = "The group is changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        others = Group.objects.visible_to(self.user).running(self.today).exclude(pk=self.group.pk)
        return super().get_form_kwargs() | {"groups": others}

    @property
    def record(self) -> Group:
        return self.group

    def values(self, record: Group) -> dict[str, Any]:
        return {name: getattr(record, name) for name in GROUP_FACTS}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_group(group=self.group, by=self.user, **data)


class CloseGroup(_OfGroup):
    form_class = forms.CloseGroupForm
    title = "Close a group"
    done = "The group has its last day."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        warning = f"The {self.group.name} ends, and its seats with it. Its past stays."
        return super().get_context_data(warning=warning, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.close_group(group=self.group, by=self.user, **data)
        return self.group


# ---- Seats ----------------------------------------------------------------------------------------------------------


class AddSeat(_OfGroup):
    form_class = forms.SeatForm
    title = "Add a seat"
    done = "The seat is added."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.add_seat(group=self.group, by=self.user, **data)
        return self.group


class _OfSeat(ChangesBoard):
    @cached_property
    def seat(self) -> Seat:
        seats = Seat.objects.visible_to(self.user).select_related("group", "agency")
        return get_object_or_404(seats, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group = self.seat.group
        breadcrumbs = crumbs((group.short_name, group.get_absolute_url()))
        return super().get_context_data(breadcrumbs=breadcrumbs, **kwargs)


class SeatPage(ReadsBoard, TemplateView):
    """One seat: who holds it, who held it, and what can be changed. For who runs the board."""

    template_name = "boards/seat.html"
    right = Permission.MANAGE_BOARD

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = Seat.objects.visible_to(self.user).select_related("group", "agency")
        seat = get_object_or_404(seats, pk=self.kwargs["pk"])
        holders = Holder.objects.visible_to(self.user).filter(seat=seat)
        return super().get_context_data(
            title=seat.position,
            seat=seat,
            breadcrumbs=crumbs((seat.group.short_name, seat.group.get_absolute_url())),
            rows=[
                {"key": "Group", "value": seat.group.name},
                {"key": "Kind", "value": seat.get_kind_display()},
                {"key": "Agency", "value": seat.agency, "empty": "Sits for no agency"},
                {"key": "Seat from", "value": day(seat.starts_on)},
                {"key": "Seat to", "value": day(seat.ends_on), "empty": "No end"},
            ],
            holders=holders.select_related("user").order_by("-starts_on", "is_deputy"),
            **kwargs,
        )


class FillSeat(_OfSeat):
    form_class = forms.FillSeatForm
    done = "The seat is filled."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self._people()}

    def _people(self) -> QuerySet[User]:
        return User.objects.visible_to(self.user).filter(is_active=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"Fill the seat of {self.seat.position}", **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.fill_seat(seat=self.seat, by=self.user, **data)
        return self.seat


class EndSeat(_OfSeat):
    form_class = forms.LastDayForm
    done = "The seat has its last day."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"End the seat of {self.seat.position}",
            warning="Whoever holds it leaves it on that day. Its past stays.",
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.end_seat(seat=self.seat, by=self.user, **data)
        return self.seat


class EndHolding(ChangesBoard):
    """Somebody leaves a seat."""

    form_class = forms.LastDayForm
    done = "They leave the seat."

    @cached_property
    def holder(self) -> Holder:
        holders = Holder.objects.visible_to(self.user).select_related("seat__group", "user")
        return get_object_or_404(holders, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group = self.holder.seat.group
        return super().get_context_data(
            title=f"Leave the seat of {self.holder.seat.position}",
            breadcrumbs=crumbs((group.short_name, group.get_absolute_url())),
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.end_holding(holder=self.holder, by=self.user, **data)
        return self.holder.seat
