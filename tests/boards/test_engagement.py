"""Engagement: when and whom, what is cleared for print and what never is."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from boards.engagement import services
from boards.engagement.reporting import engagement_chapter
from boards.models import EngagementEvent, Quote
from lscb.accounts.models import User
from lscb.accounts.roles import LayMember
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.pdf import print_pdf
from lscb.common.periods import FinancialYear, Month
from lscb.reports.content import Content, from_json, to_json
from lscb.reports.printing import document
from tests.actions.factories import AgencyFactory, lead, manager, outsider, person
from tests.house.test_access import PNG

pytestmark = pytest.mark.django_db

YEAR = FinancialYear(2016)
JULY = dt.date(2016, 7, 12)
REPORTED = dt.date(2017, 6, 30)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def an_event(**kwargs: Any) -> EngagementEvent:
    given = {"kind": "voice", "title": "Imagine the Future", "on": JULY, "by": None, **kwargs}
    return services.record_event(**given)


def cleared(item: Any, on: dt.date = JULY) -> None:
    services.clear_for_print(item=item, consent="In writing", on=on, by=manager(), today=REPORTED)


@pytest.mark.parametrize(
    "given, when, month",
    [
        ({"on": JULY}, "12 July 2016", Month(2016, 7)),
        ({"on": JULY, "until": JULY + dt.timedelta(days=2)}, "12 July 2016 to 14 July 2016", Month(2016, 7)),
        ({"on": None, "month": Month(2016, 6)}, "June 2016", Month(2016, 6)),
        ({"on": JULY, "month": Month(2016, 6)}, "12 July 2016", Month(2016, 7)),
    ],
)
def test_a_day_or_a_month(given: dict[str, Any], when: str, month: Month) -> None:
    event = an_event(**given)
    assert (event.when, EngagementEvent.objects.get().month) == (when, month)


@pytest.mark.parametrize(
    "given, reach",
    [
        ({"reached": 250, "reached_who": "school children"}, "250 school children"),
        ({"reached": 400, "reach_is": "over", "reached_who": "families"}, "over 400 families"),
        ({"reached": 1175, "reach_is": "about"}, "approximately 1,175 people"),
        ({"reached_who": "all primary schools"}, "all primary schools"),
        ({}, ""),
    ],
)
def test_how_many_in_words(given: dict[str, Any], reach: str) -> None:
    assert an_event(**given).reach == reach


@pytest.mark.parametrize(
    "given, says",
    [
        ({"title": " "}, "Enter a title"),
        ({"on": None}, "the day, or the month"),
        ({"until": JULY}, "after the first day"),
        ({"on": None, "month": Month(2016, 6), "until": JULY}, "after the first day"),
        ({"reach_is": "over"}, "how many were reached"),
    ],
)
def test_what_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        an_event(**given)


def test_what_is_not_cleared_never_reaches_report_and_programs() -> None:
    event = an_event(learned="Help that is near.")
    shown, hidden = (services.add_quote(event=event, text=text, said_by="A girl", by=None) for text in ("Yes", "No!"))
    cleared(shown)
    chapter = str(engagement_chapter(YEAR, REPORTED))
    listed = signed_in(manager()).get(reverse("api:event-detail", args=[event.pk])).json()
    assert "> Yes" in chapter
    assert "> No" not in chapter
    assert [one["text"] for one in listed["quotes"]] == ["Yes"]
    services.take_back_clearance(item=Quote.objects.get(pk=shown.pk), reason="She changed her mind", by=None)
    assert "> Yes" not in str(engagement_chapter(YEAR, REPORTED))
    cleared(hidden, on=REPORTED)
    assert "> No" not in str(engagement_chapter(YEAR, REPORTED - dt.timedelta(days=1))), "not cleared on that day"
    assert "> No" in str(engagement_chapter(YEAR, REPORTED))


@pytest.mark.parametrize(
    "change, says",
    [
        ({"consent": " "}, "who agreed"),
        ({"on": REPORTED + dt.timedelta(days=1)}, "today or earlier"),
        ({"by": None}, "Only a person"),
    ],
)
def test_clearing_needs_a_person_who_says_who_agreed(change: dict[str, Any], says: str) -> None:
    quote = services.add_quote(event=an_event(), text="Yes", said_by="A girl", by=None)
    given = {"item": quote, "consent": "In writing", "on": JULY, "by": manager(), "today": REPORTED}
    with pytest.raises(RuleBroken, match=says):
        services.clear_for_print(**{**given, **change})
    with pytest.raises(PermissionDenied):
        services.clear_for_print(**{**given, "by": person(LayMember)})


def test_a_picture_is_a_picture_and_is_told_in_words() -> None:
    event = an_event()
    with pytest.raises(RuleBroken, match="PNG or JPEG"):
        services.add_picture(event=event, upload=SimpleUploadedFile("a.txt", b"Words"), alt="A boat", by=None)
    with pytest.raises(RuleBroken, match="what the picture shows"):
        services.add_picture(event=event, upload=SimpleUploadedFile("a.png", PNG), alt=" ", by=None)
    picture = services.add_picture(event=event, upload=SimpleUploadedFile("a.png", PNG), alt="A boat", by=None)
    address = reverse("boards:picture_file", args=[event.pk, picture.pk])
    file = signed_in(person(LayMember)).get(address)
    assert b"".join(file.streaming_content) == PNG  # type: ignore[arg-type]
    assert signed_in(lead(AgencyFactory())).get(address).status_code == 404


def test_the_second_of_two_people_reads_both_texts() -> None:
    event, client = an_event(), signed_in(manager())
    services.change_event(event=event, version=1, learned="Theirs", by=None)
    mine = {"kind": "voice", "title": "Mine", "on": "12 July 2016", "reach_is": "exact", "version": "1"}
    page = client.post(reverse("boards:event_change", args=[event.pk]), mine)
    assert page.status_code == 409
    assert "Theirs" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()
    with pytest.raises(Overtaken):
        services.change_event(event=event, version=1, title="Late", by=None)


def test_clearing_by_the_page_and_by_nobody_else() -> None:
    event = an_event()
    quote = services.add_quote(event=event, text="Yes", said_by="A girl", by=None)
    address = reverse("boards:clear", args=[event.pk, "quotes", quote.pk])
    assert signed_in(person(LayMember)).get(address).status_code == 403
    assert signed_in(outsider()).get(address).status_code == 404
    client = signed_in(manager())
    assert client.get(reverse("boards:clear", args=[event.pk, "songs", quote.pk])).status_code == 404
    assert client.post(address, {"consent": "Her mother", "on": "1 August 2016"}).status_code == 302
    assert Quote.objects.get().is_cleared
    assert "Her mother" in client.get(event.get_absolute_url()).content.decode()


def test_lists_ask_as_often_with_300_as_with_one(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    an_event()
    client = signed_in(manager())
    urls = (reverse("boards:event_list"), reverse("api:event-list"))
    for url in urls:
        client.get(url)
    before = []
    for url in urls:
        with django_assert_max_num_queries(30) as counted:
            client.get(url)
        before.append(len(counted))
    EngagementEvent.objects.bulk_create(
        EngagementEvent(kind="event", title=f"Event {number}", month=Month(2016, 6)) for number in range(300)
    )
    for url, number in zip(urls, before, strict=True):
        with django_assert_num_queries(number):
            client.get(url)
    export = client.get(urls[0], {"format": "csv"}).content.decode()
    assert export.count("\n") == 302


def test_a_cleared_picture_is_printed_with_what_it_shows_and_one_that_is_not_never_is() -> None:
    event = an_event()
    shown, hidden = (
        services.add_picture(event=event, upload=SimpleUploadedFile("a.png", PNG), alt=alt, by=None)
        for alt in ("A boat full of children", "A face")
    )
    cleared(shown)
    chapter = engagement_chapter(YEAR, REPORTED)
    content = Content(
        year=str(YEAR),
        number=1,
        as_at=REPORTED,
        board_name="Board",
        board_short_name="LSCB",
        board_email="a@example.org",
        brand_colour="#12436D",
        headline="Year",
        chapters=(chapter,),
    )
    made = document(from_json(json.loads(json.dumps(to_json(content)))))
    assert "A boat full of children" in made.html
    assert hidden.alt not in made.html
    printed = print_pdf(made.html, pictures=made.pictures, identifier="one")
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        images = [one for page in pdf.pages for one in page.get_images()]
        assert images, "the picture is in the document"


def test_a_picture_too_large_for_the_report_is_refused() -> None:
    large = SimpleUploadedFile("a.png", PNG + b" " * services.LARGEST_PICTURE)
    with pytest.raises(RuleBroken, match="larger than 2 MB"):
        services.add_picture(event=an_event(), upload=large, alt="A boat", by=None)
