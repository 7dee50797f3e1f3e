"""Numbers typed by hand are held against the facts: what the real board let slip is found, what is right is quiet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lscb.accounts.models import User
from lscb.common.chapters import Fact
from lscb.common.errors import Overtaken
from lscb.common.periods import FinancialYear
from lscb.demo.load import AS_AT
from lscb.reports.figure_check import Verdict, check_words, left_to_look_at
from lscb.reports.figure_check.links import why_dead
from lscb.reports.figure_check.numbers import Kind, numbers_in
from lscb.reports.figure_check.reading import check_on_file
from lscb.reports.figure_check.services import name_fact
from lscb.reports.gathering import compute_chapters, named_facts
from lscb.reports.models import AnnualReport, ReportWords
from lscb.reports.services import save_words

YEAR = FinancialYear(2016)


def fact(value: int | str, label: str, shown: str = "") -> Fact:
    exact = Decimal(value) if isinstance(value, str) else value
    return Fact(label, exact, shown or f"{value:,}", label)


FACTS = {
    "dataset.under_19": fact("24.559237046505", "Residents under 19, 2016-17", "24.6%"),
    "cdop.notified": fact(26, "Deaths notified in 2016-17"),
    "cdop.reviewed": fact(17, "Deaths reviewed in 2016-17"),
    "cdop.awaiting": fact(6, "Deaths awaiting review on 31 March 2017"),
    "cdop.malignancy": fact("17.647058823529", "Share of reviewed deaths due to malignancy", "18%"),
    "section11.full": fact(16, "Full Section 11 returns"),
    "section11.updates": fact(1, "Updates of Section 11 returns"),
    "dataset.looked_after": fact(542, "Looked after children at quarter end, Q4 2016-17"),
    "dataset.looked_after.change": fact("-11.292962356792", "Looked after children: change in the year", "-11.3%"),
    "finances.core": fact("131453", "Contributions to the core budget", "£131,453"),
    "finances.learning": fact("20144", "Contributions for learning and development", "£20,144"),
    "challenges.raised": fact(45, "Challenges raised in 2016-17"),
    "engagement.newsletters": fact(5, "Issues of the newsletter"),
    "engagement.surveys": fact(4, "Surveys of professionals"),
    "training.attendees": fact("101.5", "Attendances at workshops: change on the year before", "+102%"),
}

SLIPS = {
    "24.8% of the people who live here are residents under 19.": ("24.8%", Verdict.CONTRADICTS),
    "17% of the deaths reviewed were due to malignancy.": ("17%", Verdict.ROUNDS),
    "26 deaths were notified and 17 were reviewed, which leaves 6 awaiting review.": ("6", Verdict.CONTRADICTS),
    "We read seventeen full Section 11 returns.": ("seventeen", Verdict.CONTRADICTS),
}
PUT_RIGHT = (
    "24.6% of the people who live here are residents under 19. 18% of the deaths reviewed were due to malignancy. "
    "26 deaths were notified and 17 were reviewed. On 31 March 2017 6 deaths awaited review, some of the year before. "
    "We read sixteen full Section 11 returns and one update."
)


def check(words: str) -> list[tuple[str, Verdict]]:
    return [(one.typed, one.verdict) for one in check_words(words, FACTS, chapter="introduction")]


def test_the_four_slips_of_the_real_board_are_found_in_one_text_and_the_text_put_right_is_quiet() -> None:
    found = left_to_look_at(check_words(" ".join(SLIPS), FACTS, chapter="introduction", year=YEAR))
    assert {(one.typed, one.verdict) for one in found} == set(SLIPS.values())
    assert left_to_look_at(check_words(PUT_RIGHT, FACTS, chapter="introduction", year=YEAR)) == []


@pytest.mark.parametrize(
    "words, found",
    [
        ("Looked after children fell to 542, or by 11.3%.", [("542", "agrees"), ("11.3%", "agrees")]),
        ("There were 543 looked after children.", [("543", "contradicts")]),
        ("Partners paid £131,453 to the core budget.", [("£131,453", "agrees")]),
        ("Partners paid £131,000 to the core budget.", [("£131,000", "rounds")]),
        ("Partners paid £141,453 to the core budget.", [("£141,453", "contradicts")]),
        ("About £20,000 went into learning and development.", [("£20,000", "agrees")]),
        ("Forty-five challenges were raised.", [("Forty-five", "agrees")]),
        ("Seventeen per cent of reviewed deaths were due to malignancy.", [("Seventeen per cent", "rounds")]),
        ("Attendances at workshops doubled.", [("doubled", "agrees")]),
        ("Looked after children halved.", [("halved", "contradicts")]),
        ("Our quarterly newsletter had five issues.", [("five", "agrees"), ("quarterly", "contradicts")]),
        ("Our monthly surveys of professionals went on.", [("monthly", "contradicts")]),
        ("Fifty, 30% of boys, 40% of girls and 50% of all.", [("Fifty", "no_match")]),
        ("We planted 312 trees.", [("312", "no_match")]),
        ("{{ challenges.raised }} challenges were raised.", []),
        ("On 31 March 2017, under Section 11, Level 3 was for ages 5 to 14 in 2016-17.", []),
        ("Call 999, or 023 8083 2995, or write to a1@example.org by 9.30 am.", []),
        ("Two people and three visitors came for four weeks.", []),
        ("1. First\n2. Second", []),
    ],
)
def test_a_number_agrees_contradicts_rounds_differently_or_matches_nothing(
    words: str, found: list[tuple[str, str]]
) -> None:
    told = [(typed, verdict.value) for typed, verdict in check(words) if typed not in ("30%", "40%", "50%")]
    assert sorted(told) == sorted(found)


def test_shares_that_nearly_make_a_whole_and_do_not_are_told() -> None:
    told = left_to_look_at(check_words("Of all answers 56% said yes, 25% no and 16% perhaps.", FACTS, chapter="x"))
    assert "add up to 97" in " ".join(one.because for one in told)
    rounded = check_words("Of all answers 33% said yes, 33% no and 33% perhaps.", FACTS, chapter="x")
    assert all("add up" not in one.because for one in rounded)


@pytest.mark.parametrize(
    "words, found",
    [
        ("In 2015-16 the group met five times.", [("2015-16", "last_year")]),
        ("This report covers 2015/16.", [("2015/16", "last_year")]),
        ("The plan was full on 31 March 2016.", [("31 March 2016", "last_year")]),
        ("In 2015-16 the group met five times, and fewer in 2016-17.", []),
        ("More came than in 2015-16.", []),
        ("It was agreed in 2015-16.", []),
        ("Our annual report 2015-16 is on the website.", []),
        ("The plan of 2015-18 has five priorities.", []),
        ("In 2017-18 we will go on.", []),
        ("In 2015-16, 45 challenges were raised.", [("45", "contradicts"), ("2015-16", "last_year")]),
        ("On 31 March 2016 6 deaths were awaiting review.", [("6", "contradicts"), ("31 March 2016", "last_year")]),
        ("45 challenges were raised in 2016-17.", [("45", "agrees")]),
        ("45 challenges were raised, after 38 in 2015-16.", [("38", "no_match"), ("45", "agrees")]),
        ("We met on 31 February 2017.", [("31 February 2017", "contradicts")]),
        ("The peer review took place on 14 June 2016.", [("14 June 2016", "agrees")]),
        ("The peer review took place on 24 June 2016.", [("24 June 2016", "contradicts")]),
        ("We met on 14 July 2016.", []),
    ],
)
def test_dates_and_years_are_held_against_the_facts_and_the_year_of_the_report(
    words: str, found: list[tuple[str, str]]
) -> None:
    review = Fact("peer", dt.date(2016, 6, 14), "14 June 2016", "Day of the peer review")
    told = check_words(words, {**FACTS, "board.peer": review}, chapter="introduction", year=YEAR)
    assert sorted((one.typed, one.verdict.value) for one in told if one.typed != "five") == sorted(found)


def test_shares_under_each_other_that_do_not_make_a_whole_are_told() -> None:
    items = "Asked how sure they were:\n\n- 56% very\n- 25% fairly\n- {}% not at all\n"
    wrong = left_to_look_at(check_words(items.format(16), FACTS, chapter="x"))
    assert "add up to 97" in " ".join(one.because for one in wrong)
    right = check_words(items.format(19), FACTS, chapter="x")
    assert all("add up" not in one.because for one in right)


@pytest.mark.parametrize(
    "address, because",
    [
        ("https://www.example.org/a page", "not an address"),
        ("https://example", "not an address"),
        ("https:///nowhere", "not an address"),
        ("https://[nowhere", "not an address"),
        ("#reviews", ""),
        ("https://www.example.org/guide?x=1", ""),
        ("www.example.org", "Begin the address"),
        ("/public/board/", "In the PDF"),
        ("mailto:team.example.org", "not an e-mail address"),
        ("mailto:team@example.org?subject=Report", ""),
        ("tel:call us", "not a telephone number"),
        ("{portal}/public/board/", ""),
        ("{portal}/public/nothing-here/", "no page of this address"),
        ("{portal}/board/meetings/", "asks for signing in"),
        ("{portal}/reports/1999-00/", "not published"),
        ("{portal}/reports/not-a-year/", "not published"),
        ("{portal}/challenges/2016-17/99/", "not published"),
        ("{portal}/training/sessions/7f1c0b5c-31b0-4f6f-9ad8-1f2f3a4b5c6d/", "not published"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(db: Any, settings: Any, address: str, because: str) -> None:
    address = address.format(portal=settings.PORTAL_URL)
    (found,) = left_to_look_at(
        check_words(f"Read [our guide]({address}) first.", {}, chapter="x", why_dead=why_dead)
    ) or [None]
    if not because:
        assert found is None
        return
    assert found
    assert (found.typed, found.verdict) == (address, Verdict.DEAD_LINK)
    assert because in found.because


def test_a_bare_address_is_a_link_too() -> None:
    told = check_words("See https://example.org/a_(b), or www.example.org.", {}, chapter="x", why_dead=lambda one: one)
    assert [one.because for one in told] == ["https://example.org/a_", "www.example.org"]


@given(st.integers(min_value=2, max_value=999_999))
def test_a_number_is_read_the_same_in_digits_with_and_without_commas(value: int) -> None:
    for text in (f"{value}", f"{value:,}"):
        if 1900 <= value <= 2099 and "," not in text:
            continue  # a year
        assert [(one.value, one.kind) for one in numbers_in(f"There were {text} of them")] == [(value, Kind.COUNT)]


@given(st.integers(min_value=1, max_value=100_000), st.sampled_from(["full", "raised", "children"]))
def test_what_is_typed_as_it_is_printed_always_agrees_and_another_number_never_does(value: int, word: str) -> None:
    facts = {"chapter.fact": fact(value, f"Things that are {word}")}
    right, wrong = (check_words(f"There were {one:,} things {word}.", facts, chapter="x") for one in (value, value + 1))
    assert [one.verdict for one in right if one.typed != "1"] in ([Verdict.AGREES], [])
    assert all(one.verdict is not Verdict.AGREES for one in wrong)


def test_the_words_of_the_demonstration_agree_with_its_facts(demo_board: dict[str, User]) -> None:
    facts = named_facts(compute_chapters(year=YEAR, as_at=AS_AT).values())
    left = [
        (words.chapter, one.typed, one.because)
        for words in ReportWords.objects.of_year(YEAR)
        for one in check_on_file(words.markdown, facts, chapter=words.chapter, year=YEAR)
    ]
    assert left == []


def test_one_click_names_the_fact_and_the_chair_is_told_what_is_left(
    client: Client, demo_board: dict[str, User], demo_report: AnnualReport
) -> None:
    words = ReportWords.objects.get(year=YEAR, chapter="challenges")
    text = "The board raised 46 challenges in 2016-17. We planted 312 trees."
    words = save_words(year=YEAR, chapter="challenges", markdown=text, version=words.version, by=demo_board["analyst"])
    client.force_login(demo_board["analyst"])
    page = reverse("reports:words_edit", args=["2016-17", "challenges"])
    found = client.get(page).context["found"]
    assert [(one.typed, one.verdict.value) for one in found] == [("46", "contradicts"), ("312", "no_match")]
    assert "challenges.raised" in dict(found[0].offers)
    data: dict[str, Any] = {"version": words.version, "start": found[0].start, "end": found[0].end, "typed": "46"}
    address = reverse("reports:words_name_fact", args=["2016-17", "challenges"])
    assert client.post(address, data | {"name": "challenges.raised"}).status_code == 302
    words.refresh_from_db()
    assert words.markdown.startswith("The board raised {{ challenges.raised }} challenges")
    assert [one.typed for one in client.get(page).context["found"]] == ["312"]
    client.post(address, data | {"name": "challenges.raised"})
    assert ReportWords.objects.get(pk=words.pk).markdown == words.markdown, "what was changed meanwhile stays"
    client.force_login(demo_board["chair"])
    preview = client.get(reverse("reports:report_preview", args=[demo_report.pk])).content.decode()
    assert "<mark>312</mark>" in preview
    assert client.post(address, data).status_code == 403


def test_what_was_changed_meanwhile_is_not_replaced(db: Any) -> None:
    words = save_words(year=YEAR, chapter="introduction", markdown="We met 4 times.", version=0, by=None)
    with pytest.raises(Overtaken):
        name_fact(
            year=YEAR,
            chapter="introduction",
            version=words.version,
            start=0,
            end=1,
            typed="4",
            name="board.meetings",
            by=None,
        )
