"""What of surveys waits for who builds them: comments to read, surveys whose last day has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.waiting import Waiting

from ..models import Moderation, Survey, SurveyState

MOST = 5


def waiting_for(user: User, today: dt.date) -> Iterator[Waiting]:
    over = Survey.objects.visible_to(user).filter(state=SurveyState.OPEN, closes_on__lt=today)
    for survey in over.order_by("closes_on")[:MOST]:
        url = reverse("boards:survey_close", args=[survey.pk])
        yield Waiting(f"Close the survey: {survey.title}", url, "Its last day has passed", "to close", "amber")
    unread = Q(questions__answers__option__isnull=True, questions__answers__moderation=Moderation.WAITING)
    with_comments = Survey.objects.visible_to(user).annotate(unread=Count("questions__answers", filter=unread))
    for survey in with_comments.filter(unread__gt=0).order_by("-month")[:MOST]:
        url = reverse("boards:survey_comments", args=[survey.pk])
        words = "1 comment is" if survey.unread == 1 else f"{survey.unread} comments are"
        yield Waiting(f"Read comments: {survey.title}", url, f"{words} not read for print yet", "to read")
