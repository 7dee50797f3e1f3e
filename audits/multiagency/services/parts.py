"""What the services of multi-agency audits share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Max

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken, check_version
from lscb.common.templatetags.portal import day

from ...models import AUDIT_MOVES, Audit, AuditEvent, AuditHappened, AuditStage

ANY_DAY = (AuditHappened.CHANGED, AuditHappened.CHASED, AuditHappened.PLANNED)
"""Events that set no order: what happens next may be dated before them."""


def must_manage(by: Actor) -> None:
    """Running audits is for the board's team. The portal itself (None) may."""
    if by is not None and not by.for_whole_board(Permission.MANAGE_AUDITS):
        raise PermissionDenied


def locked(audit: Audit) -> Audit:
    related = Audit.objects.select_for_update(of=("self",)).select_related("lead_group", "plan", "tool")
    return related.get(pk=audit.pk)


def current(record: Any, version: int, what: str) -> Any:
    """`record`, locked, when nobody changed it since `version` was read. Raises Overtaken with what is on file."""
    on_file = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    check_version(on_file, version, what=f"this {what}")
    return on_file


def must_be_changeable(audit: Audit) -> None:
    if not audit.is_changeable:
        raise RuleBroken(f"This audit is {audit.get_stage_display().lower()}, so nothing is changed in it any more.")


def must_be_at(audit: Audit, *stages: str) -> None:
    if audit.stage not in stages:
        raise RuleBroken(f"This cannot be done while the audit is at the stage “{audit.get_stage_display().lower()}”.")


def move(audit: Audit, happened: AuditHappened, *, on: dt.date, text: str = "", by: Actor, today: dt.date) -> None:
    """Let something happen to a locked audit, if its stage allows it, and write it down."""
    target = AUDIT_MOVES.get((audit.stage, happened))
    if target is None:
        must_be_at(audit)
    _check_day(audit, on, today)
    if target != audit.stage:
        audit.stage = AuditStage(target)  # type: ignore[arg-type]
        audit.save(update_fields=["stage"])
    note(audit, happened, on=on, text=text, by=by)


def note(audit: Audit, happened: AuditHappened, *, on: dt.date, text: str = "", by: Actor) -> None:
    AuditEvent.objects.create(audit=audit, happened=happened, on=on, text=text, by=by)


def next_number(records: models.QuerySet[Any]) -> int:
    return (records.aggregate(last=Max("number"))["last"] or 0) + 1


def needs(text: str, sentence: str, field: str) -> str:
    """`text` without the space around it. Raises RuleBroken with `sentence` when nothing is left."""
    if not text.strip():
        raise RuleBroken(sentence, field=field)
    return text.strip()


def _check_day(audit: Audit, on: dt.date, today: dt.date) -> None:
    """Things happen in their order: not before what happened last, not in the future."""
    if on > today:
        raise RuleBroken("The day cannot be in the future.", field="on")
    last = audit.events.exclude(happened__in=ANY_DAY).aggregate(last=Max("on"))["last"]
    if last and on < last:
        raise RuleBroken(f"The day cannot be before what happened last, on {day(last)}.", field="on")
