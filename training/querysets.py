"""Reads of training. What is public is the programme; bookings are one's own or the board team's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import LONDON, FinancialYear

if TYPE_CHECKING:
    from .models import (  # noqa: F401  used in strings
        Answer,
        Attendance,
        Booking,
        Charge,
        ChargePolicy,
        Course,
        Evaluation,
        Fee,
        Message,
        Participant,
        Programme,
        Question,
        Session,
        SessionDay,
        Trainer,
    )


def manages(user: Reader) -> bool:
    """Who runs the training programme."""
    return isinstance(user, User) and user.for_whole_board(Permission.MANAGE_TRAINING)


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day in London."""
    return dt.datetime.combine(day, dt.time(), LONDON)


class _Open(models.QuerySet[Any]):
    """What the public programme is made of."""

    def visible_to(self, user: Reader) -> Any:
        return self.all()


class _TeamOnly(models.QuerySet[Any]):
    """The board team's own."""

    def visible_to(self, user: Reader) -> Any:
        return self.all() if manages(user) else self.none()


class ProgrammeQuerySet(_Open):
    pass


class CourseQuerySet(_Open):
    pass


class ChargePolicyQuerySet(_Open):
    pass


class FeeQuerySet(_Open):
    pass


class EvaluationQuestionQuerySet(_Open):
    def asked(self) -> EvaluationQuestionQuerySet:
        return self.filter(is_asked=True)


class TrainerQuerySet(_TeamOnly):
    pass


class MessageQuerySet(_TeamOnly):
    pass


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Reader) -> SessionQuerySet:
        """The public programme for everybody; what is not public yet for the board's team."""
        return self.all() if manages(user) else self.public()

    def public(self) -> SessionQuerySet:
        from .models.session import PUBLIC

        return self.filter(state__in=PUBLIC)

    def to_come(self, now: dt.datetime) -> SessionQuerySet:
        """Open or closed for booking, and not begun."""
        from .models.session import TO_COME

        return self.filter(state__in=TO_COME, starts_at__gt=now)

    def of_year(self, year: FinancialYear) -> SessionQuerySet:
        """That begin in `year`."""
        return self.filter(starts_at__gte=start_of(year.first_day), starts_at__lt=start_of(year.next.first_day))

    def held(self, at: dt.date) -> SessionQuerySet:
        """Held and over at the end of the day `at`."""
        return self.filter(state="held", ends_at__lt=start_of(at + dt.timedelta(days=1)))

    def with_places(self) -> Any:
        """Each with `taken`, the places that somebody holds, and `in_line`, how many wait."""
        from .models.booking import HOLDS_PLACE

        return self.annotate(taken=_how_many(state__in=HOLDS_PLACE), in_line=_how_many(state="waiting"))


def _how_many(**states: Any) -> Coalesce:
    """So many bookings of a session, by a subquery: the order and the number of sessions stay."""
    from .models import Booking

    counted = Booking.objects.filter(session=OuterRef("pk"), **states).order_by().values("session")
    return Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)


class SessionDayQuerySet(models.QuerySet["SessionDay"]):
    def visible_to(self, user: Reader) -> SessionDayQuerySet:
        from .models import Session

        return self.filter(session__in=Session.objects.visible_to(user))


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: Reader) -> ParticipantQuerySet:
        """Everybody for the board's team; else oneself."""
        if not isinstance(user, User):
            return self.none()
        return self.all() if manages(user) else self.filter(user=user)


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: Reader) -> BookingQuerySet:
        """All for the board's team; else one's own."""
        if not isinstance(user, User):
            return self.none()
        return self.all() if manages(user) else self.own(user)

    def own(self, user: User) -> BookingQuerySet:
        return self.filter(participant__user=user)

    def live(self) -> BookingQuerySet:
        from .models.booking import LIVE

        return self.filter(state__in=LIVE)

    def holding(self) -> BookingQuerySet:
        from .models.booking import HOLDS_PLACE

        return self.filter(state__in=HOLDS_PLACE)

    def waiting(self) -> BookingQuerySet:
        """Those in line without an offer, the first one first."""
        return self.filter(state="waiting").order_by("in_line")

    def offers_over(self, now: dt.datetime) -> BookingQuerySet:
        """Offers whose time is over at `now`."""
        return self.filter(state="offered", offered_until__lte=now)

    def of_people(self) -> BookingQuerySet:
        """With what lists and letters read."""
        return self.select_related("agency", "session__course", "participant")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Reader) -> AttendanceQuerySet:
        from .models import Booking

        return self.filter(booking__in=Booking.objects.visible_to(user))


class ChargeQuerySet(models.QuerySet["Charge"]):
    def visible_to(self, user: Reader) -> ChargeQuerySet:
        """All for the board's team; who caused one sees it on the own booking."""
        if not isinstance(user, User):
            return self.none()
        return self.all() if manages(user) else self.filter(booking__participant__user=user)

    def owed(self) -> ChargeQuerySet:
        return self.filter(waived_on__isnull=True)

    def to_invoice(self) -> ChargeQuerySet:
        return self.filter(waived_on__isnull=True, invoiced_on__isnull=True)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: Reader) -> EvaluationQuerySet:
        """The team reads all; everybody else what they said themselves."""
        if not isinstance(user, User):
            return self.none()
        return self.all() if manages(user) else self.filter(booking__participant__user=user)

    def with_comment(self) -> EvaluationQuerySet:
        return self.exclude(comment="")

    def quotable(self) -> EvaluationQuerySet:
        """Comments that somebody cleared for printing."""
        return self.filter(comment_state="cleared")


class EvaluationAnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Reader) -> EvaluationAnswerQuerySet:
        from .models import Evaluation

        return self.filter(evaluation__in=Evaluation.objects.visible_to(user))
