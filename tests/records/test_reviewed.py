"""Meetings, audits and case reviews are reviewed or handed over, unless the board decides to destroy them, too."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat, Right
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits.models import (
    Audit,
    AuditAnswer,
    AuditCase,
    AuditEvent,
    AuditFinding,
    AuditRecommendation,
    AuditReturn,
    AuditWorkshop,
)
from boards.models import AgendaItem, Attendance, Meeting
from casereviews.models import (
    STAGE_MOVES,
    Briefing,
    BriefingConfirmation,
    BriefingStep,
    CaseReview,
    CriterionConsidered,
    ExpectedDate,
    PanelMember,
    Pause,
    Proceedings,
    PublishedReview,
    Recommendation,
    ReviewMeeting,
    ReviewPaper,
    Stage,
    StageEvent,
)
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear
from lscb.demo.load import AS_AT
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from lscb.home.management.commands.check_data import RULES
from lscb.records.classes import record_class
from lscb.records.finding import _texts
from lscb.records.models import RetentionRule
from lscb.reports.chapters import CHAPTERS

from .test_keeping import destroy, shorten

pytestmark = pytest.mark.django_db

PLANTED = "Quangle"
YEAR = FinancialYear(2016)
BELONGS: dict[str, tuple[type[Model], ...]] = {
    "meetings": (Meeting, AgendaItem),
    "audits": (
        *(Audit, AuditEvent, AuditWorkshop, AuditCase, AuditReturn, AuditAnswer, AuditFinding),
        AuditRecommendation,
    ),
    "case-reviews": (
        *(CaseReview, StageEvent, PanelMember, Pause, Proceedings, ExpectedDate, ReviewPaper, Recommendation),
        *(CriterionConsidered, ReviewMeeting, Briefing, BriefingStep, BriefingConfirmation),
    ),
}
STAYS = {
    *("boards.meeting.place", "boards.meeting.link"),  # where a group met
    *("audits.audit.title", "audits.audit.subject"),  # what the schedule and the annual report call it
}


def close_everything() -> None:
    """Audits and case reviews of the demonstration are over."""
    today = timezone.localdate()
    for audit in Audit.objects.exclude(stage__in=("closed", "cancelled")):
        AuditEvent.objects.create(audit=audit, happened="cancelled", on=today, text="Not now")
    reported = Audit.objects.filter(stage="reported")
    AuditEvent.objects.filter(audit__in=reported, happened="cancelled").update(happened="closed", text="")
    reported.update(stage="closed")
    Audit.objects.exclude(stage="closed").update(stage="cancelled")
    for review in CaseReview.objects.all():
        while STAGE_MOVES[review.stage]:
            steps = [step for step in STAGE_MOVES[review.stage] if step != Stage.PUBLISHED]
            review.stage = Stage.CLOSED if Stage.CLOSED in steps else steps[-1]
            StageEvent.objects.create(review=review, stage=review.stage, on=today, text="It is over")
        review.save()
    AuditEvent.objects.filter(happened__in=("closed", "cancelled")).update(on="2018-05-01")
    StageEvent.objects.filter(stage__in=("closed", "not_progressed")).update(on="2018-05-01")
    StageEvent.objects.filter(on__gt="2018-05-01").update(on="2018-05-01")


def plant(model: type[Model]) -> list[str]:
    """The word in every text of every row that takes it."""
    planted = []
    for field in _texts(model):
        word: Any = Concat(Value(PLANTED), Right(Cast("pk", CharField()), 12))
        path = f"{model._meta.label_lower}.{field.name}"
        if path in STAYS:
            continue
        try:
            with transaction.atomic():
                if QuerySet(model).update(**{field.name: word}):
                    planted.append(path)
        except DatabaseError:  # a rule of the data keeps it empty, in rows that have none
            if QuerySet(model).exclude(**{field.name: ""}).update(**{field.name: word}):
                planted.append(path)
    return planted


def left(model: type[Model]) -> list[str]:
    return [
        f"{model._meta.label_lower}.{field.name}"
        for field in _texts(model)
        if QuerySet(model).filter(**{f"{field.name}__contains": PLANTED}).exists()
    ]


def figures() -> dict[str, object]:
    chapters = [(part.slug, part.compute(YEAR, AS_AT)) for part in CHAPTERS if part.compute]
    return {f"{slug} {fact.name}": fact.value for slug, chapter in chapters for fact in chapter.facts}


def test_after_a_review_the_board_may_destroy_and_every_figure_stays(
    demo_board: dict[str, User], django_capture_on_commit_callbacks: Any
) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    close_everything()
    papers = [attach(number, manager) for number in range(3)]
    item = AgendaItem.objects.filter(meeting__state="held").exclude(
        meeting__group__confidential_permission=Permission.READ_CHILD_DEATHS
    )[0]
    AgendaItem.objects.filter(pk=item.pk).update(paper=papers[0])
    AuditReturn.objects.all()[0].files.add(papers[1])
    review = CaseReview.objects.all()[0]
    ReviewPaper.objects.create(review=review, kind="report", on="2018-01-01", about="x", file=papers[2])
    unshared = Briefing.objects.filter(shared_on=None)
    if not unshared.exists():
        other = CaseReview.objects.filter(briefing=None)[0]
        Briefing.objects.create(review=other, title="Draft").steps.create(order=1, heading="x", text="x")
    PublishedReview.objects.waiting().delete()
    of_children = Meeting.objects.filter(group__confidential_permission=Permission.READ_CHILD_DEATHS)
    words_of_children = list(AgendaItem.objects.filter(meeting__in=of_children).values())
    before, came, published = figures(), list(Attendance.objects.values()), list(PublishedReview.objects.values())
    for slug, models in BELONGS.items():
        planted = [path for model in models for path in plant(model)]
        assert planted, slug
        shared = list(shared_steps().values())
        assert record_class(slug).kept.then != "destroy"
        shorten(slug, manager)
        with django_capture_on_commit_callbacks(execute=True):
            done = destroy(slug, manager, second)
        assert not record_class(slug).due(timezone.localdate()).exists()
        assert len(done.files) == 1
        remaining = {path for model in models for path in left(model)}
        told = {"casereviews.briefing.title", "casereviews.briefing.workshop", "casereviews.briefingstep.heading"}
        told |= {"casereviews.briefingstep.text", "casereviews.briefingconfirmation.teams"}
        if slug == "meetings":
            remaining = set()
            assert not left_of_meetings()
        assert remaining <= told, slug
        assert list(shared_steps().values()) == shared
    assert figures() == before
    assert list(Attendance.objects.values()) == came
    assert list(PublishedReview.objects.values()) == published
    assert AgendaItem.objects.filter(meeting__in=of_children).count() == len(words_of_children), "not of this class"
    assert not Attachment.objects.filter(pk__in=[paper.pk for paper in papers]).exists()
    assert not any(paper.file.storage.exists(paper.file.name) for paper in papers)
    assert not PanelMember.objects.exists()
    assert Briefing.objects.filter(shared_on=None).count() == 0
    assert [sentence for rule in RULES for sentence in rule(timezone.localdate())] == []


def shared_steps() -> QuerySet[BriefingStep]:
    return BriefingStep.objects.filter(briefing__shared_on__isnull=False)


def left_of_meetings() -> bool:
    gone = Meeting.objects.filter(state__in=("held", "cancelled")).exclude(
        group__confidential_permission=Permission.READ_CHILD_DEATHS
    )
    texts = ("theme", "minutes", "cancelled_because")
    return AgendaItem.objects.filter(meeting__in=gone).exists() or any(
        gone.filter(**{f"{text}__contains": PLANTED}).exists() for text in texts
    )


def attach(number: int, by: User) -> Attachment:
    file = SimpleUploadedFile(f"paper-{number}.txt", f"{PLANTED} {number}".encode())
    return store_attachment(upload=file, by=by, permission=Permission.READ_BOARD)


def test_a_paper_that_another_meeting_reads_stays(demo_board: dict[str, User]) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    shorten("meetings", manager)
    paper = attach(1, manager)
    due = record_class("meetings").due(timezone.localdate())[0]
    to_come = Meeting.objects.filter(group=due.group, state="planned").first() or due
    if to_come == due:
        to_come = Meeting.objects.create(
            group=due.group, starts_at="2099-01-01T10:00Z", ends_at="2099-01-01T11:00Z", place="Hall"
        )
    for meeting in (due, to_come):
        AgendaItem.objects.create(meeting=meeting, order=90, title="The same paper", paper=paper)
    destroy("meetings", manager, second)
    assert AgendaItem.objects.get(paper=paper).meeting == to_come


def test_the_team_decides_it_on_the_page(demo_board: dict[str, User], client: Client) -> None:
    """Until then no list can be frozen."""
    close_everything()
    client.force_login(demo_board["manager"])
    for slug in BELONGS:
        kept = record_class(slug).kept
        assert kept.then in ("review", "archive")
        page = reverse("records:class", args=[slug])
        typed = {"months": "1", "then": kept.then, "basis": kept.basis, "because": "Shorter", "version": "0"}
        client.post(reverse("records:rule", args=[slug]), typed)
        assert "Freeze a list" not in client.get(page).content.decode()
        typed |= {"then": "destroy", "because": "The review says so", "version": "1"}
        client.post(reverse("records:rule", args=[slug]), typed)
        assert RetentionRule.objects.get(slug=slug).then == "destroy"
        assert "Freeze a list" in client.get(page).content.decode()
