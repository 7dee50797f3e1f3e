from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.jobs.models import Job
from lscb.reports import services
from lscb.reports.models import AnnualReport, ReportWords, State
from lscb.reports.waiting import waiting_for
from lscb.trail.models import Event
from tests.accounts.second_factor import shown, sign_in_with_a_code

from .samples import AS_AT, YEAR

OF_ONE = ("report_detail", "report_preview", "report_download")


@pytest.fixture
def get(client: Client, settings: Any) -> Callable[..., Any]:
    settings.SECOND_FACTOR_WAIVED = True

    def fetch(who: User, route: str, *args: Any) -> Any:
        client.force_login(who)
        answer = client.get(reverse(f"reports:{route}", args=args))
        if answer.streaming:
            assert b"".join(answer.streaming_content).startswith(b"%PDF")
        return answer

    return fetch


def test_nobody_outside_learns_that_there_is_a_report(
    ready: AnnualReport, get: Callable[..., Any], outsider: User, client: Client
) -> None:
    for route in OF_ONE:
        assert get(outsider, route, ready.pk).status_code == 404
    for route in ("report_list", "report_start"):
        assert get(outsider, route).status_code == 404
    client.logout()
    assert client.get(reverse("reports:report_list")).status_code == 302


def test_readers_see_what_is_ready_and_no_draft(
    draft: AnnualReport, get: Callable[..., Any], lay: User, chair: User, manager: User, run_jobs: Callable[[], Any]
) -> None:
    assert get(lay, "report_detail", draft.pk).status_code == 404
    assert "2016-17" not in get(lay, "report_list").content.decode()
    assert get(chair, "report_detail", draft.pk).status_code == 200
    assert get(manager, "report_preview", draft.pk).status_code == 404
    services.build_report(report=draft, as_at=AS_AT, by=manager)
    run_jobs()
    for route in OF_ONE:
        assert get(lay, route, draft.pk).status_code == 200


@pytest.mark.parametrize("who", ["lay", "chair"])
def test_in_scope_without_the_right_is_refused(
    who: str, request: pytest.FixtureRequest, ready: AnnualReport, get: Callable[..., Any], client: Client
) -> None:
    person = request.getfixturevalue(who)
    assert get(person, "report_start").status_code == 403
    assert get(person, "words_edit", "2016-17", "board").status_code == 403
    assert client.post(reverse("reports:report_build", args=[ready.pk])).status_code == 403
    if who == "lay":
        assert client.post(reverse("reports:report_approve", args=[ready.pk])).status_code == 403
    assert AnnualReport.objects.get().life == State.READY


def test_from_build_to_download(
    draft: AnnualReport,
    manager: User,
    chair: User,
    client: Client,
    get: Callable[..., Any],
    run_jobs: Callable[[], Any],
) -> None:
    get(manager, "report_detail", draft.pk)
    asked = client.post(reverse("reports:report_build", args=[draft.pk]), {"as_at": "30 June 2017"})
    job = Job.objects.get()
    assert asked.url == reverse("jobs:job_detail", args=[job.pk])
    run_jobs()
    job.refresh_from_db()
    assert job.result_url == reverse("reports:report_preview", args=[draft.pk])
    report = AnnualReport.objects.get()
    page = re.sub(r"</?a\b[^>]*>", "", get(chair, "report_preview", draft.pk).content.decode())
    for text in ("Fewer children are looked after", "fell by -11.3%", "This cannot be undone", "Approve the report"):
        assert text in page
    approved = client.post(
        reverse("reports:report_approve", args=[draft.pk]), {"content_digest": report.content_digest}
    )
    printing = Job.objects.get(task=services.PRINT_TASK)
    assert approved.url == reverse("jobs:job_detail", args=[printing.pk])
    run_jobs()
    printing.refresh_from_db()
    download = client.get(printing.result_url)
    assert download["Content-Disposition"] == 'attachment; filename="annual-report-2016-17.pdf"'
    assert b"".join(download.streaming_content).startswith(b"%PDF")
    told = [event.verb for event in Event.objects.of(report).order_by("number")]
    assert told == ["started", "asked to build", "built", "viewed", "approved", "printed", "downloaded"]
    assert "Approve the report" not in get(chair, "report_preview", draft.pk).content.decode()


