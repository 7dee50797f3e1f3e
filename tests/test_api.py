"""The API says what the pages say, to the same people, and describes itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from lscb.accounts.models import User
from lscb.reports.models import AnnualReport


def read(client: Client, user: User, name: str, **query: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(f"api:{name}"), query).json()


def test_an_agency_reads_its_own_figures_and_no_other(client: Client, demo_board: dict[str, User]) -> None:
    own = read(client, demo_board["lead"], "indicator-list")["results"]
    everything = read(client, demo_board["manager"], "indicator-list")["results"]
    assert {one["source_agency"] for one in own} == {"Hampshire Constabulary"}
    codes = {one["indicator"] for one in read(client, demo_board["lead"], "figure-list")["results"]}
    assert codes == {one["code"] for one in own}
    assert len(own) < len(everything)


def test_the_facts_of_a_report_are_exact_and_as_printed(
    client: Client, demo_board: dict[str, User], demo_report: AnnualReport
) -> None:
    client.force_login(demo_board["chair"])
    facts = client.get(reverse("api:report-detail", args=[demo_report.pk])).json()["facts"]
    assert facts["finances.core"]["value"] == "131453.00"
    assert facts["finances.core"]["shown"] == "£131,453"
    assert facts["dataset.looked_after"]["shown"] == "542"


def test_the_description_names_every_kind_of_record() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    kinds = {path.split("/")[2] for path in schema["paths"]}
    assert kinds >= {"agencies", "groups", "seats", "contributions", "plans", "actions", "indicators", "figures"}
    assert kinds >= {"editions", "reports", "sessions", "bookings"}


@pytest.mark.django_db
def test_nobody_writes_what_is_only_read(client: Client, demo_board: dict[str, User]) -> None:
    client.force_login(demo_board["manager"])
    for name in ("figure-list", "job-list", "briefing-list"):
        assert client.post(reverse(f"api:{name}"), {}, content_type="application/json").status_code == 405
