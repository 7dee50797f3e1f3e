"""Links that let somebody in are not in the logs."""

from __future__ import annotations

import pytest

from lscb.common.logs import without_secret_links


@pytest.mark.parametrize(
    "path",
    ["/people/invitation/sEcr3t-x_y/", "/account/password/reset/key/2-sEcr3t/", "/account/confirm-email/sEcr3t/"],
)
def test_the_secret_of_a_link_is_not_logged(path: str) -> None:
    event = without_secret_links(None, "info", {"request": f"GET {path}", "code": 200})
    assert "sEcr3t" not in event["request"]
    assert event["request"].startswith("GET /")
    assert event["code"] == 200


def test_other_addresses_stay() -> None:
    assert without_secret_links(None, "info", {"request": "GET /people/invitations/"})["request"].endswith("tions/")
