"""Who reads which challenge through which door, what the public reads, and how often the database is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from boards.challenges import publishing
from boards.models import Challenge, PublishedChallenge
from lscb.accounts.models import User
from lscb.accounts.roles import LayMember
from lscb.common.periods import LONDON, Quarter
from tests.actions.factories import AgencyFactory, lead, manager, member, outsider, person

from .challenge_samples import a_challenge, answered, fresh, worded
from .factories import a_group

pytestmark = pytest.mark.django_db

AT = dt.datetime(2017, 4, 20, 12, tzinfo=LONDON)
Q3 = Quarter.parse("2016-17Q3")


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def publish(*challenges: Challenge) -> None:
    publishing.publish_quarter(quarter=Q3, challenges=challenges, by=None, at=AT)


def test_the_same_rule_in_list_count_search_filter_export_page_and_api() -> None:
    police, health, group = AgencyFactory(name="Police"), AgencyFactory(name="Health"), a_group("Neglect")
    to_police = a_challenge(police, health, title="Put to the police")
    by_police = a_challenge(health, title="Raised by the police", raised_by=police)
    in_group = a_challenge(health, title="In the neglect group", group=group)
    everything = {to_police, by_police, in_group}
    people: dict[str, tuple[User, set[Challenge] | None]] = {
        "manager": (manager(), everything),
        "lay member": (person(LayMember), everything),
        "group member": (member("neglect"), {in_group}),
        "police lead": (lead(police), {to_police, by_police}),
        "lead of another agency": (lead(AgencyFactory()), set()),
        "outsider": (outsider(), None),
    }
    url, api = reverse("boards:challenge_list"), reverse("api:challenge-list")
    for who, (user, sees) in people.items():
        client = signed_in(user)
        answer = client.get(url, {"words": "the"})
        if sees is None:
            assert {answer.status_code, client.get(api).status_code} == {404}, who
            continue
        page, export = answer.content.decode(), client.get(url, {"format": "csv"}).content.decode()
        listed = {one["reference"] for one in client.get(api).json()["results"]}
        for challenge in everything:
            seen = challenge in sees
            assert (challenge.title in page) == seen, who
            assert (challenge.title in export) == seen, who
            assert (challenge.reference in listed) == seen, who
            assert client.get(challenge.get_absolute_url()).status_code == (200 if seen else 404), who
            detail = reverse("api:challenge-detail", args=[challenge.pk])
            assert client.get(detail).status_code == (200 if seen else 404), who
        if sees:
            assert f"{len(sees)} challenge" in page, who


def test_an_agency_reads_its_own_response_and_no_other() -> None:
    police, health = AgencyFactory(), AgencyFactory()
    challenge = answered(a_challenge(police, health), police, text="What the police wrote")
    answered(challenge, health, text="What health wrote")
    worded(challenge)
    client = signed_in(lead(health))
    respond = reverse("boards:challenge_respond", args=[challenge.pk])
    for address in (challenge.get_absolute_url(), respond, reverse("api:challenge-detail", args=[challenge.pk])):
        page = client.get(address).content.decode()
        assert "What health wrote" in page
        assert "What the police wrote" not in page
        assert "The board asked whether" not in page, "public wording is the board's until it is published"


def test_a_link_in_a_mail_asks_for_signing_in_first() -> None:
    respond = reverse("boards:challenge_respond", args=[a_challenge().pk])
    answer = Client().get(respond)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next={respond}"


def test_the_public_reads_published_versions_only_also_after_the_record_was_edited() -> None:
    challenge, hidden = worded(a_challenge(title="Inside")), worded(a_challenge(title="Not published"))
    publish(challenge)
    worded(fresh(challenge), public_issue="Edited later")
    worded(hidden, public_issue="Never published")
    client = Client()
    page = reverse("challenges:challenge", args=["2016-17", 1])
    for address in (reverse("challenges:log"), page, reverse("challenges:csv"), reverse("challenges:feed")):
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert "The board asked whether the fall is safe." in text
        for inside in ("Edited later", "Never published", "611 to 573", "Inside"):
            assert inside not in text, address
        assert "public" in answer["Cache-Control"]
        assert "Set-Cookie" not in answer
    assert client.get(reverse("challenges:challenge", args=["2016-17", 2])).status_code == 404
    publish(fresh(challenge))
    now = client.get(page).content.decode()
    assert "Edited later" in now
    assert "Earlier versions" in now
    assert "The board asked whether the fall is safe." in now
    assert PublishedChallenge.objects.count() == 2
    assert "no-store" in signed_in(manager()).get(page)["Cache-Control"]


def test_a_form_sent_twice_makes_one_challenge() -> None:
    agency, client = AgencyFactory(), signed_in(manager())
    form = client.get(reverse("boards:challenge_log")).context["form"]
    data = {
        "raised_on": "8 December 2016",
        "due": "31 January 2017",
        "raised_by": "board",
        "agencies": [agency.pk],
        "title": "Is it safe?",
        "issue": "It fell.",
        "asked": "An audit.",
        "submission": str(form["submission"].value()),
    }
    answers = [client.post(reverse("boards:challenge_log"), data) for _ in range(2)]
    assert answers[0].url == answers[1].url == Challenge.objects.get().get_absolute_url()


def test_the_second_of_two_people_reads_both_texts() -> None:
    challenge, client = a_challenge(), signed_in(manager())
    address = reverse("boards:challenge_wording", args=[challenge.pk])
    worded(challenge, public_issue="What the other wrote")
    mine = {"public_title": "Mine", "public_issue": "What I wrote", "version": 1}
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What the other wrote" in page
    assert "What I wrote" in page
    again = answer.context["form"]["version"].value()
    client.post(address, {**mine, "version": again})
    assert fresh(challenge).public_issue == "What I wrote"


def test_changing_shows_who_raised_it_when_somebody_else_changed_that() -> None:
    agency, group = AgencyFactory(), a_group("Neglect")
    challenge, client = a_challenge(agency, group=group), signed_in(manager())
    address = reverse("boards:challenge_change", args=[challenge.pk])
    initial = client.get(address).context["form"].initial
    data = {
        **{name: initial[name] for name in ("title", "issue", "asked", "meeting", "raised_by", "version")},
        "raised_on": "8 December 2016",
        "group": group.pk,
        "agencies": [agency.pk],
    }
    assert client.post(address, {**data, "raised_by": f"agency-{agency.pk}"}).status_code == 302
    answer = client.post(address, {**data, "impact": "Mine"})
    assert answer.status_code == 409
    assert [one["text"] for one in answer.context["theirs"] if one["id"] == "theirs-raised_by"] == [agency.name]


@pytest.mark.parametrize("name", ["list", "record", "publish", "public", "api", "home"])
def test_pages_ask_the_database_as_often_with_many_rows_as_with_one(
    name: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    agency = AgencyFactory()
    challenge = answered(worded(a_challenge(agency)), agency)
    publish(challenge)
    url = {
        "list": reverse("boards:challenge_list"),
        "record": challenge.get_absolute_url(),
        "publish": f"{reverse('boards:challenge_publish')}?quarter={Q3}",
        "public": reverse("challenges:log"),
        "api": reverse("api:challenge-list"),
        "home": reverse("home"),
    }[name]
    client = signed_in(manager())
    client.get(url)
    with django_assert_max_num_queries(50) as counted:
        client.get(url)
    for _ in range(6):
        other = AgencyFactory()
        more = answered(worded(a_challenge(agency, other)), other)
        answered(challenge, agency)
        publish(more)
    if name == "list":
        _multiply(challenge, 300)
    with django_assert_num_queries(len(counted)):
        client.get(url)


def _multiply(challenge: Challenge, number: int) -> None:
    """So many more of the kind, with their agencies."""
    agencies = list(challenge.agencies.all())
    copies = [Challenge.objects.get(pk=challenge.pk) for _ in range(number)]
    for place, copy in enumerate(copies, start=500):
        copy.pk, copy.number, copy.plan = uuid4(), place, None
    Challenge.objects.bulk_create(copies)
    for copy in copies:
        copy.agencies.set(agencies)


def test_filters_find_by_quarter_status_forum_agency_and_reference() -> None:
    police = AgencyFactory()
    late = a_challenge(police, title="Late one")
    other = answered(a_challenge(raised_on=dt.date(2016, 5, 2), title="Answered one", group=a_group("Neglect")))
    client, url = signed_in(manager()), reverse("boards:challenge_list")
    asked: list[tuple[dict[str, str], Challenge]] = [
        ({"quarter": "3"}, late),
        ({"quarter": "1"}, other),
        ({"status": "late"}, late),
        ({"status": "answered"}, other),
        ({"forum": "correspondence"}, late),
        ({"forum": "neglect"}, other),
        ({"agency": str(police.pk)}, late),
        ({"words": other.reference}, other),
    ]
    for filters, found in asked:
        assert [row.pk for row in client.get(url, filters).context["view"].filtered] == [found.pk], filters
    assert client.get(url, {"words": "CH/2016-99/001"}).status_code == 200
