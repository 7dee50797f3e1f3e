"""A return of N standards in N + 3 pages and clicks, a helper in 1 and 1 from the e-mail, eight writing at once."""

from __future__ import annotations

import re
import socket
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from audits.models import Answer, Return
from audits.returns import submitting
from audits.returns.answering import fingerprint
from audits.returns.forms import prefix_of
from lscb.accounts import links
from lscb.accounts.models import Link
from lscb.jobs.services import send_due_emails
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import lead
from tests.jobs.test_outbox import Server
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .factories import NOW, a_framework, a_return, answer, filled, fresh, section, submitted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STANDARDS = 3
WAYS = [pytest.param(True, DESKTOP, id="with JavaScript"), pytest.param(False, PHONE, id="320 px without JavaScript")]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A real SMTP server that keeps what it is given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield handler
    controller.stop()


def choose(walk: Journey, field: str) -> None:
    """A radio or a tick, by keyboard."""
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Space")


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_a_return_of_n_standards(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    agency = AgencyFactory()
    one = a_return(agency, framework=a_framework(standards=STANDARDS, questions=1))
    walk = journey(lead(agency), javascript=javascript, screen=screen)
    walk.open(reverse("home"))
    walk.pages = 0
    walk.press(f"a:has-text('{one.reference}')")
    assert not javascript or walk.faults() == []
    walk.press("a:has-text('1 Standard 1')")
    for number in range(1, STANDARDS + 1):
        choose(walk, f"#id_q{answer(one, f'{number}.1').pk}-grade_0")
        walk.page.locator(f"#id_q{answer(one, f'{number}.1').pk}-evidence").focus()
        walk.page.keyboard.type("We looked.")
        choose(walk, "#id_completed_0")
        assert not javascript or number > 1 or walk.faults() == []
        walk.press("button:has-text('Save and continue')")
    assert not javascript or walk.faults() == []
    choose(walk, "#id_declared")
    walk.page.locator("#id_position").focus()
    walk.page.keyboard.type("Director")
    walk.press("button:has-text('Sign and submit')")
    assert walk.page.locator("h1").inner_text() == "Return submitted"
    assert (walk.pages, walk.clicks) == (STANDARDS + 3, STANDARDS + 3)
    assert not javascript or walk.faults() == []
    walk.page.reload()
    assert fresh(one).status == "submitted"
    assert {each.evidence for each in Answer.objects.filter(of_return=one)} == {"We looked."}


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_a_helper_from_the_e_mail_to_the_saved_answer(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey], server: Server, settings: Any
) -> None:
    one = a_return(framework=a_framework(standards=2, questions=1))
    submitting.invite_contributor(
        of_return=one,
        standard=section(one, 2).standard,
        name="Sam",
        email="sam@example.org",
        by=lead(one.agency),
        at=timezone.now(),
    )
    assert send_due_emails(now=timezone.now()) == 1
    [mail] = server.taken
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [address] = re.findall(rf"{re.escape(settings.PORTAL_URL)}(/\S+)", body)
    walk = journey(javascript=javascript, screen=screen)
    walk.open(address)
    assert not javascript or walk.faults() == []
    walk.pages = 0
    choose(walk, f"#id_q{answer(one, '2.1').pk}-grade_0")
    walk.page.locator(f"#id_q{answer(one, '2.1').pk}-evidence").focus()
    walk.page.keyboard.type("Sam knows.")
    walk.press("button:has-text('Save')")
    assert (walk.pages, walk.clicks) == (1, 1)
    saved = answer(one, "2.1")
    assert (saved.evidence, saved.saved_by_name, saved.option and saved.option.label) == ("Sam knows.", "Sam", "Met")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_an_unchanged_standard_is_one_click(javascript: bool, journey: Callable[..., Journey]) -> None:
    before = submitted(a_return(framework=a_framework(standards=1)))
    opens = NOW.date().replace(year=2017)
    one = a_return(before.agency, framework=before.round.framework, opens_on=opens, due_on=opens)
    walk = journey(lead(before.agency), javascript=javascript)
    walk.open(reverse("audits:return_section", args=[one.pk, 1]))
    walk.press("button:has-text('Everything here is still true')")
    assert walk.clicks == 1
    assert section(one).is_completed
    assert not Answer.objects.filter(of_return=one, to_confirm=True).exists()


