"""Writes of rounds: open one, ask agencies, chase, excuse, close. `by` runs the audits, or is None for the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from lscb.accounts.models import Actor, Agency, Area
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, local_date
from lscb.trail.services import changes_between, record

from ..access import must, runs
from ..frameworks.services import lock
from ..models import (
    Answer,
    Asks,
    Framework,
    Question,
    Return,
    ReturnCounter,
    ReturnState,
    ReturnStep,
    Round,
    Section,
)
from ..returns.carrying import carry_forward
from ..returns.moving import BOARD, check_reason, locked, move, note
from .mail import tell_leads

FIRST_REMINDER = dt.timedelta(days=14)
LAST_REMINDER = dt.timedelta(days=3)
OVERDUE_EVERY = 7


@transaction.atomic
def open_round(
    *,
    title: str,
    year: FinancialYear,
    framework: Framework,
    opens_on: dt.date,
    due_on: dt.date,
    agencies: Iterable[Agency],
    areas: Iterable[Area] = (),
    asks_for: str = Asks.FULL,
    panel_on: dt.date | None = None,
    tell: bool = True,
    by: Actor,
    at: dt.datetime,
) -> Round:
    """Ask `agencies` for a return by `due_on`. With `areas` it is cross-area: the panel is one of all of them.

    The framework is locked from now on. `tell` is False for rounds of the past, of which the agencies know.
    """
    must(runs(by))
    areas = list(areas)
    if due_on < opens_on:
        raise RuleBroken("The deadline must be on or after the day on which the round opens.", field="due_on")
    if panel_on and panel_on < opens_on:
        raise RuleBroken("The panel must meet on or after the day on which the round opens.", field="panel_on")
    if len(areas) == 1:
        raise RuleBroken("A cross-area round has at least two areas. Tick another, or none.", field="areas")
    if Round.objects.filter(year=year, title__iexact=title.strip()).exists():
        raise RuleBroken("There is a round of that title in this year already. Enter another title.", field="title")
    lock(framework=framework, at=at)
    opened = Round.objects.create(
        title=title.strip(),
        year=year,
        framework=framework,
        is_cross_area=bool(areas),
        asks_for=asks_for,
        opens_on=opens_on,
        due_on=due_on,
        panel_on=panel_on,
    )
    opened.areas.set(areas)
    record(verb="opened a round", by=by, target=opened)
    for agency in agencies:
        ask_agency(of_round=opened, agency=agency, tell=tell, by=by, at=at)
    return opened


@transaction.atomic
def ask_agency(
    *,
    of_round: Round,
    agency: Agency,
    asks_for: str = "",
    due_on: dt.date | None = None,
    because: str = "",
    tell: bool = True,
    by: Actor,
    at: dt.datetime,
) -> Return:
    """Ask one agency, in its turn or out of it (`because` says why), for a full return or an update.

    What it answered last time is carried forward, to be confirmed or changed.
    """
    must(runs(by))
    if not of_round.is_open:
        raise RuleBroken("This round is closed. Open another one to ask for a return.")
    if of_round.returns.filter(agency=agency).exists():
        raise RuleBroken(f"{agency} is asked in this round already.", field="agency")
    due = due_on or of_round.due_on
    if due < of_round.opens_on:
        raise RuleBroken("The deadline must be on or after the day on which the round opens.", field="due_on")
    asked = Return.objects.create(
        round=of_round,
        agency=agency,
        year=of_round.year,
        number=_next_number(of_round.year),
        asks_for=asks_for or of_round.asks_for,
        asked_because=because.strip(),
        original_due=due,
        due_on=due,
    )
    _lay_out(asked)
    note(asked, ReturnStep.ASKED, at=at, by=by, who=BOARD, text=because)
    if tell:
        tell_leads(
            asked,
            what="Your agency is asked for a return about safeguarding children.",
            occasion="asked",
            subject="a return waits for your agency",
            today=local_date(at),
        )
    record(verb="asked for a return", by=by, target=asked, changes={"due_on": (None, due)})
    return asked


@transaction.atomic
def change_dates(*, of_round: Round, due_on: dt.date, panel_on: dt.date | None, by: Actor) -> Round:
    """Move the deadline and the panel of a round. Returns that are owed and were not deferred move along."""
    must(runs(by))
    of_round = Round.objects.select_for_update().get(pk=of_round.pk)
    before = {"due_on": of_round.due_on, "panel_on": of_round.panel_on}
    if due_on < of_round.opens_on:
        raise RuleBroken("The deadline must be on or after the day on which the round opens.", field="due_on")
    if panel_on and panel_on < of_round.opens_on:
        raise RuleBroken("The panel must meet on or after the day on which the round opens.", field="panel_on")
    of_round.returns.owed().filter(due_on=of_round.due_on).exclude(status=ReturnState.DEFERRED).update(due_on=due_on)
    of_round.due_on, of_round.panel_on = due_on, panel_on
    of_round.save(update_fields=["due_on", "panel_on"])
    changes = changes_between(before, {"due_on": due_on, "panel_on": panel_on})
    record(verb="moved the dates of a round", by=by, target=of_round, changes=changes)
    return of_round


@transaction.atomic
def close_round(*, of_round: Round, on: dt.date, by: Actor, at: dt.datetime) -> Round:
    """Nobody is asked or chased any more. What was sent stays readable; what is owed may still be sent, late."""
    must(runs(by))
    of_round = Round.objects.select_for_update().get(pk=of_round.pk)
    if not of_round.is_open:
        raise RuleBroken("This round is closed already.")
    if on < of_round.opens_on:
        raise RuleBroken("A round closes on or after the day on which it opens.", field="on")
    of_round.closed_on = on
    of_round.save(update_fields=["closed_on"])
    for one in of_round.returns.filter(status=ReturnState.FEEDBACK):
        move(locked(one), ReturnStep.CLOSED, at=at, by=by, who=BOARD, verb="closed a return")
    record(verb="closed a round", by=by, target=of_round, changes={"closed_on": (None, on)})
    return of_round


# ---- Chasing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def chase(*, of_round: Round, by: Actor, at: dt.datetime) -> list[Return]:
    """Remind the leads of every agency that still owes its return, once a day. Gives the returns that were chased."""
    must(runs(by))
    today = local_date(at)
    if not of_round.is_open:
        raise RuleBroken("This round is closed, so nobody is chased.")
    chased = [one for one in of_round.returns.owed().select_related("agency") if _remind(one, f"chased {today}", today)]
    for one in chased:
        note(one, ReturnStep.CHASED, at=at, by=by, who=BOARD)
    record(verb="chased returns", by=by, target=of_round, changes={"returns": (None, len(chased))})
    return chased


@transaction.atomic
def send_reminders(*, at: dt.datetime) -> int:
    """The portal's own reminders: two weeks before the deadline, three days before it, then weekly. Stop when done."""
    today = local_date(at)
    reminded = 0
    owed = Return.objects.owed().filter(round__closed_on__isnull=True, round__opens_on__lte=today)
    for one in owed.filter(due_on__lte=today + FIRST_REMINDER).select_related("agency"):
        reminded += _remind(one, _occasion(one, today), today)
    return reminded


