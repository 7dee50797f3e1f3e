"""From a printed number to the records that it counts, for those who may see them and for nobody else."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from lxml import html

from lscb.accounts.models import User
from lscb.common.chapters import Fact, in_line, of_fact
from lscb.common.markdown import to_html
from lscb.reports import services
from lscb.reports.chapters import parts_with_words
from lscb.reports.content import digest, from_json, to_json
from lscb.reports.linking import Link, linked, linked_words
from lscb.reports.models import AnnualReport, ReportWords
from lscb.reports.provenance import doors_of
from lscb.reports.words import with_facts

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
    chapters = Counter(chapter for chapter, _, _ in found)
    assert chapters.keys() == {part.slug for part in parts_with_words()} - {"contacts"}
    assert chapters.total() > 350


def links_in(page: str) -> dict[str, set[str]]:
    """The numbers of a page that are links: what each prints, by where it leads."""
    found: dict[str, set[str]] = {}
    for link in html.fromstring(page).xpath("//a[@class='report-traceable']"):
        found.setdefault(link.get("href"), set()).add(link.text_content())
        assert link.get("aria-label").startswith(f"{link.text_content()}. ")
    return found


@pytest.mark.parametrize("mailbox", ["manager", "chair", "lay"])
def test_numbers_of_the_preview_lead_on_exactly_where_their_list_opens(
    mailbox: str, demo_board: dict[str, User], demo_report: AnnualReport, client: Client
) -> None:
    client.force_login(demo_board[mailbox])
    facts = facts_of(demo_report)
    page = client.get(reverse("reports:report_preview", args=[demo_report.pk])).content.decode()
    links = links_in(page)
    opens = doors_of(demo_board[mailbox])
    printed = {facts[name].rows for _, name, _ in traceable(demo_report.content)}
    assert links.keys() == {rows for rows in printed if opens(rows)}
    for path in {urlsplit(rows).path for rows in printed}:
        assert (client.get(path).status_code == 200) == opens(path), path
    closed = {rows for rows in printed if not opens(rows)}
    assert not any(escape(rows) in page or rows in page for rows in closed)
    if mailbox != "chair":
        assert any("figure=cdop.reviewed" in rows for rows in closed), "child deaths open to few"
    if mailbox == "manager":
        words = ReportWords.objects.get(chapter="cdop").markdown
        assert "{{ cdop.meetings }}" in words
        assert {facts["challenges.raised"].rows, facts["dataset.looked_after"].rows} <= links.keys()
    assert ("leads to the records that it counts" in page) == bool(links)


def test_a_number_whose_records_are_kept_in_no_list_leads_to_its_line_among_the_figures(
    ready: AnnualReport, lay: User, client: Client
) -> None:
    client.force_login(lay)
    page = client.get(reverse("reports:report_preview", args=[ready.pk])).content.decode()
    figures = reverse("reports:report_figures", args=[ready.pk])
    assert links_in(page) == {
        f"{figures}#dataset.{name}": {shown}
        for name, shown in (
            ("looked_after", "542"),
            ("looked_after_q1", "611"),
            ("looked_after_change", "-11.3% (n\xa0=\xa0611)"),
            ("missing", "1,039"),
        )
    }
    lines = {line.get("id") for line in html.fromstring(client.get(figures).content).xpath("//tr[@id]")}
    assert {urlsplit(address).fragment for address in links_in(page)} <= lines


def test_what_leaves_the_portal_leads_to_no_record(
    demo_board: dict[str, User], demo_report: AnnualReport, client: Client, run_jobs: Callable[[], Any]
) -> None:
    """The public page, also for who is signed in and may see the records, PDF, Word, workbook and facts."""
    client.force_login(demo_board["manager"])
    chair, digest_before = demo_board["chair"], demo_report.content_digest
    client.get(reverse("reports:report_preview", args=[demo_report.pk]))
    services.approve_report(report=demo_report, content_digest=digest_before, by=chair)
    run_jobs()
    report = AnnualReport.objects.get(pk=demo_report.pk)
    assert report.content_digest == digest(report.content) == digest_before, "what leads on changes no hash"
    services.publish_report(report=report, by=demo_board["manager"], at=timezone.now())
    told = client.get(reverse("published:report", args=[report.year, report.number])).content.decode()
    assert "611" in told
    files = [told.encode(), client.get(reverse("published:facts", args=[report.year, report.number])).content]
    for kept in report.files.all():
        with kept.file.open("rb") as file, zipfile.ZipFile(file) as parts:
            files += [parts.read(name) for name in parts.namelist()]
    with report.pdf.open("rb") as file:
        files += [
            str(mark["/A"]["/URI"]).encode()
            for each in pypdf.PdfReader(file).pages
            for mark in each.get("/Annots") or []
            if "/URI" in mark.get("/A", {})
        ]
    lists = {urlsplit(rows).path.encode() for fact in facts_of(report).values() if (rows := fact.rows)}
    for content in files:
        assert b"report-traceable" not in content
        assert b"figure_as_at" not in content
    assert not {link for link in html.fromstring(told).xpath("//main//@href") if urlsplit(link).path.encode() in lists}


def test_approving_freezes_where_a_number_leads(ready: AnnualReport) -> None:
    """The fact behind a number is part of what was approved: another one is another content."""
    plain = json.dumps(ready.content)
    assert '[[2, 5, "dataset.looked_after"]]' in plain
    other = json.loads(plain.replace('[[2, 5, "dataset.looked_after"]]', '[[2, 5, "dataset.missing"]]'))
    assert digest(other) != ready.content_digest
    assert to_json(from_json(ready.content)) == ready.content


# ---- Numbers in texts ------------------------------------------------------------------------------------------------

TO = {"a.one": Link("/one/?x=1&y=2", "Records behind “one” <1>"), "a.two": Link("/two/", "Source of two")}
FACTS = {"a.one": Fact("one", 7, "7 <b>", "One"), "a.two": Fact("two", 50, "50%", "Two")}


def linked_in_words(words: str) -> str:
    return str(linked_words(with_facts(words, FACTS, chapter="A"), TO))


def test_a_number_in_words_is_a_link_and_nothing_else_changes() -> None:
    found = linked_in_words("**{{ a.one }}** and {{ a.two }}.")
    assert "<strong><a " in found
    one, two = html.fromstring(found).xpath("//a")
    assert (one.get("href"), one.text_content()) == ("/one/?x=1&y=2", "7 <b>")
    assert one.get("aria-label") == "7 <b>. Records behind “one” <1>"
    assert (two.get("href"), two.text_content()) == ("/two/", "50%")
    plain = to_html(with_facts("**{{ a.one }}** and {{ a.two }}.", FACTS, chapter="A"))
    assert re.sub(r"</?a[^>]*>", "", re.sub(r'aria-label="[^"]*"', "", found)) == plain


def test_a_number_inside_a_link_of_the_writers_own_stays_a_part_of_it() -> None:
    found = linked_in_words("[all {{ a.one }}](https://example.org/{{ a.two }}) and {{ a.one }}")
    first, second = html.fromstring(found).xpath("//a")
    assert (first.get("href"), first.text_content()) == ("https://example.org/50%25", "all 7 <b>")
    assert second.get("href") == "/one/?x=1&y=2"


def test_what_somebody_types_is_never_taken_for_a_number_that_leads_on() -> None:
    typed = "\ue0005\ue00199\ue002 and \ue0000\ue001x\ue002 {{ a.two }}"
    assert [link.get("href") for link in html.fromstring(linked_in_words(typed)).xpath("//a")] == []
    assert str(linked(in_line("<i>", of_fact("a.three", "3")), TO)) == "<i>3", "nothing leads anywhere: no HTML is made"
    assert str(linked(in_line("<i>", of_fact("a.two", "50%")), TO)).startswith("&lt;i&gt;<a ")
