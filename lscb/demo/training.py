"""The training of the demonstration: the 58 sessions and the conference of 2016-17, and what can be booked now.

Totals were published; which session had how many, who they were and what they said is invented (`data/README.md`).
The registers of the year are entered as old registers are. What can be booked begins some days after the day on which
the demonstration is loaded, because a programme of long ago could not be booked.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from boards.meetings.forms import read_clock
from boards.models import Theme
from lscb.accounts.models import Agency, User
from lscb.common.periods import LONDON, FinancialYear
from lscb.common.working_days import is_working_day, working_days_after
from training.models import (
    BookingState,
    ChargePolicy,
    Course,
    Length,
    Moment,
    Participant,
    Question,
    Session,
    Trainer,
    Window,
)
from training.services import booking, charging, past, programme, register, sessions
from training.services.booking import Details
from training.services.past import Line, Paper

from .boards import rows
from .people import DOMAIN

PLACE = "Civic Centre"
ENDED = "Hampshire Probation Trust"
WEDNESDAY = 2
PEOPLE = 420
"""So many different people came to about 1,150 places."""

PROGRAMMES = (
    ("Wednesday Workshops", "Two hours on a Wednesday about one subject."),
    ("Working Together to Safeguard Children Level 3", "Two days for who works with children in need of protection."),
    ("Working Together to Safeguard Children Level 3 refresher", "One day, three years after the two days."),
    ("Half day workshops", "Half a day about one kind of harm or one kind of help."),
    ("Annual conference", "One day, together with the board for adults."),
)
SUBJECTS = {"mental health": 1, "alcohol": 1, "neglect": 2, "exploitation": 3, "cse": 3, "information": 4}
"""Which theme of the business plan a word in the title of a course belongs to."""
LENGTHS = {
    "Wednesday Workshops": Length.SHORT,
    "Working Together to Safeguard Children Level 3": Length.TWO_DAYS,
    "Half day workshops": Length.HALF_DAY,
}
JOBS = {
    "council": ("Social worker", "Early help worker", "Housing officer", "Youth worker"),
    "police": ("Police officer", "Detective", "Police community support officer"),
    "health": ("Health visitor", "School nurse", "Midwife", "Practice nurse", "Paediatrician"),
    "justice": ("Probation officer", "Family court adviser"),
    "education": ("Teacher", "Designated safeguarding lead", "Teaching assistant"),
    "voluntary": ("Family support worker", "Volunteer manager"),
    "other": ("Officer",),
}
QUESTIONS = (
    "I know what to look for.",
    "I know what to do when I am worried about a child.",
    "I know whom to talk to in other services.",
)
AIMS = {
    "Working with interpreters": "When a child or a family needs one, and why it is never somebody of the family.",
    "Introduction to neglect": "What neglect looks like at each age, and how to write down what one sees over time.",
    "Recognising physical injuries": "Which injuries need asking about, and how to ask.",
    "Child Abuse Investigation Team": "What the police do after a call, and what they need from whoever calls.",
}
"""What a session adds to that is told for some."""
COMMENTS = (
    "The best thing was to sit at a table with people I only know from the telephone.",
    "I will ask for an interpreter who is not from the family from now on.",
    "Now I know what happens after I have rung, and I ring earlier.",
    "Too much to take in before lunch. Two mornings would be better.",
    "We used the case on the second page in our team meeting the week after.",
    "I wish our managers came as well.",
)
TOLD_A_NAME = "My colleague in room 4 should have come, she never asks."
"""A comment that is not printed, because it tells of somebody."""


def load_training(agencies: dict[str, Agency], *, by: User, today: dt.date) -> None:
    """`agencies` is keyed by name, `by` runs the programme, `today` is the day of loading."""
    policy = _policy(agencies, by)
    courses = _courses(policy, by)
    trainers = [
        programme.set_trainer(name=f"Trainer {number}", organisation=name, by=by)
        for number, name in enumerate(("Solent NHS Trust", "Hampshire Constabulary", "Barnardo's"), start=1)
    ]
    questions = [programme.set_question(text=text, order=order, by=by) for order, text in enumerate(QUESTIONS, start=1)]
    people = past.enter_participants(people=_people(agencies), by=by)
    year = _Year(courses, trainers, people, questions, by, _at(today, "9"))
    for number, row in enumerate(rows("training_sessions")):
        year.enter(row, number)
    _programme_of_today(courses, trainers, people, by, today)


def _policy(agencies: dict[str, Agency], by: User) -> ChargePolicy:
    return charging.set_policy(
        name="Late cancellation",
        days=5,
        window=Window.WORKING,
        charges_absence=True,
        fees={Length.HALF_DAY: Decimal(40), Length.DAY: Decimal(75), Length.TWO_DAYS: Decimal(150)},
        exempt=[agencies["Voluntary and community sector"], agencies["Jubilee Sailing Trust"]],
        by=by,
    )


def _courses(policy: ChargePolicy, by: User) -> dict[str, Course]:
    """By title, from the sessions that were held."""
    families = {
        name: programme.set_programme(name=name, summary=summary, order=order, by=by)
        for order, (name, summary) in enumerate(PROGRAMMES, start=1)
    }
    themes = list(Theme.objects.filter(year=FinancialYear(2016)))
    courses: dict[str, Course] = {}
    for row in rows("training_sessions"):
        if row["course"] not in courses:
            two_days = row["days"] == "2"
            courses[row["course"]] = programme.add_course(
                programme=families[row["programme"]],
                title=row["course"],
                length=LENGTHS.get(row["programme"], Length.DAY),
                level="Level 3" if "Level 3" in row["programme"] else "",
                aims=f"Know what to look for, what to do and whom to ask. {AIMS.get(row['course'], '')}".strip(),
                audience="Everybody who works with children or their families",
                needs_approval=two_days,
                certificate_after_evaluation=two_days,
                charge_policy=policy,
                themes=[theme for theme in themes if theme.number in _serves(row["course"])],
                by=by,
            )
    return courses


def _serves(course: str) -> set[int]:
    """The themes of the year's business plan that a course serves, by its subject."""
    return {theme for word, theme in SUBJECTS.items() if word in course.lower()}


