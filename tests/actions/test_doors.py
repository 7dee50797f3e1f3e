"""An agency sees its own actions and nothing else by every door; what two people save at once loses nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.actions import services
from lscb.actions.models import Action, ActionEntry, EvidenceFile, QuarterlyReview
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, a_plan, an_action, lead, manager, outsider

pytestmark = pytest.mark.django_db
JUNE = dt.date(2016, 6, 30)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def status(client: Client, address: str) -> int:
    """Of an answer that was read to its end, which closes a file."""
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[arg-type]
    return response.status_code


def with_a_file(action: Action) -> EvidenceFile:
    entry = action.entries.select_related("action__plan").first()
    upload = SimpleUploadedFile("register.txt", b"42 of 45 trained")
    return services.add_evidence_file(entry=entry, upload=upload, on=OPENED, by=None)


def test_an_agency_finds_its_own_actions_and_no_other_in_list_search_count_export_api_and_file() -> None:
    mine, other = AgencyFactory(), AgencyFactory()
    plan = a_plan(title="Plan of all")
    own = with_a_file(an_action(plan, mine, what="Ours to do"))
    theirs = with_a_file(an_action(plan, other, what="Theirs to do"))
    client = signed_in(lead(mine))
    everywhere = [
        client.get(reverse("actions:mine")),
        client.get(reverse("actions:mine"), {"words": "do"}),
        client.get(reverse("actions:mine"), {"show": "all", "format": "csv"}),
        client.get(reverse("api:action-list")),
    ]
    for response in everywhere:
        assert "Ours to do" in response.content.decode()
        assert "Theirs" not in response.content.decode()
    assert "1 action<" in client.get(reverse("actions:mine")).content.decode()
    counts = client.get(reverse("actions:counts"), {"since": "1 April 2016", "upto": "1 April 2016"})
    assert counts.context["counts"].closing == 1
    assert other.name not in counts.content.decode()
    assert b"".join(client.get(reverse("actions:file", args=[own.entry.action_id, own.pk])).streaming_content)
    for address in (
        reverse("actions:file", args=[theirs.entry.action_id, theirs.pk]),
        reverse("actions:file", args=[own.entry.action_id, theirs.pk]),
        reverse("files:attachment_download", args=[theirs.attachment_id]),
        reverse("actions:evidence", args=[theirs.entry.action_id, theirs.entry_id]),
        reverse("actions:evidence", args=[own.entry.action_id, theirs.entry_id]),
        reverse("api:action-detail", args=[theirs.entry.action_id]),
        reverse("actions:plan_xlsx", args=[plan.pk]),
    ):
        assert client.get(address).status_code == 404, address


def test_agencies_of_one_action_read_each_others_evidence_and_write_their_own_only() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    file = with_a_file(an_action(a_plan(), first, second))
    action = file.entry.action
    other_part = action.entries.get(agency=second)
    client = signed_in(lead(second))
    assert status(client, reverse("actions:file", args=[action.pk, file.pk])) == 200
    assert status(client, reverse("actions:evidence", args=[action.pk, other_part.pk])) == 200
    assert status(client, reverse("actions:evidence", args=[action.pk, file.entry_id])) == 403
    assert status(client, reverse("actions:file_remove", args=[action.pk, file.pk])) == 403


def test_a_file_of_a_confidential_plan_is_for_who_reads_the_plan() -> None:
    agency = AgencyFactory()
    plan = a_plan(group="serious-case-review", permission=Permission.READ_CASE_REVIEWS)
    file = with_a_file(an_action(plan, agency))
    address = reverse("actions:file", args=[file.entry.action_id, file.pk])
    people = (manager(), lead(agency), outsider())
    assert [status(signed_in(user), address) for user in people] == [200, 404, 404]


def test_the_second_who_saves_evidence_sees_both_texts_and_saves_on_top() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(), agency)
    part = action.entries.get()
    address = reverse("actions:evidence", args=[action.pk, part.pk])
    first, second = signed_in(lead(agency)), signed_in(lead(agency))
    assert first.post(address, {"evidence": "The register", "version": 1}).status_code == 302
    refused = second.post(address, {"evidence": "The audit", "version": 1})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "The register" in page
    assert "The audit" in page
    assert 'name="version" value="2"' in page
    assert second.post(address, {"evidence": "The register and the audit", "version": 2}).status_code == 302
    assert ActionEntry.objects.get().evidence == "The register and the audit"


def test_words_and_due_date_are_guarded_alike() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(), agency, what="Train", due=JUNE)
    client = signed_in(manager())
    change = reverse("actions:change", args=[action.pk])
    typed = {"what": "Train all", "lead": agency.pk, "owner": "Head", "version": 1}
    assert client.post(change, typed).status_code == 302
    refused = client.post(change, typed | {"what": "Teach"})
    assert refused.status_code == 409
    assert "Train all" in refused.content.decode()
    move = reverse("actions:move", args=[action.pk])
    typed = {"to": "31 July 2016", "reason": "Holidays", "on": "1 June 2016", "seen": "2016-06-30"}
    assert client.post(move, typed).status_code == 302
    refused = client.post(move, typed | {"to": "31 August 2016", "reason": "Illness"})
    assert refused.status_code == 409
    for told in ("Holidays", "Illness", "31 July 2016", "31 August 2016"):
        assert told in refused.content.decode()
    told = [event.verb for event in Event.objects.of(action)]
    assert told.count("changed") == 1
    assert "Changed" in client.get(action.get_absolute_url()).content.decode()


def test_a_review_that_is_sent_twice_is_one_review_and_can_be_taken_back() -> None:
    plan = a_plan()
    action = an_action(plan)
    client = signed_in(manager())
    address = reverse("actions:review", args=[plan.pk])
    typed = {"forum": "Executive", "held_on": "30 June 2016", "achieved": ["1"], "once": "a-token", "confirm": "1"}
    answers = [client.post(address, typed) for _ in range(2)]
    review = QuarterlyReview.objects.get()
    assert [answer["Location"] for answer in answers] == [review.get_absolute_url()] * 2
    assert action.events.count() == 2
    record = client.get(review.get_absolute_url())
    assert [event.action for event in record.context["signed_off"]] == [action]
    reopen = reverse("actions:reopen", args=[action.pk])
    assert reopen in record.content.decode()
    client.post(reopen, {"reason": "It came back", "on": "30 June 2016"})
    review.refresh_from_db()
    assert (review.added, review.reopened, review.signed_off, review.closing) == (2, 1, 1, 1)
    assert "re-opened since" in client.get(review.get_absolute_url()).content.decode()


def test_what_was_ticked_stays_when_somebody_signed_off_one_of_them_meanwhile() -> None:
    plan = a_plan()
    first, _ = an_action(plan), an_action(plan)
    services.withdraw_action(action=first, reason="No", on=JUNE, by=None)
    typed = {"forum": "Executive", "held_on": "30 June 2016", "achieved": ["1", "2"], "confirm": "1"}
    page = signed_in(manager()).post(reverse("actions:review", args=[plan.pk]), typed).content.decode()
    assert "Action 1 is withdrawn, so it cannot be signed off now." in page
    assert 'value="2" checked' in page
    assert not QuarterlyReview.objects.exists()
