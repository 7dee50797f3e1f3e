"""Who comes: people, their bookings, on which days they came, and what their agencies owe for not coming."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.models import PublicIdModel, both_or_neither

from ..querysets import AttendanceQuerySet, BookingQuerySet, ChargeQuerySet, ParticipantQuerySet
from .session import Session, SessionDay


class Participant(PublicIdModel):
    """A person as training knows them, by their work e-mail, with or without an account.

    Needs are asked once: `needs_asked_at` says when. Who is of no partner agency names an `organisation`.
    """

    email = models.EmailField()
    name = models.CharField(max_length=120)
    job = models.CharField("role", max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="participants")
    organisation = models.CharField(max_length=150, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="participant"
    )
    access_needs = models.TextField(blank=True)
    dietary_needs = models.TextField(blank=True)
    needs_asked_at = models.DateTimeField(null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_participant_per_e_mail"),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, organisation="") | (Q(agency__isnull=True) & ~Q(organisation="")),
                name="participant_is_of_an_agency_or_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def works_for(self) -> str:
        return self.agency.name if self.agency else self.organisation


class BookingState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "E-mail not confirmed"
    REQUESTED = "requested", "Waiting for the manager"
    CONFIRMED = "confirmed", "Confirmed"
    WAITING = "waiting", "On the waiting list"
    OFFERED = "offered", "Place offered"
    DECLINED = "declined", "Declined by the manager"
    LAPSED = "lapsed", "Lapsed"
    LEFT = "left", "Left"
    CANCELLED_IN_TIME = "cancelled_in_time", "Cancelled in time"
    CANCELLED_LATE = "cancelled_late", "Cancelled late"
    SUBSTITUTED = "substituted", "Given to a colleague"
    CALLED_OFF = "called_off", "Session cancelled"
    ATTENDED = "attended", "Attended"
    DID_NOT_ATTEND = "did_not_attend", "Did not attend"
    WALKED_IN = "walked_in", "Walked in"


_S = BookingState
BOOKING_MOVES: dict[str, frozenset[str]] = {
    _S.UNCONFIRMED: frozenset({_S.REQUESTED, _S.CONFIRMED, _S.WAITING, _S.LAPSED, _S.CALLED_OFF}),
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.WAITING, _S.DECLINED, _S.LEFT, _S.LAPSED, _S.CALLED_OFF}),
    _S.WAITING: frozenset({_S.OFFERED, _S.LEFT, _S.LAPSED, _S.CALLED_OFF}),
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.LEFT, _S.LAPSED, _S.CALLED_OFF}),
    _S.CONFIRMED: frozenset(
        {
            *(_S.CANCELLED_IN_TIME, _S.CANCELLED_LATE, _S.SUBSTITUTED, _S.CALLED_OFF),
            *(_S.ATTENDED, _S.DID_NOT_ATTEND),
        }
    ),
    _S.ATTENDED: frozenset({_S.DID_NOT_ATTEND, _S.CONFIRMED}),
    _S.DID_NOT_ATTEND: frozenset({_S.ATTENDED, _S.CONFIRMED}),
    _S.WALKED_IN: frozenset({_S.LEFT}),
    **dict.fromkeys(
        (_S.DECLINED, _S.LAPSED, _S.LEFT, _S.CANCELLED_IN_TIME, _S.CANCELLED_LATE, _S.SUBSTITUTED, _S.CALLED_OFF),
        frozenset(),
    ),
}
"""Which state may follow which. Who left, lapsed or cancelled may book anew: that is another booking."""

HOLDS_PLACE = (_S.CONFIRMED, _S.OFFERED, _S.ATTENDED, _S.WALKED_IN)
"""These take one of the session's places."""
IN_LINE = (_S.WAITING, _S.OFFERED)
PENDING = (_S.UNCONFIRMED, _S.REQUESTED, _S.WAITING, _S.OFFERED, _S.CONFIRMED)
"""These wait for something: a click, a manager, a place, the day."""
LIVE = (*PENDING, _S.ATTENDED, _S.DID_NOT_ATTEND, _S.WALKED_IN)
"""A person has one such booking in a session."""
CAME = (_S.ATTENDED, _S.WALKED_IN)
CANCELLED = (_S.CANCELLED_IN_TIME, _S.CANCELLED_LATE)
REGISTERED = (_S.CONFIRMED, _S.ATTENDED, _S.DID_NOT_ATTEND, *CANCELLED)
"""These had a place by booking, whatever came of it: "registered" in every report. Who gave the place to a colleague is
not counted, the colleague is; who walked in was not registered."""


