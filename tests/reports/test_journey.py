"""Build, watch, preview, approve, download: 4 pages and 4 clicks, counted over the two people it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from lscb.accounts.models import User
from lscb.reports import services
from lscb.reports.models import AnnualReport
from tests.plugins.browser import PHONE, Journey

from .samples import YEAR

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _signed_in_by_password(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_from_build_to_download(
    javascript: bool,
    live_server: LiveServer,
    draft: AnnualReport,
    manager: User,
    chair: User,
    journey: Callable[..., Journey],
    run_jobs: Callable[[], Any],
) -> None:
    team = journey(manager, javascript=javascript)
    team.open(reverse("reports:report_detail", args=[draft.pk]))
    team.press("button:has-text('Build the report')")
    assert "/jobs/" in team.page.url
    run_jobs()
    seen = _when_ready(team, javascript, "Read the report")

    board = journey(chair, javascript=javascript)
    board.open(reverse("reports:report_preview", args=[draft.pk]))
    board.press("button:has-text('Approve the report')")
    run_jobs()
    seen += _when_ready(board, javascript, "Download the PDF")
    with board.page.expect_download() as download:
        board.click("a:has-text('Download the PDF')")
    assert download.value.suggested_filename == "annual-report-2016-17.pdf"
    assert (team.pages + board.pages - seen, team.clicks + board.clicks) <= (4, 4)
    assert AnnualReport.objects.get().is_frozen


@pytest.mark.parametrize("screen", [{"width": 1280, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible(
    screen: dict[str, int],
    live_server: LiveServer,
    ready: AnnualReport,
    manager: User,
    chair: User,
    journey: Callable[..., Journey],
) -> None:
    pages = {
        manager: [
            reverse("reports:report_list"),
            reverse("reports:report_start"),
            reverse("reports:report_detail", args=[ready.pk]),
            reverse("reports:words_edit", args=[YEAR, "introduction"]),
        ],
        chair: [reverse("reports:report_preview", args=[ready.pk])],
    }
    for person, addresses in pages.items():
        walk = journey(person, screen=screen)
        for address in addresses:
            walk.open(address)
            assert walk.faults() == [], address


def test_two_texts_on_one_page(
    live_server: LiveServer, manager: User, words: None, journey: Callable[..., Journey]
) -> None:
    walk = journey(manager)
    walk.open(reverse("reports:words_edit", args=[YEAR, "introduction"]))
    services.save_words(year=YEAR, chapter="introduction", markdown="What the other wrote", version=1, by=None)
    walk.page.fill("#id_markdown", "What I wrote")
    walk.click("button:has-text('Save')")
    walk.page.wait_for_selector(".govuk-error-summary")
    assert walk.page.input_value("#theirs") == "What the other wrote"
    assert walk.page.input_value("#id_markdown") == "What I wrote"
    assert walk.dead_error_links() == []
    walk.complaints.clear()  # the browser mentions the 409
    assert walk.faults() == []


def _when_ready(walk: Journey, javascript: bool, offers: str) -> int:
    """Waits on the job page; gives how often it was loaded again by hand, which is no page of the journey."""
    again = 0
    if not javascript:
        walk.page.reload()
        again = 1
    walk.page.wait_for_selector(f"a:has-text('{offers}')")
    return again
