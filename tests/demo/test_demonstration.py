"""The demonstration: one command builds it with a real worker, a second run loses nothing; production has none."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.roles import ROLES
from lscb.accounts.tokens import PREFIX
from lscb.demo.invariants import broken
from lscb.demo.load import load_demo
from lscb.demo.people import PASSWORD, PEOPLE
from lscb.jobs.services import queue_email
from lscb.trail.models import Event


def demo(data: Path) -> subprocess.CompletedProcess[str]:
    """`manage.py demo` as somebody types it: SQLite, file-system queue, a worker of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve", "--port", "8099"],
        cwd=settings.BASE_DIR,
        env=environment | {"PORTAL_MODE": "demonstration", "DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.long
def test_one_command_builds_the_board_and_its_report_and_the_second_run_loses_nothing(tmp_path: Path) -> None:
    first = demo(tmp_path)
    assert first.returncode == 0, first.stderr
    pdf = tmp_path / "annual-report-2016-17.pdf"
    assert f"The annual report lies at {pdf}" in first.stdout
    for bar in ("Dataset Q1 2016-17", "Dataset Q4 2016-17", "Annual report 2016-17"):
        assert f"{bar}: 100%  done" in first.stdout
    with pikepdf.open(pdf) as opened:
        assert "/StructTreeRoot" in opened.Root
    printed = pdf.read_bytes()

    second = demo(tmp_path)
    assert second.returncode == 0, second.stderr
    assert "Demonstration board: 100%  is there already" in second.stdout
    assert "Dataset Q" not in second.stdout
    assert pdf.read_bytes() == printed


@pytest.mark.django_db
def test_loading_twice_changes_nothing(demo_board: dict[str, User]) -> None:
    people, events = User.objects.count(), Event.objects.count()
    assert load_demo() is False
    assert (User.objects.count(), Event.objects.count()) == (people, events)


@pytest.mark.django_db
def test_every_role_of_the_portal_has_somebody_who_can_sign_in(client: Client, demo_board: dict[str, User]) -> None:
    assert {person.role for person in PEOPLE} == set(ROLES)
    for person in PEOPLE:
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        response = client.get(reverse("home"))
        assert response.status_code == 200
        assert str(person.role.title) in response.content.decode()
        client.post(reverse("account_logout"))


@pytest.mark.django_db
def test_it_shows_a_token_and_somebody_who_asks_for_an_account(client: Client, demo_board: dict[str, User]) -> None:
    client.force_login(demo_board["manager"])
    assert "Figures in Power BI" in client.get(reverse("accounts:all_tokens")).content.decode()
    assert "Specialist nurse" in client.get(reverse("accounts:sign_on_requests")).content.decode()
    client.force_login(demo_board["analyst"])
    page = client.get(reverse("accounts:token_list")).content.decode()
    assert "Figures in Power BI" in page
    assert PREFIX not in page, "what a program shows is never shown again"


@pytest.mark.django_db
def test_its_pages_are_there_in_the_demonstration_only(client: Client, settings: Any) -> None:
    queue_email(unique_key="one", to="guest@demonstration.invalid", subject="You are invited", body="Open the link.")
    assert client.get(reverse("demo:people")).status_code == 404
    assert client.get(reverse("demo:mail")).status_code == 404
    settings.DEMONSTRATION = True
    assert PASSWORD in client.get(reverse("demo:people")).content.decode()
    mail = client.get(reverse("demo:mail")).content.decode()
    assert "You are invited" in mail
    assert "Open the link." in mail


@pytest.mark.django_db
def test_the_data_check_finds_its_people_in_production(demo_board: dict[str, User], settings: Any) -> None:
    assert list(broken(dt.date(2017, 6, 30))) == []
    settings.PRODUCTION = True
    assert "people of the demonstration can sign in here" in "".join(broken(dt.date(2017, 6, 30)))


def test_the_command_runs_in_the_demonstration_only() -> None:
    with pytest.raises(CommandError, match="PORTAL_MODE=demonstration"):
        call_command("demo")


def test_nobody_serves_the_demonstration_to_a_network(tmp_path: Path) -> None:
    """The entry of a public server refuses it, with a sentence."""
    refused = subprocess.run(
        [sys.executable, "-c", "import lscb.wsgi"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PORTAL_MODE": "demonstration", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode != 0
    assert "A public server starts with PORTAL_MODE=production only." in refused.stderr


@pytest.mark.django_db
def test_nothing_is_loaded_in_production_or_among_real_people(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="Production has no demonstration board"):
        call_command("load_demo")
    settings.PRODUCTION = False
    User.objects.create(name="Real", email="real@example.org")
    with pytest.raises(CommandError, match="There are people in this database"):
        call_command("load_demo")
    assert User.objects.count() == 1
