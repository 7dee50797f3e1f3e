from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission

if TYPE_CHECKING:
    from .models import Installation  # noqa: F401


class InstallationQuerySet(models.QuerySet["Installation"]):
    def visible_to(self, user: Reader) -> InstallationQuerySet:
        """Who may change the settings reads them; what they say stands on every page."""
        may_read = user.is_authenticated and user.may(Permission.MANAGE_INSTALLATION)
        return self.all() if may_read else self.none()
