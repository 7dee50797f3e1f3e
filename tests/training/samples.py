"""Sessions, people and bookings in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from lscb.accounts.models import Agency
from lscb.common.periods import LONDON
from tests.accounts.factories import AgencyFactory
from training.models import Booking, Course, Length, Participant, Session, Window
from training.services import booking as services
from training.services import charging, programme, sessions
from training.services.booking import Details

NOW = dt.datetime(2017, 3, 1, 10, tzinfo=LONDON)
"""A Wednesday."""
START = dt.datetime(2017, 3, 29, 9, 30, tzinfo=LONDON)
"""A Wednesday four weeks later, three days after the clocks went forward."""
HOURS = dt.timedelta(hours=3)
_numbers = count(1)


def a_course(title: str = "", **kwargs: Any) -> Course:
    number = next(_numbers)
    family = kwargs.pop("programme", None) or programme.set_programme(name=f"Programme {number}", by=None)
    facts = {"length": Length.HALF_DAY, **kwargs}
    return programme.add_course(programme=family, title=title or f"Course {number}", by=None, **facts)


def a_session(course: Course | None = None, *, capacity: int = 2, start: dt.datetime = START, **kwargs: Any) -> Session:
    """A public session of three hours."""
    facts = {"days": [(start, start + HOURS)], "place": "Civic Centre", "publish": True, **kwargs}
    return sessions.plan_session(course=course or a_course(), capacity=capacity, by=None, **facts)


def details(agency: Agency | None = None, **kwargs: Any) -> Details:
    return Details(**{"name": "Kim Jones", "job": "Health visitor", "agency": agency or AgencyFactory(), **kwargs})


def a_participant(email: str = "", **kwargs: Any) -> Participant:
    email = email or f"participant{next(_numbers)}@example.org"
    return services.know_participant(email=email, details=details(**kwargs))


def a_booking(
    session: Session, participant: Participant | None = None, *, now: dt.datetime = NOW, **kwargs: Any
) -> Booking:
    """Whatever a person gets who books now."""
    who = participant or a_participant()
    given = Details(who.name, who.job, who.agency, who.organisation)
    return services.book_place(session=session, participant=who, details=given, by=None, now=now, **kwargs)


def fresh(booking: Booking) -> Booking:
    return Booking.objects.of_people().get(pk=booking.pk)


def a_policy(**kwargs: Any) -> Any:
    """£50 for half a day that is given up less than five working days before."""
    facts = {
        "name": f"Policy {next(_numbers)}",
        "days": 5,
        "window": Window.WORKING,
        "charges_absence": True,
        "fees": {Length.HALF_DAY: 50},
        **kwargs,
    }
    return charging.set_policy(by=None, **facts)
