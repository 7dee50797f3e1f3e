"""From a printed number to the records that it counts, for those who may see them and for nobody else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.chapters import Fact
from lscb.reports.content import from_json, to_json
from lscb.reports.models import AnnualReport

from .samples import BOARD, CHILDREN, a_content

OF_SOMETHING_ELSE = {
    "audits.agencies",
    "audits.cases",
    "audits.cases_domestic_abuse",
    "audits.cases_out_of_area_placements",
    "audits.no_return",
    "audits.recommendations",
    "board.attendance.every_meeting",
    "engagement.evaluations",
    "engagement.respondents",
    "section11.recurring",
    "training.people",
    "training.places",
}
"""Counts of something in the records that their list shows: its rows are more or fewer, and a person reads why."""


@pytest.fixture(autouse=True)
def _signed_in_by_password(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def facts_of(report: AnnualReport) -> dict[str, Fact]:
    return dict(from_json(report.content).facts())


def rows_shown(client: Client, fact: Fact) -> int | None:
    """How many records the list behind a figure holds; None where it leads to a page that is no list."""
    response = client.get(fact.rows)
    assert response.status_code == 200, fact.rows
    listed = response.context.get("list")
    return listed.count if listed else None


def test_every_count_leads_to_as_many_records(demo_board: dict[str, User], demo_report: AnnualReport) -> None:
    """The manager follows every figure; those of child deaths the officer, whom alone their list opens to."""
    clients = {mailbox: Client() for mailbox in ("manager", "officer")}
    for mailbox, client in clients.items():
        client.force_login(demo_board[mailbox])
    found: Counter[str] = Counter()
    for name, fact in facts_of(demo_report).items():
        chapter = name.split(".")[0]
        if chapter == "dataset" or name in OF_SOMETHING_ELSE or not isinstance(fact.value, int):
            continue
        shown = rows_shown(clients["officer" if chapter == "cdop" else "manager"], fact)
        if shown is not None:
            assert (name, shown) == (name, fact.value)
            found[chapter] += 1
    counting = {"board", "priorities", "challenges", "audits", "reviews", "section11", "cdop", "engagement", "training"}
    assert found.keys() == counting
    assert found["cdop"] > 20
    assert found["challenges"] == 9
    assert sum(found.values()) > 100


def test_a_figure_of_the_dataset_leads_to_the_revision_that_it_printed(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board["analyst"])
    facts = facts_of(demo_report)
    for name, rows in (
        ("looked_after", 1),
        ("looked_after.first", 1),
        ("looked_after.rate", 1),
        ("missing_episodes.year", 4),
    ):
        assert (name, rows_shown(client, facts[f"dataset.{name}"])) == (name, rows)
    (row,) = client.get(facts["dataset.looked_after"].rows).context["list"].rows
    assert row[2].text == facts["dataset.looked_after"].shown == "542"
    assert client.get(facts["dataset.looked_after.england"].rows).status_code == 200


def test_money_leads_to_contributions_that_add_up_to_it(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board["manager"])
    facts = facts_of(demo_report)
    for name in ("core", "learning", "total"):
        fact = facts[f"finances.{name}"]
        assert dict(client.get(fact.rows).context["totals"])["Agreed"] == fact.shown
    received = facts["finances.received"]
    assert dict(client.get(received.rows).context["totals"])["Received"] == received.shown


@pytest.mark.parametrize("mailbox", ["manager", "chair", "lay"])
def test_a_link_is_there_exactly_where_its_page_opens(
    mailbox: str, demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board[mailbox])
    page = client.get(reverse("reports:report_figures", args=[demo_report.pk]))
    assert page.status_code == 200
    open_to, closed = {}, {}
    for chapter in page.context["chapters"]:
        for one in chapter.facts:
            (closed if one.is_closed else open_to).setdefault(urlsplit(one.fact.rows).path, one.fact.rows)
            assert bool(one.rows) != one.is_closed
    for address in open_to.values():
        assert client.get(address).status_code == 200, address
    text = page.content.decode()
    for path, address in closed.items():
        assert client.get(address).status_code in (403, 404), address
        assert f'href="{path}?figure' not in text
    assert ("not open to you" in text) == bool(closed)
    assert ("/child-deaths/" in closed) == (mailbox not in ("chair",))


def test_a_list_shows_of_a_figure_only_what_the_reader_may_see(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board["lay"])
    assert rows_shown(client, facts_of(demo_report)["reviews.outstanding"]) == 0
    client.force_login(demo_board["lead"])
    own = client.get(facts_of(demo_report)["challenges.raised"].rows).context["list"].count
    assert 0 < own < 45


@pytest.mark.parametrize(
    "query",
    ["figure=nobody.counts", "figure=challenges.open", "figure=challenges.open&figure_year=2016-17&figure_as_at=x"],
)
def test_an_address_that_no_figure_has_leads_nowhere(query: str, demo_board: dict[str, User], client: Client) -> None:
    client.force_login(demo_board["manager"])
    assert client.get(f"{reverse('boards:challenge_list')}?{query}").status_code == 404


def test_a_filtered_list_keeps_the_figure_and_says_it(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board["manager"])
    listing = client.get(facts_of(demo_report)["challenges.raised_q3"].rows).context["list"]
    assert listing.count == 14
    assert [chip.label for chip in listing.chips] == [
        "Counted: Challenges raised, 2016-17, as at 31 March 2017",
        "Quarter raised: Q3, October to December",
    ]
    assert ("figure", "challenges.raised") in listing.hidden


def test_nobody_outside_reads_the_figures_of_an_edition(ready: AnnualReport, outsider: User, client: Client) -> None:
    client.force_login(outsider)
    assert client.get(reverse("reports:report_figures", args=[ready.pk])).status_code == 404
    assert client.get(reverse("published:figures", args=[ready.year, ready.number])).status_code == 404


def test_one_address_leads_everybody_somewhere(ready: AnnualReport, lay: User, client: Client) -> None:
    """What a PDF carries: to the sign-in, the same for an edition that nobody has; for readers to the page inside."""
    for number in (ready.number, 99):
        address = reverse("published:figures", args=[ready.year, number])
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"
    client.force_login(lay)
    address = reverse("published:figures", args=[ready.year, ready.number])
    inside = client.get(address, follow=True)
    assert inside.redirect_chain == [(reverse("reports:report_figures", args=[ready.pk]), 302)]
    assert from_json(ready.content).where_from("dataset.missing").endswith(f"{address}#dataset.missing")


def test_an_edition_from_before_opens_without_the_way_to_its_records(
    ready: AnnualReport, lay: User, client: Client
) -> None:
    def older(plain: Any) -> Any:
        if isinstance(plain, dict):
            return {
                name: older(value)
                for name, value in plain.items()
                if name not in ("rows", "figures_url") or (name == "rows" and plain.get("kind") == "Table")
            }
        return [older(one) for one in plain] if isinstance(plain, list) else plain

    AnnualReport.objects.filter(pk=ready.pk).update(content=older(ready.content))
    client.force_login(lay)
    page = client.get(reverse("reports:report_figures", args=[ready.pk]))
    assert page.content.decode().count("not kept") == 5
    assert client.get(reverse("reports:report_preview", args=[ready.pk])).status_code == 200
    assert from_json(older(to_json(a_content(BOARD, CHILDREN)))).where_from("x") == ""


def test_programs_are_told_the_records_that_their_reader_may_open(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board["lay"])
    facts = client.get(reverse("api:report-detail", args=[demo_report.pk])).json()["facts"]
    assert facts["challenges.raised"]["rows"].startswith(reverse("boards:challenge_list"))
    assert "rows" not in facts["finances.core"]
    assert facts["finances.core"]["where_from"].endswith("/figures/#finances.core")


# ---- The number itself leads on --------------------------------------------------------------------------------------


def traceable(plain: Any, chapter: str = "cover") -> Iterator[tuple[str, str, str]]:
    """Every number of a content that knows its fact: the chapter it stands in, the fact, and what is printed."""
    if isinstance(plain, list):
        for one in plain:
            yield from traceable(one, chapter)
    elif isinstance(plain, dict) and plain.get("kind") == "Traceable":
        for start, end, name in plain["facts"]:
            yield chapter, name, re.sub(r"\\(?=\W)", "", plain["text"][start:end])
    elif isinstance(plain, dict):
        for one in plain.values():
            yield from traceable(one, plain.get("slug", chapter))


def test_a_number_that_leads_on_prints_the_fact_that_it_leads_to(
    demo_board: dict[str, User], demo_report: AnnualReport
) -> None:
    """In words, leads, headline numbers and cells: never the records of another number."""
    facts, found = facts_of(demo_report), list(traceable(demo_report.content))
    wrong = [
        (chapter, name, shown)
        for chapter, name, shown in found
        if name not in facts or shown not in (facts[name].shown, facts[name].in_words)
    ]
    assert wrong == []
    print(Counter(chapter for chapter, _, _ in found))
