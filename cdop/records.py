"""How child deaths are found (by the whole reference, and never by words), taken out, kept and destroyed; and what of
them is looked through for who asks what is held about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Case, DateField, Model, Q, QuerySet, Value, When
from django.utils import timezone

from boards.models import AgendaItem, Attendance, Meeting, MeetingAction
from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission
from lscb.actions.models import (
    Action,
    ActionEntry,
    ActionEvent,
    ActionPlan,
    DueDateMove,
    EvidenceFile,
    ImpactCheck,
    Note,
)
from lscb.common.records import Destroyed, Kept, Searched, Then

from .models import (
    AgencyReport,
    AllowedWord,
    Death,
    DomainReview,
    Identity,
    Paper,
    ParallelProcess,
    RapidResponse,
    Review,
)

READS = Permission.READ_CHILD_DEATHS


def by_reference(typed: str) -> Q:
    return Q(reference__iexact=typed)


SEARCHED = (
    Searched(
        "Child deaths",
        lambda user: Death.objects.visible_to(user),
        reference=by_reference,
    ),
)


OF_A_CASE: tuple[tuple[type[Model], str], ...] = (
    *((Death, "pk"), (Identity, "death"), (RapidResponse, "death"), (ParallelProcess, "death")),
    *((AgencyReport, "death"), (Paper, "death"), (AllowedWord, "death"), (Review, "death")),
    *((DomainReview, "review__death"), (Action, "death_action__death"), (Note, "action__death_action__death")),
)
"""Tables with texts of a case, and the way from each to its case. Who is named in one text is spoken of in all."""


def child_death_tables(reader: Reader) -> Iterator[QuerySet[Any]]:
    """Everything of child deaths that `reader` may read: the cases, the panel's meetings, what it asked for, and who
    did what."""
    for model in apps.get_app_config("cdop").get_models():
        yield model._default_manager.visible_to(reader)  # type: ignore[attr-defined]
    meetings = Meeting.objects.visible_to(reader).filter(group__confidential_permission=READS)
    yield from (meetings, AgendaItem.objects.filter(meeting__in=meetings))
    yield from (Attendance.objects.filter(meeting__in=meetings), MeetingAction.objects.filter(meeting__in=meetings))
    actions = Action.objects.visible_to(reader).filter(plan__permission=READS)
    yield from (ActionPlan.objects.visible_to(reader).filter(permission=READS), actions)
    for part in (ActionEntry, ActionEvent, Note, DueDateMove):
        yield part._default_manager.filter(action__in=actions)
    yield EvidenceFile.objects.filter(entry__action__in=actions)
    yield ImpactCheck.objects.filter(event__action__in=actions)


def _by_birthday() -> QuerySet[Any]:
    """Cases that are over, from the day the child was born: it lies encrypted, so each is read."""
    over = Identity.objects.filter(death__state__in=("reviewed", "passed_on", "joined")).only("death_id", "born_on")
    born = {identity.pk: identity.born_on for identity in over.iterator(chunk_size=200)}
    days = [When(pk=key, then=Value(day, output_field=DateField())) for key, day in born.items()]
    found = Death.objects.filter(pk__in=list(born))
    return found.annotate(trigger_on=Case(*days, default=None, output_field=DateField()))


def destroy_identities(keys: Collection[UUID]) -> Destroyed:
    """Who the child was and every text of the case go. Bands and codes stay: they name nobody and count for ever."""
    went = Destroyed()
    today: dt.date = timezone.localdate()
    went.counts["identities"] += Identity.objects.filter(death__in=keys).delete()[0]
    AllowedWord.objects.filter(death__in=keys).delete()
    RapidResponse.objects.filter(death__in=keys).delete()
    ParallelProcess.objects.filter(death__in=keys).update(note="")
    Paper.objects.filter(death__in=keys).update(summary="", child="", family="", parenting="", services="")
    Review.objects.filter(death__in=keys).update(issues="", learning="", recommendations="", linked_review="")
    DomainReview.objects.filter(review__death__in=keys).update(text="")
    went.counts["reports of agencies"] += AgencyReport.objects.filter(death__in=keys).update(answers={})
    went.counts["cases"] += Death.objects.filter(pk__in=keys).update(identity_destroyed_on=today, ended_because="")
    return went


KEPT = (
    Kept(
        slug="child-deaths",
        title="Child deaths",
        covers="Who the child was and every text of the case; bands and codes stay as numbers",
        trigger="the day the child was born, once the case is over",
        months=25 * 12,
        then=Then.DESTROY,
        basis="Public task: Children Act 2004, section 16M to 16Q (child death reviews); until the 25th birthday.",
        triggered=_by_birthday,
        destroy=destroy_identities,
        leaves_number=True,
        permission=Permission.READ_CHILD_DEATH_IDENTITY,
        counts_only=True,
    ),
)
