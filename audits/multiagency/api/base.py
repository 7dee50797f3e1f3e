"""What the endpoints of multi-agency audits share: who may, and a grade by the name that it has on the scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework import exceptions

from lscb.accounts.permissions import Permission
from lscb.accounts.programs import holds
from lscb.common.errors import Overtaken, RuleBroken

from ...models import Audit, AuditGrade

MANAGES = holds(Permission.MANAGE_AUDITS)
MAY_MANAGE = (Permission.MANAGE_AUDITS,)


@contextmanager
def telling_of(field: str) -> Iterator[None]:
    """A service speaks of one line by the field of the form; here the line is in the list `field`."""
    try:
        yield
    except Overtaken:
        raise
    except RuleBroken as refusal:
        line = refusal.field.startswith(("grade_", "reason_"))
        raise RuleBroken(refusal.sentence, field=field if line else refusal.field) from None


def grade_called(label: str | None, grades: Mapping[str, AuditGrade], field: str) -> AuditGrade | None:
    """The grade of that name on the scale of the audit."""
    if label is None:
        return None
    if label not in grades:
        raise exceptions.ValidationError({field: [f"{label}: the scale of this audit has no such grade."]})
    return grades[label]


def scale_of(audit: Audit) -> dict[str, AuditGrade]:
    return {one.label: one for one in AuditGrade.objects.filter(tool=audit.tool_id)}


def numbered(parts: str) -> Callable[[Audit, int], Any]:
    return lambda audit, number: getattr(audit, parts).filter(number=number).first()
