"""Two people who save the same thing: the second sees what the first wrote and loses nothing (domain: 17).

A form that shows what is on record says what it showed, by a version or by a digest of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lscb.accounts.models import User
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned

from .test_access import records  # noqa: F401  a fixture

BEGINS_EMPTY = {
    "lscb.records.views.subject_access.Step": "the day is today",
    "lscb.records.views.keeping.PlaceHold": "the day is today",
    "lscb.actions.views.review.HoldReview": "a new review",
    "lscb.accounts.sign_on.views.Decide": "who asks is new",
    "lscb.accounts.views.agencies.RenameAgency": "the day is today",
    "lscb.accounts.views.own.ChangeName": "one's own",
    "lscb.accounts.views.own.ChooseDigest": "one's own",
    "boards.views.meeting_changes.PlanMeeting": "a new meeting",
    "boards.views.contributions.RecordInvoice": "a new invoice",
    "boards.views.contributions.RecordPayment": "a new payment",
    "boards.views.structure_publishing.PublishStructure": "names the digest of what was read",
    "boards.views.library.AddItem": "a new entry",
    "boards.views.challenge_changes.LogChallenge": "a new challenge",
    "boards.views.challenge_changes.RaiseAtMeeting": "a new challenge",
    "boards.views.meeting_records.RecordAttendance": "names the version that was read",
    "boards.views.meeting_records.WriteMinutes": "names the version that was read",
    "audits.views.returns.CheckReturn": "one's own name",
    "audits.views.rounds.OpenRound": "a new round",
    "audits.views.rounds.CloseRound": "the day is today",
    "audits.views.multiagency_changes.PlanAudit": "a new audit",
    "casereviews.views.publishing.Propose": "names the version that was read",
    "casereviews.views.portfolio.ReferReview": "a new review",
    "casereviews.views.running.ReachStage": "the only stage that can follow",
    "cdop.views.agencies.AnswerReport": "names the version that was read",
    "training.views.sessions.PlanSession": "a new session",
    "training.views.booking.PassOn": "a new booking",
    "training.views.booking.OwnNeeds": "one's own",
    "dataset.views.returns.CollectionOpen": "a new collection",
    "dataset.views.indicators.IndicatorAdd": "a new indicator",
    "dataset.views.packs.PackQuestions": "names the version that was read",
    "dataset.views.editions.EditionCompile": "a new edition",
    "dataset.views.figures.FigureRecord": "a new revision of a figure",
    "dataset.views.disclosure.PolicySet": "a new policy: the one before stays on record",
}
"""Forms that open with something in them and overwrite nothing that somebody else could have written."""


def changes() -> Iterator[type[Change]]:
    """The view of every address that is a form."""

    def walk(patterns: list[Any]) -> Iterator[type[Change]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                view = getattr(pattern.callback, "view_class", None)
                if isinstance(view, type) and issubclass(view, Change):
                    yield view

    return walk(get_resolver().url_patterns)


def test_every_form_over_what_is_on_record_says_what_it_showed() -> None:
    opens = {view for view in changes() if view.get_initial is not Change.get_initial}
    unguarded = {f"{view.__module__}.{view.__name__}" for view in opens if not issubclass(view, Versioned)}
    assert unguarded == set(BEGINS_EMPTY)


@pytest.mark.parametrize(
    ("name", "of", "people", "field"),
    [
        ("boards:group_change", "group", ("manager", "coordinator"), "remit"),
        ("boards:theme_set", "year", ("manager", "coordinator"), "text"),
        ("boards:priority_set", "year", ("manager", "coordinator"), "text"),
        ("accounts:person_change", "person", ("manager", "coordinator"), "name"),
        ("dataset:indicator_change", "indicator", ("analyst", "manager"), "title"),
        ("training:comment", "comment", ("manager", "coordinator"), "printed"),
    ],
)
def test_the_second_sees_both_texts_and_saves_on_top(
    name: str,
    of: str,
    people: tuple[str, str],
    field: str,
    demo_board: dict[str, User],
    records: dict[str, Any],  # noqa: F811
) -> None:
    address = reverse(name, kwargs=records[of])
    first, second = (_signed_in(demo_board[mailbox]) for mailbox in people)
    query = {"number": "1"} if of == "year" else {}
    drawn = [_as_drawn(client.get(address, query).context["form"]) for client in (first, second)]
    assert first.post(address, drawn[0] | {field: "As the first wrote it"}).status_code == 302
    mine = drawn[1] | {field: "As the second wrote it"}
    refused = second.post(address, mine)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Somebody else changed this" in page
    assert "As the first wrote it" in page
    assert "As the second wrote it" in page
    again = mine | {"as_read": refused.context["form"].data["as_read"]}
    assert second.post(address, again).status_code == 302
    assert _as_drawn(first.get(address, query).context["form"])[field] == "As the second wrote it"


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _as_drawn(form: Any) -> dict[str, Any]:
    """What a browser sends of a form that nobody touched."""
    sent: dict[str, Any] = {}
    for bound in form:
        widget = bound.field.widget
        value = widget.get_context(bound.name, bound.value(), {})["widget"]["value"]
        if getattr(widget, "input_type", "") == "checkbox" and not getattr(widget, "allow_multiple_selected", False):
            value = "on" if bound.value() else None
        if isinstance(value, list) and not getattr(widget, "allow_multiple_selected", False):
            value = value[0] if value else None
        if value not in (None, "", []):
            sent[bound.name] = value
    return sent
