"""Links that let somebody in are not in the logs, and neither is what people wrote."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import Client

from lscb.accounts.roles import LayMember
from lscb.celery import write_as_the_portal_does
from lscb.common.logs import without_secret_links
from tests.accounts.factories import person

NAME = "Key (name)=(Ada Lovelace) already exists"


@pytest.mark.parametrize(
    "path",
    [
        "/people/invitation/sEcr3t-x_y/",
        "/account/password/reset/key/2-sEcr3t/",
        "/account/confirm-email/sEcr3t/",
        "/account/sign-on/council/back/?code=sEcr3t&state=sEcr3t",
    ],
)
def test_the_secret_of_a_link_is_not_logged(path: str) -> None:
    event = without_secret_links(None, "info", {"request": f"GET {path}", "code": 200})
    assert "sEcr3t" not in event["request"]
    assert event["request"].startswith("GET /")
    assert event["code"] == 200


def test_other_addresses_stay() -> None:
    assert without_secret_links(None, "info", {"request": "GET /people/invitations/"})["request"].endswith("tions/")


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """What a logger prints, in the format that the settings give to every handler."""
    logger, out = logging.getLogger("of.another.program"), io.StringIO()
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    write_as_the_portal_does(logger)
    yield out
    logger.removeHandler(handler)


def test_the_message_of_an_error_is_not_logged_but_where_it_was(printed: io.StringIO) -> None:
    for logger in (logging.getLogger("of.another.program"), structlog.get_logger("of.another.program")):
        try:
            raise ValueError(NAME)
        except ValueError as error:
            logger.error("Internal Server Error: /people/", exc_info=True)
            logger.error(f"Task send_emails raised unexpected: {error!r}", exc_info=True)
            logger.error(f"It failed: {error}", exc_info=(type(error), error, error.__traceback__))
    assert "Ada" not in printed.getvalue()
    assert printed.getvalue().count("test_logs.py") == 6
    assert "Internal Server Error: /people/" in printed.getvalue()


@pytest.mark.django_db
def test_a_refusal_is_logged_with_the_key_of_the_account(
    client: Client, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    ada = person(LayMember, name="Ada Lovelace", email="ada@example.org")
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    with caplog.at_level(logging.INFO, logger="django_structlog.middlewares.request"):
        assert client.get("/child-deaths/").status_code == 404
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    told = [line for line in lines if line["event"] == "request_finished"]
    written = [(line["code"], line["user_id"], line["request"]) for line in told]
    assert written == [(404, str(ada.pk), "GET /child-deaths/")]
    assert not any("lovelace" in str(record.msg).lower() for record in caplog.records)
