"""Nobody but the officer and the designated doctor learns who a child was, or that a named child is in the system.

200 made-up children; everything that a panel member and every lesser role may open, as page, file, mail, calendar and
API answer, is searched for every way of writing their identifiers. So is every table of the database.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pypdf
import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from boards.models import Meeting
from cdop.models import Death, Identity, NotificationDraft
from cdop.services import papers, reviewing
from lscb.accounts import roles
from lscb.accounts.models import User
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead

from . import samples as s

pytestmark = pytest.mark.django_db
CHILDREN = 200
WITH_PAPERS = 16
PAGE = "cdop/death.html"
FIRST = 4
LONG_RANDOM = re.compile(r"[A-Za-z0-9_\-=]{32,}")
"""Tokens, digests and encrypted values: in so many random letters a short name turns up by chance."""


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def searched(text: str, words: Iterable[str]) -> list[str]:
    """The words that stand in a text. Most are ruled out by their first letters, which makes 6,000 of them quick."""
    bare = LONG_RANDOM.sub(" ", text).replace("&#x27;", "'").casefold()
    begun = {bare[at : at + FIRST] for at in range(len(bare))}
    return [word for word in words if word.casefold()[:FIRST] in begun and word.casefold() in bare]


def words_in(response: Any) -> str:
    """What a reader finds in an answer of whatever kind, with its headers."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf":
        reader = pypdf.PdfReader(io.BytesIO(content))
        text = "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    elif "spreadsheet" in kind:
        book = load_workbook(io.BytesIO(content))
        text = "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))
    elif "wordprocessing" in kind:
        text = "\n".join(one.text for one in Document(io.BytesIO(content)).paragraphs)
    else:
        text = content.decode()
    return f"{dict(response.headers)}\n{text}"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


LISTS = (
    *("home", "cdop:death_list", "cdop:panel_list", "cdop:return", "cdop:trends", "cdop:report_list"),
    *("boards:meeting_list", "actions:mine", "actions:plan_list", "jobs:job_list", "jobs:email_list"),
    *("accounts:person_list", "reports:report_list", "api:meeting-list", "api:action-list", "api:plan-list"),
)


def addresses(meetings: list[Meeting], actions: list[Action]) -> Iterator[str]:
    """What somebody may try to open that is not about one case."""
    for name in LISTS:
        yield reverse(name)
    for number in (2, 4):
        yield f"{reverse('cdop:death_list')}?page={number}"
    for name in ("cdop:death_list", "boards:meeting_list", "actions:mine", "cdop:return"):
        yield from (f"{reverse(name)}?format={kind}" for kind in ("csv", "xlsx"))
    for meeting in meetings:
        for name in ("cdop:panel", "cdop:panel_papers", "boards:meeting", "boards:meeting_calendar"):
            yield reverse(name, args=[meeting.pk])
        for name in ("boards:meeting_pdf", "boards:meeting_docx", "api:meeting-detail"):
            yield reverse(name, args=[meeting.pk])
    for action in actions:
        yield from (action.get_absolute_url(), reverse("api:action-detail", args=[action.pk]))


@pytest.mark.long
def test_no_identifier_of_200_children_reaches_anybody_else() -> None:
    officer, doctor, agency = s.officer(), s.doctor(), AgencyFactory()
    some = [s.generated(number, tell=False) for number in range(CHILDREN)]
    words = {word for _, child in some for word in child.words}
    meetings = [s.a_panel(*(death for death, _ in some[:WITH_PAPERS]))]
    meetings.append(s.a_panel(*(death for death, _ in some[WITH_PAPERS:]), day=s.TODAY))
    for death, child in some[:WITH_PAPERS]:
        type_names_everywhere(death, child, meetings[0], officer, doctor)
    s.asked(some[0][0], agency)
    write_minutes(meetings[0], officer, some[0][1])
    assert Action.objects.count() == WITH_PAPERS
    actions = list(Action.objects.all()[:3])

    readers = [person(role) for role in roles.ROLES if role not in (roles.ChildDeathOfficer, roles.DesignatedDoctor)]
    member = s.panel_member()
    hits, opened = [], 0
    for reader in [member, lead(agency), *readers]:
        client = signed_in(reader)
        for address in addresses(meetings, actions):
            response: Any = client.get(address)
            opened += response.status_code == 200
            hits += [f"{reader.role_titles} {address}: {word}" for word in searched(words_in(response), words)]
    client = signed_in(member)
    for death, child in some:
        response = client.get(death.get_absolute_url())
        assert response.status_code == 200
        hits += [f"case: {word}" for word in searched(words_in(response), child.words)]
    for death, child in some[:5]:
        for name in (
            "cdop:identity",
            "cdop:identity_correct",
            "cdop:paper_write",
            "cdop:paper_release",
            "cdop:viewers",
        ):
            response = client.get(reverse(name, args=[death.pk]))
            assert response.status_code == 403
            hits += [f"{name}: {word}" for word in searched(words_in(response), child.words)]
    assert hits == []
    assert opened > 100
    assert dumped(words) == []


