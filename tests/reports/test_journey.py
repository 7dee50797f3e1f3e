"""Build, watch, preview, approve, download: 4 pages and 4 clicks, counted over the two people it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from lscb.accounts.models import User
from lscb.reports import services
from lscb.reports.models import AnnualReport, ReportWords, State
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


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_build_that_failed_is_started_again(
    javascript: bool,
    live_server: LiveServer,
    draft: AnnualReport,
    manager: User,
    journey: Callable[..., Journey],
    run_jobs: Callable[[], Any],
) -> None:
    """It says why it failed; what was wrong is put right; the button begins anew; it is done, and is announced."""
    introduction = ReportWords.objects.get(year=YEAR, chapter="introduction")
    wrong, right = "{{ dataset.nobody_counts }}", introduction.markdown
    services.save_words(year=YEAR, chapter="introduction", markdown=wrong, version=introduction.version, by=manager)
    team = journey(manager, javascript=javascript)
    team.open(reverse("reports:report_detail", args=[draft.pk]))
    team.press("button:has-text('Build the report')")
    run_jobs()
    again = _when_ready(team, javascript, "Start it again", kind="button")
    why = "“Introduction by the independent chair” name the fact “dataset.nobody_counts”"
    assert why in team.page.inner_text("main")
    assert team.page.inner_text("main .govuk-tag") == "failed"
    if javascript:
        assert why in team.page.inner_text("#job-said"), "heard by who does not see it"
        assert team.faults() == []
    services.save_words(year=YEAR, chapter="introduction", markdown=right, version=introduction.version + 1, by=manager)
    team.press("button:has-text('Start it again')")
    assert team.page.inner_text("main .govuk-tag") == "waiting"
    assert why not in team.page.inner_text("main")
    run_jobs()
    again += _when_ready(team, javascript, "Read the report")
    assert (team.pages - again, team.clicks) == (3, 2)
    team.press("a:has-text('Read the report')")
    assert "Welcome." in team.page.inner_text("main")
    assert AnnualReport.objects.get().life == State.READY


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_build_that_is_cancelled_is_started_again(
    javascript: bool,
    live_server: LiveServer,
    draft: AnnualReport,
    manager: User,
    journey: Callable[..., Journey],
    run_jobs: Callable[[], Any],
) -> None:
    team = journey(manager, javascript=javascript)
    team.open(reverse("reports:report_detail", args=[draft.pk]))
    team.press("button:has-text('Build the report')")
    team.press("button:has-text('Cancel this job')")
    assert "Nothing was changed by it" in team.page.inner_text("main")
    assert AnnualReport.objects.get().life == State.FAILED, "never building for ever"
    team.press("button:has-text('Start it again')")
    run_jobs()
    _when_ready(team, javascript, "Read the report")
    assert AnnualReport.objects.get().life == State.READY


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


def _when_ready(walk: Journey, javascript: bool, offers: str, kind: str = "a") -> int:
    """Waits on the job page; gives how often it was loaded again by hand, which is no page of the journey."""
    again = 0
    if not javascript:
        walk.page.reload()
        again = 1
    walk.page.wait_for_selector(f"{kind}:has-text('{offers}')")
    return again
