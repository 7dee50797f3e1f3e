"""The rules of the challenge log: what may happen when, who loses nothing, and what stays as it was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.challenges import publishing, services
from boards.challenges.invariants import broken
from boards.challenges.waiting import waiting_for
from boards.models import Challenge, ChallengeStatus, Happened, PublishedChallenge
from boards.models.challenge import CHALLENGE_MOVES
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import LONDON, Quarter
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.actions.factories import AgencyFactory, contributor, lead, manager

from .challenge_samples import DUE, LATER, RAISED, TODAY, a_challenge, answered, fresh, worded

AT = dt.datetime(2017, 4, 20, 12, tzinfo=LONDON)
Q3 = Quarter.parse("2016-17Q3")
WHEN: dict[str, Any] = {"on": LATER, "by": None, "today": TODAY}

DO: dict[str, Callable[[Challenge], Any]] = {
    Happened.ANSWERED: lambda one: services.respond(challenge=one, agency=one.agencies.get(), text="Yes", **WHEN),
    Happened.ACCEPTED: lambda one: services.accept_response(challenge=one, **WHEN),
    Happened.ASKED_AGAIN: lambda one: services.ask_again(challenge=one, reason="No figures", due=TODAY, **WHEN),
    Happened.ESCALATED: lambda one: services.escalate(
        challenge=one, to=one.escalation + 1, reason="Late", due=TODAY, **WHEN
    ),
    Happened.RESOLVED: lambda one: services.resolve(
        challenge=one, version=one.version, outcome="", impact="Safe", **WHEN
    ),
    Happened.CLOSED: lambda one: services.close_without_change(challenge=one, reason="No use", **WHEN),
}
WAY_TO: dict[str, tuple[str, ...]] = {
    ChallengeStatus.OPEN: (),
    ChallengeStatus.ANSWERED: (Happened.ANSWERED,),
    ChallengeStatus.ACCEPTED: (Happened.ANSWERED, Happened.ACCEPTED),
    ChallengeStatus.ESCALATED: (Happened.ESCALATED,),
    ChallengeStatus.RESOLVED: (Happened.ANSWERED, Happened.ACCEPTED, Happened.RESOLVED),
    ChallengeStatus.CLOSED: (Happened.CLOSED,),
}


def in_status(status: str) -> Challenge:
    challenge = a_challenge()
    for happened in WAY_TO[status]:
        DO[happened](fresh(challenge))
    return fresh(challenge)


@pytest.mark.django_db
@pytest.mark.parametrize("happened", DO)
@pytest.mark.parametrize("status", WAY_TO)
def test_what_may_happen_in_which_status(status: str, happened: str) -> None:
    challenge = in_status(status)
    expected = CHALLENGE_MOVES.get((status, happened))
    if expected is None:
        with pytest.raises(RuleBroken, match="cannot be done"):
            DO[happened](challenge)
        assert fresh(challenge).status == status
    else:
        DO[happened](challenge)
        assert fresh(challenge).status == expected
    assert list(broken(TODAY)) == []


@pytest.mark.django_db
def test_numbers_count_within_their_year() -> None:
    first, second = a_challenge(), a_challenge()
    other = a_challenge(raised_on=dt.date(2016, 3, 31))
    assert [one.reference for one in (first, second, other)] == ["CH/2016-17/001", "CH/2016-17/002", "CH/2015-16/001"]


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_gaps() -> None:
    """A third of them fail after they took a number: it goes to the next."""
    agency, together = AgencyFactory(), Barrier(9)

    def log(place: int) -> None:
        together.wait(timeout=10)
        try:
            with transaction.atomic():
                a_challenge(agency)
                if place % 3 == 0:
                    raise RuleBroken("Given up")
        except RuleBroken:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as threads:
        list(threads.map(log, range(9)))
    assert sorted(Challenge.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert list(broken(TODAY)) == []


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_makes_one_challenge() -> None:
    agency, submission, together = AgencyFactory(), uuid4(), Barrier(6)

    def log(_: int) -> str:
        together.wait(timeout=10)
        try:
            return str(a_challenge(agency, submission=submission).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(log, range(6)))) == 1
    assert Challenge.objects.count() == 1


@pytest.mark.django_db
def test_a_response_sent_twice_is_one() -> None:
    challenge, submission = a_challenge(), uuid4()
    for _ in range(2):
        answered(challenge, submission=submission)
    assert challenge.responses.count() == 1
    assert challenge.events.filter(happened=Happened.ANSWERED).count() == 1


@pytest.mark.django_db
def test_nothing_is_resolved_without_impact_for_children() -> None:
    challenge = in_status(ChallengeStatus.ACCEPTED)
    with pytest.raises(RuleBroken) as refusal:
        services.resolve(challenge=challenge, version=challenge.version, outcome="Done", impact=" ", **WHEN)
    assert refusal.value.field == "impact"


@pytest.mark.django_db
def test_a_due_date_moves_with_a_reason_and_the_first_stays() -> None:
    challenge = a_challenge()
    with pytest.raises(RuleBroken):
        services.move_due_date(challenge=challenge, to=TODAY, reason="", **WHEN)
    services.move_due_date(challenge=challenge, to=TODAY, reason="School holidays", **WHEN)
    assert (fresh(challenge).original_due, fresh(challenge).due) == (DUE, TODAY)
    told = challenge.events.get(happened=Happened.MOVED).text
    assert told == "From 31 January 2017 to 31 March 2017: School holidays"


@pytest.mark.django_db
def test_what_is_open_at_a_date_is_read_from_the_days() -> None:
    challenge = in_status(ChallengeStatus.CLOSED)
    opened = (RAISED - dt.timedelta(1), RAISED, LATER - dt.timedelta(1), LATER)
    assert [Challenge.objects.open(day).filter(pk=challenge.pk).exists() for day in opened] == [
        *(False, True, True, False)
    ]


@pytest.mark.django_db
def test_a_new_round_asks_every_agency_again_and_says_nothing_in_the_mail() -> None:
    police, health = AgencyFactory(), AgencyFactory()
    one, other = lead(police), lead(health)
    challenge = a_challenge(police, health)
    assert {email.to for email in Email.objects.all()} == {one.email, other.email}
    for email in Email.objects.all():
        assert "looked after" not in email.subject + email.body
        assert f"/board/challenges/{challenge.pk}/respond/" in email.body
    answered(challenge, police)
    assert waiting_for(one, TODAY) == []
    assert [item.title for item in waiting_for(other, TODAY)] == [f"Answer challenge {challenge}"]
    services.ask_again(challenge=fresh(challenge), reason="No figures", due=TODAY, **WHEN)
    assert len(waiting_for(one, TODAY)) == len(waiting_for(other, TODAY)) == 1
    assert Email.objects.count() == 4


@pytest.mark.django_db
def test_only_the_lead_of_a_challenged_agency_or_the_team_answers() -> None:
    police = AgencyFactory()
    challenge = a_challenge(police)
    for somebody in (contributor(police), lead(AgencyFactory())):
        with pytest.raises(PermissionDenied):
            answered(challenge, police, by=somebody)
    answered(challenge, police, by=lead(police))
    answered(challenge, police, by=manager())
    with pytest.raises(PermissionDenied):
        services.accept_response(challenge=challenge, on=LATER, by=lead(police), today=TODAY)


@pytest.mark.django_db
def test_the_second_of_two_people_is_told_and_overwrites_nothing() -> None:
    challenge = a_challenge()
    worded(challenge, public_issue="What the first wrote")
    with pytest.raises(Overtaken) as refusal:
        services.write_public_wording(
            challenge=challenge, version=1, public_title="x", public_issue="Mine", by=None, today=TODAY
        )
    assert refusal.value.current.public_issue == "What the first wrote"
    assert fresh(challenge).public_issue == "What the first wrote"


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("AB"), st.booleans()), min_size=2, max_size=14))
def test_two_people_in_one_text_lose_nothing_in_any_order(steps: list[tuple[str, bool]]) -> None:
    """Each reads or saves, in any order. A save is taken just when nobody saved since that person read, and what was
    taken is on the trail for ever."""
    with transaction.atomic():
        challenge = a_challenge()
        read = dict.fromkeys("AB", 1)
        version, kept = 1, []
        for place, (who, saves) in enumerate(steps):
            if not saves:
                read[who] = fresh(challenge).version
                continue
            text = f"{who} wrote {place}"
            try:
                saved = services.write_public_wording(
                    challenge=challenge, version=read[who], public_title="T", public_issue=text, by=None, today=TODAY
                )
            except Overtaken:
                assert read[who] != version
                continue
            assert read[who] == version
            version = read[who] = saved.version
            kept.append(text)
        changes = [event.changes for event in Event.objects.of(challenge).filter(verb="wrote the public wording")]
        assert [change["public_issue"][1] for change in reversed(changes)] == kept
        transaction.set_rollback(True)


# ---- Publishing -----------------------------------------------------------------------------------------------------


def publish(*challenges: Challenge, **kwargs: Any) -> Any:
    return publishing.publish_quarter(quarter=Q3, challenges=challenges, by=None, at=AT, **kwargs)


@pytest.mark.django_db
def test_what_was_published_stays_as_it_was_until_it_is_published_again() -> None:
    challenge = worded(a_challenge())
    publish(challenge)
    worded(challenge, public_issue="Other words")
    assert [one.issue for one in PublishedChallenge.objects.all()] == ["The board asked whether the fall is safe."]
    publish(challenge)
    latest = PublishedChallenge.objects.standing().get()
    assert (latest.number, latest.issue) == (2, "Other words")
    assert PublishedChallenge.objects.as_at(AT).count() == 0
    assert PublishedChallenge.objects.filter(number=1).get().issue == "The board asked whether the fall is safe."


@pytest.mark.django_db
def test_the_database_refuses_to_change_what_was_published() -> None:
    publish(worded(a_challenge()))
    version = PublishedChallenge.objects.get()
    version.title = "Other"
    for change in (version.save, version.delete, PublishedChallenge.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE boards_publishedchallenge SET title = 'Other'")


@pytest.mark.django_db
def test_only_what_was_previewed_is_published() -> None:
    challenge = worded(a_challenge())
    seen = publishing.digest([publishing.of_quarter(Q3)[0].fresh])
    worded(challenge, public_issue="Changed meanwhile")
    with pytest.raises(RuleBroken, match="Look at the preview again"):
        publish(challenge, seen=seen)
    assert not PublishedChallenge.objects.exists()


@pytest.mark.django_db
def test_publishing_twice_makes_one_version() -> None:
    challenge = worded(a_challenge())
    assert publish(challenge) == publish(challenge)
    assert PublishedChallenge.objects.count() == 1
    with pytest.raises(RuleBroken, match="public wording"):
        publish(a_challenge())


@pytest.mark.django_db
def test_the_log_says_what_waits_for_the_team() -> None:
    answered(worded(a_challenge()))
    a_challenge()
    april = dt.date(2017, 4, 20)
    waiting = {item.title: item.tag for item in waiting_for(manager(), april)}
    assert waiting == {
        "Read responses to challenges": "to decide",
        "Chase responses to challenges": "1 late",
        f"Publish challenges of {Q3.label}": "to publish",
    }
