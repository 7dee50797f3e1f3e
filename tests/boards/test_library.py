"""The library: who reads what, versions that stay, reviews that come due, who was told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from boards.library import services
from boards.models import Group, LibraryItem, Notice
from boards.waiting import waiting_for
from lscb.accounts.models import User
from lscb.accounts.roles import LayMember, Professional
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.jobs.models import Email
from tests.actions.factories import AgencyFactory, lead, manager, member, person

from .factories import a_group

pytestmark = pytest.mark.django_db

APRIL = dt.date(2016, 4, 1)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def an_item(**kwargs: Any) -> LibraryItem:
    return services.add_item(
        **{"kind": "procedure", "title": "Procedures", "audience": "partners", "by": None, **kwargs}
    )


def a_version(item: LibraryItem, on: dt.date = APRIL, **kwargs: Any) -> Any:
    given = {"item": item, "on": on, "link": "https://example.org/procedures", "by": None, **kwargs}
    return services.add_version(**given)


def fresh(item: LibraryItem) -> LibraryItem:
    return LibraryItem.objects.get(pk=item.pk)


def test_each_audience_reads_its_own_by_every_door() -> None:
    items = {one: an_item(title=f"For {one}", audience=one) for one in ("board", "partners", "public")}
    for item in items.values():
        a_version(item, link="", upload=SimpleUploadedFile("text.txt", b"The text."))
    people: list[tuple[User | None, set[str]]] = [
        (manager(), {"board", "partners", "public"}),
        (person(LayMember), {"board", "partners", "public"}),
        (lead(AgencyFactory()), {"partners", "public"}),
        (person(Professional), {"partners", "public"}),
        (None, {"public"}),
    ]
    for user, reads in people:
        assert set(LibraryItem.objects.visible_to(user or AnonymousUser())) == {items[one] for one in reads}
        if user is None:
            continue
        client = signed_in(user)
        page, export = (client.get(reverse("boards:library"), more) for more in ({}, {"format": "csv"}))
        listed = {one["title"] for one in client.get(reverse("api:library-list")).json()["results"]}
        for audience, item in items.items():
            seen = audience in reads
            assert (item.title in page.content.decode()) == seen
            assert (item.title in export.content.decode()) == seen
            assert (item.title in listed) == seen
            assert client.get(item.get_absolute_url()).status_code == (200 if seen else 404)
            file = client.get(reverse("boards:library_file", args=[item.pk, 1]))
            assert file.status_code == (200 if seen else 404)
            if seen:
                assert b"".join(file.streaming_content) == b"The text."  # type: ignore[arg-type]
    stranger = Client()
    public = stranger.get(reverse("public:library")).content.decode()
    for audience, item in items.items():
        assert (item.title in public) == (audience == "public")
        file = stranger.get(reverse("public:library_file", args=[item.pk, 1]))
        assert file.status_code == (200 if audience == "public" else 404)
        if audience == "public":
            b"".join(file.streaming_content)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind, months, review",
    [
        ("procedure", None, dt.date(2016, 10, 1)),
        ("procedure", 3, dt.date(2016, 7, 1)),
        ("policy", 12, dt.date(2017, 4, 1)),
        ("policy", None, None),
    ],
)
def test_procedures_are_reviewed_every_six_months_unless_it_is_said(kind: str, months: Any, review: Any) -> None:
    item = an_item(kind=kind, review_months=months)
    a_version(item)
    assert fresh(item).review_on == review


def test_a_review_on_the_last_of_a_month_stays_in_the_month() -> None:
    item = an_item()
    a_version(item, on=dt.date(2016, 8, 31))
    assert fresh(item).review_on == dt.date(2017, 2, 28)


def test_a_version_or_a_review_sets_the_next_date_and_what_is_due_waits() -> None:
    item = an_item()
    a_version(item)
    due = dt.date(2016, 10, 1)
    for today, word in ((due - dt.timedelta(days=31), None), (due - dt.timedelta(days=30), "due"), (due, "late")):
        waits = [one.tag for one in waiting_for(manager(), today) if one.title == "Review: Procedures"]
        assert (waits and word in waits[0]) if word else not waits
        assert not [one for one in waiting_for(person(LayMember), today) if "Review" in one.title]
    services.review_item(item=item, on=due, by=None, today=due)
    assert fresh(item).review_on == dt.date(2017, 4, 1)
    a_version(item, on=dt.date(2017, 1, 1), change="Going missing")
    assert fresh(item).review_on == dt.date(2017, 7, 1)


@pytest.mark.parametrize(
    "given, says",
    [
        ({"link": ""}, "not both"),
        ({"upload": SimpleUploadedFile("a.txt", b"A")}, "not both"),
        ({"on": APRIL - dt.timedelta(days=1), "change": "All"}, "from a later day"),
        ({}, "Say what changed"),
    ],
)
def test_a_version_that_is_refused(given: dict[str, Any], says: str) -> None:
    item = an_item()
    a_version(item)
    with pytest.raises(RuleBroken, match=says):
        a_version(item, **given)
    with pytest.raises(PermissionDenied):
        a_version(item, change="All", by=person(LayMember))


def test_telling_reaches_who_may_read_it_once_and_stays_on_record() -> None:
    police, group = AgencyFactory(short_name="Police"), a_group("Neglect")
    one, another, seated = lead(police), person(Professional, agency=police), member(group.code)
    item = an_item(audience="board")
    version = a_version(item)
    with pytest.raises(RuleBroken, match="Nobody there"):
        services.tell_of_version(version=version, agencies=[police], by=None, today=APRIL)
    services.tell_of_version(version=version, agencies=[police], groups=[group], by=None, today=APRIL)
    assert [mail.to for mail in Email.objects.all()] == [seated.email], "the agency's people may not read it"
    services.change_item(item=item, version=1, audience="partners", by=None)
    version.refresh_from_db()
    version.item = fresh(item)
    notice = services.tell_of_version(version=version, agencies=[police], groups=[group], by=None, today=APRIL)
    assert {mail.to for mail in Email.objects.all()} == {one.email, another.email, seated.email}
    assert (notice.people, Email.objects.count()) == (3, 3)
    assert not any(item.title in mail.subject + mail.body for mail in Email.objects.all())
    page = signed_in(manager()).get(item.get_absolute_url()).content.decode()
    assert "3 people of Police, Neglect" in page
    assert "Who was told" not in signed_in(one).get(item.get_absolute_url()).content.decode()


def test_what_is_withdrawn_is_found_by_who_runs_the_library_only() -> None:
    item = an_item(audience="public")
    services.withdraw_item(item=item, on=APRIL, reason="Replaced", by=None)
    assert signed_in(manager()).get(item.get_absolute_url()).status_code == 200
    assert signed_in(person(LayMember)).get(item.get_absolute_url()).status_code == 404
    assert item.title not in Client().get(reverse("public:library")).content.decode()
    with pytest.raises(RuleBroken, match="was withdrawn"):
        a_version(item)
    assert an_item(audience="public").title == item.title, "its title is free again"


def test_an_issue_of_the_newsletter_that_was_corrected_is_one_issue() -> None:
    year = FinancialYear(2016)
    for number, day in enumerate((APRIL, year.last_day, year.next.first_day)):
        item = an_item(kind="newsletter", title=f"Issue {number}")
        a_version(item, on=day)
        a_version(item, on=day, change="A date was wrong")
    assert LibraryItem.objects.newsletters_of(year, dt.date(2017, 6, 30)).count() == 2
    assert LibraryItem.objects.newsletters_of(year, dt.date(2016, 6, 30)).count() == 1


def test_changing_by_the_page_keeps_what_is_not_asked_for() -> None:
    group: Group = a_group("Neglect")
    item, client = an_item(), signed_in(manager())
    a_version(item)
    data = {"kind": "procedure", "title": "New title", "audience": "public", "owner": group.pk, "review_months": "12"}
    data["version"] = "1"
    address = reverse("boards:library_change", args=[item.pk])
    assert client.post(address, data).status_code == 302
    second = client.post(address, data | {"title": "Another title"})
    assert second.status_code == 409
    assert [one["text"] for one in second.context["theirs"]] == ["New title"]
    changed = fresh(item)
    assert (changed.title, changed.owner, changed.review_on) == ("New title", group, dt.date(2016, 10, 1))
    assert signed_in(person(LayMember)).get(address).status_code == 403


def test_lists_ask_as_often_with_300_as_with_one(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    item = an_item(audience="public", owner=a_group("Neglect"))
    version = a_version(item)
    Notice.objects.create(version=version, on=APRIL, people=1)
    client = signed_in(manager())
    urls = (
        *(reverse("boards:library"), reverse("api:library-list"), reverse("public:library"), item.get_absolute_url()),
    )
    for url in urls:
        client.get(url)
    before = []
    for url in urls:
        with django_assert_max_num_queries(30) as counted:
            client.get(url)
        before.append(len(counted))
    LibraryItem.objects.bulk_create(
        LibraryItem(kind="briefing", title=f"Item {number}", audience="public", owner=item.owner)
        for number in range(300)
    )
    for number in range(4):
        a_version(an_item(kind="policy", title=f"Policy {number}", audience="public"))
        Notice.objects.create(version=version, on=APRIL, people=1)
    for url, number in zip(urls, before, strict=True):
        with django_assert_num_queries(number):
            client.get(url)
