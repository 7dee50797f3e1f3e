"""Notify a death in 6 pages and 7 clicks, ask six agencies in 1 and 2: by keyboard, without scripts, at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from cdop.models import AgencyReport, Death, Identity
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import lead
from tests.plugins.browser import DESKTOP, PHONE, Journey

from . import samples as s

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [
    pytest.param(True, DESKTOP, id="with JavaScript"),
    pytest.param(False, PHONE, id="320 px without JavaScript"),
]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def type_into(walk: Journey, field: str, text: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Control+A")
    walk.page.keyboard.type(text)


def tick(walk: Journey, field: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Space")


def go_on(walk: Journey, label: str = "Continue") -> None:
    walk.press(f"button:has-text('{label}')")


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_notifying_a_death(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    walk = journey(javascript=javascript, screen=screen)
    walk.open(reverse("account_login"))
    walk.pages = 0
    walk.press("a:has-text('Notify the panel')")
    faults = [] if not javascript else walk.faults()
    for field in ("name", "role", "contact"):
        type_into(walk, f"#id_notifier_{field}", f"Invented {field}")
    go_on(walk)
    type_into(walk, "#id_given_names", "Madeup")
    type_into(walk, "#id_family_name", "Noperson")
    for part, text in enumerate(("3", "6", "2014")):
        type_into(walk, f"#id_born_on_{part}", text)
    tick(walk, "#id_sex_1")
    go_on(walk)
    for part, text in enumerate(("31", "2", "2016")):
        type_into(walk, f"#id_died_on_{part}", text)
    go_on(walk)
    assert walk.page.title().startswith("Error: ")
    assert "Date of death must be a real date" in walk.page.locator(".govuk-error-summary").inner_text()
    assert walk.page.input_value("#id_died_on_0") == "31", "what was typed is still there"
    assert not javascript or walk.dead_error_links() == []
    walk.pages, walk.clicks = walk.pages - 1, walk.clicks - 1  # the slip is not part of the way
    type_into(walk, "#id_died_on_0", "29")
    walk.page.locator("#id_place").select_option("ward")
    tick(walk, "#id_expected_0")
    faults += [] if not javascript else walk.faults()
    go_on(walk)
    go_on(walk)
    assert "29 February 2016" in walk.page.inner_text("main")
    faults += [] if not javascript else walk.faults()
    go_on(walk, "Send the notification")
    reference = walk.page.locator(".govuk-panel__body strong").inner_text()
    assert (walk.pages, walk.clicks) == (6, 6)
    faults += [] if not javascript else walk.faults()
    assert faults == []
    assert Death.objects.get().reference == reference
    assert Identity.objects.get().family_name == "Noperson"
    walk.page.reload()
    assert reference in walk.page.inner_text("main")


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_asking_six_agencies(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    for number in range(6):
        AgencyFactory(name=f"Agency {number}")
    death = s.a_death()
    walk = journey(s.officer(), javascript=javascript, screen=screen)
    walk.open(death.get_absolute_url())
    faults = [] if not javascript else walk.faults()
    walk.pages = 0
    walk.press("a:has-text('Ask agencies')")
    assert walk.pages == 1
    for number in range(6):
        tick(walk, f"#id_agencies_{number}")
    faults += [] if not javascript else walk.faults()
    go_on(walk, "Ask these agencies")
    assert walk.clicks == 2
    assert AgencyReport.objects.count() == 6
    assert faults == []


def test_an_agency_writes_its_report_which_is_kept_as_it_is_written(journey: Callable[..., Journey]) -> None:
    agency = AgencyFactory(name="Police")
    [report] = s.asked(s.a_death(), agency)
    walk = journey(lead(agency))
    walk.open(report.get_absolute_url())
    walk.press("a:has-text('Write the report')")
    type_into(walk, "#id_contact_text", "Seen twice.")
    walk.page.locator("[data-autosave-status]:has-text('Saved at')").wait_for()
    report.refresh_from_db()
    assert report.answers["contact"]["text"] == "Seen twice."
    go_on(walk, "Send the report")
    assert "has no answer" in walk.page.locator(".govuk-error-summary").inner_text()
    assert walk.page.input_value("#id_contact_text") == "Seen twice."
    assert walk.dead_error_links() == []
    assert walk.faults() == []


def test_a_paper_is_written_looked_through_and_released_by_a_second_person(journey: Callable[..., Journey]) -> None:
    death = s.a_death()
    officer, doctor = s.officer(), s.doctor()
    walk = journey(officer)
    address = reverse("cdop:paper_write", args=[death.pk])
    walk.open(address)
    type_into(walk, "#id_summary", "Lexi fell ill in the night.")
    go_on(walk, "Save and look it through")
    assert "1 to replace" in walk.page.inner_text("main")
    assert " ".join(walk.page.locator("mark").inner_text().split()) == "Lexi (a name of the child)"
    assert walk.page.locator("button:has-text('Propose')").count() == 0
    assert walk.faults() == []
    type_into(walk, "#id_summary", "The child fell ill in the night.")
    go_on(walk, "Save and look it through")
    go_on(walk, "Propose it for release")
    second = journey(doctor, screen=PHONE)
    second.open(reverse("cdop:paper_release", args=[death.pk]))
    assert second.faults() == []
    go_on(second, "Release to the panel")
    assert s.fresh(death).paper.released_by == doctor