def test_a_draft_is_downloaded_under_a_name_that_says_so(
    ready: AnnualReport, lay: User, get: Callable[..., Any]
) -> None:
    assert 'filename="annual-report-2016-17-draft.pdf"' in get(lay, "report_download", ready.pk)["Content-Disposition"]


def test_approving_what_was_built_again_shows_it_once_more(
    ready: AnnualReport, chair: User, client: Client, get: Callable[..., Any]
) -> None:
    get(chair, "report_preview", ready.pk)
    answer = client.post(reverse("reports:report_approve", args=[ready.pk]), {"content_digest": "old"}, follow=True)
    assert "built again since you opened it" in answer.content.decode()
    assert AnnualReport.objects.get().life == State.READY


def test_the_words_page_lists_the_facts_and_their_values(manager: User, words: None, get: Callable[..., Any]) -> None:
    page = get(manager, "words_edit", "2016-17", "introduction").content.decode()
    assert "{{ dataset.looked_after_change }}" in page
    assert "<strong>-11.3%</strong> Change in the year (of 611)" in page
    assert get(manager, "words_edit", "2016-18", "introduction").status_code == 404
    assert get(manager, "words_edit", "2016-17", "nonsense").status_code == 404


def test_who_saves_second_sees_both_texts(manager: User, words: None, client: Client, get: Callable[..., Any]) -> None:
    get(manager, "report_list")
    address = reverse("reports:words_edit", args=["2016-17", "introduction"])
    answer = client.post(address, {"markdown": "My long text", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "My long text" in page
    assert "Welcome." in page
    assert "There is a problem" in page
    assert 'name="version" value="1"' in page
    assert client.post(address, {"markdown": "Both texts", "version": "1"}).status_code == 302
    assert ReportWords.objects.get(chapter="introduction").markdown == "Both texts"


def test_an_unknown_fact_is_named_when_words_are_saved(manager: User, client: Client, get: Callable[..., Any]) -> None:
    get(manager, "report_list")
    address = reverse("reports:words_edit", args=["2016-17", "board"])
    page = client.post(address, {"markdown": "{{ board.nobody }}", "version": "0"}, follow=True).content.decode()
    assert "nothing to print that is called board.nobody" in page
    assert ReportWords.objects.get().markdown == "{{ board.nobody }}", "what was typed is kept"


def test_markup_in_words_is_text_on_the_page(
    draft: AnnualReport, manager: User, get: Callable[..., Any], run_jobs: Callable[[], Any]
) -> None:
    services.save_words(year=YEAR, chapter="board", markdown="<script>alert(1)</script>", version=0, by=manager)
    services.build_report(report=draft, as_at=AS_AT, by=manager)
    run_jobs()
    page = get(manager, "report_preview", draft.pk).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    draft: AnnualReport, manager: User, get: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    get(manager, "report_list")
    with CaptureQueriesContext(
        connection,
    ) as one:
        get(manager, "report_list")
    for year in (YEAR.previous, YEAR.next):
        services.start_report(year=year, as_at=year.last_day, by=manager)
    with CaptureQueriesContext(connection) as three:
        get(manager, "report_list")
    assert len(one) == len(three)


def test_home_says_what_waits(ready: AnnualReport, manager: User, chair: User, lay: User) -> None:
    (row,) = waiting_for(chair, AS_AT)
    assert row.title == "Approve the annual report 2016-17"
    assert waiting_for(manager, AS_AT) == []
    assert waiting_for(lay, AS_AT) == []


def test_the_chair_shows_the_second_factor_again_before_approving(
    ready: AnnualReport, chair: User, client: Client, settings: Any
) -> None:
    """Signed in with it an hour ago is not enough; entering the code approves nothing by itself."""
    settings.SECOND_FACTOR_WAIVED = False
    sign_in_with_a_code(client, chair, "long enough 12")
    shown(client, 3600)
    address = reverse("reports:report_approve", args=[ready.pk])
    answer = client.post(address, {"content_digest": ready.content_digest})
    preview = reverse("reports:report_preview", args=[ready.pk])
    assert answer.url == f"{reverse('mfa_reauthenticate')}?next={preview}%23approve"
    assert client.get(answer.url).status_code == 200
    assert AnnualReport.objects.get().life == State.READY
    shown(client, 10)
    client.post(address, {"content_digest": ready.content_digest})
    assert AnnualReport.objects.get().life == State.APPROVED
