"""Pages, filters, feeds and what is public: as Power BI and scripts ask for them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from boards.challenges.services import move_due_date
from boards.models import Challenge
from lscb.accounts.models import User
from lscb.common.spreadsheets import read_csv
from lscb.reports.models import AnnualReport
from lscb.trail.models import Event

from .asking import LISTS, Program, address, program


def test_pages_follow_each_other_and_no_record_falls_between_them(demo_board: dict[str, User]) -> None:
    asks = program(demo_board["manager"], "challenges")
    whole = [row["id"] for row in asks.rows("challenge-list")]
    paged: list[str] = []
    page = asks.get("challenge-list", page_size=7).json()
    while True:
        paged += [row["id"] for row in page["results"]]
        if not page["next"]:
            break
        page = asks.client.get(page["next"], headers=asks.headers).json()
    assert paged == whole
    assert len(paged) == page["count"] > 7


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("challenge-list", {"page": "x"}, "page"),
        ("challenge-list", {"page_size": "501"}, "page_size"),
        ("challenge-list", {"page_size": "٣"}, "page_size"),
        ("challenge-list", {"year": "2016"}, "year"),
        ("challenge-list", {"status": "sleeping"}, "status"),
        ("challenge-list", {"order": "text"}, "order"),
        ("challenge-list", {"updated_since": "yesterday"}, "updated_since"),
        ("challenge-list", {"jaer": "2016-17"}, "jaer"),
        ("challenge-list", {"agency": "nobody"}, "agency"),
        ("action-list", {"plan": "x"}, "plan"),
        ("figure-list", {"period": "\x00"}, "period"),
        ("figure-feed", {"period": "some"}, "period"),
        ("session-list", {"since": "9999999999"}, "since"),
        ("challenge-feed", {"year": "2016"}, "year"),
        ("challenge-feed", {"page": "1"}, "page"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_named(
    demo_board: dict[str, User], name: str, query: dict[str, str], field: str
) -> None:
    answer = Program(demo_board["manager"]).get(name, **query)
    assert answer.status_code == 400, answer
    assert field in answer.json()["errors"]


def test_filters_narrow_and_order(demo_board: dict[str, User]) -> None:
    asks = Program(demo_board["manager"])
    of_year = asks.rows("challenge-list", year="2016-17", order="raised_on")
    assert of_year
    assert {row["year"] for row in of_year} == {"2016-17"}
    days = [row["raised_on"] for row in of_year]
    assert days == sorted(days)
    assert {row["state"] for row in asks.rows("action-list", state="open")} == {"open"}


def test_updated_since_gives_what_was_written_to(demo_board: dict[str, User]) -> None:
    manager = demo_board["manager"]
    challenge = Challenge.objects.filter(status="open").latest("due")
    now = timezone.now()
    today = timezone.localdate()
    move_due_date(challenge=challenge, to=today, on=today, reason="They asked for it", by=manager, today=today)
    found = Program(manager).rows("challenge-list", updated_since=now.isoformat())
    assert [row["id"] for row in found] == [str(challenge.pk)]


def test_every_list_asks_as_often_for_many_as_for_few(
    demo_board: dict[str, User], django_assert_max_num_queries: Any
) -> None:
    asks = Program(demo_board["manager"])
    for name in LISTS:
        asks.get(name)  # what is kept for the process
        with django_assert_max_num_queries(30):
            asks.get(name, page_size=500)


# ---- Feeds ----------------------------------------------------------------------------------------------------------


def feed(asks: Program, name: str, **query: Any) -> list[dict[str, str]]:
    answer = asks.get(name, **query)
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("mailbox", ["manager", "lead", "member", "professional"])
def test_a_feed_holds_what_the_list_holds(demo_board: dict[str, User], mailbox: str) -> None:
    asks = Program(demo_board[mailbox])
    for name, listed, column, key in (
        ("challenge-feed", "challenge-list", "Reference", "reference"),
        ("action-feed", "action-list", "Action", "id"),
        ("training-feed", "booking-list", "Booking", "id"),
    ):
        if asks.get(listed).status_code == 404:
            assert asks.get(name).status_code == 404
            continue
        assert {row[column] for row in feed(asks, name)} == {row[key] for row in asks.rows(listed)}, name


def test_taking_a_feed_is_on_the_trail_and_it_is_filtered_like_the_list(demo_board: dict[str, User]) -> None:
    asks = program(demo_board["manager"], "challenges")
    rows = feed(asks, "challenge-feed", year="2016-17", status="resolved")
    assert {(row["Year"], row["Status"]) for row in rows} == {("2016-17", "Resolved")}
    assert Event.objects.latest("number").verb == "took the feed of challenges"


def test_a_text_that_looks_like_a_formula_stays_a_text(demo_board: dict[str, User]) -> None:
    wanted = Challenge.objects.filter(year="2016-17")[0]
    Challenge.objects.filter(pk=wanted.pk).update(title='=HYPERLINK("http://x")')
    answer = Program(demo_board["manager"]).get("challenge-feed")
    content = b"".join(answer.streaming_content)
    assert b"\"'=HYPERLINK" in content
    assert any('=HYPERLINK("http://x")' in row.values for row in read_csv(content).rows)


def test_the_dataset_comes_as_figures_and_as_compiled_with_small_numbers_hidden_as_on_the_page(
    demo_board: dict[str, User],
) -> None:
    manager, member = Program(demo_board["manager"]), Program(demo_board["member"])
    figures = feed(manager, "figure-feed", status="final")
    assert {row["Status"] for row in figures} == {"Final"}
    assert len({(row["Code"], row["Period"]) for row in figures}) == len(figures) > 50
    assert member.get("figure-feed").status_code == 404
    compiled = feed(member, "dataset-feed")
    assert {row["Quarter"] for row in compiled} == {"2016-17Q1", "2016-17Q2", "2016-17Q3", "2016-17Q4"}
    own = feed(Program(demo_board["lead"]), "figure-feed")
    assert {row["Source agency"] for row in own} == {"Hampshire Constabulary"}


# ---- For everybody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["challenge", "report", "session", "dataset"])
def test_what_is_public_needs_no_token_and_may_be_kept(
    demo_board: dict[str, User], demo_report: AnnualReport, name: str
) -> None:
    answer = Client().get(address(f"public-{name}-list"))
    assert answer.status_code == 200
    assert set(answer["Cache-Control"].split(", ")) == {"max-age=300", "public"}
    assert set(answer.json()) == {"count", "next", "previous", "results"}


def test_the_public_log_is_what_was_published_and_not_the_live_record(demo_board: dict[str, User]) -> None:
    first = Client().get(address("public-challenge-list")).json()["results"][0]
    Challenge.objects.update(title="Changed inside", public_title="Not published yet")
    again = Client().get(address("public-challenge-list")).json()["results"][0]
    assert again == first


def test_a_wrong_token_is_refused_nowhere_but_where_one_is_needed(demo_board: dict[str, User]) -> None:
    headers = {"Authorization": "Bearer lscb_wrong"}
    assert Client().get(address("public-challenge-list"), headers=headers).status_code == 200
    assert Client().get(address("challenge-list"), headers=headers).status_code == 401
