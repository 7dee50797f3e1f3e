"""Indicators, and work that takes long: a program asks for it (202), sees how far it is, and takes what came out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from boards.models import Meeting
from dataset.models import Edition
from dataset.services.editions import do_compile
from lscb.accounts.models import Grant, User
from lscb.accounts.permissions import SCOPES, Permission
from lscb.accounts.roles import ChildDeathOfficer
from lscb.jobs.models import Job
from lscb.jobs.services import work
from lscb.records.models import TakeOut
from lscb.records.services.taking_out import ask_for_take_out, do_take_out
from lscb.reports.models import AnnualReport
from lscb.trail.models import Event

from .asking import Program, program
from .test_writing import police


def test_an_indicator_is_defined_changed_compared_and_counted_differently(demo_board: dict[str, User]) -> None:
    team = program(demo_board["analyst"], "dataset")
    facts = {"title": "Falls", "source_agency": police().pk, "unit": "count", "kind": "stock"}
    body = facts | {"code": "falls", "definition": "Each fall"}
    assert team.post("indicator-list", body | {"code": "No code"}).json()["errors"]["code"]
    made = team.post("indicator-list", body)
    assert (made.status_code, made.json()["definitions"][0]["text"]) == (201, "Each fall"), made.content
    assert team.post("indicator-list", body).json()["errors"]["code"]
    revised = team.post("indicator-revise", {"target": "3.5", "polarity": "lower"}, "falls").json()
    assert (revised["target"], revised["title"], revised["on_main"]) == ("3.5000", "Falls", True)
    assert team.post("indicator-revise", {"tolerance": "-1"}, "falls").json()["errors"]["tolerance"]
    again = {"from_period": "2018-19Q1", "text": "Each child who fell"}
    assert [one["number"] for one in team.post("indicator-redefine", again, "falls").json()["definitions"]] == [1, 2]
    assert team.post("indicator-redefine", again | {"from_period": "x"}, "falls").json()["errors"]["from_period"]
    assert team.post("indicator-redefine", again | {"from_period": "2019-20"}, "falls").status_code == 400
    others = {"against": "england", "year": "2018-19", "value": "4.5", "period_label": "March 2018"}
    assert team.post("indicator-comparator", others, "falls").status_code == 200
    assert Program(demo_board["chair"]).post("indicator-revise", {"title": "A"}, "falls").status_code == 403


def test_an_edition_is_compiled_by_a_job_that_a_program_watches(demo_board: dict[str, User]) -> None:
    team = program(demo_board["analyst"], "dataset")
    future = team.post("edition-list", {"quarter": "2098-99Q1", "status": "final"})
    assert future.json()["errors"]["quarter"]
    taken = team.post("edition-list", {"quarter": "2016-17Q4", "status": "final", "as_at": "2017-06-30"}, once="one")
    assert (taken.status_code, taken.json()["state"]) == (202, "queued"), taken.content
    key = taken.json()["id"]
    assert team.post("edition-list", {"quarter": "2016-17Q4", "status": "final"}, once="one").json()["id"] == key
    before = Edition.objects.count()
    work(key, do_compile)
    assert team.get("job-detail", key).json()["state"] == "done"
    assert Edition.objects.count() == before + 1
    assert Edition.objects.latest("compiled_at").as_at_day == dt.date(2017, 6, 30)
    for asks in (program(demo_board["coordinator"]), program(demo_board["analyst"], "board")):
        assert asks.get("job-detail", key).status_code == 404


def test_an_annual_report_is_started_and_built_and_never_approved(demo_board: dict[str, User]) -> None:
    team, chair = program(demo_board["analyst"], "report"), program(demo_board["chair"], "report")
    made = team.post("report-list", {"year": "2017-18", "as_at": "2018-06-30"})
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert team.post("report-list", {"year": "2017-18", "as_at": "2018-06-30"}).json()["errors"]["year"]
    building = team.post("report-build", {"as_at": "2018-06-30"}, key)
    assert (building.status_code, building.json()["state"]) == (202, "building"), building.content
    assert team.get("job-detail", building.json()["job"]).json()["state"] == "queued"
    assert chair.post("report-build", {"as_at": "2018-06-30"}, key).status_code == 403
    assert not AnnualReport.objects.get(pk=key).approved_at


# ---- Taking out -----------------------------------------------------------------------------------------------------


def archive_of(asks: Program, key: str) -> zipfile.ZipFile:
    answer = asks.get("take-out-file", key)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def taken_out(asks: Program, **sent: Any) -> str:
    taken = asks.post("take-out-list", {"reason": "For our own records"} | sent)
    assert (taken.status_code, taken.json()["state"]) == (202, "queued"), taken.content
    key: str = taken.json()["id"]
    assert asks.get("take-out-file", key).status_code == 404
    work(Job.objects.get(arguments={"take_out": key}).pk, do_take_out)
    assert asks.get("take-out-detail", key).json()["state"] == "done"
    return key


def test_an_agency_takes_out_its_own_by_a_program(demo_board: dict[str, User]) -> None:
    lead = program(demo_board["lead"])
    assert lead.post("take-out-list", {"reason": "All"}).status_code == 403
    other = program(demo_board["reader"])
    assert other.post("take-out-list", {"reason": "Theirs", "agency": police().pk}).status_code in (400, 403)
    key = taken_out(lead, agency=police().pk)
    assert "tables/boards-challenge.csv" in archive_of(lead, key).namelist()
    event = Event.objects.latest("number")
    assert (event.verb, event.actor) == ("fetched a take-out", f"{demo_board['lead']}, by the token “Program”")
    assert program(demo_board["manager"]).get("take-out-file", key).status_code == 404
    assert program(demo_board["lead"], "training").get("take-out-detail", key).status_code == 404


def test_an_archive_holds_what_the_program_could_read_and_who_may_read_less_does_not_fetch_it(
    demo_board: dict[str, User],
) -> None:
    manager = demo_board["manager"]
    narrow = program(manager, "records", "board")
    key = taken_out(narrow)
    names = archive_of(narrow, key).namelist()
    assert "tables/boards-group.csv" in names
    assert "tables/casereviews-casereview.csv" not in names
    whole = taken_out(program(manager))
    assert "tables/casereviews-casereview.csv" in archive_of(program(manager), whole).namelist()
    assert narrow.get("take-out-file", whole).status_code == 404
    assert archive_of(program(manager), key).namelist() == names


@pytest.mark.parametrize("by_token", [True, False])
def test_child_deaths_are_in_no_archive_of_a_program(demo_board: dict[str, User], by_token: bool) -> None:
    """Even of who runs the board and child deaths in one; and what was asked for in person is fetched in person."""
    manager = demo_board["manager"]
    Grant.objects.create(user=manager, role=ChildDeathOfficer.slug, starts_on=timezone.localdate())
    manager = User.objects.get(pk=manager.pk)
    panel = Meeting.objects.filter(group__confidential_permission=Permission.READ_CHILD_DEATHS)[0]
    asks = program(manager, *SCOPES) if by_token else Program(manager)
    key = taken_out(asks)
    assert str(panel.pk) not in archive_of(asks, key).read("tables/boards-meeting.csv").decode()
    in_person = ask_for_take_out(agency=None, reason="In person", by=manager, at=timezone.now(), ring_now=False)
    assert in_person.job
    work(in_person.job.pk, do_take_out)
    with TakeOut.objects.get(pk=in_person.pk).file.open("rb") as file, zipfile.ZipFile(file) as archive:
        assert str(panel.pk) in archive.read("tables/boards-meeting.csv").decode()
    assert asks.get("take-out-file", in_person.pk).status_code == 404


def test_the_settings_are_read_by_who_changes_them(demo_board: dict[str, User]) -> None:
    told = program(demo_board["manager"], "people").get("settings").json()
    assert (told["board"], told["version"]) == ("board", 0)
    assert program(demo_board["manager"], "board").get("settings").status_code == 404
    assert Program(demo_board["technical"]).get("settings").status_code == 404
