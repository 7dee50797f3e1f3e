"""What of the dataset waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.periods import Quarter
from lscb.common.waiting import Waiting

from .collecting.owed import State, states_by_return
from .models import AgencyReturn, Collection, Edition, Indicator, Status


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For an agency the figures it still owes; for who compiles, agencies to chase, a quarter to open and to compile.
    A fixed number of queries."""
    waiting = list(_owed(user, today))
    if user.may(Permission.MANAGE_DATASET) and Indicator.objects.exists():
        waiting += [*_to_chase(today), *_to_open(today), *_to_compile(user, today)]
    return waiting


def _owed(user: User, today: dt.date) -> Iterator[Waiting]:
    agencies = user.agencies_where(Permission.SUBMIT_FIGURES)
    if not agencies:
        return
    returns = AgencyReturn.objects.filter(agency__in=agencies, collection__closed_at__isnull=True)
    for state in states_by_return(returns.select_related("agency", "collection"), today).values():
        if not state.is_complete:
            yield _of_agency(state)


def _of_agency(state: State) -> Waiting:
    quarter = state.of_return.collection.quarter
    return Waiting(
        title=f"Send the figures of {quarter.label}",
        url=state.of_return.get_absolute_url(),
        sentence=f"{state.agency.short_name}: {state.words}",
        tag="late" if state.is_late else f"due {state.due.day} {state.due:%B}",
        tone="red" if state.is_late else "amber",
        due=state.due,
    )


def _to_chase(today: dt.date) -> Iterator[Waiting]:
    open_ = AgencyReturn.objects.filter(collection__closed_at__isnull=True, collection__due__lt=today)
    late: dict[Collection, list[State]] = {}
    for state in states_by_return(open_.select_related("agency", "collection"), today).values():
        if not state.is_complete:
            late.setdefault(state.of_return.collection, []).append(state)
    for collection, states in late.items():
        names = ", ".join(sorted(state.agency.short_name for state in states))
        yield Waiting(
            title=f"Chase figures of {collection.quarter.label}",
            url=collection.get_absolute_url(),
            sentence=f"Not complete: {names}",
            tag=f"{len(states)} late",
            tone="red",
            due=collection.due,
        )


def _to_open(today: dt.date) -> Iterator[Waiting]:
    """A quarter that is over and for which nobody was asked, once collections are in use."""
    quarter = Quarter.containing(today).previous
    if Collection.objects.exists() and not Collection.objects.filter(quarter=quarter).exists():
        yield Waiting(
            title=f"Open the collection of {quarter.label}",
            url=reverse("dataset:collection_open"),
            sentence=f"The quarter {quarter.month_names} is over, and no agency was asked for its figures yet.",
            tag="to open",
        )


def _to_compile(user: User, today: dt.date) -> Iterator[Waiting]:
    """The quarter that ended last, until it has a final edition."""
    quarter = Quarter.containing(today).previous
    editions = list(Edition.objects.visible_to(user).of_quarter(quarter).defer("content"))
    if any(edition.status == Status.FINAL for edition in editions):
        return
    sentence = (
        f"There is a provisional edition. Compile the final one when the last figures of {quarter.month_names} are in."
        if editions
        else f"The quarter {quarter.month_names} is over. Compile it when its figures are in."
    )
    yield Waiting(
        title=f"Dataset {quarter.label}",
        url=reverse("dataset:edition_compile"),
        sentence=sentence,
        tag="provisional" if editions else "not compiled",
        tone="grey",
    )
