"""Reads of attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from lscb.accounts.cases import within_cases
from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission

if TYPE_CHECKING:
    from .models import Attachment  # noqa: F401


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Reader) -> AttachmentQuerySet:
        """What a person's permissions reach: everywhere, the agency's, the group's, or what belongs to neither.

        Files of a case reach who is let into it, and nobody who is kept out.
        """
        if not isinstance(user, User):
            return self.none()
        reach = Q(pk__in=[])
        for permission in Permission:
            if not user.may(permission):
                continue
            where = Q(agency__isnull=True, group="")
            if user.for_whole_board(permission):
                where = Q()
            elif agencies := user.agencies_where(permission):
                where |= Q(agency__in=agencies)
            if groups := user.groups_where(permission):
                where |= Q(group__in=groups)
            reach |= Q(permission=permission) & where
        return self.filter(within_cases(user, reach, "case"))
