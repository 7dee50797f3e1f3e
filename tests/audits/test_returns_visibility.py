"""No agency ever sees another's answers, grades, files, counts or drafts, by any door: 10,000 random cases."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.models import (
    Answer,
    Contributor,
    Evidence,
    Feedback,
    ModeratedGrade,
    PanelQuery,
    PanelRequest,
    Return,
    ReturnEvent,
    Round,
    Section,
    Signature,
    Submission,
)
from audits.models.returns import SUBMITTED, WITH_FEEDBACK
from audits.returns import answering, panel
from audits.rounds import services as rounds
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyReader, IndependentChair, LayMember
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import contributor, lead, manager, outsider

from .factories import NOW, a_framework, a_round, answer, filled, fresh, section, submitted, with_feedback

pytestmark = pytest.mark.django_db
SECRET = "Only {} may read this"


@pytest.fixture
def world() -> tuple[list[User], dict[str, User]]:
    """Five agencies in five states, each with people; and the board's."""
    agencies = [AgencyFactory(name=f"Agency {letter}") for letter in "ABCDE"]
    of_round = a_round(*agencies, framework=a_framework(standards=1))
    for place, one in enumerate(of_round.returns.order_by("agency__name")):
        words = SECRET.format(one.agency.name)
        Contributor.objects.create(
            of_return=one, standard=section(one).standard, name=words, email="h@example.org", invited_at=NOW
        )
        answering.attach_evidence(
            answer=answer(one), upload=SimpleUploadedFile("f.txt", words.encode()), by=None, at=NOW
        )
        Answer.objects.filter(of_return=one).update(evidence=words)
        if place:
            filled(one, "Partly")
            Answer.objects.filter(of_return=one).update(evidence=words)
        if place >= 2:
            submitted(fresh(one), "Partly")
            panel.add_request(
                of_return=one,
                standard=section(one).standard,
                text=words,
                due_on=NOW.date().replace(year=2017),
                by=None,
                at=NOW,
            )
            option = of_round.framework.options.get(label="Not met")
            panel.moderate(answer=answer(one), option=option, reason=words, by=None, at=NOW)
        if place == 3:
            panel.raise_query(of_return=one, question=answer(one).question, text=words, by=None, at=NOW)
        if place == 4:
            with_feedback(fresh(one))
    own = [f(agency) for agency in agencies for f in (lead, contributor, lambda a: person(AgencyReader, agency=a))]
    others = {"manager": manager(), "chair": person(IndependentChair), "lay": person(LayMember), "out": outsider()}
    return [*own, *others.values()], others


OF: dict[type[Any], Callable[[Any], Return]] = {
    Return: lambda row: row,
    Section: lambda row: row.of_return,
    Answer: lambda row: row.of_return,
    Evidence: lambda row: row.answer.of_return,
    Contributor: lambda row: row.of_return,
    Signature: lambda row: row.of_return,
    Submission: lambda row: row.of_return,
    ReturnEvent: lambda row: row.of_return,
    PanelQuery: lambda row: row.of_return,
    PanelRequest: lambda row: row.of_return,
    ModeratedGrade: lambda row: row.answer.of_return,
    Feedback: lambda row: row.of_return,
}
BY_THE_BOARD_AT_ONCE = {Return, Section, ReturnEvent, Submission, PanelQuery, PanelRequest, ModeratedGrade, Feedback}
WHEN_SUBMITTED = {Answer, Evidence, Signature}
TOLD_WITH_FEEDBACK = {PanelRequest, ModeratedGrade, Feedback}


def may_see(user: User, model: type[Any], one: Return, board: set[Any]) -> bool:
    """The rule in other words, without a query."""
    if user.pk in board:
        return model in BY_THE_BOARD_AT_ONCE or (model in WHEN_SUBMITTED and one.status in SUBMITTED)
    own = any(grant.agency_id == one.agency_id for grant in user.grants_today)
    return own and (model not in TOLD_WITH_FEEDBACK or one.status in WITH_FEEDBACK)


def test_ten_thousand_random_cases(world: tuple[list[User], dict[str, User]]) -> None:
    people, others = world
    board = {others["manager"].pk, others["chair"].pk}
    rows = [(model, row, of(row)) for model, of in OF.items() for row in model.objects.all()]
    assert {model for model, _, _ in rows} == set(OF), "every kind of record is there"
    seen = {
        (user.pk, model): set(model.objects.visible_to(user).values_list("pk", flat=True))
        for user in people
        for model in OF
    }
    drawn = random.Random(11)
    for _ in range(10_000):
        user, (model, row, one) = drawn.choice(people), drawn.choice(rows)
        assert (row.pk in seen[user.pk, model]) == may_see(user, model, one, board), (user, model, one.status)
    assert not Round.objects.visible_to(others["out"]).exists()


def test_no_door_tells_an_agency_of_another(
    world: tuple[list[User], dict[str, User]], client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    people, _ = world
    for mine in Return.objects.select_related("agency"):
        user = next(one for one in people if any(grant.agency_id == mine.agency_id for grant in one.grants_today))
        client.force_login(user)
        addresses = [reverse("audits:return_list"), reverse("audits:return_list") + "?format=csv", reverse("home")]
        addresses += [reverse("api:return-list"), reverse("api:round-list"), reverse("actions:plan_list")]
        addresses += [reverse(f"audits:{name}", args=[mine.pk]) for name in ("return", "return_changes")]
        pages = [client.get(address).content.decode() for address in addresses]
        for other in Return.objects.exclude(pk=mine.pk).select_related("agency"):
            told = [other.agency.name, other.reference, str(other.pk)]
            assert not [word for word in told for page in pages if word in page], user
            for name in ("return", "return_check", "return_changes", "return_pdf", "return_done", "return_invite"):
                assert client.get(reverse(f"audits:{name}", args=[other.pk])).status_code == 404
            assert client.get(reverse("api:return-detail", args=[other.pk])).status_code == 404


def test_the_lists_ask_the_database_as_often_with_more_returns(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    of_round = a_round(AgencyFactory(), framework=a_framework(standards=1, questions=1))
    client.force_login(manager())
    addresses = [reverse("audits:return_list"), of_round.get_absolute_url(), reverse("audits:round_list")]
    addresses += [reverse("api:return-list"), reverse("audits:analysis", args=["2016-17", "agencies"])]
    submitted(of_round.returns.get())

    def counts() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    before = counts()
    for _ in range(5):
        submitted(rounds.ask_agency(of_round=of_round, agency=AgencyFactory(), by=None, at=NOW))
    assert counts() == before
