"""What the panel does with a submitted return. Its grade stands beside the agency's own, never over it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lscb.accounts.models import Actor, Area
from lscb.accounts.permissions import Permission
from lscb.actions import services as actions
from lscb.actions.models import ActionPlan
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken, check_version
from lscb.common.periods import local_date
from lscb.trail.services import record

from ..access import must, runs
from ..models import (
    Answer,
    Feedback,
    ModeratedGrade,
    Option,
    PanelQuery,
    PanelRequest,
    Question,
    Return,
    ReturnStep,
    Standard,
)
from ..rounds.mail import tell_leads
from .moving import BOARD, locked, move

ISSUED = "The feedback is issued, so it stays as it is."


def areas_of(of_return: Return) -> list[Area]:
    """Whose boards give feedback: those of a cross-area round in which the agency works, or the home area."""
    if of_return.round.is_cross_area:
        return list(of_return.round.areas.filter(agencies=of_return.agency_id) or of_return.round.areas.all())
    return list(Area.objects.filter(is_home=True))


@transaction.atomic
def moderate(
    *, answer: Answer, option: Option | None, reason: str = "", by: Actor, at: dt.datetime
) -> ModeratedGrade | None:
    """The panel's grade for one answer; None takes it away. Another grade than the agency's own needs a reason."""
    of_return = _read(answer.of_return, by)
    if of_return.has_feedback:
        raise RuleBroken(ISSUED)
    if option is None:
        ModeratedGrade.objects.filter(answer=answer).delete()
        record(verb="took away a moderated grade", by=by, target=of_return)
        return None
    if option.framework_id != of_return.round.framework_id:
        raise RuleBroken("Choose a grade of this framework.", field="option")
    if option.pk != answer.option_id and not reason.strip():
        raise RuleBroken("Say why the panel’s grade is another than the agency’s own.", field="reason")
    grade, _ = ModeratedGrade.objects.update_or_create(
        answer=answer,
        defaults={"option": option, "reason": reason.strip(), "moderated_at": at, "moderated_by": by},
    )
    record(verb="moderated a grade", by=by, target=of_return, changes={"grade": (answer.option, option)})
    return grade


@transaction.atomic
def raise_query(*, of_return: Return, question: Question, text: str, by: Actor, at: dt.datetime) -> PanelQuery:
    """Ask the agency about one answer. It is told once for all queries of a day."""
    of_return = _read(of_return, by)
    if not text.strip():
        raise RuleBroken("Enter what the panel wants to know.", field="query")
    if not of_return.allows(ReturnStep.QUERIED):
        raise RuleBroken("Queries are raised before the feedback is issued.", field="query")
    query = PanelQuery.objects.create(
        of_return=of_return, question=question, text=text.strip(), asked_at=at, asked_by=by
    )
    move(of_return, ReturnStep.QUERIED, at=at, by=by, who=BOARD, verb="raised a query")
    today = local_date(at)
    sentence = "The panel that reads the returns has a question about yours."
    tell_leads(
        of_return, what=sentence, occasion=f"queried {today}", subject="a question about your return", today=today
    )
    return query


@transaction.atomic
def write_feedback(
    *, of_return: Return, area: Area, standard: Standard | None, text: str, version: int = 0, by: Actor
) -> Feedback | None:
    """What the board of `area` says about a standard, or overall. An empty text takes it away.

    `version` is the one that was read, 0 for none. Raises Overtaken when somebody else wrote meanwhile.
    """
    of_return = _read(of_return, by)
    if of_return.has_feedback:
        raise RuleBroken(ISSUED)
    if area not in areas_of(of_return):
        raise RuleBroken("Choose an area of this round.", field="area")
    known = Feedback.objects.filter(of_return=of_return, area=area, standard=standard).first()
    if known and known.text == text.strip():
        return known
    check_version(known, version, what="this feedback", field="feedback")
    if not text.strip():
        if known:
            known.delete()
        return None
    known = known or Feedback(of_return=of_return, area=area, standard=standard, version=0)
    known.text, known.version = text.strip(), known.version + 1
    known.save()
    record(verb="wrote feedback", by=by, target=of_return, changes={"area": (None, area)})
    return known


@transaction.atomic
def add_request(
    *, of_return: Return, standard: Standard, text: str, due_on: dt.date, by: Actor, at: dt.datetime
) -> PanelRequest:
    """Something the agency is asked to do. It becomes an action when the feedback is issued."""
    of_return = _read(of_return, by)
    if of_return.has_feedback:
        raise RuleBroken("The feedback is issued. Add an action to the agency’s plan instead.")
    if not text.strip():
        raise RuleBroken("Enter what the agency is asked to do.", field="request")
    if due_on < local_date(at):
        raise RuleBroken("Enter a day from today on.", field="request_due")
    request = PanelRequest.objects.create(of_return=of_return, standard=standard, text=text.strip(), due_on=due_on)
    record(verb="asked for an improvement", by=by, target=of_return)
    return request


@transaction.atomic
def remove_request(*, request: PanelRequest, by: Actor) -> None:
    of_return = _read(request.of_return, by)
    if of_return.has_feedback:
        raise RuleBroken(ISSUED)
    request.delete()
    record(verb="took back a request", by=by, target=of_return)


@transaction.atomic
def finish_moderation(*, of_return: Return, by: Actor, at: dt.datetime) -> Return:
    """The panel has read it."""
    of_return = _read(of_return, by)
    return move(of_return, ReturnStep.MODERATED, at=at, by=by, who=BOARD, verb="moderated a return")


@transaction.atomic
def issue_feedback(*, of_return: Return, by: Actor, at: dt.datetime) -> Return:
    """Send the feedback. What the agency will improve and what the panel asks for become actions in its plan."""
    of_return = _read(of_return, by)
    without = [area.name for area in areas_of(of_return) if not _overall(of_return, area)]
    if without:
        raise RuleBroken(f"Write the overall feedback first: {', '.join(without)}.")
    of_return.feedback_at = at
    _plan_actions(of_return, by, at)
    of_return = move(of_return, ReturnStep.FEEDBACK, at=at, by=by, who=BOARD, verb="issued feedback")
    tell_leads(
        of_return,
        what="The feedback about the return of your agency is ready, with the actions that follow.",
        occasion="feedback",
        subject="feedback about your return",
        today=local_date(at),
    )
    return of_return


@transaction.atomic
def close_return(*, of_return: Return, by: Actor, at: dt.datetime) -> Return:
    """Nothing more is to be done with it. The agency still reads and downloads it."""
    of_return = _read(of_return, by)
    return move(of_return, ReturnStep.CLOSED, at=at, by=by, who=BOARD, verb="closed a return")


# ---- Actions --------------------------------------------------------------------------------------------------------


def _plan_actions(of_return: Return, by: Actor, at: dt.datetime) -> None:
    today = local_date(at)
    improving = of_return.answers.exclude(improvement="").filter(improve_by__isnull=False)
    improving = improving.select_related("option", "question__standard")
    wanted = [(one.improvement, one.improve_by) for one in improving if one.needs_improvement and one.improve_by]
    wanted += [(one.text, one.due_on) for one in of_return.requests.all()]
    if not wanted:
        return
    of_return.plan = of_return.plan or _open_plan(of_return, by, local_date(of_return.submitted_at or at))
    for what, due in wanted:
        actions.add_action(
            plan=of_return.plan,
            what=what,
            due=due,
            asked=[Asked(agency=of_return.agency)],
            on=today,
            starts_on=min(today, due),
            by=by,
            today=today,
        )


def _open_plan(of_return: Return, by: Actor, opened_on: dt.date) -> ActionPlan:
    return actions.open_plan(
        title=f"{of_return.round.title}: {of_return.agency.short_name}",
        opened_on=opened_on,
        agency=of_return.agency,
        permission=Permission.READ_RETURNS,
        by=by,
    )


def _read(of_return: Return, by: Actor) -> Return:
    must(runs(by))
    of_return = locked(of_return)
    if not of_return.is_submitted:
        raise RuleBroken("The return is not submitted, so the panel does not read it yet.")
    return of_return


def _overall(of_return: Return, area: Area) -> bool:
    return of_return.feedback.filter(area=area, standard=None).exists()
