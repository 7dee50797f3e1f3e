from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Event  # noqa: F401

READ_WITH_THE_RECORD_ALONE = Q(target_type__startswith="cdop.") | Q(target_type="records.accessrequest")
"""Child deaths and subject access requests: when somebody looked at what would tell others who asks about whom."""
UNCHANGEABLE = "The trail is append only: an event is never changed or removed."


class EventQuerySet(models.QuerySet["Event"]):
    """Events. Who may read a record reads its history: there is no list of everything but for auditors of the trail."""

    def of(self, target: models.Model) -> EventQuerySet:
        """The history of one record, newest first."""
        return self.filter(target_type=target._meta.label_lower, target_key=str(target.pk))

    def visible_to(self, user: Any) -> EventQuerySet:
        """For who may read the whole trail, but for what is read with its record alone. The history of any record is
        read through the record, by `of`."""
        may_read = user.is_authenticated and user.may("read_trail")
        return self.exclude(READ_WITH_THE_RECORD_ALONE) if may_read else self.none()

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(UNCHANGEABLE)

    def delete(self) -> NoReturn:
        raise TypeError(UNCHANGEABLE)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(UNCHANGEABLE)


class ChainEndQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ChainEndQuerySet:
        """Nobody reads the end of the chain but the portal itself."""
        return self.none()
