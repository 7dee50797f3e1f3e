"""Destroying returns whose time is over: what was written goes, the grades stay as numbers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from lscb.common.destroying import time_is_over
from lscb.common.records import GONE, GONE_IN_SHORT, Destroyed
from lscb.files.destroying import destroy_attachments

from ..models import (
    Answer,
    Contributor,
    Evidence,
    Feedback,
    ModeratedGrade,
    PanelQuery,
    PanelRequest,
    Return,
    ReturnEvent,
    Signature,
    Submission,
)
from .document import content_of, digest


def destroy_returns(keys: Collection[UUID]) -> Destroyed:
    """Evidence, words, names and files go. Of what was sent one version stays, frozen anew without them: reference,
    days, states and grades count in every analysis of the past."""
    went = Destroyed()
    evidence = Evidence.objects.filter(answer__of_return__in=keys)
    attached = list(evidence.values_list("attachment", flat=True))
    with time_is_over():
        evidence.delete()
        answers = Answer.objects.filter(of_return__in=keys)
        answers.exclude(why_not="").update(why_not=GONE)
        went.counts["answers"] += answers.update(evidence="", improvement="", saved_by_name="")
        _words(keys, went)
        for of_return in Return.objects.filter(pk__in=keys).select_related("round__framework", "agency"):
            _freeze_anew(of_return)
            went.counts["returns"] += 1
    destroy_attachments(attached, went)
    return went


def _words(keys: Collection[UUID], went: Destroyed) -> None:
    went.counts["helpers"] += Contributor.objects.filter(of_return__in=keys).delete()[0]
    Signature.objects.filter(of_return__in=keys).update(name=GONE_IN_SHORT, position=GONE_IN_SHORT, signed_by=None)
    ModeratedGrade.objects.filter(answer__of_return__in=keys).update(reason="")
    queries = PanelQuery.objects.filter(of_return__in=keys)
    queries.exclude(reply="").update(reply=GONE)
    queries.update(text=GONE)
    PanelRequest.objects.filter(of_return__in=keys).update(text=GONE)
    went.counts["feedback"] += Feedback.objects.filter(of_return__in=keys).update(text=GONE)
    ReturnEvent.objects.filter(of_return__in=keys).exclude(text="").update(text=GONE)


def _freeze_anew(of_return: Return) -> None:
    """The queryset of what was sent refuses to delete; a plain one does not."""
    last = of_return.submissions.order_by("-number").first()
    if last is None:
        return
    QuerySet(Submission).filter(of_return=of_return).delete()
    content = content_of(of_return, sent_at=last.sent_at)
    Submission.objects.create(
        of_return=of_return, number=1, sent_at=last.sent_at, content=content, digest=digest(content)
    )