def type_names_everywhere(death: Death, child: s.MadeUp, meeting: Meeting, officer: User, doctor: User) -> None:
    """The officer types names into every text that the panel reads. Each is refused; role words take their place."""
    slip = f"{child.texts['given_names']} of {child.texts['postcode']}"
    papers.write_paper(death=death, version=0, texts={"summary": slip}, by=officer)
    with pytest.raises(RuleBroken):
        papers.propose_release(death=death, by=officer, now=s.NOW)
    papers.write_paper(death=death, version=1, texts={"summary": "The child died in hospital."}, by=officer)
    paper = papers.propose_release(death=death, by=officer, now=s.NOW)
    papers.release_paper(death=death, version=paper.version, by=doctor, now=s.NOW)
    with pytest.raises(RuleBroken):
        reviewing.record_learning(death=death, version=0, learning=slip, by=officer)
    reviewing.record_learning(death=death, version=0, learning="Listen to parents.", by=officer)
    act = {"death": death, "meeting": meeting, "due": s.TODAY, "asked": [Asked(owner="Chair")], "by": officer}
    with pytest.raises(RuleBroken):
        reviewing.add_action(**act, what=slip)
    reviewing.add_action(**act, what="Write to the hospital.")


def write_minutes(meeting: Meeting, officer: User, child: s.MadeUp) -> None:
    """The officer types a name into minutes of the meeting: the page gives it back and saves nothing."""
    client, address = signed_in(officer), reverse("boards:meeting_minutes", args=[meeting.pk])
    slip = f"We spoke of {child.texts['given_names']} {child.texts['family_name']} for a while."
    answer = client.post(address, {"minutes": slip, "version": "0"})
    assert answer.status_code == 422
    assert child.texts["given_names"] in answer.content.decode(), "what was typed is not lost"
    client.post(address, {"minutes": "We spoke of a child for a while.", "version": "0"})
    assert Meeting.objects.get(pk=meeting.pk).minutes == "We spoke of a child for a while."


def dumped(words: set[str]) -> list[str]:
    """What of `words` stands in clear anywhere in the database."""
    hits = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            hits += [f"{table}: {word}" for word in searched("\n".join(map(str, cursor.fetchall())), words)]
    return hits