def _people(agencies: dict[str, Agency]) -> list[Participant]:
    """People by position: no real person's name is in here. The number tells two of them apart."""
    at_work = [agency for name, agency in agencies.items() if name != ENDED]
    people = []
    for number in range(1, PEOPLE + 1):
        agency = at_work[number * 11 % len(at_work)]
        jobs = JOBS[agency.sector]
        job = jobs[number % len(jobs)]
        people.append(Participant(email=f"training{number}@{DOMAIN}", name=f"{job} {number}", job=job, agency=agency))
    return people


def _at(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.combine(day, read_clock(clock), LONDON)


class _Year:
    """The registers of the year, each line of the file as one session."""

    def __init__(
        self,
        courses: dict[str, Course],
        trainers: list[Trainer],
        people: list[Participant],
        questions: list[Question],
        by: User,
        now: dt.datetime,
    ) -> None:
        self.courses, self.trainers, self.people, self.questions = courses, trainers, people, questions
        self.by, self.now = by, now
        self.next = 0
        self.told = 0

    def enter(self, row: dict[str, str], number: int) -> None:
        first = dt.date.fromisoformat(row["day"])
        days = [first + dt.timedelta(days=offset) for offset in range(int(row["days"]))]
        course = self.courses[row["course"]]
        session = past.enter_past_session(
            course=course,
            days=[(_at(day, row["starts"]), _at(day, row["ends"])) for day in days],
            capacity=int(row["places"]),
            place=PLACE,
            charge_policy=course.charge_policy,
            trainers=[self.trainers[number % len(self.trainers)]],
            register=self._register(row),
            now=self.now,
            by=self.by,
        )
        self._evaluations(session, number)

    def _register(self, row: dict[str, str]) -> list[Line]:
        """So many of each outcome as the line says, of the next people round the table."""
        outcomes = [
            *[BookingState.ATTENDED] * int(row["came"]),
            *[BookingState.WALKED_IN] * int(row["walked_in"]),
            *[BookingState.DID_NOT_ATTEND] * int(row["did_not_attend"]),
            *[BookingState.CANCELLED_IN_TIME] * int(row["cancelled_in_time"]),
            *[BookingState.CANCELLED_LATE] * int(row["cancelled_late"]),
        ]
        start, self.next = self.next, self.next + len(outcomes)
        return [Line(self.people[(start + turn) % PEOPLE], outcome) for turn, outcome in enumerate(outcomes)]

    def _evaluations(self, session: Session, number: int) -> None:
        """Most answer before and straight after, a third three months on."""
        came = session.bookings.filter(state__in=(BookingState.ATTENDED, BookingState.WALKED_IN)).order_by("place")
        papers = []
        for turn, one in enumerate(came):
            for moment, answers in (
                (Moment.BEFORE, turn % 5 != 4),
                (Moment.AFTER, turn % 4 != 3),
                (Moment.LATER, turn % 3 == 0),
            ):
                if answers:
                    said, printed = self._comment(number, turn, moment)
                    papers.append(Paper(one, moment, self._scores(number, turn, moment), said, printed))
        past.enter_paper_evaluations(session=session, papers=papers, by=self.by, now=self.now)

    def _scores(self, number: int, turn: int, moment: str) -> list[tuple[Question, int]]:
        """From 2 to 4 before, up to two more afterwards, and a little of that lost three months on."""
        scores = []
        for place, question in enumerate(self.questions):
            before = 2 + (turn * 2 + place + number) % 3
            gain = 0 if moment == Moment.BEFORE else (turn + number) % 3
            lost = int(moment == Moment.LATER and (turn + place) % 5 == 0)
            scores.append((question, max(1, min(5, before + gain - lost))))
        return scores

    def _comment(self, number: int, turn: int, moment: str) -> tuple[str, str]:
        """One person of every third session says something; one comment of all of them tells of somebody."""
        if number % 3 or turn != 1 or moment != Moment.AFTER:
            return "", ""
        self.told += 1
        if self.told == len(COMMENTS) + 1:
            return TOLD_A_NAME, ""
        text = COMMENTS[self.told % len(COMMENTS)]
        return text, text


# ---- What can be booked now -----------------------------------------------------------------------------------------


def _programme_of_today(
    courses: dict[str, Course], trainers: list[Trainer], people: list[Participant], by: User, today: dt.date
) -> None:
    """Six sessions to come, one of them full with a waiting list and an offer, and one that ended a week ago."""
    booked_at = _at(today - dt.timedelta(days=20), "10")
    planned = [
        ("Working with interpreters", _wednesday(today, 14), ("13", "15"), 3, 6),
        ("Introduction to neglect", _working_day(today, 24), ("9.30", "13"), 26, 8),
        ("Recognising physical injuries", _wednesday(today, 28), ("13", "15"), 25, 5),
        ("Adult mental health", _working_day(today, 45), ("9.30", "13"), 26, 2),
        ("Level 3 refresher", _working_day(today, 60), ("9.30", "16.30"), 16, 0),
    ]
    for number, (title, day, (starts, ends), capacity, bookings) in enumerate(planned):
        session = _plan(courses[title], [day], starts, ends, capacity, trainers[number % 3], by)
        made = [_book(session, people[number * 20 + turn], by, booked_at) for turn in range(bookings)]
        if number == 0:
            booking.cancel_booking(booking=made[1], by=by, now=booked_at + dt.timedelta(days=20))
    first = _working_day(today, 50)
    two_days = [first, working_days_after(first, 1)]
    level_3 = courses["Working Together to Safeguard Children Level 3"]
    _plan(level_3, two_days, "9.30", "16.30", 24, trainers[0], by)
    _last_week(courses["Substance and alcohol misuse"], trainers[1], people, by, today)


def _last_week(course: Course, trainer: Trainer, people: list[Participant], by: User, today: dt.date) -> None:
    """A session that was held: one person did not come, which is charged."""
    day = _working_day(today - dt.timedelta(days=9), 0)
    session = _plan(course, [day], "9.30", "13", 26, trainer, by)
    before = _at(day - dt.timedelta(days=20), "10")
    made = [_book(session, people[200 + turn], by, before) for turn in range(6)]
    now = _at(day, "13.30")
    first = session.days.get()
    absent = next(one for one in made if one.agency and one.agency.sector == "health")
    there = [one for one in made if one != absent]
    register.mark_register(session=session, day=first, present=there, seen=made, by=by, now=now)
    register.complete_register(session=session, by=by, now=now)


def _plan(
    course: Course, days: list[dt.date], starts: str, ends: str, capacity: int, trainer: Trainer, by: User
) -> Session:
    return sessions.plan_session(
        course=course,
        days=[(_at(day, starts), _at(day, ends)) for day in days],
        capacity=capacity,
        place=PLACE,
        charge_policy=course.charge_policy,
        trainers=[trainer],
        publish=True,
        by=by,
    )


def _book(session: Session, who: Participant, by: User, now: dt.datetime) -> booking.Booking:
    details = Details(who.name, who.job, who.agency)
    return booking.book_place(session=session, participant=who, details=details, by=by, now=now)


def _wednesday(today: dt.date, after: int) -> dt.date:
    """The first Wednesday from so many days after today on that is a working day."""
    day = today + dt.timedelta(days=after)
    while day.weekday() != WEDNESDAY or not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def _working_day(today: dt.date, after: int) -> dt.date:
    """The first working day from so many days after today on."""
    day = today + dt.timedelta(days=after)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day
