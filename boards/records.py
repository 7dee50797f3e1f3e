"""How the board's own records are found, and which are an agency's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate

from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission
from lscb.common.periods import LONDON
from lscb.common.records import GONE, GONE_IN_SHORT, Destroyed, Kept, Searched, Taken, Then, numbered, own_page
from lscb.files.destroying import destroy_attachments

from .models import (
    AgendaItem,
    Answer,
    Challenge,
    ChallengeEvent,
    ChallengeResponse,
    EngagementEvent,
    Group,
    LibraryItem,
    Meeting,
    MeetingState,
    Quote,
    Survey,
    SurveyResponse,
    Theme,
)

ABOUT_CHILD_DEATHS = Permission.READ_CHILD_DEATHS


def _meetings(user: Reader) -> QuerySet[Meeting]:
    """Without those of the panel: what is said of a child death is never found by words."""
    seen = Meeting.objects.visible_to(user).exclude(group__confidential_permission=ABOUT_CHILD_DEATHS)
    return seen.select_related("group")


def _agenda(user: Reader) -> QuerySet[AgendaItem]:
    seen = AgendaItem.objects.visible_to(user).exclude(meeting__group__confidential_permission=ABOUT_CHILD_DEATHS)
    return seen.select_related("meeting__group")


def _meeting(meeting: Meeting) -> str:
    return str(meeting) if meeting.is_confidential or not meeting.theme else f"{meeting}: {meeting.theme}"


def _challenge(challenge: Challenge) -> str:
    return f"{challenge.reference}: {challenge.title}"


def _page_of(way: str) -> Any:
    return lambda record: own_page(getattr(record, way))


SEARCHED = (
    Searched(
        "Challenges",
        lambda user: Challenge.objects.visible_to(user),
        words=("title", "issue", "asked", "outcome", "impact"),
        reference=numbered("CH"),
        name=_challenge,
    ),
    Searched(
        "Responses to challenges",
        lambda user: ChallengeResponse.objects.visible_to(user).select_related("challenge", "agency"),
        words=("text",),
        name=lambda response: f"{_challenge(response.challenge)}, {response.agency}",
        url=_page_of("challenge"),
    ),
    Searched("Meetings", _meetings, words=("theme", "place", "minutes"), name=_meeting),
    Searched(
        "Items of meetings",
        _agenda,
        words=("title", "presenter", "notes", "decision"),
        name=lambda item: f"{item.meeting}, item {item.order}",
        url=_page_of("meeting"),
    ),
    Searched("Groups", lambda user: Group.objects.visible_to(user), words=("name", "short_name", "remit")),
    Searched(
        "Themes of the business plan",
        lambda user: Theme.objects.visible_to(user),
        words=("text",),
        name=lambda theme: f"{theme} of {theme.year}: {theme.text}",
    ),
    Searched(
        "Surveys",
        lambda user: Survey.objects.visible_to(user),
        words=("title", "audience", "introduction"),
    ),
    Searched(
        "Engagement",
        lambda user: EngagementEvent.objects.visible_to(user),
        words=("title", "about", "held_with", "learned"),
    ),
    Searched(
        "Quotes",
        lambda user: Quote.objects.visible_to(user).select_related("event"),
        words=("text", "said_by"),
        name=lambda quote: str(quote.event),
        url=_page_of("event"),
    ),
    Searched("Library", lambda user: LibraryItem.objects.visible_to(user), words=("title", "about")),
)

_WORDING = ("public_title", "public_issue", "public_answer", "public_impact")
"""How the board words something for the public is its own business until it is published."""

TAKEN = (
    Taken(lambda lead, agency: Challenge.objects.visible_to(lead), without=_WORDING),
    Taken(
        lambda lead, agency: ChallengeResponse.objects.visible_to(lead),
        also={"agency_name": "agency__name"},
    ),
    Taken(lambda lead, agency: ChallengeEvent.objects.visible_to(lead)),
)


def _closed_challenges() -> QuerySet[Any]:
    return Challenge.objects.filter(closed_on__isnull=False).annotate(trigger_on=F("closed_on"))


def destroy_challenges(keys: Collection[UUID]) -> Destroyed:
    """What was asked and answered goes, with its files. Reference, days, state and who was asked stay, so that every
    count of the past stays what it was; what was published is public and stays as it was published."""
    went = Destroyed()
    responses = ChallengeResponse.objects.filter(challenge__in=keys)
    links = ChallengeResponse.files.through.objects.filter(challengeresponse__in=responses)
    attached = list(links.values_list("attachment", flat=True))
    links.delete()
    destroy_attachments(attached, went)
    went.counts["responses"] += responses.update(text=GONE, given_by=None)
    ChallengeEvent.objects.filter(challenge__in=keys).exclude(text="").update(text=GONE)
    texts = dict.fromkeys(("asked", "outcome", *_WORDING), "")
    challenges = Challenge.objects.filter(pk__in=keys)
    challenges.exclude(impact="").update(impact=GONE)
    went.counts["challenges"] += challenges.update(title=GONE_IN_SHORT, issue=GONE, **texts)
    return went


def _closed_surveys() -> QuerySet[Any]:
    return Survey.objects.filter(closed_on__isnull=False).annotate(trigger_on=F("closed_on"))


def destroy_comments(keys: Collection[UUID]) -> Destroyed:
    """What people wrote in their own words goes; what they chose stays as a number."""
    went = Destroyed()
    went.counts["comments"] += Answer.objects.filter(option=None, question__survey__in=keys).delete()[0]
    went.counts["responses kept as numbers"] += SurveyResponse.objects.filter(survey__in=keys).count()
    went.counts["surveys"] += len(keys)
    return went


def _met() -> QuerySet[Any]:
    over = Meeting.objects.filter(state__in=(MeetingState.HELD, MeetingState.CANCELLED)).select_related("group")
    over = over.exclude(group__confidential_permission=ABOUT_CHILD_DEATHS)
    return over.annotate(trigger_on=TruncDate("starts_at", tzinfo=LONDON))


def destroy_meetings(keys: Collection[UUID]) -> Destroyed:
    """Agenda, papers and minutes go. That a group met, when and where, and who came stay as numbers; what was decided
    there to be done is a class of its own."""
    went = Destroyed()
    agenda = AgendaItem.objects.filter(meeting__in=keys)
    papers = list(agenda.filter(paper__isnull=False).values_list("paper", flat=True))
    went.counts["agenda items"] += agenda.delete()[0]
    still_read = AgendaItem.objects.filter(paper__in=papers).values_list("paper", flat=True)
    destroy_attachments(set(papers) - set(still_read), went)
    meetings = Meeting.objects.filter(pk__in=keys)
    went.counts["minutes"] += meetings.exclude(minutes="").update(minutes=GONE)
    meetings.exclude(cancelled_because="").update(cancelled_because=GONE)
    went.counts["meetings"] += meetings.update(theme="")
    return went


KEPT = (
    Kept(
        slug="challenges",
        title="Challenges",
        covers="Challenges with their responses and files; not what was published of them",
        trigger="the day it was resolved or closed",
        months=120,
        then=Then.DESTROY,
        basis="Public task: Children Act 2004, section 14 (to ensure the effectiveness of what each agency does).",
        triggered=_closed_challenges,
        destroy=destroy_challenges,
        leaves_number=True,
    ),
    Kept(
        slug="meetings",
        title="Meetings",
        covers="Agendas, papers and minutes of every group; who came stays as numbers",
        trigger="the day of the meeting",
        months=120,
        then=Then.ARCHIVE,
        basis="Public task; archiving in the public interest: Data Protection Act 2018, section 19.",
        triggered=_met,
        destroy=destroy_meetings,
        leaves_number=True,
        reference=lambda meeting: f"Meeting {meeting.pk}",
    ),
    Kept(
        slug="surveys",
        title="Surveys",
        covers="Comments of people in their own words; what they chose stays as numbers",
        trigger="the day the survey closed",
        months=36,
        then=Then.DESTROY,
        basis="Public task: to learn from professionals. Comments may tell who wrote them.",
        triggered=_closed_surveys,
        destroy=destroy_comments,
        leaves_number=True,
        reference=lambda survey: f"Survey of {survey.month.label}",
    ),
)
