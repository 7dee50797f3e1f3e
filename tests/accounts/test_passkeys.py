"""A passkey in a real browser: added, and asked for at the next sign-in, under the portal's own content policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from lscb.accounts.models import User
from lscb.accounts.roles import AgencyReader

from .factories import PASSWORD, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_password(page: Any, user: User) -> None:
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_a_passkey_is_set_up_and_asked_for(journey: Callable[..., Any]) -> None:
    user = member(AgencyReader)
    walk = journey()
    page = walk.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    walk.open("/people/account/")
    give_password(page, user)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.wait_for_load_state("networkidle")  # the button works when its script is there
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible(timeout=15_000)
    assert walk.faults() == []

    page.context.clear_cookies()
    walk.open("/people/account/")
    give_password(page, user)
    assert walk.faults() == []
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible(timeout=15_000)
    assert walk.faults() == []
