"""Links by which somebody without an account does one thing: bound, expiring, taken back, spent once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from django.views import View

from lscb import urls as portal
from lscb.accounts import links
from lscb.accounts.models import Agency, Link
from lscb.accounts.views.by_link import ByLink
from lscb.common.errors import RuleBroken
from lscb.common.logs import without_secret_links
from lscb.trail.models import Event

from .factories import AgencyFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2017, 3, 1, 10, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory()


def issue(target: Agency, *, email: str = "kim@example.org", purpose: str = "cancel", **fields: Any) -> Link:
    values: dict[str, Any] = {"name": "Kim", "expires_at": NOW + WEEK, "by": None, "at": NOW} | fields
    return links.issue_link(purpose=purpose, target=target, email=email, **values)


def test_a_link_leads_to_its_one_thing_for_its_one_purpose(agency: Agency) -> None:
    link = issue(agency)
    token = links.token_of(link)
    assert links.follow(token, purpose="cancel", at=NOW) == link
    assert link.target_key == str(agency.pk)
    for wrong, purpose in ((token, "approve"), (token[:-1], "cancel"), (link.pk.hex, "cancel"), ("", "cancel")):
        with pytest.raises(RuleBroken, match="not valid"):
            links.follow(wrong, purpose=purpose, at=NOW)


def test_a_reminder_carries_the_same_link_for_longer(agency: Agency) -> None:
    first = issue(agency)
    again = issue(agency, email="KIM@example.org", expires_at=NOW + 2 * WEEK, at=NOW + WEEK)
    assert links.token_of(again) == links.token_of(first)
    assert links.follow(links.token_of(first), purpose="cancel", at=NOW + WEEK) == first
    assert issue(agency, email="lee@example.org") != first
    assert Event.objects.filter(verb="issued a link").count() == 2


def test_a_link_expires_at_its_moment(agency: Agency) -> None:
    token = links.token_of(issue(agency))
    links.follow(token, purpose="cancel", at=NOW + WEEK - dt.timedelta(seconds=1))
    with pytest.raises(RuleBroken, match="expired"):
        links.follow(token, purpose="cancel", at=NOW + WEEK)


def test_a_link_is_spent_once_and_its_use_is_on_the_trail(agency: Agency) -> None:
    link = issue(agency)
    links.spend(link=link, at=NOW)
    with pytest.raises(RuleBroken, match="used already"):
        links.spend(link=link, at=NOW)
    with pytest.raises(RuleBroken, match="used already"):
        links.follow(links.token_of(link), purpose="cancel", at=NOW)
    assert list(Event.objects.filter(verb="used a link").values_list("actor", flat=True)) == ["Kim, by a link"]


def test_taking_back_reaches_one_person_or_all(agency: Agency) -> None:
    kim, lee = issue(agency), issue(agency, email="lee@example.org")
    assert links.revoke_links(target=agency, purpose="cancel", email="Kim@example.org", by=None, at=NOW) == 1
    with pytest.raises(RuleBroken, match="taken back"):
        links.spend(link=kim, at=NOW)
    links.follow(links.token_of(lee), purpose="cancel", at=NOW)
    assert links.revoke_links(target=agency, purpose="cancel", by=None, at=NOW) == 1
    with pytest.raises(RuleBroken, match="taken back"):
        links.follow(links.token_of(lee), purpose="cancel", at=NOW)


class Cancel(ByLink, View):
    purpose = "cancel"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse(f"Cancel {self.link.target_key}?")


urlpatterns = [path("by-link/<str:token>/", Cancel.as_view()), *portal.urlpatterns]


@pytest.mark.urls("tests.accounts.test_links")
def test_opening_a_page_by_link_needs_no_account_and_changes_nothing(client: Client, agency: Agency) -> None:
    link = issue(agency, expires_at=timezone.now() + WEEK, at=timezone.now())
    address = f"/by-link/{links.token_of(link)}/"
    for _ in range(2):
        response = client.get(address)
        assert (response.status_code, response.content.decode()) == (200, f"Cancel {agency.pk}?")
        assert "no-store" in response["Cache-Control"]
    link.refresh_from_db()
    assert link.spent_at is None
    links.revoke_links(target=agency, purpose="cancel", by=None, at=timezone.now())
    gone = client.get(address)
    assert gone.status_code == 410
    assert "This link was taken back" in gone.content.decode()


def test_logs_never_hold_the_token(agency: Agency) -> None:
    token = links.token_of(issue(agency))
    line = without_secret_links(None, "info", {"request": f"GET /training/by-link/{token}/cancel/"})
    assert line["request"] == "GET /training/by-link/…/cancel/"
