"""The figure check in a browser: what does not agree stands beside its sentence, and one click names the fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from lscb.accounts.models import User
from lscb.reports.models import AnnualReport, ReportWords
from lscb.reports.services import save_words
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .samples import YEAR

pytestmark = pytest.mark.browser

TYPED = (
    "543 children were looked after on 31 March 2017. We met on 31 February 2017. In 2015-16 the group went on its way "
    "with [a guide]({portal}/public/nothing-here/)."
)


@pytest.mark.parametrize(
    "javascript, screen", [(True, DESKTOP), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_a_number_gives_way_to_its_fact_with_one_click(
    javascript: bool,
    screen: dict[str, int],
    live_server: LiveServer,
    draft: AnnualReport,
    manager: User,
    journey: Callable[..., Journey],
    settings: Any,
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    save_words(year=YEAR, chapter="dataset", markdown=TYPED.format(portal=settings.PORTAL_URL), version=0, by=manager)
    team = journey(manager, javascript=javascript, screen=screen)
    team.open(reverse("reports:words_edit", args=[YEAR, "dataset"]))
    told = team.page.locator(".report-typed__one")
    assert told.locator(".govuk-tag").all_inner_texts() == [
        "contradicts",
        "contradicts",
        "leads nowhere",
        "last year’s",
    ]
    assert told.locator("mark").first.inner_text() == "543"
    pages = team.pages
    team.press("button:has-text('Put in 542')")
    assert (team.pages - pages, team.clicks) == (1, 1)
    words = ReportWords.objects.get(year=YEAR, chapter="dataset")
    assert words.markdown.startswith("{{ dataset.looked_after }} children were looked after")
    assert "543" not in told.locator("mark").all_inner_texts()
    assert "{{ dataset.looked_after }}" in team.page.input_value("textarea[name=markdown]")
    if javascript:
        assert team.faults() == []
