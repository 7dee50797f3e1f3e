"""Reads of what the portal keeps about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission

if TYPE_CHECKING:
    from .models import DataCheck, Tally  # noqa: F401


class DataCheckQuerySet(models.QuerySet["DataCheck"]):
    def latest_first(self) -> DataCheckQuerySet:
        return self.order_by("-finished_at")

    def visible_to(self, user: Reader) -> DataCheckQuerySet:
        """For who keeps the portal running. What it says of a record goes to who may see that record alone."""
        return self.all() if user.is_authenticated and user.may(Permission.READ_JOBS) else self.none()


class TallyQuerySet(models.QuerySet["Tally"]):
    def visible_to(self, user: Reader) -> TallyQuerySet:
        """Nobody but the program that measures (`metrics`)."""
        return self.none()
