"""Facts beside the words: picked with one click or Enter, found by typing, copied where there is no JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from lscb.accounts.models import User
from lscb.reports.models import AnnualReport, ReportWords
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .samples import YEAR

pytestmark = pytest.mark.browser

BOX = "#find-fact"
NAME = "{{ dataset.looked_after }}"


@pytest.fixture(autouse=True)
def _signed_in_by_password(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def insert(of: str) -> str:
    return f'[data-insert="{of}"]'


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_fact_is_named_where_the_cursor_is(
    screen: dict[str, int], live_server: LiveServer, draft: AnnualReport, manager: User, journey: Callable[..., Journey]
) -> None:
    team = journey(manager, screen=screen)
    team.open(reverse("reports:words_edit", args=[YEAR, "dataset"]))
    page = team.page
    assert page.locator("[data-facts-of]").first.get_attribute("open") is not None, "one's own chapter comes first"
    page.fill("#id_markdown", "There were children looked after.")
    page.evaluate("document.querySelector('#id_markdown').setSelectionRange(11, 11)")
    team.click(insert("dataset.looked_after"))
    assert page.input_value("#id_markdown") == f"There were {NAME}children looked after."
    assert page.evaluate("document.activeElement.id") == "id_markdown", "one goes on writing"
    assert page.evaluate("document.activeElement.selectionStart") == 11 + len(NAME)
    page.keyboard.type(" ")
    told = "542, Children looked after on 31 March 2017 is named in the words."
    assert page.locator("[role=status][data-facts-said]").inner_text() == told
    page.locator(insert("dataset.looked_after_change")).focus()
    page.keyboard.press("Enter")
    words = "There were {{ dataset.looked_after }} {{ dataset.looked_after_change }}children looked after."
    assert page.input_value("#id_markdown") == words
    assert team.faults() == []
    team.press("button:has-text('Save')")
    assert ReportWords.objects.get(chapter="dataset").markdown == words
    assert team.clicks == 2


def test_a_fact_is_found_by_what_it_is_called(
    live_server: LiveServer, draft: AnnualReport, manager: User, journey: Callable[..., Journey]
) -> None:
    team = journey(manager)
    team.open(reverse("reports:words_edit", args=[YEAR, "introduction"]))
    shown = team.page.locator("[data-fact]:visible")
    assert shown.count() == 0, "the chapter has no facts of its own, so all are folded"
    team.page.fill(BOX, "LOOKED june")
    assert shown.locator("code").all_inner_texts() == ["{{ dataset.looked_after_q1 }}"]
    assert team.page.inner_text("[data-facts-said]") == "1 fact found."
    assert team.faults() == []
    team.click(insert("dataset.looked_after_q1"))
    assert team.page.input_value("#id_markdown").endswith(
        "{{ dataset.looked_after_change }}. {{ dataset.looked_after_q1 }}"
    )
    team.page.fill(BOX, "nothing like it")
    assert team.page.inner_text("[data-facts-said]") == "No facts found."
    team.page.fill(BOX, "")
    assert shown.count() == 0
    assert team.page.locator("[data-facts-of]:visible").count() == 2


def test_without_javascript_the_name_is_there_to_be_copied(
    live_server: LiveServer, draft: AnnualReport, manager: User, journey: Callable[..., Journey]
) -> None:
    team = journey(manager, javascript=False)
    team.open(reverse("reports:words_edit", args=[YEAR, "dataset"]))
    assert NAME in team.page.locator("[data-fact]:visible code").all_inner_texts()
    assert not team.page.locator(".report-insert:visible").count()
    assert not team.page.locator(BOX).is_visible()