class Booking(PublicIdModel):
    """One person's booking of one session: at most one place, under a number that no other booking has.

    `name`, `job` and the agency are as they were when it was made. `in_line` gives the order of the waiting list.
    `invitation` counts the calendar entries that went out, for their SEQUENCE.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=20, choices=BookingState)
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    name = models.CharField(max_length=120)
    job = models.CharField("role", max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="training_bookings")
    organisation = models.CharField(max_length=150, blank=True)
    manager_email = models.EmailField(blank=True)
    booked_at = models.DateTimeField()
    in_line = models.PositiveIntegerField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField("cancelled, left or lapsed at", null=True, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="given_to")
    invitation = models.PositiveSmallIntegerField(default=0)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["booked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "participant"],
                condition=Q(state__in=LIVE),
                name="one_live_booking_per_person_and_session",
            ),
            models.UniqueConstraint(fields=["session", "place"], name="one_booking_per_place"),
            models.UniqueConstraint(fields=["session", "in_line"], name="one_booking_at_a_point_of_the_line"),
            models.CheckConstraint(
                condition=Q(state__in=HOLDS_PLACE, place__isnull=False, place__gte=1)
                | (~Q(state__in=HOLDS_PLACE) & Q(place__isnull=True)),
                name="who_holds_a_place_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state=_S.OFFERED, offered_until__isnull=False)
                | (~Q(state=_S.OFFERED) & Q(offered_until__isnull=True)),
                name="offer_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_LINE) | Q(in_line__isnull=False), name="who_waits_stands_in_line"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True) | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="ended_booking_says_when",
            ),
            models.CheckConstraint(condition=Q(state__in=BookingState.values), name="booking_state_is_known"),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, organisation="") | (Q(agency__isnull=True) & ~Q(organisation="")),
                name="booking_is_of_an_agency_or_an_organisation",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="bookings_of_a_session_by_state"),
            models.Index(fields=["offered_until"], condition=Q(state=_S.OFFERED), name="offers_by_their_end"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("training:booking", args=[self.pk])

    @property
    def works_for(self) -> str:
        return self.agency.name if self.agency else self.organisation

    @property
    def safe_name(self) -> str:
        """How the trail names it: by its session. Who it was is the actor, or in the record."""
        return f"Booking: {self.session}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def holds_place(self) -> bool:
        return self.state in HOLDS_PLACE

    @property
    def came(self) -> bool:
        return self.state in CAME

    def may_become(self, state: str) -> bool:
        return state in BOOKING_MOVES[self.state]

    def is_on_offer(self, now: dt.datetime) -> bool:
        """An offer is over at the moment `offered_until`, not after it."""
        return self.state == BookingState.OFFERED and self.offered_until is not None and now < self.offered_until


class Attendance(models.Model):
    """That somebody was there on a day of a session. No row means not."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="attendance")
    day = models.ForeignKey(SessionDay, models.PROTECT, related_name="attendance")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["booking", "day"]
        constraints = [models.UniqueConstraint(fields=["booking", "day"], name="somebody_is_there_once_a_day")]

    def __str__(self) -> str:
        return f"{self.booking.name} on {self.day}"


class Charge(PublicIdModel):
    """What an agency owes because somebody cancelled late or did not come. The amount is that of the day it arose."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="charge")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    arose_on = models.DateField()
    reason = models.CharField(max_length=120)
    invoiced_on = models.DateField(null=True, blank=True)
    invoice = models.CharField("invoice number", max_length=40, blank=True)
    waived_on = models.DateField(null=True, blank=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    waived_because = models.CharField(max_length=300, blank=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["-arose_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_is_more_than_nothing"),
            both_or_neither("waived_on", "waived_by", name="charge_waived_when_and_by"),
            models.CheckConstraint(
                condition=Q(waived_on__isnull=True, waived_because="")
                | (Q(waived_on__isnull=False) & ~Q(waived_because="")),
                name="waiver_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(waived_on__isnull=True) | Q(invoiced_on__isnull=True), name="charge_is_waived_or_invoiced"
            ),
            models.CheckConstraint(
                condition=Q(invoiced_on__isnull=True) | Q(invoiced_on__gte=F("arose_on")),
                name="charge_is_invoiced_after_it_arose",
            ),
        ]

    def __str__(self) -> str:
        return f"Charge of {self.arose_on.day} {self.arose_on:%B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("training:charge", args=[self.pk])