def _occasion(one: Return, today: dt.date) -> str:
    """The same words on every day of one reminder, so that it goes out once, also when a day was missed."""
    left = (one.due_on - today).days
    if left < 0:
        return f"due {one.due_on} overdue {-left // OVERDUE_EVERY}"
    return f"due {one.due_on} {'last' if left <= LAST_REMINDER.days else 'first'}"


def _remind(one: Return, occasion: str, today: dt.date) -> bool:
    late = one.days_late(today) > 0
    sentence = "The return of your agency is overdue." if late else "The return of your agency will be due soon."
    subject = "the return of your agency is overdue" if late else "the return of your agency will be due soon"
    return tell_leads(one, what=sentence, occasion=occasion, subject=subject, today=today) > 0


# ---- Deferred, not required -----------------------------------------------------------------------------------------


@transaction.atomic
def defer(*, of_return: Return, until: dt.date, reason: str, by: Actor, at: dt.datetime) -> Return:
    """Give an agency until another day, with the reason. The first deadline stays on record."""
    must(runs(by))
    of_return = locked(of_return)
    of_return.excuse = check_reason(reason)
    if until <= of_return.due_on:
        raise RuleBroken("Enter a day after the present deadline.", field="until")
    of_return.due_on = until
    text = f"Until {until.day} {until:%B %Y}. {of_return.excuse}"
    return move(of_return, ReturnStep.DEFERRED, at=at, by=by, who=BOARD, verb="deferred a return", text=text)


@transaction.atomic
def excuse(*, of_return: Return, reason: str, by: Actor, at: dt.datetime) -> Return:
    """The board does not require this return, and says why. What was written stays."""
    must(runs(by))
    of_return = locked(of_return)
    of_return.excuse = check_reason(reason)
    verb = "did not require a return"
    return move(of_return, ReturnStep.EXCUSED, at=at, by=by, who=BOARD, verb=verb, text=of_return.excuse)


@transaction.atomic
def require(*, of_return: Return, reason: str, by: Actor, at: dt.datetime) -> Return:
    """It is required after all."""
    must(runs(by))
    of_return = locked(of_return)
    text, of_return.excuse = check_reason(reason), ""
    verb = "required a return after all"
    return move(of_return, ReturnStep.REQUIRED, at=at, by=by, who=BOARD, verb=verb, text=text)


# ---- Rules ----------------------------------------------------------------------------------------------------------


def _next_number(year: FinancialYear) -> int:
    ReturnCounter.objects.get_or_create(year=year)
    counter = ReturnCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _lay_out(asked: Return) -> None:
    """A row for each standard and question, so that people in different questions never wait for each other."""
    framework = asked.round.framework
    Section.objects.bulk_create(Section(of_return=asked, standard=one) for one in framework.standards.all())
    questions = Question.objects.filter(standard__framework=framework).select_related("standard")
    Answer.objects.bulk_create(Answer(of_return=asked, question=question) for question in questions)
    carry_forward(asked)
