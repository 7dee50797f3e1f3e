"""Every page, in a real browser: WCAG 2.2 AA by axe, nothing scrolls sideways, no script or style is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from lscb.accounts.models import User
from tests.house.access_table import DOORS
from tests.house.test_access import records  # noqa: F401
from tests.plugins.browser import DESKTOP, PHONE, Journey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_PAGES = {
    "files:attachment_download",
    "jobs:job_result",
    "jobs:job_progress",  # a part of the job page
    "reports:report_download",
    "actions:plan_xlsx",
    "actions:plan_pdf",
    "actions:reviewed_docx",
    "actions:file",
    "boards:meeting_calendar",
    "boards:meeting_docx",
    "boards:meeting_pdf",
    "boards:challenge_file",
    "boards:survey_results",
    "boards:survey_template",
    "boards:picture_file",
    "boards:library_file",
    "audits:audit_report_pdf",
    "audits:audit_report_xlsx",
    "casereviews:briefing_pdf",
    "audits:return_pdf",
    "audits:return_letter",
    "audits:framework_export",
    "audits:evidence_file",
    "audits:audit_return_file",
    "training:certificate",
    "training:sign_in_sheet",
    "cdop:panel_papers",
    "dataset:edition_export",
    "dataset:figure_template",
    "dataset:grid_template",
    "dataset:pack_pdf",
    "records:take_out_file",
    "records:certificate",
}
PAGES = {
    name: door for name, door in DOORS.items() if not (name.startswith("api:") or door.writes or name in NOT_PAGES)
}
READERS = ("manager", "officer", "chair", "lead")
"""Who opens a page: the first of these who may."""
WITHOUT_SIGNING_IN = (
    reverse("notify:start"),
    reverse("account_login"),
    reverse("account_reset_password"),
    reverse("public"),
    reverse("public:board"),
    reverse("public:library"),
    reverse("public:survey_done"),
    reverse("learning:reviews"),
    reverse("training:programme"),
    reverse("training:calendar"),
    *(reverse("page", args=[page]) for page in ("accessibility", "privacy", "contact")),
)


def on_both(walk: Journey) -> Iterator[str]:
    for width, screen in (("desktop", DESKTOP), ("320 px", PHONE)):
        walk.page.set_viewport_size(screen)
        yield from (f"{width}, {fault}" for fault in walk.faults())


PARTS = 3
"""In so many tests, which several processes share."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible(
    journey: Callable[..., Journey],
    demo_board: dict[str, User],
    records: dict[str, dict[str, Any]],  # noqa: F811
    part: int,
) -> None:
    """On a desktop, and then the same page at 320 px."""
    faults = []
    browsers = {mailbox: journey(demo_board[mailbox]) for mailbox in READERS}
    for name, door in [*PAGES.items()][part::PARTS]:
        team = browsers[next(mailbox for mailbox in READERS if mailbox in door.inside)]
        team.open(reverse(name, kwargs=records[door.of]))
        faults += [f"{name}: {fault}" for fault in on_both(team)]
        team.complaints.clear()
    stranger = journey()
    for address in WITHOUT_SIGNING_IN[part::PARTS]:
        stranger.open(address)
        faults += [f"{address}: {fault}" for fault in on_both(stranger)]
    assert faults == [], "\n".join(faults)
