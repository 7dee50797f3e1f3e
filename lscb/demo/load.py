"""Builds the demonstration board: the published figures of Southampton, 2016-17, as records, made by the services.

Deterministic: the same records come out each time, on SQLite and PostgreSQL alike; only the training that can be
booked lies some days after the day of loading. See `data/README.md` for what was
published and what is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from boards.publishing import publish_structure
from lscb.accounts import services as accounts
from lscb.accounts.models import Agency, User
from lscb.common.periods import FinancialYear, Quarter, end_of_day

from .actions import load_progress
from .audits import load_audits
from .boards import load_board, load_people_and_places
from .challenges import load_challenges
from .dataset import load_collections, load_dataset
from .deaths import load_deaths
from .doors import load_doors
from .engagement import load_engagement
from .meetings import load_meetings
from .multiply import multiply
from .people import DOMAIN, PASSWORD, PEOPLE
from .records import load_records
from .reports import load_words
from .returns import load_returns
from .reviews import load_reviews
from .training import load_training

YEAR = FinancialYear(2016)
AS_AT = dt.date(2017, 6, 30)
"""The day the annual report of the demonstration speaks of."""

COLLECTED_AFTER = dt.timedelta(days=28)

Tell = Callable[[str, int], None]


def is_loaded() -> bool:
    return User.objects.filter(email=PEOPLE[0].email).exists()


def compiled_on(quarter: Quarter) -> dt.datetime:
    """When the agencies' figures of a quarter were in."""
    return end_of_day(quarter.last_day + COLLECTED_AFTER)


@transaction.atomic
def load_demo(*, scale: int = 1, tell: Tell = lambda step, percent: None) -> bool:
    """Load everything, or nothing where it is there already. Returns whether anything was loaded.

    `scale` multiplies indicators, plans, actions, challenges and meetings by inventing more of them, for measuring.
    Raises CommandError in production and among real people: everybody knows the password of the made-up ones.
    """
    if settings.PRODUCTION:
        raise CommandError("Production has no demonstration board: anybody could sign in with its password.")
    if is_loaded():
        return False
    if User.objects.exists():
        raise CommandError("There are people in this database already. Name an empty one in DATABASE_URL.")
    tell("agencies and areas", 0)
    agencies = load_people_and_places(by=None)
    tell("people and roles", 10)
    load_users(agencies)
    load_doors(analyst=_user("analyst"), now=timezone.now())
    tell("groups, seats and the business plan", 30)
    load_board(agencies, by=None)
    tell("how the business plan went", 40)
    load_progress(by=User.objects.get(email=PEOPLE[0].email))
    tell("meetings", 45)
    load_meetings(by=None)
    tell("challenges", 40)
    team = User.objects.get(email=PEOPLE[0].email)
    load_challenges(agencies, by=team)
    tell("surveys, engagement and the library", 48)
    load_engagement(by=team)
    publish_structure(as_at=YEAR.last_day, by=team, at=end_of_day(YEAR.last_day - dt.timedelta(days=1)))
    tell("audits", 49)
    load_audits(agencies, by=team)
    tell("case reviews", 49)
    load_reviews(agencies, by=team, second=User.objects.get(email=PEOPLE[1].email))
    tell("Section 11 returns and school audits", 49)
    load_returns(agencies, by=team)
    tell("child deaths", 49)
    load_deaths(agencies, officer=_user("officer"), doctor=_user("doctor"), chair=_user("chair"))
    tell("indicators and figures", 50)
    load_dataset(agencies, by=None, scale=scale)
    load_collections(by=User.objects.get(email=PEOPLE[2].email))
    tell("training", 85)
    load_training(agencies, by=User.objects.get(email=PEOPLE[0].email), today=timezone.localdate())
    tell("how records are kept", 94)
    load_records(
        manager=team,
        second=_user("coordinator"),
        solent=agencies["Solent NHS Trust"],
        reader=_user("reader"),
        now=timezone.now(),
    )
    tell("words of the report", 95)
    load_words(by=None)
    if scale > 1:
        tell("more of the same", 97)
        multiply(scale)
    return True


def _user(mailbox: str) -> User:
    return User.objects.get(email=f"{mailbox}@{DOMAIN}")


def load_users(agencies: dict[str, Agency]) -> None:
    """One person per role, ready to sign in."""
    for person in PEOPLE:
        user = accounts.register_person(email=person.email, name=person.name, password=PASSWORD, by=None)
        accounts.grant_role(
            user=user,
            role=person.role,
            agency=agencies[person.agency] if person.agency else None,
            group=person.group,
            starts_on=YEAR.first_day,
            by=None,
        )