def test_what_is_typed_saves_itself(journey: Callable[..., Journey]) -> None:
    one = a_return(framework=a_framework(standards=1, questions=1))
    walk = journey(lead(one.agency))
    walk.open(reverse("audits:return_section", args=[one.pk, 1]))
    walk.page.locator(f"#id_q{answer(one).pk}-evidence").focus()
    for text in ("We ", "look."):
        walk.page.keyboard.type(text)
        walk.page.wait_for_function(
            "() => document.querySelector('[data-autosave-status]').textContent.startsWith('Saved at')"
        )
        walk.page.wait_for_timeout(1600)
    assert answer(one).evidence == "We look."
    walk.press("button:has-text('Save and continue')")
    assert answer(one).evidence == "We look."


def test_a_session_that_ended_while_typing_loses_nothing(journey: Callable[..., Journey], client: Any) -> None:
    one = a_return(framework=a_framework(standards=1, questions=1))
    user = lead(one.agency)
    walk = journey(user, javascript=False)
    walk.open(reverse("audits:return_section", args=[one.pk, 1]))
    walk.page.locator(f"#id_q{answer(one).pk}-evidence").fill("Typed for an hour.")
    cookies = walk.page.context.cookies()
    walk.page.context.clear_cookies(name="sessionid")
    walk.press("button:has-text('Save and continue')")
    assert "Typed for an hour." in walk.page.content()
    client.force_login(user)
    kept = [dict(one, value=client.cookies["sessionid"].value) for one in cookies if one["name"] == "sessionid"]
    walk.page.context.add_cookies(kept)  # type: ignore[arg-type]
    walk.page.locator("main form button").last.click()
    assert answer(one).evidence == "Typed for an hour."


def test_eight_contributors_writing_at_once_lose_nothing(live_server: Any) -> None:
    """Eight people with links to eight standards of one return, all writing to the same server at the same time."""
    one = a_return(framework=a_framework(standards=8))
    lead_ = lead(one.agency)
    people = []
    for number in range(1, 9):
        standard = section(one, number).standard
        invited = submitting.invite_contributor(
            of_return=one,
            standard=standard,
            name=f"Person {number}",
            email=f"{number}@example.org",
            by=lead_,
            at=timezone.now(),
        )
        token = links.token_of(Link.objects.get(target_key=str(invited.pk)))
        people.append((token, list(one.answers.filter(question__standard=standard).select_related("option"))))
    failures: list[str] = []
    start = threading.Barrier(len(people))

    def write(token: str, answers: list[Answer]) -> None:
        try:
            person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            address = f"{live_server.url}{reverse('audits:contribute', args=[token])}"
            page = person.open(address).read().decode()
            csrf = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[-1]
            [drawn] = re.findall(r'name="page" value="(\w+)"', page)
            start.wait()
            for text in ("One", "Two", "Three"):
                fields = {"csrfmiddlewaretoken": csrf, "page": drawn, "completed": ""}
                for each in answers:
                    own = {"grade": "", "why_not": "", "evidence": f"{text} {each.pk}", "improvement": ""}
                    more = {"improve_by": "", "version": each.version, "drawn": fingerprint(each)}
                    fields |= {f"{prefix_of(each)}-{name}": str(value) for name, value in (own | more).items()}
                data = urllib.parse.urlencode(fields).encode()
                person.open(urllib.request.Request(address, data, {"Referer": address, "Origin": live_server.url}))
        except Exception as error:
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=one) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert {each.evidence for each in Answer.objects.filter(of_return=one)} == {
        f"Three {each.pk}" for _, answers in people for each in answers
    }
    assert Return.objects.get(pk=one.pk).status == "in_progress"


def test_a_governor_signs_by_the_link(journey: Callable[..., Journey]) -> None:
    one = filled(a_return(framework=a_framework(audience="schools", standards=1)))
    submitting.sign(
        of_return=one,
        name="Head",
        position="Head",
        governor_name="Lee",
        governor_email="lee@example.org",
        by=None,
        at=timezone.now(),
    )
    token = links.token_of(Link.objects.get(purpose=submitting.SIGN))
    walk = journey()
    walk.open(reverse("audits:countersign", args=[token]))
    assert walk.faults() == []
    walk.pages = 0
    choose(walk, "#id_declared")
    walk.press("button:has-text('Sign and submit')")
    assert (walk.pages, walk.clicks) == (1, 1)
    assert fresh(one).status == "submitted"
    walk.open(reverse("audits:countersign", args=[token]))
    assert "used already" in walk.page.content()
