"""What every write of the annual report asks first."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.reports.models import AnnualReport


def require(by: Actor, *permissions: Permission) -> None:
    """One of `permissions` for the whole board; the portal itself (None) may."""
    if by is not None and not any(by.for_whole_board(permission) for permission in permissions):
        raise PermissionDenied


def locked(report: AnnualReport) -> AnnualReport:
    return AnnualReport.objects.select_for_update(of=("self",)).select_related("job").get(pk=report.pk)
