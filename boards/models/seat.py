from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.models import ends_after_it_starts
from lscb.common.words import worded

from ..querysets import HolderQuerySet, SeatQuerySet
from .group import Group


class SeatKind(models.TextChoices):
    CHAIR = "chair", "Chair"
    MEMBER = "member", "Member"
    ADVISER = "adviser", "Adviser"
    LAY = "lay", "Lay member"
    TEAM = "team", worded("{Board} team")


class Seat(models.Model):
    """A place in a group by position, from a day to a day. One place is one seat: three lay members have three.

    The independent chair, lay members and the board's team have no agency.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="seats")
    position = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=SeatKind, default=SeatKind.MEMBER)
    order = models.PositiveSmallIntegerField(default=0, help_text="Place in the membership list")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["group", "order", "pk"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="seat_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(kind=SeatKind.CHAIR)
                | Q(kind__in=[SeatKind.LAY, SeatKind.TEAM], agency__isnull=True)
                | Q(kind__in=[SeatKind.MEMBER, SeatKind.ADVISER], agency__isnull=False),
                name="members_sit_for_an_agency_others_for_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}, {self.group.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("boards:seat", args=[self.pk])


class Holder(models.Model):
    """Who holds a seat, or stands in for its holder, from a day to a day: a user of the portal or only a name."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="holders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="seats_held")
    name = models.CharField(max_length=120, blank=True)
    is_deputy = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = HolderQuerySet.as_manager()

    class Meta:
        ordering = ["seat", "is_deputy", "starts_on"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="holder_leaves_after_taking_the_seat"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
                name="holder_is_a_user_or_a_name",
            ),
            models.UniqueConstraint(
                fields=["seat", "is_deputy"], condition=Q(ends_on__isnull=True), name="one_live_holder_of_a_seat"
            ),
        ]

    def __str__(self) -> str:
        return self.user.name if self.user else self.name
