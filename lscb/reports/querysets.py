"""Reads of the annual report. Who may not yet see an edition does not learn that it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import models

from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from lscb.accounts.models import Reader

    from .models import (  # noqa: F401
        AnnualReport,
        ChapterPlace,
        Correction,
        Publication,
        ReportComment,
        ReportFile,
        ReportWords,
    )

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

    def published(self) -> AnnualReportQuerySet:
        """Editions that the public reads: published, and not withdrawn."""
        return self.filter(publication__isnull=False, publication__withdrawn_at=None)

    def update(self, **kwargs: Any) -> int:
        if set(kwargs) - {"job", "job_id"} and self.filter(state="approved", printed_at__isnull=False).exists():
            raise TypeError(FROZEN)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("An annual report is never removed.")


class _OfReport(models.QuerySet[Any]):
    """What hangs on an edition is read by who reads the edition."""

    def visible_to(self, user: Reader) -> Self:
        from .models import AnnualReport

        return self.filter(report__in=AnnualReport.objects.visible_to(user))


class ReportFileQuerySet(_OfReport):
    pass


class PublicationQuerySet(_OfReport):
    pass


class CorrectionQuerySet(_OfReport):
    pass


class ReportCommentQuerySet(_OfReport):
    def visible_to(self, user: Reader) -> Self:
        """Comments are between those who write the report and those who approve it."""
        return super().visible_to(user) if _writes_or_approves(user) else self.none()

    def unsettled(self) -> Self:
        return self.filter(settled_at=None)


class _OfWriting(models.QuerySet[Any]):
    """What a report is made from is read and written by who builds it, and read by who approves it."""

    def visible_to(self, user: Reader) -> Self:
        return self.all() if _writes_or_approves(user) else self.none()

    def of_year(self, year: FinancialYear) -> Self:
        return self.filter(year=year)


class ChapterPlaceQuerySet(_OfWriting):
    pass


class ReportWordsQuerySet(_OfWriting):
    pass


def _writes_or_approves(user: Reader) -> bool:
    return user.is_authenticated and (user.may(Permission.BUILD_REPORT) or user.may(Permission.APPROVE_REPORT))
