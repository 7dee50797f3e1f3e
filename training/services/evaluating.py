"""Evaluations: asked for by link before, after and three months on; comments are read before they are printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from lscb.accounts import links
from lscb.accounts.models import Link, User
from lscb.common.errors import RuleBroken
from lscb.common.periods import local_date
from lscb.trail.services import record

from ..models import Answer, Booking, CommentState, Evaluation, Moment, Question
from .places import locked_booking
from .rights import must_manage


@transaction.atomic
def evaluate(
    *, booking: Booking, moment: str, scores: Mapping[Question, int], comment: str = "", link: Link, now: dt.datetime
) -> Evaluation:
    """What one person says at one moment, once. Every question that is asked has an answer from 1 to 5."""
    booking = locked_booking(booking)
    links.spend(link=link, at=now)
    if Evaluation.objects.filter(booking=booking, moment=moment).exists():
        raise RuleBroken("You have answered already. Thank you.")
    if not booking.is_live:
        raise RuleBroken("Your booking of this session has ended, so there is nothing to answer.")
    if moment != Moment.BEFORE and not booking.came:
        raise RuleBroken("Only who was there is asked what it was worth.")
    if missing := [one for one in Question.objects.asked() if one not in scores]:
        raise RuleBroken("Answer every question.", field=f"question_{missing[0].pk}")
    evaluation = Evaluation.objects.create(
        booking=booking,
        moment=moment,
        given_on=local_date(now),
        comment=comment.strip(),
        comment_state=CommentState.UNREAD if comment.strip() else CommentState.NONE,
    )
    Answer.objects.bulk_create(
        [Answer(evaluation=evaluation, question=question, score=score) for question, score in scores.items()]
    )
    record(verb="evaluated a session", by="A participant", target=evaluation, named=str(evaluation))
    return evaluation


@transaction.atomic
def moderate_comment(*, evaluation: Evaluation, printed: str, by: User | None, now: dt.datetime) -> Evaluation:
    """Clear a comment for printing, in words that name nobody; without words it is withheld."""
    must_manage(by)
    evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    if not evaluation.comment:
        raise RuleBroken("There is no comment to read.")
    evaluation.printed = printed.strip()
    evaluation.comment_state = CommentState.CLEARED if evaluation.printed else CommentState.WITHHELD
    evaluation.moderated_at, evaluation.moderated_by = (now, by) if by else (None, None)
    evaluation.save(update_fields=["printed", "comment_state", "moderated_at", "moderated_by"])
    verb = "cleared a comment for printing" if evaluation.printed else "withheld a comment"
    record(verb=verb, by=by, target=evaluation, named=str(evaluation))
    return evaluation
