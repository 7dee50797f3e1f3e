"""The challenge log to read: the list, one challenge, the files of its responses."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards.challenges.querysets import answering
from boards.challenges.reporting import COUNTED
from boards.models import (
    Challenge,
    ChallengeEvent,
    ChallengeResponse,
    ChallengeStatus,
    Group,
    Happened,
    Meeting,
    PublishedChallenge,
    Theme,
)
from boards.models.challenge import LIVE, UNANSWERED
from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action
from lscb.actions.views import asked_of, rag_tag, state_tag
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day
from lscb.common.words import say
from lscb.files.models import Attachment
from lscb.files.views import download
from lscb.trail.history import Entry
from lscb.trail.services import record

READERS = (Permission.READ_CHALLENGES, Permission.READ_OWN_CHALLENGES)
TONES: dict[str, str] = {
    ChallengeStatus.OPEN: "blue",
    ChallengeStatus.ANSWERED: "amber",
    ChallengeStatus.ACCEPTED: "green",
    ChallengeStatus.ESCALATED: "red",
    ChallengeStatus.RESOLVED: "green",
    ChallengeStatus.CLOSED: "grey",
}
QUARTERS = (
    ("1", "Q1, April to June"),
    ("2", "Q2, July to September"),
    ("3", "Q3, October to December"),
    ("4", "Q4, January to March"),
)
RAISER = "raised_by"
CORRESPONDENCE = "correspondence"
_REFERENCE = re.compile(r"(?:CH/)?(\d{4}-\d{2})/(\d{1,6})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}")


class ReadsChallenges(Guarded):
    scope = READERS


def crumb() -> tuple[str, str]:
    return "Challenges", reverse("boards:challenge_list")


def status_tag(challenge: Challenge) -> Tag:
    return Tag(challenge.get_status_display().lower(), TONES[challenge.status])


def late_tag(challenge: Challenge, today: dt.date) -> Tag | None:
    late = (today - challenge.due).days
    if challenge.status not in (ChallengeStatus.OPEN, ChallengeStatus.ESCALATED) or late <= 0:
        return None
    return Tag("1 day late" if late == 1 else f"{late:,} days late", "red")


def put_to(challenge: Challenge) -> str:
    return "; ".join(agency.short_name for agency in challenge.agencies.all())


# ---- The list -------------------------------------------------------------------------------------------------------


def _years(challenges: QuerySet[Challenge]) -> list[tuple[str, str]]:
    years = challenges.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


class ChallengeFilter(django_filters.FilterSet):
    """Every choice comes from the challenges that the person may see."""

    words = django_filters.CharFilter(label="Words or reference", method="with_words")
    year = django_filters.ChoiceFilter(label="Year", empty_label="All years")
    quarter = django_filters.ChoiceFilter(
        label="Quarter raised",
        choices=QUARTERS,
        empty_label="All quarters",
        method="in_quarter",
    )
    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[("live", "All that are not closed"), ("late", "No response in time"), *ChallengeStatus.choices],
        empty_label="All",
        method="with_status",
    )
    forum = django_filters.ChoiceFilter(label="Forum", empty_label="All forums", method="in_forum")
    agency = django_filters.ModelChoiceFilter(
        label="Put to", queryset=Agency.objects.none(), empty_label="All agencies", method="put_to"
    )
    theme = django_filters.ModelChoiceFilter(label="Theme", queryset=Theme.objects.none(), empty_label="All themes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Challenge.objects.visible_to(self.request.user).order_by()
        groups = Group.objects.filter(pk__in=seen.values("group"))
        self.filters["year"].extra["choices"] = _years(seen)
        forums = [(group.code, group.short_name) for group in groups]
        self.filters["forum"].extra["choices"] = [*forums, (CORRESPONDENCE, "Correspondence")]
        asked = Challenge.agencies.through.objects.filter(challenge__in=seen)
        self.filters["agency"].queryset = Agency.objects.filter(pk__in=asked.values("agency"))
        self.filters["theme"].queryset = Theme.objects.filter(pk__in=seen.values("theme"))

    def with_words(self, challenges: Any, name: str, value: str) -> Any:
        if match := _REFERENCE.fullmatch(value.strip()):
            return challenges.filter(year=match[1], number=int(match[2])) if _is_year(match[1]) else challenges.none()
        for word in value.split():
            found = Q(title__icontains=word) | Q(issue__icontains=word) | Q(asked__icontains=word)
            if _NUMBER.fullmatch(word):
                found |= Q(number=int(word))
            challenges = challenges.filter(found)
        return challenges

    def in_quarter(self, challenges: Any, name: str, value: str) -> Any:
        first = 3 * (int(value) % 4) + 1
        return challenges.filter(raised_on__month__gte=first, raised_on__month__lte=first + 2)

    def with_status(self, challenges: Any, name: str, value: str) -> Any:
        if value == "live":
            return challenges.filter(status__in=LIVE)
        if value == "late":
            return challenges.unanswered().filter(due__lt=timezone.localdate())
        return challenges.filter(status=value)

    def in_forum(self, challenges: Any, name: str, value: str) -> Any:
        return challenges.filter(group=None) if value == CORRESPONDENCE else challenges.filter(group__code=value)

    def put_to(self, challenges: Any, name: str, value: Agency) -> Any:
        return challenges.put_to([value.pk])


def _is_year(text: str) -> bool:
    try:
        FinancialYear.parse(text)
    except ValueError:
        return False
    return True


class ChallengeList(ReadsChallenges, ListPage):
    """The log; for an agency what was put to it or raised by it."""

    template_name = "boards/challenge_list.html"
    title = "Challenges"
    nouns = ("challenge", "challenges")
    filterset_class = ChallengeFilter
    counted = COUNTED
    default_sort = "-reference"
    empty_text = "No challenge is logged yet."
    columns = (
        ListColumn("Reference", "reference", sort=("year", "number"), link=True),
        ListColumn("Question", "title", sort="title"),
        ListColumn("Raised", "raised_on", sort=("raised_on", "number")),
        ListColumn("Forum", "forum", sort="group__short_name"),
        ListColumn("Put to", put_to),
        ListColumn("Response due", "due", sort=("due", "number")),
        ListColumn("Status", status_tag, sort="status", tag=True),
    )

    def get_queryset(self) -> QuerySet[Challenge]:
        visible = Challenge.objects.visible_to(self.user)
        return visible.select_related("group").prefetch_related("agencies")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        manages = self.user.may(Permission.MANAGE_CHALLENGES)
        if manages:
            kwargs |= {"start_url": reverse("boards:challenge_log"), "start_label": "Log a challenge"}
        return super().get_context_data(manages=manages, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} challenges as {format.upper()}", by=self.user)


# ---- The record -----------------------------------------------------------------------------------------------------


class ChallengePage(ReadsChallenges, TemplateView):
    template_name = "boards/challenge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        related = Challenge.objects.visible_to(self.user).select_related(
            *("group", "theme", "priority", "raised_by_agency", "raised_by_group", "plan")
        )
        challenge = get_object_or_404(related.prefetch_related("agencies"), pk=self.kwargs["pk"])
        manages = self.user.may(Permission.MANAGE_CHALLENGES)
        reads_log = self.user.may(Permission.READ_CHALLENGES)
        today = timezone.localdate()
        return super().get_context_data(
            title=challenge.title,
            challenge=challenge,
            facts=[f"raised {day(challenge.raised_on)}", challenge.forum],
            state=status_tag(challenge),
            late=late_tag(challenge, today),
            breadcrumbs=[crumb()],
            rows=_rows(challenge, manages, reads_log),
            meeting=_meeting(challenge, self.user),
            responses=readable_responses(challenge, self.user),
            moves=_moves(challenge, self.user),
            actions=_actions(challenge, self.user, today),
            may_plan=manages,
            published=PublishedChallenge.objects.standing().filter(challenge=challenge).first() if reads_log else None,
            history=_history(challenge, self.user, reads_log),
            **kwargs,
        )


def _meeting(challenge: Challenge, user: User) -> Meeting | None:
    """The meeting at which it was raised, for who reads that meeting."""
    meetings = Meeting.objects.visible_to(user).filter(challenges=challenge)
    return meetings.select_related("group").first() if challenge.held_at_id else None


def readable_responses(challenge: Challenge, user: User) -> QuerySet[ChallengeResponse]:
    return challenge.responses.visible_to(user).select_related("agency").prefetch_related("files")


class ResponseFile(ReadsChallenges, View):
    """A file of a response, for who reads that response."""

    def get(self, request: HttpRequest, pk: Any, file: Any) -> FileResponse:
        responses = ChallengeResponse.objects.visible_to(self.user).filter(challenge=pk)
        files = Attachment.objects.filter(challenge_responses__in=responses).distinct()
        return download(get_object_or_404(files, pk=file), by=self.user)


def _rows(challenge: Challenge, manages: bool, reads_log: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:challenge_change", args=[challenge.pk])} if manages else {}
    add = {**change, "action": "Add"} if manages else {}
    due: dict[str, Any] = {"key": "Response due", "value": due_words(challenge)}
    if manages and challenge.status in UNANSWERED:
        due |= {"url": reverse("boards:challenge_move", args=[challenge.pk]), "action": "Move"}
    rows: list[dict[str, Any]] = [
        {"key": "Raised by", "value": f"{challenge.raised_by}, {_forum(challenge)}", **change},
        {"key": "Put to", "value": "\n".join(agency.name for agency in challenge.agencies.all()), **change},
        {"key": "Priority and theme", "value": _aims(challenge), "empty": "None", **change},
        {"key": "The issue", "value": challenge.issue, **change},
        {"key": "Asked for", "value": challenge.asked, **change},
        due,
    ]
    if challenge.escalation:
        rows.append({"key": "Escalated to", "value": challenge.get_escalation_display()})
    rows += [
        {
            "key": "Outcome",
            "value": challenge.outcome,
            "empty": "Not yet written.",
            **(change if challenge.outcome else add),
        },
        {
            "key": "Impact for children",
            "value": challenge.impact,
            "empty": "Not yet written. Needed before the challenge can be resolved.",
            **(change if challenge.impact else add),
        },
    ]
    if challenge.closed_on:
        rows.append({"key": "Closed", "value": _closed(challenge)})
    if reads_log:
        rows.append(_wording_row(challenge, manages))
    return rows


def _wording_row(challenge: Challenge, manages: bool) -> dict[str, Any]:
    texts = (challenge.public_title, challenge.public_issue, challenge.public_answer, challenge.public_impact)
    row: dict[str, Any] = {
        "key": "Public wording",
        "value": "\n".join(text for text in texts if text),
        "empty": "Not yet written. Needed before the challenge can be published.",
    }
    if manages:
        row |= {"url": reverse("boards:challenge_wording", args=[challenge.pk])}
        row |= {} if challenge.is_worded else {"action": "Add"}
    return row


def _forum(challenge: Challenge) -> str:
    if challenge.group is None:
        return "by correspondence"
    return f"{challenge.meeting or challenge.group.short_name}, {day(challenge.met_on)}"


def due_words(challenge: Challenge) -> str:
    first = f" (first {day(challenge.original_due)})" if challenge.has_moved else ""
    return f"{day(challenge.due)}{first}"


def _closed(challenge: Challenge) -> str:
    return f"{day(challenge.closed_on)}{f', {challenge.closed_at}' if challenge.closed_at else ''}"


def _aims(challenge: Challenge) -> str:
    priority, theme = challenge.priority, challenge.theme
    parts = [f"Priority {priority.number}: {priority.text}"] if priority else []
    return "\n".join([*parts, *([f"Theme {theme.number}: {theme.text}"] if theme else [])])


def _moves(challenge: Challenge, user: User) -> list[dict[str, str]]:
    """What this person may do next: the first is the main one."""
    manages = user.may(Permission.MANAGE_CHALLENGES)
    label = "Record a response" if manages else "Respond"
    answer = [(label, "challenge_respond", challenge.takes_answers and bool(answering(challenge, user)))]
    offers: list[tuple[str, str, bool]] = []
    if manages:
        offers = [
            ("Accept the response", "challenge_accept", challenge.allows(Happened.ACCEPTED)),
            ("Resolve", "challenge_resolve", challenge.allows(Happened.RESOLVED)),
            ("Ask again", "challenge_ask_again", challenge.allows(Happened.ASKED_AGAIN)),
            ("Escalate", "challenge_escalate", challenge.allows(Happened.ESCALATED)),
            ("Close without change", "challenge_close", challenge.allows(Happened.CLOSED)),
        ]
    decided = challenge.status == ChallengeStatus.ANSWERED and manages
    offers = [*offers, *answer] if decided else [*answer, *offers]
    return [
        {"label": label, "url": reverse(f"boards:{route}", args=[challenge.pk])}
        for label, route, allowed in offers
        if allowed
    ]


def _actions(challenge: Challenge, user: User, today: dt.date) -> list[dict[str, Any]]:
    if challenge.plan_id is None:
        return []
    visible = Action.objects.visible_to(user).filter(plan=challenge.plan_id).prefetch_related("entries__agency")
    return [
        {
            "action": action,
            "url": action.get_absolute_url(),
            "who": asked_of(action),
            "rag": rag_tag(action, today),
            "state": state_tag(action),
        }
        for action in visible.select_related("plan").order_by("number")
    ]


def _history(challenge: Challenge, user: User, reads_log: bool) -> list[Entry]:
    """What happened, newest first. Agencies are told which agency or that the board did it, not which person."""
    events = ChallengeEvent.objects.visible_to(user).filter(challenge=challenge).select_related("agency", "by")
    return [_entry(event, reads_log) for event in events]


def _entry(event: ChallengeEvent, reads_log: bool) -> Entry:
    who = event.agency.short_name if event.agency else say("The {board}")
    if reads_log and event.by:
        who = f"{who}, {event.by}" if event.agency else str(event.by)
    return Entry(title=event.get_happened_display(), text=event.text, who=who, when=day(event.on))
