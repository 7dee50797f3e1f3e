"""The collection of a quarter as the analyst runs it, and the list of what each agency owes and has sent."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from dataset import services
from dataset.collecting.owed import State, states_by_return, states_of
from dataset.forms import CloseCollectionForm, DueDateForm, OpenCollectionForm, RemindForm
from dataset.models import AgencyReturn, Collection
from dataset.querysets import reads_all_figures
from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import Quarter
from lscb.trail.history import timeline

from .base import CRUMB, ChangesDataset, ReadsFigures, quarter_or_404

RETURNS = ("Quarterly figures", "dataset:return_list")


def returns_crumb() -> tuple[str, str]:
    return RETURNS[0], reverse(RETURNS[1])


class ReturnFilter(django_filters.FilterSet):
    agency = django_filters.ModelChoiceFilter(label="Agency", queryset=Agency.objects.none(), empty_label="Any agency")
    quarter = django_filters.ChoiceFilter(label="Quarter", empty_label="Any quarter", field_name="collection__quarter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = AgencyReturn.objects.visible_to(self.request.user)
        self.filters["agency"].queryset = Agency.objects.filter(pk__in=seen.values("agency"))
        quarters = Collection.objects.visible_to(self.request.user).values_list("quarter", flat=True)
        self.filters["quarter"].extra["choices"] = [(str(quarter), quarter.label) for quarter in quarters]


class ReturnList(ReadsFigures, ListPage):
    """What each agency owes and has sent, quarter by quarter; an agency sees its own."""

    title = "Quarterly figures"
    nouns = ("return", "returns")
    filterset_class = ReturnFilter
    default_sort = "-quarter"
    template_name = "dataset/return_list.html"
    empty_text = "No figures have been asked for yet."

    def get_queryset(self) -> QuerySet[AgencyReturn]:
        return AgencyReturn.objects.visible_to(self.user).select_related("collection", "agency")

    def get_columns(self) -> tuple[ListColumn, ...]:
        return (
            ListColumn(
                "Quarter",
                "collection.quarter",
                sort=("collection__quarter", "agency__name"),
                link=lambda one: one.get_absolute_url() if self.may_send else one.collection.get_absolute_url(),
            ),
            ListColumn("Agency", "agency.short_name", sort="agency__short_name"),
            ListColumn("Due", "collection.due", sort="collection__due"),
            ListColumn("State", lambda one: self.states[one.pk].tag, tag=True),
            ListColumn("Figures", lambda one: self.states[one.pk].words),
            ListColumn("Last sent", lambda one: self.states[one.pk].last_sent),
            ListColumn("Reminders", "reminders", sort="reminders", numeric=True),
        )

    @cached_property
    def states(self) -> dict[int, State]:
        return states_by_return(self.get_queryset(), timezone.localdate())

    @cached_property
    def may_send(self) -> bool:
        return self.user.may(Permission.SUBMIT_FIGURES) or self.user.may(Permission.MANAGE_DATASET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads_all = reads_all_figures(self.user)
        if self.user.may(Permission.MANAGE_DATASET):
            kwargs |= {"start_url": reverse("dataset:collection_open"), "start_label": "Open a quarter"}
        own = [] if reads_all else [state for state in self.states.values() if state.is_open]
        return super().get_context_data(
            breadcrumbs=[CRUMB] if self.user.may(Permission.READ_DATASET) else [],
            own=sorted(own, key=lambda state: (state.due, state.agency.name)),
            collections=Collection.objects.visible_to(self.user) if reads_all else [],
            **kwargs,
        )

    def record_export(self, format: str, count: int) -> None:
        services.note_list_export(what="returns of figures", format=format, rows=count, by=self.user)


class OneCollection:
    """Finds the collection of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]
    user: Any

    @cached_property
    def collection(self) -> Collection:
        quarter = quarter_or_404(self.kwargs["quarter"])
        return get_object_or_404(Collection.objects.visible_to(self.user), quarter=quarter)


class CollectionPage(Guarded, OneCollection, TemplateView):
    """A quarter: every agency with how far it has come, and what to do about it."""

    scope = (Permission.READ_FIGURES, Permission.MANAGE_DATASET)
    template_name = "dataset/collection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        states = states_of(self.collection, timezone.localdate())
        complete = sum(state.is_complete for state in states)
        return super().get_context_data(
            title=f"Figures of {self.collection.quarter.label}",
            breadcrumbs=[CRUMB, returns_crumb()],
            collection=self.collection,
            state=_tag(self.collection, timezone.localdate()),
            states=states,
            complete=f"{complete} of {len(states)} agencies complete",
            late=any(state.is_late for state in states),
            manages=self.user.may(Permission.MANAGE_DATASET),
            history=timeline(self.collection, limit=12),
            **kwargs,
        )


def _tag(collection: Collection, today: dt.date) -> Tag:
    if not collection.is_open:
        return Tag("closed", "grey")
    return Tag("open", "blue") if today <= collection.due else Tag("due date passed", "amber")


class CollectionOpen(ChangesDataset):
    """Ask the agencies for a quarter."""

    form_class = OpenCollectionForm
    title = "Open a quarter"
    done = "The quarter is open. Everybody who may send figures for an agency is told that they wait."
    lead = "Each agency is asked for the figures of the indicators it is the source of."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        quarter = Quarter.containing(self.today).previous
        return {"quarter": str(quarter), "due": quarter.last_day + dt.timedelta(days=28)}

    def do(self, data: dict[str, Any]) -> Any:
        return services.open_collection(quarter=data["quarter"], due=data["due"], by=self.user)


class ChangesCollection(OneCollection, ChangesDataset):
    """A form about one collection."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.collection.quarter.label, self.collection.get_absolute_url())
        crumbs = [CRUMB, returns_crumb(), own]
        return super().get_context_data(**{"breadcrumbs": crumbs, "collection": self.collection, **kwargs})


class CollectionMove(ChangesCollection, AsRead):
    form_class = DueDateForm
    title = "Move the due date"
    done = "The due date is moved."

    @property
    def record(self) -> Collection:
        return self.collection

    def values(self, record: Collection) -> dict[str, Any]:
        return {"due": record.due}

    def do(self, data: dict[str, Any]) -> Any:
        return services.move_due_date(collection=self.collection, by=self.user, **data)


class CollectionRemind(ChangesCollection):
    """Write to the agencies that have not sent everything."""

    form_class = RemindForm
    title = "Remind agencies"
    lead = "Everybody who may send figures for the agency gets an e-mail that says how many are missing."

    def get_form_kwargs(self) -> dict[str, Any]:
        states = [state for state in states_of(self.collection, self.today) if not state.is_complete]
        return super().get_form_kwargs() | {"states": states}

    def do(self, data: dict[str, Any]) -> Any:
        number = services.remind(collection=self.collection, agencies=data["agencies"], by=self.user)
        self.done = "1 agency is reminded." if number == 1 else f"{number} agencies are reminded."
        return self.collection


class CollectionClose(ChangesCollection):
    form_class = CloseCollectionForm
    title = "Close the collection"
    done = "The collection is closed."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = [state for state in states_of(self.collection, self.today) if not state.is_complete]
        names = "; ".join(f"{state.agency.short_name} ({state.missing} missing)" for state in missing)
        told = f"Not complete: {names}. " if missing else "Every agency is complete. "
        warning = f"{told}Nobody is reminded any more. Figures that come later are still recorded."
        return super().get_context_data(warning=warning, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.close_collection(collection=self.collection, by=self.user)
