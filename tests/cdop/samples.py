"""Child deaths in the states that tests speak of. Every child is made up, and its name says so."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from boards.meetings import services as meetings
from boards.models import Group, Meeting
from cdop.models import Death, Domain, Via, factors_of
from cdop.services import asking, notifying, panels, papers, reviewing
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import ChildDeathOfficer, DesignatedDoctor, PanelMember
from lscb.common.periods import LONDON
from tests.accounts.factories import AgencyFactory, person
from tests.boards.factories import a_group

CODE = "child-death-overview-panel"
NOTIFIED = dt.date(2016, 7, 4)
PANEL_DAY = dt.date(2016, 11, 9)
TODAY = dt.date(2017, 3, 31)
NOW = dt.datetime(2017, 3, 31, 12, tzinfo=LONDON)
BORN, DIED = dt.date(2014, 6, 3), dt.date(2016, 7, 1)

FACTS = {
    "sex": "male",
    "ethnicity": "white",
    "expected": "expected",
    "place": "ward",
    "event": "life_limiting",
    "plan": "never",
    "order": "never",
    "asylum": "no",
}
CHILD = {
    "given_names": "Alexandra Bettina",
    "family_name": "O’Neverwas-Inkling",
    "other_names": "Lexi\nBetsy",
    "nhs_number": "999 012 3454",
    "address": "12 Madeup Street\nFlat 3b",
    "postcode": "ZZ99 3AB",
    "school": "Imaginary Primary School",
    "gp": "Dr Nonesuch, Unreal Surgery",
    "family": "Mother: Janetta Neverwas, 4 May 1989\nBrother: Tomasz Inkling",
    "professionals": "Health visitor: Norma Fictional",
    "circumstances": "Alexandra collapsed at home.",
    "notifier_name": "Una Notreal",
    "notifier_role": "Ward sister",
    "notifier_contact": "una@notreal.invalid",
}


def officer() -> User:
    return person(ChildDeathOfficer)


def doctor() -> User:
    return person(DesignatedDoctor)


def panel_member() -> User:
    return person(PanelMember, group=CODE)


def the_group() -> Group:
    return Group.objects.filter(code=CODE).first() or a_group(
        "Child Death Overview Panel", code=CODE, confidential_permission=Permission.READ_CHILD_DEATHS
    )


def a_death(**kwargs: Any) -> Death:
    given = {
        "born_on": BORN,
        "died_on": DIED,
        "notified_on": NOTIFIED,
        "via": Via.FORM,
        "by": None,
        "today": TODAY,
        "sex": "male",
        "expected": "expected",
        "place": "ward",
        **CHILD,
        **kwargs,
    }
    return notifying.notify(**given)


def a_panel(*deaths: Death, day: dt.date = PANEL_DAY, is_neonatal: bool = False) -> Meeting:
    """A meeting that was held, with cases on its list."""
    meeting = Meeting.objects.filter(group=the_group(), starts_at__date=day).first() or meetings.plan_meeting(
        group=the_group(),
        starts_at=dt.datetime.combine(day, dt.time(14), LONDON),
        ends_at=dt.datetime.combine(day, dt.time(16), LONDON),
        place="Civic Centre",
        by=None,
    )
    if not meeting.is_held:
        meeting = meetings.hold_meeting(meeting=meeting, by=None)
    panels.set_panel(meeting=meeting, deaths=deaths, is_neonatal=is_neonatal, by=None, today=TODAY)
    return meeting


def released(death: Death, by: User, second: User, **texts: str) -> Death:
    """The paper is written by one person and released by another."""
    texts = texts or {"summary": "The child died in hospital of a long illness.", "child": "The child was loved."}
    version = death.paper.version if hasattr(death, "paper") else 0
    papers.write_paper(death=death, version=version, texts=texts, by=by)
    paper = papers.propose_release(death=death, by=by, now=NOW)
    papers.release_paper(death=death, version=paper.version, by=second, now=NOW)
    return fresh(death)


def filled_in(death: Death, *, categories: tuple[str, ...] = ("chronic",), modifiable: str = "not_identified") -> Death:
    """Every part of the review is recorded."""
    reviewing.record_facts(death=death, version=0, by=None, **FACTS)
    for domain in Domain.values:
        influence = dict.fromkeys(factors_of(domain), "1")
        reviewing.review_domain(death=death, domain=domain, version=0, text="Nothing.", influence=influence, by=None)
    reviewing.record_finding(death=death, version=0, categories=categories, modifiable=modifiable, by=None)
    reviewing.record_learning(death=death, version=0, issues="None.", learning="Listen.", by=None)
    return fresh(death)


def completed(death: Death, by: User, second: User, **kwargs: Any) -> Death:
    meeting = a_panel(death)
    released(death, by, second)
    filled_in(death, **kwargs)
    return reviewing.complete_review(death=death, meeting=meeting, by=None)


def asked(death: Death, *agencies: Agency, due: dt.date = TODAY) -> list[Any]:
    return asking.ask_agencies(death=death, agencies=agencies or [AgencyFactory()], due=due, by=None, today=TODAY)


def fresh(death: Death) -> Death:
    return Death.objects.get(pk=death.pk)


# ---- Many children --------------------------------------------------------------------------------------------------

GIVEN = (
    "Zzorina",
    "Quillby",
    "Yestyn",
    "Vlexa",
    "Omphrey",
    "Jubilane",
    "Krispus",
    "Wendolar",
    "Fennimore",
    "Thessaly",
    "Orsolyx",
    "Peverel",
)
FAMILY = (
    "Neverwas",
    "O’Nowhere",
    "Inkling-Void",
    "Makebelief",
    "Unreall",
    "Imagino",
    "Phantasmo",
    "D’Invento",
    "Fabulon",
    "Nilsonne",
)
STREETS = (
    "Phantom",
    "Mirage",
    "Chimera",
    "Fableton",
    "Inventor",
    "Neverland",
    "Storybook",
    "Daydream",
)
WORK = (
    "Zephyrine",
    "Mockington",
    "Oddlesworth",
    "Puppeteer",
    "Quirkland",
    "Simulacre",
    "Tallstory",
    "Whimsley",
)


@dataclass(frozen=True)
class MadeUp:
    """An identity by chance, with every way in which its identifiers are written."""

    texts: dict[str, str]
    born_on: dt.date
    died_on: dt.date
    words: list[str] = field(default_factory=list)
    """What must be found nowhere."""


def made_up(number: int) -> MadeUp:
    """The same child for the same number. Its days lie in years of their own, so that no day of the panel's is one."""
    chance = random.Random(number)
    given, family = chance.choice(GIVEN) + chance.choice("aeiou") + "x", chance.choice(FAMILY) + chance.choice("knz")
    nick = chance.choice("BCDFGKLMPT") + chance.choice(("ixie", "ooky", "uzzle", "inkum"))
    born_on = dt.date(1998, 1, 1) + dt.timedelta(days=chance.randrange(3000))
    died_on = born_on + dt.timedelta(days=chance.randrange(1, 2400))
    nhs = nhs_number(chance)
    street = f"{chance.randrange(100, 990)} {chance.choice(STREETS)}{chance.choice('xyz')} Road"
    postcode = f"ZZ{chance.randrange(10, 99)} {chance.randrange(1, 9)}{chance.choice('ABD')}{chance.choice('EFG')}"
    mother, worker = chance.choice(WORK) + "ette", chance.choice(WORK) + "son"
    school, gp = (
        f"{chance.choice(STREETS)}by Primary School",
        f"Dr {chance.choice(WORK)}er, {chance.choice(STREETS)}om Surgery",
    )
    texts = {
        "given_names": given,
        "family_name": family,
        "other_names": nick,
        "nhs_number": f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}",
        "address": street,
        "postcode": postcode,
        "school": school,
        "gp": gp,
        "family": f"Mother: {mother}",
        "professionals": f"Health visitor: {worker}",
        "circumstances": f"{given} was found by {mother} on {born_on:%d %B %Y}.",
        "notifier_name": f"{worker} {mother}",
    }
    distinct = [
        given,
        family,
        family.replace("’", "'"),
        nick,
        mother,
        worker,
        street,
        postcode,
        postcode.replace(" ", ""),
    ]
    distinct += [nhs, texts["nhs_number"], f"{nhs[:3]}-{nhs[3:6]}-{nhs[6:]}", school.split()[0], gp.split()[1][:-1]]
    dates = [form for day in (born_on, died_on) for form in written(day)]
    return MadeUp(texts, born_on, died_on, [*distinct, *dates])


def written(day: dt.date) -> list[str]:
    """A day in eight formats."""
    return [
        f"{day.day} {day:%B %Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {day:%b %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%d-%m-%Y}",
        f"{day:%Y%m%d}",
    ]


def nhs_number(chance: random.Random) -> str:
    """Ten digits from the range that is never given to anybody, with the check digit that fits."""
    while True:
        first = "999" + "".join(str(chance.randrange(10)) for _ in range(6))
        check = 11 - sum(int(digit) * weight for digit, weight in zip(first, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return first + str(check % 11)


def generated(number: int, **kwargs: Any) -> tuple[Death, MadeUp]:
    child = made_up(number)
    texts = {**CHILD, **child.texts, "notifier_contact": ""}
    death = a_death(born_on=child.born_on, died_on=child.died_on, **texts, **kwargs)
    return death, child
