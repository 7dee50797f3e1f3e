"""Quarterly figures: by grid in 3 pages and 3 clicks, by file in 4 and 4; by keyboard, without scripts, at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from dataset.models import AgencyReturn, Entry, Figure
from dataset.services import compile_edition, make_pack, open_collection, publish_open_data
from lscb.accounts.models import Agency, User
from lscb.accounts.roles import AgencyContributor, BoardManager
from tests.accounts.factories import AgencyFactory, person
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .factories import Q4, figure, indicator, moment, percent
from .test_collecting import DUE, OPENED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("waived")]
WAYS = [
    pytest.param(True, DESKTOP, id="with JavaScript"),
    pytest.param(False, PHONE, id="320 px without JavaScript"),
]
Start = Callable[..., Journey]


@pytest.fixture
def sender() -> User:
    """Somebody of the police, who owe two figures."""
    police = AgencyFactory(name="Police", short_name="Police")
    figure(indicator("cse_known", title="Children at risk", source_agency=police), "2016-17Q3", 44)
    percent("in_time", title="Done in time", source_agency=police)
    open_collection(quarter=Q4, due=DUE, tell=False, by=None, at=OPENED)
    return person(AgencyContributor, agency=police)


def field(of: str, name: str) -> str:
    """The id of a field of the grid."""
    one = AgencyReturn.objects.get().agency.indicators.get(code=of)
    return f"#id_{one.pk}-2016-17Q4-{name}"


def type_into(walk: Journey, target: str, text: str) -> None:
    walk.page.locator(target).focus()
    walk.page.keyboard.press("Control+A")
    walk.page.keyboard.type(text)


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_entering_figures_in_the_grid(javascript: bool, screen: dict[str, int], journey: Start, sender: User) -> None:
    walk = journey(sender, javascript=javascript, screen=screen)
    walk.open(reverse("dataset:return_list"))
    assert not javascript or walk.faults() == []
    walk.pages = 0
    walk.press("a:has-text('Enter the figures of Q4 2016-17')")
    assert not javascript or walk.faults() == []
    type_into(walk, field("cse_known", "value"), "71")
    type_into(walk, field("in_time", "numerator"), "39")
    type_into(walk, field("in_time", "denominator"), "50")
    walk.press("button:has-text('Check the figures')")
    assert "is a change of +61.4%" in walk.page.locator("main").inner_text()
    assert not javascript or walk.faults() == []
    type_into(walk, "input[type=text]", "Recorded late in two months.")
    walk.press("button:has-text('Send the figures')")
    assert walk.page.locator("h1").inner_text() == "Figures sent"
    assert (walk.pages, walk.clicks) == (3, 3)
    assert not javascript or walk.faults() == []
    told = {one.indicator.code: (one.value, one.comment) for one in Figure.objects.filter(period=Q4)}
    assert told == {"cse_known": (71, "Recorded late in two months."), "in_time": (78, "")}


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_sending_figures_as_a_file(
    javascript: bool, screen: dict[str, int], journey: Start, sender: User, tmp_path: Path
) -> None:
    walk = journey(sender, javascript=javascript, screen=screen)
    walk.open(reverse("dataset:return_list"))
    walk.pages = 0
    walk.press("a:has-text('upload a file')")
    with walk.page.expect_download() as taken:
        walk.page.locator("aside a:has-text('CSV')").click()
    walk.clicks += 1
    template = tmp_path / "figures.csv"
    taken.value.save_as(template)
    text = template.read_text(encoding="utf-8-sig")
    lines = [line.replace(",44,,", ",44,71,") for line in text.splitlines()]
    template.write_text("\n".join(line for line in lines if "in_time" not in line))
    walk.page.set_input_files("input[type=file]", template)
    walk.press("button:has-text('Check the file')")
    assert "Children at risk" in walk.page.locator("table").inner_text()
    assert not javascript or walk.faults() == []
    walk.press("button:has-text('Send these figures')")
    assert (walk.pages, walk.clicks) == (3, 4)
    assert Figure.objects.get(period=Q4).value == 71


def test_a_mistake_is_named_at_its_field_and_nothing_typed_is_lost(journey: Start, sender: User) -> None:
    walk = journey(sender)
    walk.open(AgencyReturn.objects.get().get_absolute_url())
    type_into(walk, field("cse_known", "value"), "7l")
    walk.press("button:has-text('Check the figures')")
    assert "“7l” is not a number" in walk.page.locator(".govuk-error-summary").inner_text()
    assert walk.page.input_value(field("cse_known", "value")) == "7l"
    assert walk.dead_error_links() == []
    assert walk.faults() == []


def test_a_block_from_excel_is_pasted_and_saved_by_itself(journey: Start, sender: User) -> None:
    walk = journey(sender)
    walk.open(AgencyReturn.objects.get().get_absolute_url())
    walk.page.locator(field("cse_known", "value")).focus()
    walk.page.evaluate(
        """() => { const data = new DataTransfer(); data.setData('text/plain', '71\\tlost\\n39\\t50\\n');
        document.activeElement.dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    assert walk.page.input_value(field("in_time", "denominator")) == "50"
    assert "No field was there for: lost." in walk.page.locator("[data-grid-status]").inner_text()
    assert "+61.4%, unusual" in walk.page.locator("[data-change]").first.inner_text()
    walk.page.locator("[data-autosave-status]:has-text('Saved')").wait_for()
    assert {one.indicator.code: one.typed["value"] or one.typed["numerator"] for one in Entry.objects.all()} == {
        "cse_known": "71",
        "in_time": "39",
    }
    walk.page.keyboard.press("ArrowDown")
    assert walk.page.evaluate("document.activeElement.id") == field("in_time", "numerator").lstrip("#")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "320 px"])
def test_public_data_and_packs_are_accessible(screen: dict[str, int], journey: Start, sender: User) -> None:
    edition = compile_edition(quarter=Q4, as_at=moment("2017-05-01"), by=None)
    publish_open_data(edition=edition, codes=["cse_known"], by=None)
    pack = make_pack(edition=edition, title="Main board", codes=["cse_known"], by=None)
    stranger = journey(screen=screen)
    for address in (reverse("opendata:datasets"), reverse("opendata:dataset", args=["2016-17Q4"])):
        stranger.open(address)
        assert stranger.faults() == []
    team: Any = journey(person(BoardManager), screen=screen)
    team.open(pack.get_absolute_url())
    assert team.faults() == []
    assert Agency.objects.get(name="Police").indicators.count() == 2
