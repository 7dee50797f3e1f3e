"""Classes, holds, what is due, and destroying by two people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.models import Answer, Return, ReturnEvent, Submission
from boards.challenges.reporting import challenges_chapter
from boards.challenges.services import respond
from boards.models import Challenge, ChallengeResponse, PublishedChallenge
from cdop.models import Death, Identity
from lscb.accounts.models import User
from lscb.actions.models import Action, ActionEvent, Kind
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.keeping import kept_until
from lscb.common.periods import FinancialYear
from lscb.common.records import Then
from lscb.files.models import Attachment
from lscb.home.management.commands.check_data import RULES
from lscb.jobs.models import Job
from lscb.jobs.services import work
from lscb.records.classes import RecordClass, classes, record_class, record_classes
from lscb.records.models import Destruction, Hold
from lscb.records.services.destroying import (
    approve_destruction,
    do_destroy,
    propose_destruction,
    withdraw_destruction,
)
from lscb.records.services.keeping import change_rule, keep_longer, lift_hold, place_hold
from lscb.trail.models import Event
from training.models import Booking, Participant

pytestmark = pytest.mark.django_db
D = dt.date
TRIED_APART = ("child-deaths", "returns", "links", "invitations", "jobs", "idle-accounts")
TRIED_APART += ("meetings", "audits", "case-reviews")  # in test_reviewed.py
TRIED_APART += ("subject-access-child-deaths",)  # as the others, by others: in test_child_deaths.py
YEAR = FinancialYear(2016)


def of(slug: str, months: int | None = None) -> RecordClass:
    found = record_class(slug)
    return found if months is None else RecordClass(replace(found.kept, months=months))


def shorten(slug: str, by: User) -> RecordClass:
    """The board decides on one month, so that what is over is due, and to destroy it then."""
    rule = {"months": 1, "then": Then.DESTROY, "basis": "Law", "because": "A test"}
    change_rule(of=record_class(slug), **rule, version=0, by=by, at=now())
    return record_class(slug)


def now() -> dt.datetime:
    return timezone.now()


def destroy(slug: str, first: User, second: User) -> Destruction:
    proposed = propose_destruction(of=record_class(slug), as_at=timezone.localdate(), by=first, at=now())
    approved = approve_destruction(destruction=proposed, digest=proposed.digest, by=second, at=now(), ring_now=False)
    assert approved.job
    done = work(approved.job.pk, do_destroy)
    assert done.state == "done", done.failure
    return Destruction.objects.get(pk=proposed.pk)


def closed_challenge(closed_on: dt.date) -> Challenge:
    challenge = Challenge.objects.filter(closed_on__isnull=False).order_by("-raised_on")[0]
    Challenge.objects.filter(pk=challenge.pk).update(
        raised_on=D(2016, 1, 1), original_due=D(2016, 1, 2), due=D(2016, 1, 2), closed_on=closed_on
    )
    return challenge


@pytest.mark.parametrize(
    ("closed_on", "as_at", "is_due"),
    [
        (D(2016, 2, 29), D(2017, 2, 28), False),
        (D(2016, 2, 29), D(2017, 3, 1), True),
        (D(2016, 5, 5), D(2017, 5, 5), False),
        (D(2016, 5, 5), D(2017, 5, 6), True),
        (D(2016, 12, 31), D(2018, 1, 1), True),
    ],
)
def test_a_record_is_due_on_the_day_after_its_time(
    demo_board: dict[str, User], closed_on: dt.date, as_at: dt.date, is_due: bool
) -> None:
    challenge = closed_challenge(closed_on)
    assert of("challenges", 12).due(as_at).filter(pk=challenge.pk).exists() == is_due


def test_what_is_open_reopened_held_or_kept_longer_is_not_due(demo_board: dict[str, User]) -> None:
    manager, today = demo_board["manager"], timezone.localdate()
    challenges, actions = of("challenges", 12), of("actions", 12)

    def due(of_class: RecordClass, key: UUID, at: dt.date = today) -> bool:
        return of_class.due(at).filter(pk=key).exists()

    assert not challenges.due(today).filter(closed_on__isnull=True).exists(), "its trigger is missing"
    one = challenges.due(today)[0].pk
    hold = place_hold(of=challenges, key=one, reason="An inquiry", starts_on=today, by=manager, at=now())
    assert not due(challenges, one)
    assert due(challenges, one, today - dt.timedelta(days=1)), "the hold began later"
    lift_hold(hold=hold, reason="It is over", by=manager, at=now())
    assert due(challenges, one)
    until = today + dt.timedelta(days=30)
    keep_longer(of=challenges, key=one, until=until, reason="A court asks", by=manager, at=now(), today=today)
    assert not due(challenges, one, until)
    assert due(challenges, one, until + dt.timedelta(days=1))
    last_day = today + dt.timedelta(days=10)
    whole = place_hold(of=challenges, reason="All", starts_on=today, ends_on=last_day, by=manager, at=now())
    assert (whole.key, challenges.due(last_day).count()) == (None, 0)
    assert challenges.due(last_day + dt.timedelta(days=1)).count() > 0
    action = Action.objects.filter(pk__in=actions.due(today).values("pk"), state="signed_off")[0]
    assert due(actions, action.pk)
    ActionEvent.objects.create(action=action, kind=Kind.REOPENED, on=today, reason="It came up again")
    Action.objects.filter(pk=action.pk).update(state="open")
    assert not due(actions, action.pk)


def test_the_day_is_that_of_london(demo_board: dict[str, User]) -> None:
    job = Job.objects.create(title="A job", task="none", state="done", finished_at="2016-06-30T23:30:00Z")
    assert [one.trigger_on for one in of("jobs").kept.triggered().filter(pk=job.pk)] == [D(2016, 7, 1)]
    assert not of("jobs", 1).due(D(2016, 8, 1)).filter(pk=job.pk).exists()
    assert of("jobs", 1).due(D(2016, 8, 2)).filter(pk=job.pk).exists()


def test_every_class_is_destroyed_and_every_figure_stays(
    demo_board: dict[str, User], django_capture_on_commit_callbacks: Any
) -> None:
    """What is written goes, with its files; numbers of the past, what was published and every rule of the data stay."""
    manager, second = demo_board["manager"], demo_board["coordinator"]
    challenge = Challenge.objects.filter(closed_on__isnull=False, published__isnull=False)[0]
    Challenge.objects.filter(pk=challenge.pk).update(status="answered", closed_on=None, closed_at="", issue="Quangle")
    file = SimpleUploadedFile("answer.txt", b"Quangle")
    police = challenge.agencies.all()[0]
    today = timezone.localdate()
    respond(challenge=challenge, agency=police, text="Quangle", uploads=[file], on=today, by=None, today=today)
    Challenge.objects.filter(pk=challenge.pk).update(status=challenge.status, closed_on=challenge.closed_on)
    attachment = Attachment.objects.get(original_name="answer.txt")
    path, digest = attachment.file.path, attachment.sha256
    before = {fact.name: fact.value for fact in challenges_chapter(YEAR, D(2017, 6, 30)).facts}
    published = list(PublishedChallenge.objects.values())
    came = Booking.objects.filter(state="attended").count()
    for kept in classes():
        if kept.slug in TRIED_APART:
            continue
        shorten(kept.slug, manager)
        while record_class(kept.slug).due(today).exists():
            with django_capture_on_commit_callbacks(execute=True):
                done = destroy(kept.slug, manager, second)
            assert done.counts
            with done.certificate.open("rb") as certificate:
                assert certificate.read(5) == b"%PDF-"
            assert done.items.filter(was_destroyed=False).count() == 0
        if kept.slug == "challenges":
            assert digest in done.files
    gone = Challenge.objects.get(pk=challenge.pk)
    assert (gone.reference, gone.closed_on, gone.title) == (challenge.reference, challenge.closed_on, "Destroyed")
    assert not ChallengeResponse.objects.filter(text__contains="Quangle").exists()
    assert not attachment.file.storage.exists(path)
    assert {fact.name: fact.value for fact in challenges_chapter(YEAR, D(2017, 6, 30)).facts} == before
    assert list(PublishedChallenge.objects.values()) == published
    assert Booking.objects.filter(state="attended").count() == came
    assert Participant.objects.filter(name="Destroyed").count() > 100
    assert not Booking.objects.filter(participant__name="Destroyed").exclude(name="Destroyed").exists()
    assert [sentence for rule in RULES for sentence in rule(today)] == []
    assert Event.objects.of(gone).filter(verb="destroyed").count() == 1


def test_what_was_submitted_goes_in_the_deliberate_way_alone(demo_board: dict[str, User]) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    issued = Return.objects.filter(status="feedback")
    closed = [ReturnEvent(of_return=one, happened="closed", at="2017-09-01T10:00Z") for one in issued]
    ReturnEvent.objects.bulk_create(closed)
    issued.update(status="closed")
    grades = list(Answer.objects.order_by("pk").values_list("pk", "option"))
    done = destroy("returns", manager, second)
    assert done.counts["returns"] == len(closed)
    gone = Return.objects.filter(status="closed")
    assert not Answer.objects.filter(of_return__in=gone).exclude(evidence="", improvement="").exists()
    assert list(Answer.objects.order_by("pk").values_list("pk", "option")) == grades
    assert [sentence for rule in RULES for sentence in rule(timezone.localdate())] == []
    if connection.vendor == "postgresql":
        for write in (
            lambda: QuerySet(Submission).filter(of_return=gone[0]).delete(),
            lambda: Answer.objects.filter(of_return=gone[0]).update(evidence="Something else"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                write()


def test_links_jobs_and_idle_accounts_go(demo_board: dict[str, User]) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    idle = demo_board["professional"]
    long_ago = now() - dt.timedelta(days=900)
    User.objects.update(joined_at=long_ago, last_login=None)
    Job.objects.create(title="Old", task="none", state="done", finished_at=long_ago)
    for slug in ("jobs", "idle-accounts"):
        destroy(slug, manager, second)
    assert not Job.objects.filter(title="Old").exists()
    gone = User.objects.get(pk=idle.pk)
    assert (gone.name, gone.is_active, gone.email.endswith("@destroyed.invalid")) == ("Former user", False, True)
    assert User.objects.get(pk=demo_board["lead"].pk).is_active, "other roles keep an account"
    assert not record_class("idle-accounts").due(timezone.localdate()).exists()


def test_who_a_child_was_is_destroyed_by_those_who_may_know(demo_board: dict[str, User], client: Client) -> None:
    officer, doctor, manager = (demo_board[name] for name in ("officer", "doctor", "manager"))
    assert "child-deaths" not in {one.slug for one in record_classes(manager)}
    with pytest.raises(PermissionDenied):
        propose_destruction(of=record_class("child-deaths"), as_at=timezone.localdate(), by=manager, at=now())
    over = {one.pk for one in Death.objects.exclude(state="open")}
    born = {one.death_id: one.born_on for one in Identity.objects.all() if one.death_id in over}
    for at in (D(2030, 6, 1), D(2041, 12, 31), D(2050, 1, 1)):
        after_birthday = {key for key, day in born.items() if kept_until(day, 300) < at}
        assert set(record_class("child-deaths").due(at).values_list("pk", flat=True)) == after_birthday
    assert after_birthday == over
    shorten("child-deaths", officer)
    client.force_login(officer)
    page = client.get(reverse("records:class", args=["child-deaths"])).content.decode()
    assert not any(death.reference in page for death in Death.objects.all())
    done = destroy("child-deaths", officer, doctor)
    assert done.counts["identities"] == len(over)
    assert all(item.trigger_on is None for item in done.items.all())
    assert not Identity.objects.exclude(death__state="open").exists()
    death = Death.objects.exclude(state="open").filter(same_as=None)[0]
    assert client.get(death.get_absolute_url()).status_code == 200
    assert client.get(reverse("cdop:identity", args=[death.pk])).status_code == 404
    from cdop.invariants import broken

    assert list(broken(timezone.localdate())) == []


def test_two_people_destroy(demo_board: dict[str, User]) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    shorten("challenges", manager)
    today = timezone.localdate()
    proposed = propose_destruction(of=record_class("challenges"), as_at=today, by=manager, at=now())
    with pytest.raises(RuleBroken, match="somebody else"):
        approve_destruction(destruction=proposed, digest=proposed.digest, by=manager, at=now())
    with pytest.raises(RuleBroken, match="not the one that you saw"):
        approve_destruction(destruction=proposed, digest="0" * 64, by=second, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.filter(pk=proposed.pk).update(approved_by=manager, approved_at=now())
    with pytest.raises(RuleBroken, match="on its way"):
        propose_destruction(of=record_class("challenges"), as_at=today, by=second, at=now())
    with pytest.raises(PermissionDenied):
        approve_destruction(destruction=proposed, digest=proposed.digest, by=demo_board["chair"], at=now())
    held = proposed.items.all()[0]
    approved = approve_destruction(destruction=proposed, digest=proposed.digest, by=second, at=now(), ring_now=False)
    place_hold(of=record_class("challenges"), key=held.key, reason="Just now", starts_on=today, by=manager, at=now())
    assert approved.job
    for _ in range(2):  # a message that comes twice
        work(approved.job.pk, do_destroy)
    assert [item.key for item in approved.items.filter(was_destroyed=False)] == [held.key]
    assert Challenge.objects.get(pk=held.key).title != "Destroyed"
    assert Event.objects.of(approved).filter(verb="destroyed records").count() == 1
    with pytest.raises(RuleBroken, match="decided"):
        withdraw_destruction(destruction=approved, by=manager, at=now())
    with pytest.raises(RuleBroken, match="not destroyed"):
        propose_destruction(of=record_class("case-reviews"), as_at=today, by=manager, at=now())


def test_a_rule_is_changed_for_a_reason_and_by_one_at_a_time(demo_board: dict[str, User], client: Client) -> None:
    manager = demo_board["manager"]
    values: dict[str, Any] = {"months": 24, "then": "review", "basis": "Law", "by": manager, "at": now()}
    with pytest.raises(RuleBroken, match="Say why"):
        change_rule(of=record_class("challenges"), because=" ", version=0, **values)
    change_rule(of=record_class("challenges"), because="The county's schedule", version=0, **values)
    with pytest.raises(Overtaken):
        change_rule(of=record_class("challenges"), because="Another", version=0, **values)
    assert not record_class("challenges").can_be_destroyed
    client.force_login(demo_board["coordinator"])
    typed = {"months": "36", "then": "review", "basis": "Law", "because": "Ours", "version": "0"}
    page = client.post(reverse("records:rule", args=["challenges"]), typed)
    assert page.status_code == 409
    assert "Somebody else changed this rule" in page.content.decode()
    assert client.post(reverse("records:rule", args=["challenges"]), typed | {"version": "1"}).status_code == 302
    assert record_class("challenges").kept.months == 36


def test_the_team_does_it_in_the_browser(demo_board: dict[str, User], client: Client) -> None:
    manager, second = demo_board["manager"], demo_board["coordinator"]
    shorten("surveys", manager)
    client.force_login(manager)
    page = client.get(reverse("records:classes")).content.decode()
    assert "How long records are kept" in page
    assert "Child deaths" not in page.split("<main")[1]
    key = record_class("surveys").due(timezone.localdate())[0].pk
    client.post(reverse("records:hold_one", args=["surveys", key]), {"reason": "Asked for", "starts_on": "1 May 2020"})
    assert "Asked for" in client.get(reverse("records:class", args=["surveys"])).content.decode()
    client.post(reverse("records:lift", args=[Hold.objects.get(slug="surveys").pk]), {"reason": "No longer"})
    frozen = client.post(reverse("records:propose", args=["surveys"]), {})
    proposed = Destruction.objects.get(slug="surveys")
    assert frozen["Location"] == proposed.get_absolute_url()
    assert "Somebody else has to approve it" in client.get(proposed.get_absolute_url()).content.decode()
    client.force_login(second)
    assert "to approve" in client.get("/").content.decode()
    client.post(reverse("records:approve", args=[proposed.pk]), {"digest": proposed.digest})
    job = Job.objects.get(pk=Destruction.objects.get(pk=proposed.pk).job_id)
    work(job.pk, do_destroy)
    page = client.get(proposed.get_absolute_url()).content.decode()
    assert "Certificate (PDF)" in page
    certificate = client.get(reverse("records:certificate", args=[proposed.pk]))
    assert b"".join(certificate.streaming_content)[:5] == b"%PDF-"


def test_the_lists_ask_as_often_with_one_as_with_many(demo_board: dict[str, User], client: Client) -> None:
    client.force_login(demo_board["manager"])

    def queries(as_at: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("records:class", args=["actions"]), {"as_at": as_at})
        return len(asked)

    queries("1 May 2016")
    assert queries("1 May 2016") == queries("1 May 2040")
