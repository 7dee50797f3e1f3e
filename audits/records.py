"""How returns and audits are found, and which are an agency's. Cases of an audit are found through their audit."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from lscb.accounts.models import Reader
from lscb.common.periods import LONDON
from lscb.common.records import Kept, Searched, Taken, Then, numbered, own_page

from .access import reads_all
from .models import (
    Answer,
    Audit,
    AuditAnswer,
    AuditEvent,
    AuditFinding,
    AuditHappened,
    AuditRecommendation,
    AuditReturn,
    AuditStage,
    Contributor,
    Evidence,
    Feedback,
    ModeratedGrade,
    PanelQuery,
    PanelRequest,
    Return,
    ReturnEvent,
    ReturnState,
    ReturnStep,
    Round,
    Section,
    Signature,
    Submission,
)
from .multiagency.destroying import destroy_audits
from .returns.destroying import destroy_returns


def _rounds(user: Reader) -> QuerySet[Round]:
    """An agency meets a round in its own return; the page of the round is for who reads all of them."""
    seen = Round.objects.visible_to(user)
    return seen if reads_all(user) else seen.none()


SEARCHED = (
    Searched("Rounds of returns", _rounds, words=("title",)),
    Searched(
        "Returns",
        lambda user: Return.objects.visible_to(user).select_related("agency", "round"),
        words=("agency__name", "round__title"),
        reference=numbered("RT"),
        name=lambda of_return: f"{of_return.reference}: {of_return.agency}, {of_return.round}",
    ),
    Searched(
        "Answers in returns",
        lambda user: Answer.objects.visible_to(user).select_related("of_return__agency", "question__standard"),
        words=("why_not", "evidence", "improvement"),
        name=lambda answer: f"{answer.of_return.reference}: {answer.of_return.agency}, {answer.question}",
        url=lambda answer: own_page(answer.of_return),
    ),
    Searched(
        "Feedback on returns",
        lambda user: Feedback.objects.visible_to(user).select_related("of_return__agency"),
        words=("text",),
        name=lambda feedback: f"{feedback.of_return.reference}: {feedback.of_return.agency}",
        url=lambda feedback: own_page(feedback.of_return),
    ),
    Searched("Audits", lambda user: Audit.objects.visible_to(user), words=("title", "subject", "terms_of_reference")),
    Searched(
        "Findings of audits",
        lambda user: AuditFinding.objects.visible_to(user).select_related("audit"),
        words=("theme", "text"),
        name=lambda finding: f"{finding.audit}, finding {finding.number}",
        url=lambda finding: own_page(finding.audit),
    ),
    Searched(
        "Recommendations of audits",
        lambda user: AuditRecommendation.objects.visible_to(user).select_related("audit"),
        words=("text",),
        name=lambda one: f"{one.audit}, recommendation {one.number}",
        url=lambda one: own_page(one.audit),
    ),
)

_QUESTION = {"standard": "question__standard__title", "question_text": "question__text"}

TAKEN = (
    Taken(lambda lead, agency: Return.objects.visible_to(lead), also={"round_title": "round__title"}),
    Taken(lambda lead, agency: Section.objects.visible_to(lead), also={"standard_title": "standard__title"}),
    Taken(lambda lead, agency: Answer.objects.visible_to(lead), also=_QUESTION | {"grade": "option__label"}),
    Taken(lambda lead, agency: Evidence.objects.visible_to(lead)),
    Taken(lambda lead, agency: Contributor.objects.visible_to(lead)),
    Taken(lambda lead, agency: Signature.objects.visible_to(lead)),
    Taken(lambda lead, agency: ReturnEvent.objects.visible_to(lead)),
    Taken(lambda lead, agency: Submission.objects.visible_to(lead)),
    Taken(lambda lead, agency: ModeratedGrade.objects.visible_to(lead), also={"grade": "option__label"}),
    Taken(lambda lead, agency: PanelQuery.objects.visible_to(lead), also=_QUESTION),
    Taken(lambda lead, agency: PanelRequest.objects.visible_to(lead)),
    Taken(lambda lead, agency: Feedback.objects.visible_to(lead), also={"area_name": "area__name"}),
    Taken(
        lambda lead, agency: AuditReturn.objects.visible_to(lead),
        also={"audit": "case__audit__title", "case_called": "case__pseudonym", "grade": "own_grade__label"},
        without=("moderated_grade", "moderation_reason"),
    ),
    Taken(
        lambda lead, agency: AuditAnswer.objects.visible_to(lead),
        also={"question_text": "question__text", "grade_label": "grade__label"},
    ),
)


def _closed_returns() -> QuerySet[Any]:
    closing = ReturnEvent.objects.filter(of_return=OuterRef("pk"), happened=ReturnStep.CLOSED).order_by("-at")
    closed = Return.objects.filter(status=ReturnState.CLOSED)
    return closed.annotate(trigger_on=TruncDate(Subquery(closing.values("at")[:1]), tzinfo=LONDON))


def _ended_audits() -> QuerySet[Any]:
    ends = (AuditHappened.CLOSED, AuditHappened.CANCELLED)
    ending = AuditEvent.objects.filter(audit=OuterRef("pk"), happened__in=ends).order_by("-on")
    over = Audit.objects.filter(stage__in=(AuditStage.CLOSED, AuditStage.CANCELLED))
    return over.annotate(trigger_on=Subquery(ending.values("on")[:1]))


KEPT = (
    Kept(
        slug="returns",
        title="Section 11 and school returns",
        covers="What agencies answered, their evidence, the panel's words and feedback; grades stay as numbers",
        trigger="the day the return was closed",
        months=84,
        then=Then.DESTROY,
        basis="Public task: Children Act 2004, section 11 and section 14B (information that may be asked for).",
        triggered=_closed_returns,
        destroy=destroy_returns,
        leaves_number=True,
    ),
    Kept(
        slug="audits",
        title="Multi-agency audits",
        covers="Cases under pseudonyms, what agencies answered, findings and recommendations; grades stay as numbers",
        trigger="the day the audit was closed or not carried out",
        months=84,
        then=Then.REVIEW,
        basis="Public task: Children Act 2004, section 14.",
        triggered=_ended_audits,
        destroy=destroy_audits,
        leaves_number=True,
        reference=lambda audit: f"Audit {audit.pk}",
    ),
)
