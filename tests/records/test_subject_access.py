"""Subject access: the clock and its pauses, finding, withholding, the answer, and who sees any of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boards.models import Challenge
from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.records.clock import Interval, due_on
from lscb.records.finding import find_person
from lscb.records.models import AccessRequest, Collected
from lscb.records.services import subject_access as services
from lscb.trail.models import Event

D = dt.date
TODAY = D(2017, 6, 1)


@pytest.mark.parametrize(
    ("received", "pauses", "extended", "due"),
    [
        (D(2017, 3, 6), [], False, D(2017, 4, 6)),
        (D(2017, 1, 31), [], False, D(2017, 2, 28)),
        (D(2016, 1, 29), [], False, D(2016, 2, 29)),
        (D(2016, 8, 31), [], False, D(2016, 9, 30)),
        (D(2017, 2, 28), [], False, D(2017, 3, 28)),
        (D(2017, 3, 14), [], False, D(2017, 4, 18)),  # 14 April is Good Friday, 17 April Easter Monday
        (D(2017, 3, 1), [], False, D(2017, 4, 3)),  # 1 April is a Saturday
        (D(2017, 3, 6), [], True, D(2017, 6, 6)),
        (D(2016, 11, 30), [], True, D(2017, 2, 28)),
        (D(2017, 3, 6), [Interval(D(2017, 3, 8), D(2017, 3, 17))], False, D(2017, 4, 18)),
        (D(2017, 3, 6), [Interval(D(2017, 3, 8), D(2017, 3, 8))], False, D(2017, 4, 6)),
        (
            D(2017, 3, 6),
            [Interval(D(2017, 3, 8), D(2017, 3, 10)), Interval(D(2017, 3, 9), D(2017, 3, 11))],
            False,
            D(2017, 4, 10),
        ),
        (D(2017, 5, 22), [Interval(D(2017, 5, 25))], False, D(2017, 6, 29)),  # stands still: seven days so far
    ],
)
def test_the_clock(received: D, pauses: list[Interval], extended: bool, due: D) -> None:
    assert due_on(received, pauses, TODAY, extended=extended) == due


def received(by: User) -> AccessRequest:
    return services.receive_request(
        who="Quentin Quangle", contact="By post", asked_for="", received_on=D(2017, 3, 6), by=by, today=TODAY
    )


@pytest.mark.django_db
def test_a_request_from_receipt_to_answer(demo_board: dict[str, User]) -> None:
    manager = demo_board["manager"]
    day = {"by": manager, "today": TODAY}
    challenge = Challenge.objects.filter(closed_on=None)[0]
    text = "Quentin Quangle said that his neighbour Mary Other was there."
    Challenge.objects.filter(pk=challenge.pk).update(issue=text)
    request = received(manager)
    with pytest.raises(RuleBroken, match="Confirm first"):
        services.hand_over(request=request, **day)
    services.pause_clock(request=request, waits_for="identity", on=D(2017, 3, 8), **day)
    with pytest.raises(RuleBroken, match="stands already"):
        services.pause_clock(request=request, waits_for="identity", on=D(2017, 3, 9), **day)
    services.confirm_identity(request=request, on=D(2017, 3, 17), **day)
    request = AccessRequest.objects.get(pk=request.pk)
    assert request.due(TODAY) == D(2017, 4, 18)
    with pytest.raises(RuleBroken, match="cannot be extended"):
        services.extend(request=request, because="Much", on=D(2017, 4, 19), **day)
    services.extend(request=request, because="There is much of it", on=D(2017, 4, 18), **day)
    assert AccessRequest.objects.get(pk=request.pk).due(TODAY) == D(2017, 6, 15)
    found = services.look_for_person(request=request, terms=["quentin quangle"], by=manager)
    assert [(one.table, one.field, one.text) for one in found.texts] == [("boards.challenge", "issue", text)]
    assert services.collect(request=request, texts=found.texts, by=manager, at=timezone.now()) == 1
    assert services.collect(request=request, texts=found.texts, by=manager, at=timezone.now()) == 0
    one = Collected.objects.get()
    with pytest.raises(RuleBroken, match="does not stand"):
        services.withhold(collected=one, passages=["Somebody"], by=manager)
    services.withhold(collected=one, passages=["Mary Other", "his neighbour Mary Other"], by=manager)
    answer = zipfile.ZipFile(io.BytesIO(services.hand_over(request=request, **day)))
    items = json.loads(answer.read("what-we-hold.json"))
    assert items[0]["text"] == "Quentin Quangle said that [withheld] was there."
    assert answer.read("what-we-hold.pdf")[:5] == b"%PDF-"
    services.close_request(request=request, outcome="answered", reason="", on=D(2017, 5, 2), **day)
    assert not Collected.objects.exists()
    with pytest.raises(RuleBroken, match="closed"):
        services.collect(request=request, texts=found.texts, by=manager, at=timezone.now())
    trail = Event.objects.of(request)
    assert trail.count() >= 9
    told = " ".join(f"{event.target} {event.reason} {event.changes} {event.verb}" for event in trail)
    assert "Quangle" not in told
    assert "Mary" not in told


@pytest.mark.django_db
def test_who_asks_and_what_was_collected_lie_encrypted(demo_board: dict[str, User]) -> None:
    request = received(demo_board["manager"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT who, contact FROM records_accessrequest WHERE number = %s", [request.number])
        assert "Quangle" not in str(cursor.fetchall())


@pytest.mark.django_db
def test_a_person_is_found_as_far_as_the_searcher_may_see(demo_board: dict[str, User]) -> None:
    lead = demo_board["lead"]
    tables = {text.table for text in find_person([lead.email], demo_board["manager"]).texts}
    assert {"accounts.user"} <= tables
    assert not {table for table in tables if table.startswith("cdop")}
    assert {text.table for text in find_person([lead.email], demo_board["chair"]).texts} <= {"boards.holder"}
    with pytest.raises(PermissionDenied):
        received(demo_board["chair"])


@pytest.mark.django_db
def test_the_team_answers_in_the_browser(demo_board: dict[str, User], client: Client) -> None:
    client.force_login(demo_board["manager"])
    sent = {"who": "Quentin Quangle", "received_on": "6 March 2017"}
    page = client.post(reverse("records:access_new"), sent)
    request = AccessRequest.objects.get(pk=page["Location"].split("/")[-2])
    Challenge.objects.filter(pk=Challenge.objects.all()[0].pk).update(issue="<b>Quentin Quangle</b>")
    step = lambda name: reverse("records:access_step", args=[request.pk, name])  # noqa: E731
    assert client.post(step("confirm"), {"on": "8 March 2017"}).status_code == 302
    assert client.post(step("nonsense"), {"on": "8 March 2017"}).status_code == 404
    find = reverse("records:access_find", args=[request.pk])
    found = client.post(find, {"terms": "Quentin Quangle\nqq@x.invalid"})
    assert "&lt;b&gt;Quentin Quangle" in found.content.decode()
    names = [row["text"].name for row in found.context["rows"]]
    client.post(find, {"terms": "Quentin Quangle", "texts": names, "collect": "1"})
    item = request.collected.get()
    text = reverse("records:access_text", args=[request.pk, item.pk])
    client.post(text, {"passages": "Quangle"})
    assert "[withheld]" in client.get(text).content.decode()
    answer = client.post(reverse("records:access_answer", args=[request.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="access-request-{request.number}.zip"'
    assert "Enter a name" in client.post(find, {"terms": "ab"}).content.decode()
    client.post(step("close"), {"on": "9 March 2017", "outcome": "answered"})
    assert "Nothing is kept of what was collected" in client.get(request.get_absolute_url()).content.decode()