def test_the_search_finds_a_name_that_a_template_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner itself, tried: one template is made to print the name."""
    death, child = s.generated(1)
    s.a_panel(death)
    client, address = signed_in(s.panel_member()), reverse("cdop:death", args=[death.pk])
    assert searched(words_in(client.get(address)), child.words) == []
    true = Template.render

    def careless(self: Template, context: Any) -> str:
        printed = true(self, context)
        return printed + true(Template("{{ death.identity.given_names }}"), context) if self.name == PAGE else printed

    monkeypatch.setattr(Template, "render", careless)
    assert child.texts["given_names"] in searched(words_in(client.get(address)), child.words)


def test_the_dump_finds_a_name_that_lies_in_clear() -> None:
    _, child = s.generated(2)
    assert dumped(set(child.words)) == []
    name = child.texts["family_name"]
    User.objects.create(email="x@example.org", name=f"Parent of {name}")
    assert dumped({name}) == [f"accounts_user: {name}"]


# ---- Nobody learns that a named child is there ----------------------------------------------------------------------


PAGES: dict[str, dict[str, str]] = {
    "you": {"notifier_name": "Una Notreal", "notifier_role": "Ward sister", "notifier_contact": "123"},
    "child": {
        "given_names": "Alexandra",
        "family_name": "Neverwas",
        "sex": "female",
        "nhs_number": "999 012 3454",
        "born_on_day": "3",
        "born_on_month": "6",
        "born_on_year": "2014",
        "postcode": "ZZ99 3AB",
    },
    "death": {
        "died_on_day": "1",
        "died_on_month": "7",
        "died_on_year": "2016",
        "place": "ward",
        "expected": "expected",
    },
    "people": {"family": "Mother: Janetta Neverwas"},
}


def notified(client: Client) -> tuple[list[str], int]:
    """Notify from a fresh browser; the pages as they were shown, without what differs by chance, and the queries."""
    shown = []
    with CaptureQueriesContext(connection) as queries:
        for page, typed in PAGES.items():
            address = reverse("notify:start") if page == "you" else reverse("notify:page", args=[page])
            shown += [client.get(address), client.post(address, typed)]
        shown.append(client.get(reverse("notify:check")))
        shown.append(client.post(reverse("notify:check")))
        shown.append(client.get(reverse("notify:done")))
    return [_without_chance(response) for response in shown], len(queries)


def _without_chance(response: HttpResponse) -> str:
    text = re.sub(r"CD-\d{4}-\w{5}", "REFERENCE", response.content.decode())
    return f"{response.status_code} {response.headers.get('Location', '')} {LONG_RANDOM.sub('', _nonces(text))}"


def _nonces(text: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", text)


def test_notifying_a_known_child_is_the_same_as_an_unknown_one() -> None:
    """The same pages, the same number of queries, and so the same time: nothing is looked up."""
    first = notified(Client())
    second = notified(Client())
    assert Death.objects.count() == 2
    assert first == second


def test_nobody_else_finds_a_child_or_is_told_of_a_duplicate() -> None:
    death = s.a_death()
    s.a_death()
    s.a_panel(death)
    for reader in (s.panel_member(), person(roles.IndependentChair)):
        client = signed_in(reader)
        assert client.post(reverse("cdop:find"), {"nhs_number": "999 012 3454"}).status_code == 403
        page = client.get(death.get_absolute_url()).content.decode()
        assert "same child" not in page
    for reader in (person(roles.BoardManager), lead(AgencyFactory()), person(roles.Professional)):
        client = signed_in(reader)
        for address in (reverse("cdop:find"), death.get_absolute_url(), reverse("cdop:death_list")):
            assert client.get(address).status_code == 404
    assert "same child" in signed_in(s.officer()).get(death.get_absolute_url()).content.decode()


def test_what_others_type_is_never_looked_up() -> None:
    """A refusal would tell them that the child is known: only who may know it is kept from writing it."""
    s.a_death()
    client = signed_in(person(roles.BoardManager))
    with CaptureQueriesContext(connection) as queries:
        client.post(reverse("boards:challenge_log"), {"title": "Alexandra O’Neverwas-Inkling, 999 012 3454"})
    assert not [one for one in queries if "cdop_identity" in one["sql"]]


def test_what_is_being_typed_lies_encrypted_and_goes_when_it_is_sent() -> None:
    client = Client()
    client.post(reverse("notify:start"), PAGES["you"])
    client.post(reverse("notify:page", args=["child"]), PAGES["child"])
    assert NotificationDraft.objects.get().typed["child"]["given_names"] == "Alexandra"
    assert dumped({"Alexandra", "Neverwas", "999 012 3454", "Una Notreal", "ZZ99 3AB"}) == []
    other = Client()
    assert "Alexandra" not in other.get(reverse("notify:start")).content.decode()
    assert other.get(reverse("notify:page", args=["child"])).status_code == 302
    assert notified(client)[0][-1].startswith("200")
    assert NotificationDraft.objects.get().typed == {}


def test_many_notifications_from_one_place_wait_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdop.views.notification.MOST_SENT", 1)
    assert notified(Client())[0][-1].startswith("200")
    client = Client()
    for page, typed in PAGES.items():
        client.post(reverse("notify:start") if page == "you" else reverse("notify:page", args=[page]), typed)
    refused = client.post(reverse("notify:check"))
    assert refused.status_code == 429
    assert "What you typed is kept" in refused.content.decode()
    assert Identity.objects.count() == 1
    monkeypatch.setattr("cdop.views.notification.MOST_SENT", 9)
    assert client.post(reverse("notify:check")).status_code == 302
    assert Identity.objects.count() == 2


def test_a_double_click_notifies_once() -> None:
    client = Client()
    for page, typed in PAGES.items():
        client.post(reverse("notify:start") if page == "you" else reverse("notify:page", args=[page]), typed)
    for _ in range(2):
        assert client.post(reverse("notify:check"))["Location"] == reverse("notify:done")
    assert Death.objects.count() == 1


def test_looking_at_a_case_of_another_group_or_without_the_right_is_refused() -> None:
    death = s.a_death()
    with pytest.raises(PermissionDenied):
        papers.write_paper(death=death, version=0, texts={}, by=s.doctor())
    client = signed_in(person(roles.PanelMember, group="another-group"))
    assert client.get(death.get_absolute_url()).status_code == 404


@pytest.fixture
def logged(settings: Any) -> Iterator[io.StringIO]:
    """Everything that production would write into its log, from here on."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    lines = settings.LOGGING["formatters"]["lines"]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in lines.items() if k != "()"}))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def test_the_log_names_no_child_also_when_something_breaks(
    logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notified(Client())[0][-1].startswith("200")
    death = Death.objects.get()
    officer = signed_in(s.officer())
    officer.post(reverse("cdop:find"), {"nhs_number": "999 012 3454"})
    officer.get(death.get_absolute_url())

    def breaks(*args: Any, **kwargs: Any) -> None:
        raise ValueError("Alexandra O’Neverwas-Inkling, 999 012 3454")

    monkeypatch.setattr("cdop.views.cases.FindChild.post", breaks)
    officer.raise_request_exception = False
    answer = officer.post(reverse("cdop:find"), {"nhs_number": "999 012 3454"})
    assert answer.status_code == 500
    assert "ValueError" in logged.getvalue(), "that it broke is in the log"
    words = {"Alexandra", "Neverwas", "999 012 3454", "9990123454", "Janetta", "Una Notreal", "ZZ99 3AB"}
    assert searched(logged.getvalue(), words) == []
    assert searched(answer.content.decode(), words) == []
