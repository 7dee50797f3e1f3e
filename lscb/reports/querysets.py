"""Reads of the annual report. Who may not yet see an edition does not learn that it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models

from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from lscb.accounts.models import Reader

    from .models import AnnualReport, ReportWords  # noqa: F401

FROZEN = "An approved report is frozen: it is never changed or removed. Corrections come as a new edition."


class AnnualReportQuerySet(models.QuerySet["AnnualReport"]):
    def visible_to(self, user: Reader) -> AnnualReportQuerySet:
        """Every edition for who builds or approves; for other readers those that are ready or approved."""
        if not user.is_authenticated or not user.may(Permission.READ_REPORT):
            return self.none()
        if user.may(Permission.BUILD_REPORT) or user.may(Permission.APPROVE_REPORT):
            return self.all()
        return self.filter(state__in=["ready", "approved"])

    def of_year(self, year: FinancialYear) -> AnnualReportQuerySet:
        return self.filter(year=year)

    def open(self) -> AnnualReportQuerySet:
        """Editions still being worked on; a year has one at most."""
        return self.exclude(state="approved")

    def update(self, **kwargs: Any) -> int:
        if set(kwargs) - {"job", "job_id"} and self.filter(state="approved", printed_at__isnull=False).exists():
            raise TypeError(FROZEN)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("An annual report is never removed.")


class ReportWordsQuerySet(models.QuerySet["ReportWords"]):
    def visible_to(self, user: Reader) -> ReportWordsQuerySet:
        """The words of a report are read and written by who builds it, and read by who approves it."""
        if not user.is_authenticated:
            return self.none()
        may_read = user.may(Permission.BUILD_REPORT) or user.may(Permission.APPROVE_REPORT)
        return self.all() if may_read else self.none()

    def of_year(self, year: FinancialYear) -> ReportWordsQuerySet:
        return self.filter(year=year)
