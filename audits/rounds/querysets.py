"""Reads of rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.models import Reader
from lscb.common.periods import FinancialYear

from ..access import own_agencies, reads_all

if TYPE_CHECKING:
    from ..models import Round


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: Reader) -> RoundQuerySet:
        """All for who reads every return; an agency those in which it was asked."""
        if reads_all(user):
            return self.all()
        return self.filter(pk__in=_asked(own_agencies(user)))

    def of_year(self, year: FinancialYear, audience: str) -> RoundQuerySet:
        return self.filter(year=year, framework__audience=audience)


def _asked(agencies: list[int]) -> models.QuerySet[Round]:
    from ..models import Return

    return Return.objects.filter(agency__in=agencies).values("round")  # type: ignore[return-value]
