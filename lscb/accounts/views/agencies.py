"""Agencies, what they were called, and what became of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView

from lscb.accounts import forms, services
from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency, Area, Grant, Sector
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import Change


class ReadsAgencies(Guarded):
    scope = (Permission.READ_BOARD, Permission.MANAGE_AGENCIES, Permission.MANAGE_ACCOUNTS)


class ChangesAgencies(ReadsAgencies):
    right = Permission.MANAGE_AGENCIES


def crumb() -> tuple[str, str]:
    return "Agencies", reverse("accounts:agency_list")


class AgencyFilter(django_filters.FilterSet):
    sector = django_filters.ChoiceFilter(label="Sector", choices=Sector.choices, empty_label="Any sector")
    area = django_filters.ModelChoiceFilter(
        label="Works in", field_name="areas", queryset=Area.objects.all(), empty_label="Any area"
    )


def _state(agency: Agency) -> Tag:
    return Tag("ended") if agency.active_to and agency.active_to < timezone.localdate() else Tag("active", "green")


class AgencyList(ReadsAgencies, ListPage):
    title = "Agencies"
    nouns = ("agency", "agencies")
    filterset_class = AgencyFilter
    default_sort = "name"
    columns = (
        ListColumn("Name", "name", sort="name", link=True),
        ListColumn("Short name", "short_name", sort="short_name"),
        ListColumn("Sector", "get_sector_display", sort="sector"),
        ListColumn("Part of", lambda agency: agency.parent and agency.parent.short_name),
        ListColumn("Works in", lambda agency: ", ".join(area.name for area in agency.areas.all())),
        ListColumn("State", _state, tag=True),
    )

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.visible_to(self.user).select_related("parent").prefetch_related("areas")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_AGENCIES):
            kwargs |= {"start_url": reverse("accounts:agency_add"), "start_label": "Add an agency"}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} agencies as {format.upper()}", by=self.user)


class AgencyPage(ReadsAgencies, DetailView):
    template_name = "accounts/agency.html"
    context_object_name = "agency"

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.visible_to(self.user).select_related("parent").prefetch_related("areas")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agency, today = self.object, timezone.localdate()
        grants = Grant.objects.visible_to(self.user).in_force(today).filter(agency=agency)
        may_change = self.user.may(Permission.MANAGE_AGENCIES)
        return super().get_context_data(
            title=agency.name,
            breadcrumbs=[crumb()],
            rows=[
                {"key": "Short name", "value": agency.short_name},
                {"key": "Sector", "value": agency.get_sector_display()},
                {"key": "Part of", "value": agency.parent, "empty": "Stands for itself"},
                {"key": "Works in", "value": ", ".join(area.name for area in agency.areas.all())},
            ],
            state=_state(agency),
            names=agency.names.all(),
            services=agency.services.all(),
            became=agency.became.select_related("successor"),
            was=agency.was.select_related("predecessor"),
            grants=grants.select_related("user").order_by("user__name")
            if self.user.may(Permission.MANAGE_ACCOUNTS)
            else None,
            may_change=may_change,
            history=timeline(agency, limit=30) if may_change else None,
            **kwargs,
        )


class AddAgency(ChangesAgencies, Change):
    form_class = forms.AddAgencyForm
    title = "Add an agency"
    done = "The agency is added."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.add_agency(by=self.user, **data)


class ChangeAgency(ChangesAgencies, Change):
    """A change of one agency."""

    @cached_property
    def agency(self) -> Agency:
        return get_object_or_404(Agency.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [crumb(), (self.agency.name, self.agency.get_absolute_url())]
        return super().get_context_data(**{"breadcrumbs": crumbs, **kwargs})


class ChangeDetails(ChangeAgency, AsRead):
    form_class = forms.AgencyDetailsForm
    title = "Change an agency"
    done = "The agency is changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agency": self.agency, "today": self.today}

    @property
    def record(self) -> Agency:
        return self.agency

    def values(self, record: Agency) -> dict[str, Any]:
        return {"sector": record.sector, "parent": record.parent, "areas": record.areas.all()}

    def do(self, data: dict[str, Any]) -> Any:
        services.change_agency(agency=self.agency, by=self.user, **data)
        return self.agency


class RenameAgency(ChangeAgency):
    form_class = forms.RenameAgencyForm
    done = "The new name is recorded. Pages about an earlier day keep the old one."

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"A new name for {self.agency}", **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.rename_agency(agency=self.agency, by=self.user, today=self.today, **data)
        return self.agency


class EndAgency(ChangeAgency):
    form_class = forms.EndAgencyForm
    done = "It is recorded that the agency ended."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agency": self.agency, "today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"What became of {self.agency}", **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.succeed_agency(predecessor=self.agency, by=self.user, **data)
        return self.agency
