"""Reminders of challenges, files of responses, challenges raised at a meeting: what goes out once, who gets in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from boards.challenges import services
from boards.challenges.telling import remind_of_challenges
from boards.meetings import services as meetings
from boards.models import Challenge, ChallengeEvent, Happened, Meeting
from boards.tasks import remind
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyLead, LayMember
from lscb.common.periods import LONDON
from lscb.jobs.models import Email
from tests.accounts.factories import PASSWORD
from tests.accounts.factories import member as with_password
from tests.actions.factories import AgencyFactory, contributor, lead, manager, outsider, person

from .challenge_samples import DUE, LATER, TODAY, a_challenge, answered, fresh
from .factories import a_group, the_board

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def reminders() -> list[Email]:
    return list(Email.objects.filter(unique_key__contains=" due ").order_by("queued_at"))


# ---- Reminders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "today, said",
    [
        (DUE - WEEK - DAY, None),
        (DUE - WEEK, "a challenge is due"),
        (DUE, "a challenge is due"),
        (DUE + DAY, "response to a challenge is late"),
    ],
)
def test_leads_are_reminded_a_week_before_and_when_it_is_late(today: dt.date, said: str | None) -> None:
    police = AgencyFactory()
    user = lead(police)
    contributor(police)
    a_challenge(police, tell=False)
    assert remind_of_challenges(today=today) == (said is not None)
    assert [(one.to, said in one.subject) for one in reminders() if said] == ([(user.email, True)] if said else [])


def test_once_per_due_date_and_anew_when_it_moves() -> None:
    police = AgencyFactory()
    lead(police)
    challenge = a_challenge(police, tell=False)
    for today in (DUE - WEEK, DUE - DAY, DUE + DAY, DUE + WEEK):
        remind_of_challenges(today=today)
    assert len(reminders()) == 2, "one before it was due, one when it was late"
    when: dict[str, Any] = {"on": DUE + WEEK, "by": None, "today": TODAY}
    services.move_due_date(challenge=challenge, to=DUE + 3 * WEEK, reason="Holidays", **when)
    remind_of_challenges(today=DUE + 2 * WEEK)
    assert len(reminders()) == 3
    assert ChallengeEvent.objects.filter(challenge=challenge, happened=Happened.REMINDED).count() == 3


def test_who_answered_is_not_reminded_and_the_other_is() -> None:
    police, health = AgencyFactory(), AgencyFactory()
    lead(police)
    other = lead(health)
    answered(a_challenge(police, health, tell=False), police, on=DUE)
    assert remind_of_challenges(today=DUE + DAY) == 1
    assert [one.to for one in reminders()] == [other.email]


def test_a_reminder_tells_nothing_of_what_it_is_about() -> None:
    police = AgencyFactory()
    lead(police)
    challenge = a_challenge(police, tell=False)
    remind_of_challenges(today=DUE)
    (mail,) = reminders()
    for inside in (challenge.title, challenge.issue, challenge.asked, challenge.reference):
        assert inside not in mail.subject + mail.body
    assert reverse("boards:challenge_respond", args=[challenge.pk]) in mail.body


def test_a_reminder_stands_in_no_answers_way() -> None:
    """A response may be written down under an earlier day than the reminder."""
    police = AgencyFactory()
    lead(police)
    challenge = a_challenge(police, tell=False)
    remind_of_challenges(today=DUE + DAY)
    assert answered(challenge, on=DUE).status == "answered"


def test_the_clock_calls_it() -> None:
    police = AgencyFactory()
    lead(police)
    a_challenge(police, tell=False)
    remind()
    assert len(reminders()) == 1


def test_a_lead_comes_from_the_mail_through_the_sign_in_to_the_response() -> None:
    police = AgencyFactory()
    user = with_password(AgencyLead, agency=police)
    respond = reverse("boards:challenge_respond", args=[a_challenge(police).pk])
    client = Client()
    sign_in = client.get(respond)["Location"]
    landed = client.post(sign_in, {"login": user.email, "password": PASSWORD})
    assert landed["Location"] == respond
    assert "Send the response" in client.get(respond).content.decode()


# ---- Files of responses ---------------------------------------------------------------------------------------------


def test_a_file_of_a_response_goes_to_who_reads_that_response_and_nobody_else() -> None:
    police, health, raiser = AgencyFactory(), AgencyFactory(), AgencyFactory()
    challenge = a_challenge(police, health, raised_by=raiser)
    client = signed_in(lead(police))
    page = client.get(reverse("boards:challenge_respond", args=[challenge.pk]))
    data = {
        "agency": police.pk,
        "text": "See the two files.",
        "on": "20 February 2017",
        "submission": str(page.context["form"]["submission"].value()),
        "uploads": [SimpleUploadedFile("one.txt", b"First."), SimpleUploadedFile("two.txt", b"Second.")],
    }
    assert client.post(reverse("boards:challenge_respond", args=[challenge.pk]), data).status_code == 302
    first, second = challenge.responses.get().files.order_by("original_name")
    assert (first.original_name, second.original_name) == ("one.txt", "two.txt")
    people: list[tuple[User, int]] = [
        (manager(), 200),
        (person(LayMember), 200),
        (lead(police), 200),
        (lead(raiser), 200),
        (lead(health), 404),
        (outsider(), 404),
    ]
    address = reverse("boards:challenge_file", args=[challenge.pk, first.pk])
    for user, status in people:
        answer = signed_in(user).get(address)
        assert answer.status_code == status, user
        if status == 200:
            assert b"".join(answer.streaming_content) == b"First."  # type: ignore[arg-type]
            assert "attachment" in answer["Content-Disposition"]
    assert signed_in(lead(health)).get(first.get_absolute_url()).status_code == 404, "nor through the door of all files"


def test_a_file_that_is_refused_loses_no_words() -> None:
    police = AgencyFactory()
    challenge = a_challenge(police)
    address = reverse("boards:challenge_respond", args=[challenge.pk])
    data = {"agency": police.pk, "text": "My words", "on": "20 February 2017"}
    bad = SimpleUploadedFile("macro.exe", b"MZ")
    page = signed_in(lead(police)).post(address, {**data, "uploads": [bad]}).content.decode()
    assert "My words" in page
    assert "does not take files of this kind" in page
    assert not fresh(challenge).responses.exists()


# ---- Challenges and meetings ----------------------------------------------------------------------------------------


def a_meeting(**kwargs: Any) -> Meeting:
    day = dt.datetime(2016, 12, 8, 9, 30, tzinfo=LONDON)
    given = {"group": the_board(), "starts_at": day, "ends_at": day + dt.timedelta(hours=3), "place": "Civic Centre"}
    return meetings.plan_meeting(**{**given, "theme": "Neglect", "by": None, **kwargs})


def test_a_challenge_raised_from_a_meeting_has_its_forum_and_day_and_stands_on_its_page() -> None:
    agency, meeting = AgencyFactory(), meetings.hold_meeting(meeting=a_meeting(), by=None)
    client = signed_in(manager())
    assert "Raise a challenge" in client.get(meeting.get_absolute_url()).content.decode()
    address = reverse("boards:meeting_challenge", args=[meeting.pk])
    form = client.get(address).context["form"]
    told = {name: form[name].value() for name in ("raised_on", "group", "meeting", "met_on", "due", "raised_by")}
    assert told["raised_on"] == told["met_on"] == meeting.day
    assert (told["group"], told["meeting"], told["raised_by"]) == (meeting.group_id, "Neglect", "board")
    data = {
        "raised_on": "8 December 2016",
        "met_on": "8 December 2016",
        "due": "31 January 2017",
        "group": meeting.group.pk,
        "meeting": "Neglect",
        "raised_by": "board",
        "agencies": [agency.pk],
        "title": "Is it safe?",
        "issue": "It fell.",
        "asked": "An audit.",
    }
    assert client.post(address, data).status_code == 302
    challenge = Challenge.objects.get()
    assert challenge.held_at == meeting
    assert challenge.title in client.get(meeting.get_absolute_url()).content.decode()
    assert meeting.get_absolute_url() in client.get(challenge.get_absolute_url()).content.decode()
    reader = signed_in(person(LayMember)).get(address)
    assert reader.status_code == 403
    assert signed_in(lead(agency)).get(address).status_code == 404


def test_the_meeting_is_found_by_forum_and_day_whichever_is_recorded_first() -> None:
    group = a_group("Neglect")
    before = a_challenge(group=group, raised_on=dt.date(2016, 12, 8), title="Before the meeting was recorded")
    meeting = meetings.hold_meeting(meeting=a_meeting(group=group), by=None)
    after = a_challenge(group=group, title="After")
    elsewhere = a_challenge(group=the_board(), title="At the board")
    on_another_day = a_challenge(group=group, met_on=dt.date(2016, 12, 7), title="The day before")
    assert [fresh(one).held_at for one in (before, after, elsewhere, on_another_day)] == [meeting, meeting, None, None]


def test_a_meeting_that_may_not_be_read_is_not_linked_to() -> None:
    meeting = meetings.hold_meeting(meeting=a_meeting(group=a_group("Neglect")), by=None)
    police = AgencyFactory()
    challenge = a_challenge(police, group=meeting.group)
    page = signed_in(lead(police)).get(challenge.get_absolute_url()).content.decode()
    assert challenge.title in page
    assert meeting.get_absolute_url() not in page


def test_changing_the_forum_changes_the_meeting() -> None:
    meeting = meetings.hold_meeting(meeting=a_meeting(), by=None)
    challenge = a_challenge(group=the_board())
    facts = {name: getattr(challenge, name) for name in services.FACTS} | {"group": None}
    agencies = challenge.agencies.all()
    services.change_challenge(challenge=challenge, version=1, agencies=agencies, by=None, today=TODAY, **facts)
    assert (challenge.held_at, fresh(challenge).held_at) == (meeting, None)
    assert meeting.day < LATER
