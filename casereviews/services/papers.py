"""Papers, letters and meetings of a review."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files import File
from django.db import transaction

from boards.meetings.services import tie_to_case
from boards.models import Meeting
from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.files.services import store_attachment
from lscb.trail.services import record

from ..models import CaseReview, ReviewMeeting, ReviewPaper
from ..querysets import READ
from .reviews import locked


@transaction.atomic
def add_paper(
    *,
    review: CaseReview,
    kind: str,
    on: dt.date,
    about: str,
    whom: str = "",
    upload: File[Any] | None = None,
    by: Actor,
    today: dt.date,
) -> ReviewPaper:
    """A letter or paper, with or without its file. The file is shut for everybody for whom the review is."""
    review = locked(review, by)
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    if not about.strip():
        raise RuleBroken("Say what it is about.", field="about")
    file = (
        store_attachment(upload=upload, by=by, permission=READ, group=review.group.code, case=review.pk)
        if upload
        else None
    )
    paper = ReviewPaper.objects.create(
        review=review, kind=kind, on=on, whom=whom.strip(), about=about.strip(), file=file
    )
    record(verb="added a paper", by=by, target=review, changes={"kind": (None, kind)})
    return paper


@transaction.atomic
def link_meeting(*, review: CaseReview, meeting: Meeting, only: bool = False, by: Actor) -> ReviewMeeting:
    """A meeting spoke of the review. `only`: of nothing else, so who is kept out of the review does not see it."""
    review = locked(review, by)
    if review.meeting_links.filter(meeting=meeting).exists():
        raise RuleBroken("That meeting is linked already.", field="meeting")
    if only:
        if ReviewMeeting.objects.filter(meeting=meeting).exists():
            raise RuleBroken("That meeting spoke of another review, too.", field="only")
        tie_to_case(meeting=meeting, case=review.pk, by=by)
    elif meeting.case and meeting.case != review.pk:
        raise RuleBroken("That meeting was about another case alone.", field="meeting")
    link = ReviewMeeting.objects.create(review=review, meeting=meeting)
    record(verb="linked a meeting", by=by, target=review)
    return link
