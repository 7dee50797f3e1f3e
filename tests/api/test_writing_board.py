"""Groups, seats, the business plan and the library by programs; and no group of child deaths."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from boards.models import Group, Holder, LibraryItem, Seat
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.jobs.models import Email

from .asking import Program, done, file_of, program, sent_file
from .test_writing import police


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def test_a_group_is_set_up_its_seats_filled_and_it_is_closed(demo_board: dict[str, User], today: dt.date) -> None:
    team = program(demo_board["manager"], "board")
    board = Group.objects.get(kind="board").code
    facts = {"name": "Falls group", "short_name": "Falls", "kind": "task_and_finish", "parent": board}
    made = team.post("group-list", facts)
    assert (made.status_code, made.json()["code"]) == (201, "falls"), made.content
    assert team.post("group-list", facts).status_code == 400
    assert team.post("group-list", facts | {"confidential_permission": "read_child_deaths"}).status_code == 400
    assert team.post("group-revise", facts | {"remit": "Falls"}, "falls").json()["remit"] == "Falls"
    assert team.post("group-revise", facts | {"parent": "falls"}, "falls").json()["errors"]["parent"]
    seat = team.post("seat-list", {"group": "falls", "position": "Named nurse", "agency": police().pk})
    assert seat.status_code == 201, seat.content
    key, day = seat.json()["id"], str(today)
    assert team.post("seat-vacate", {"last_day": day}, key).json()["errors"]["last_day"]
    filled = team.post("seat-fill", {"name": "Ann Other"}, key)
    assert "Ann Other" not in filled.content.decode()
    assert Holder.objects.get(seat=key).name == "Ann Other"
    assert team.post("seat-fill", {"name": "Bea Other"}, key).json()["errors"]["starts_on"]
    assert team.post("seat-fill", {"name": "Cy Other", "is_deputy": True}, key).status_code == 200
    assert team.post("seat-vacate", {"last_day": day, "is_deputy": True}, key).status_code == 200
    assert list(Holder.objects.filter(seat=key, ends_on=today).values_list("name", flat=True)) == ["Cy Other"]
    assert team.post("seat-end", {"last_day": day}, key).json()["ends_on"] == day
    assert team.post("group-close", {"last_day": day, "reason": "Done"}, "falls").json()["ends_on"] == day
    closes = {"last_day": day, "reason": "Done"}
    assert Program(demo_board["chair"]).post("group-close", closes, board).status_code == 403


def test_the_group_of_child_deaths_is_not_changed_by_programs(demo_board: dict[str, User], today: dt.date) -> None:
    panel = Group.objects.get(confidential_permission=Permission.READ_CHILD_DEATHS)
    seat = Seat.objects.create(group=panel, position="Named nurse", kind="chair", starts_on=today)
    for asks in (program(demo_board["manager"]), Program(demo_board["manager"])):
        assert asks.post("group-close", {"last_day": str(today), "reason": "A"}, panel.code).status_code == 403
        assert asks.post("seat-fill", {"name": "Ann Other"}, seat.pk).status_code == 403
        added = {"group": panel.code, "position": "Guest", "kind": "team"}
        assert asks.post("seat-list", added).status_code == 403
    review = Group.objects.get(confidential_permission=Permission.READ_CASE_REVIEWS)
    for scopes, code in ((["board"], 403), (["board", "case-reviews"], 400)):
        assert program(demo_board["manager"], *scopes).post("group-close", {}, review.code).status_code == code


def test_priorities_and_themes_of_a_year_are_set(demo_board: dict[str, User]) -> None:
    team = program(demo_board["manager"], "board")
    body = {"first_year": "2030-31", "last_year": "2032-33", "number": 1, "text": "Safe at home"}
    first = team.post("priority-list", body).json()
    assert team.post("priority-list", body | {"text": "Safe"}).json() == first | {"text": "Safe"}
    theme = {"year": "2030-31", "number": 1, "text": "Falls", "priorities": [first["id"]]}
    assert team.post("theme-list", theme).json()["priorities"] == [first["id"]]
    assert team.post("theme-list", theme | {"year": "2040-41"}).json()["errors"]["priorities"]
    assert team.rows("theme-list", year="2030-31")[0]["text"] == "Falls"


def test_an_item_of_the_library_gets_a_version_is_reviewed_told_of_and_withdrawn(
    demo_board: dict[str, User], today: dt.date
) -> None:
    team = program(demo_board["manager"], "board")
    facts = {"kind": "procedure", "title": "Falls", "audience": "partners"}
    item = team.post("library-list", facts).json()
    key = item["id"]
    assert (item["version"], item["review_months"]) == (1, 6)
    assert team.post("library-tell", {"agencies": [police().pk]}, key).status_code == 400
    link = {"on": str(today), "link": "https://example.org/falls"}
    assert team.post("library-version", link, key).json()["versions"][0]["number"] == 1
    assert team.post("library-version", link, key).json()["errors"]["change"]
    assert team.post("library-version", link | {"file": "x"}, key).status_code == 400
    named = {"on": str(today), "change": "As a file", "upload": sent_file("falls.txt", b"Mind the stairs.")}
    assert team.post("library-version", link | named, key).json()["errors"]["upload"]  # a file or an address
    newest = max(done(team, "library-version", key, **named)["versions"], key=lambda one: one["number"])
    assert (newest["number"], newest["file"]["name"]) == (2, "falls.txt")
    fetched = file_of(program(demo_board["lead"]), "library", key, newest["file"]["id"])
    assert b"".join(fetched.streaming_content) == b"Mind the stairs."
    revised = facts | {"version": 1, "about": "Of children"}
    assert team.post("library-revise", revised, key).json()["about"] == "Of children"
    assert team.post("library-revise", revised, key).json()["current"] == 2
    assert team.post("library-review", {}, key).status_code == 200
    emails = Email.objects.count()
    assert team.post("library-tell", {"agencies": [police().pk]}, key).status_code == 200
    assert Email.objects.count() > emails
    assert Program(demo_board["lead"]).post("library-withdraw", {"reason": "Old"}, key).status_code == 403
    assert team.post("library-withdraw", {"reason": "Old"}, key).json()["withdrawn_on"] == str(today)
    assert LibraryItem.objects.get(pk=key).is_withdrawn
    assert Program(demo_board["lead"]).get("library-detail", key).status_code == 404
