"""Rules, holds and the outcome of reviews."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lscb.accounts.models import User
from lscb.common.errors import RuleBroken, check_version
from lscb.records.classes import RecordClass, may_see
from lscb.records.models import Hold, KeptLonger, RetentionRule
from lscb.trail.services import changes_between, record


def must_run(by: User, of: RecordClass) -> None:
    if not may_see(by, of.kept):
        raise PermissionDenied


@transaction.atomic
def change_rule(
    *, of: RecordClass, months: int, then: str, basis: str, because: str, version: int, by: User, at: dt.datetime
) -> RetentionRule:
    """Keep a class for another time, or do something else then. Raises Overtaken when it was changed meanwhile."""
    must_run(by, of)
    rule = RetentionRule.objects.select_for_update().filter(slug=of.slug).first() or of.rule
    check_version(rule, version, what="this rule")
    if not because.strip():
        raise RuleBroken("Say why the rule is changed", field="because")
    before = {"months": of.kept.months, "then": of.kept.then, "basis": of.kept.basis}
    rule.months, rule.then, rule.basis, rule.because = months, then, basis.strip(), because.strip()
    rule.changed_at, rule.changed_by, rule.version = at, by, version + 1
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:  # the first rule of a class, written twice at the same moment
        check_version(RetentionRule.objects.get(slug=of.slug), version, what="this rule")
        raise
    after = {"months": months, "then": then, "basis": rule.basis}
    record(verb="changed how long", by=by, target=rule, changes=changes_between(before, after), reason=rule.because)
    return rule


@transaction.atomic
def place_hold(
    *,
    of: RecordClass,
    key: UUID | None = None,
    reason: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> Hold:
    """Nothing of the class, or not the one record, is destroyed while the hold is in force."""
    must_run(by, of)
    if not reason.strip():
        raise RuleBroken("Say why it is held", field="reason")
    if ends_on and ends_on < starts_on:
        raise RuleBroken("The last day must not be before the first", field="ends_on")
    hold = Hold(slug=of.slug, key=key, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on)
    hold.placed_at, hold.placed_by = at, by
    if key is not None:
        hold.reference = reference_of(of, key)
    hold.save(force_insert=True)
    record(verb="placed a hold", by=by, target=hold, named=f"{hold} ({of.kept.title})", reason=hold.reason)
    return hold


@transaction.atomic
def lift_hold(*, hold: Hold, reason: str, by: User, at: dt.datetime) -> Hold:
    """From now on the record falls due as its class says."""
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is not None:
        raise RuleBroken("This hold was lifted already.")
    hold.lifted_at, hold.lifted_by = at, by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record(verb="lifted a hold", by=by, target=hold, reason=reason.strip())
    return hold


@transaction.atomic
def keep_longer(
    *, of: RecordClass, key: UUID, until: dt.date, reason: str, by: User, at: dt.datetime, today: dt.date
) -> KeptLonger:
    """The outcome of a review: the record is not due before `until` is over."""
    must_run(by, of)
    if until <= today:
        raise RuleBroken("Choose a day that lies ahead", field="until")
    if not reason.strip():
        raise RuleBroken("Say why it is kept longer", field="reason")
    values = {"until": until, "reason": reason.strip(), "decided_at": at, "decided_by": by}
    values["reference"] = reference_of(of, key)
    decision, _ = KeptLonger.objects.update_or_create(slug=of.slug, key=key, defaults=values)
    record(
        verb="decided to keep longer", by=by, target=decision, changes={"until": (None, until)}, reason=reason.strip()
    )
    return decision


def reference_of(of: RecordClass, key: UUID) -> str:
    found = of.find(key)
    if found is None:
        raise RuleBroken("There is no such record in this class.")
    return of.kept.reference(found)[:100]
