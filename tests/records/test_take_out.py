"""Taking out: everything that is one's own, readable by who has the archive alone, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits.models import Return
from lscb.accounts.models import Agency, User
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Job
from lscb.jobs.services import work
from lscb.records.contents import taken
from lscb.records.models import TakeOut
from lscb.records.services.taking_out import KEPT_FOR, ask_for_take_out, do_take_out, remove_expired
from lscb.trail.models import Event

from .reading import Read

pytestmark = pytest.mark.django_db


def take_out(user: User, agency: Agency | None = None) -> TakeOut:
    asked = ask_for_take_out(agency=agency, reason="A test", by=user, at=timezone.now(), ring_now=False)
    assert asked.job
    done = work(asked.job.pk, do_take_out)
    assert done.state == "done", done.failure
    asked.refresh_from_db()
    return asked


def read(asked: TakeOut) -> Read:
    with asked.open_archive() as file:
        return Read(file.read())


def test_a_year_of_the_board_is_read_back_from_its_documents_alone(demo_board: dict[str, User]) -> None:
    archive = read(take_out(demo_board["manager"]))
    assert archive.faults() == []
    challenges = [row for row in archive.rows("boards-challenge") if row["year"] == "2016-17"]
    assert len(challenges) == 45
    indicators = {row["id"]: row["code"] for row in archive.rows("dataset-indicator")}
    figures: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(archive.rows("dataset-figure"), key=lambda row: row["revision"]):
        figures[(indicators[row["indicator"]], row["period"])] = row
    cse = [
        row["value"]
        for (code, period), row in sorted(figures.items())
        if code == "cse_known" and period[:8] == "2016-17Q"
    ]
    assert [int(float(value)) for value in cse] == [39, 43, 44, 71]
    returns = [row for row in archive.rows("audits-return") if row["submitted_at"]]
    assert len(returns) == Return.objects.submitted().count()
    came = [row for row in archive.rows("training-booking") if row["state"] in ("attended", "walked_in")]
    assert len(came) > 100
    assert not [name for name in archive.tables if name.startswith("cdop")]
    assert "password" not in archive.rows("accounts-user")[0]


def test_an_agency_takes_out_its_own_and_no_row_of_another(demo_board: dict[str, User]) -> None:
    police = Agency.objects.get(name="Hampshire Constabulary")
    solent = Agency.objects.get(name="Solent NHS Trust")
    ours, theirs = read(take_out(demo_board["lead"], police)), read(take_out(demo_board["reader"], solent))
    assert ours.faults() == theirs.faults() == []
    shared = {"accounts-agency", "actions-action", "actions-actionevent", "actions-duedatemove", "actions-impactcheck"}
    shared |= {"actions-note", "boards-challenge", "boards-challengeevent"}  # what was asked of both
    for table in set(ours.tables) - shared:
        assert not ours.ids(table) & theirs.ids(table), table
    everything = read(take_out(demo_board["manager"]))
    of_agency = {table: key for table, key in AGENCY_OF.items() if table in ours.tables}
    assert of_agency
    for table, column in of_agency.items():
        expected = {str(row["id"]) for row in everything.rows(table) if row[column] == police.pk}
        assert ours.ids(table) == expected, table
    entries = {str(row["id"]) for row in everything.rows("actions-actionentry") if row["agency"] == police.pk}
    assert ours.ids("actions-actionentry") < entries, "of confidential plans an agency reads nothing"
    for table in ("audits-return", "boards-challenge", "actions-actionentry", "training-booking", "dataset-figure"):
        assert ours.ids(table), f"{table} is empty"
    assert all(
        police.pk in map(int, row["agencies"]) or row["raised_by_agency"] == police.pk
        for row in ours.rows("boards-challenge")
    )


AGENCY_OF = {
    "audits-return": "agency",
    "audits-auditreturn": "agency",
    "training-booking": "agency",
    "dataset-agencyreturn": "agency",
    "dataset-indicator": "source_agency",
}


def test_the_agency_reads_it_after_it_has_left(demo_board: dict[str, User], client: Client) -> None:
    police = Agency.objects.get(name="Hampshire Constabulary")
    police.active_to = timezone.localdate() - dt.timedelta(days=400)
    police.save()
    client.force_login(demo_board["lead"])
    page = client.post(reverse("records:take_out"), {"agency": police.pk, "reason": "We have left"})
    asked = TakeOut.objects.get(asked_by=demo_board["lead"])
    assert page["Location"] == asked.get_absolute_url()
    assert asked.job
    work(asked.job.pk, do_take_out)
    file = client.get(reverse("records:take_out_file", args=[asked.pk]))
    assert Read(b"".join(file.streaming_content)).faults() == []
    assert Event.objects.filter(verb="fetched a take-out", actor_key=str(demo_board["lead"].pk)).count() == 1


def test_only_who_asked_fetches_it_and_only_while_it_lasts(
    demo_board: dict[str, User], client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    police = Agency.objects.get(name="Hampshire Constabulary")
    asked = take_out(demo_board["manager"], police)
    address = reverse("records:take_out_file", args=[asked.pk])
    for mailbox in ("coordinator", "lead", "reader", "technical", "chair"):
        client.force_login(demo_board[mailbox])
        assert client.get(address).status_code == 404, mailbox
    now = timezone.now()
    TakeOut.objects.exclude(pk=asked.pk).update(file="")
    assert remove_expired(now=now) == 0
    path = asked.file.path
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_expired(now=now + KEPT_FOR) == 1
    assert remove_expired(now=now + KEPT_FOR) == 0
    client.force_login(demo_board["manager"])
    assert client.get(address).status_code == 404
    assert "has been removed" in client.get(asked.get_absolute_url()).content.decode()
    assert not asked.file.storage.exists(path)


def test_nobody_takes_out_what_is_not_theirs(demo_board: dict[str, User]) -> None:
    solent = Agency.objects.get(name="Solent NHS Trust")
    now = timezone.now()
    for mailbox, agency in (("lead", solent), ("lead", None), ("contributor", solent), ("chair", None)):
        with pytest.raises(PermissionDenied):
            ask_for_take_out(agency=agency, reason="Ours", by=demo_board[mailbox], at=now)
    with pytest.raises(RuleBroken, match="what the archive is for"):
        ask_for_take_out(agency=None, reason=" ", by=demo_board["manager"], at=now)


def test_a_role_that_ended_meanwhile_takes_nothing_out(demo_board: dict[str, User]) -> None:
    lead = demo_board["lead"]
    police = Agency.objects.get(name="Hampshire Constabulary")
    asked = ask_for_take_out(agency=police, reason="A test", by=lead, at=timezone.now(), ring_now=False)
    lead.grants.update(ended_on=timezone.localdate())
    assert asked.job
    assert work(asked.job.pk, do_take_out).state == "failed"
    assert not TakeOut.objects.get(pk=asked.pk).file
    assert Job.objects.get(pk=asked.job.pk).failure.startswith("Whoever asked")


def test_every_table_of_an_agency_says_whose_it_is(demo_board: dict[str, User]) -> None:
    """Read with the rights of no agency, a table that is not public is empty."""
    nobody = User(name="Nobody", email="nobody@x.invalid")
    nobody.grants_today = []
    stranger = Agency.objects.create(name="Stranger", short_name="S", sector="other")
    leaking = [one.own(nobody, stranger).model for one in taken() if one.own(nobody, stranger).exists()]
    assert leaking == [Agency]
