"""Meetings, surveys, the quarter's collection and the words of the report: run by programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from boards.models import Challenge, Group, Holder, Meeting, MeetingAction, Seat, Survey
from dataset.models import Collection
from lscb.accounts.models import User
from lscb.common.periods import FinancialYear, Quarter
from lscb.jobs.models import Email
from lscb.trail.models import Event

from .asking import Program, done, file_of, program, sent_file
from .test_writing import police


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def action(what: str, today: dt.date) -> dict[str, Any]:
    due = str(today + dt.timedelta(days=30))
    return {"what": what, "due": due, "asked": [{"agency": police().pk, "owner": "Chief"}]}


def test_a_meeting_goes_from_its_agenda_to_its_actions(demo_board: dict[str, User], today: dt.date) -> None:
    team, member = program(demo_board["manager"], "board", "actions"), program(demo_board["member"], "board")
    soon = timezone.now() + dt.timedelta(days=9)
    body = {"group": Group.objects.get(name__startswith="Monitoring").code, "place": "Civic Centre"}
    key = done(
        team, "meeting-list", **body, starts_at=soon.isoformat(), ends_at=(soon + dt.timedelta(hours=2)).isoformat()
    )["id"]
    assert "agenda first" in team.post("meeting-send-papers", {}, key).json()["detail"]
    items: list[dict[str, Any]] = [
        {"title": "Welcome"},
        {"title": "Report", "paper": sent_file("report.txt", b"Well.")},
    ]
    set_ = done(team, "meeting-agenda", key, version=0, items=items)
    paper = set_["agenda"][1]["paper"]
    assert paper["name"] == "report.txt"
    assert team.post("meeting-agenda", {"version": 0, "items": []}, key).json()["current"] == 1
    kept = [{"title": "Report", "item": set_["agenda"][1]["id"]}]
    assert done(team, "meeting-agenda", key, version=1, items=kept)["agenda"][0]["paper"]["id"] == paper["id"]
    assert b"".join(file_of(member, "meeting", key, paper["id"]).streaming_content) == b"Well."
    assert "nobody to write to" in team.post("meeting-invite", {}, key).json()["detail"]
    seat = Seat.objects.create(
        group_id=Group.objects.get(code=body["group"]).pk, position="Nurse", agency=police(), starts_on=today
    )
    Holder.objects.create(seat=seat, user=demo_board["member"], starts_on=today)
    emails = Email.objects.count()
    done(team, "meeting-invite", key)
    assert Email.objects.count() > emails
    assert done(team, "meeting-send-papers", key)["state"] == "papers_out"
    act = {
        "what": "Ask again",
        "due": str(today + dt.timedelta(days=30)),
        "asked": [{"agency": police().pk, "owner": "A"}],
    }
    assert "took place" in team.post("meeting-raise-action", act, key).json()["detail"]
    assert team.post("meeting-hold", {}, key).status_code == 400  # it is still to come
    held = Meeting.objects.filter(group__kind="board", state="held").latest("starts_at")
    done(team, "meeting-raise-action", held.pk, **act)
    assert "Ask again" in MeetingAction.objects.filter(meeting=held).values_list("action__what", flat=True)
    assert member.post("meeting-raise-action", act, held.pk).status_code == 403
    themes = [row["id"] for row in team.rows("theme-list", year=str(FinancialYear.containing(held.day)))][:1]
    done(team, "meeting-themes", held.pk, themes=themes)
    assert list(held.serves.values_list("pk", flat=True)) == themes
    earlier = Meeting.objects.filter(group__name__startswith="Monitoring", state="held", approved_in=None).exclude(
        minutes=""
    )
    for one in earlier.exclude(pk=held.pk)[:1]:
        assert team.post("meeting-approve-minutes", {"at": str(one.pk)}, one.pk).json()["errors"]["at"]
        assert done(team, "meeting-approve-minutes", one.pk, at=str(held.pk))["minutes_approved_on"] == str(held.day)


def test_an_action_follows_from_a_challenge(demo_board: dict[str, User], today: dt.date) -> None:
    team = program(demo_board["manager"], "challenges", "board", "actions")
    challenge = Challenge.objects.filter(plan=None)[0]
    done(team, "challenge-plan-action", challenge.pk, **action("Look", today))
    challenge.refresh_from_db()
    assert [one.what for one in challenge.plan.actions.all()] == ["Look"]  # type: ignore[union-attr]


def test_a_survey_is_written_opened_sent_and_closed(demo_board: dict[str, User], today: dt.date) -> None:
    team = program(demo_board["manager"], "board")
    key = done(team, "survey-list", title="Rota", month="2030-06M")["id"]
    assert "question first" in team.post("survey-open", {}, key).json()["detail"]
    question = {"text": "Is it fair?", "kind": "single", "options": ["Yes", "No"]}
    assert team.post("survey-add-question", question | {"options": ["Yes"]}, key).json()["errors"]["options"]
    done(team, "survey-add-question", key, **question)
    done(team, "survey-add-question", key, text="Why?", kind="text")
    reworded = done(team, "survey-revise-question", key, question=1, **question | {"options": ["No", "Yes"]})
    assert reworded["questions"][0]["options"] == ["No", "Yes"]
    assert team.post("survey-remove-question", {"question": 9}, key).json()["errors"]["question"]
    assert len(done(team, "survey-remove-question", key, question=2)["questions"]) == 1
    version = Survey.objects.get(pk=key).version
    again = {"title": "The rota", "month": "2030-06M", "version": version}
    assert done(team, "survey-revise", key, **again)["title"] == "The rota"
    assert team.post("survey-revise", again, key).json()["current"] == version + 1
    assert team.post("survey-send", {"addresses": ["a@example.org"]}, key).status_code == 400
    assert done(team, "survey-open", key)["state"] == "open"
    assert "stay as they are" in team.post("survey-add-question", question, key).json()["detail"]
    emails = Email.objects.count()
    done(team, "survey-send", key, addresses=["a@example.org", "A@example.org"])
    assert Email.objects.count() == emails + 1
    assert done(team, "survey-close", key)["state"] == "closed"
    assert done(team, "survey-reopen", key, closes_on=str(today))["state"] == "open"
    assert program(demo_board["member"], "board").post("survey-close", {}, key).status_code == 404


def test_a_collection_is_opened_moved_chased_and_closed(demo_board: dict[str, User], today: dt.date) -> None:
    analyst, lead = program(demo_board["analyst"], "dataset", "board"), program(demo_board["lead"], "dataset")
    quarter = str(Quarter.containing(today).previous)
    due = {"due": str(today + dt.timedelta(days=20))}
    assert analyst.post("collection-list", due | {"quarter": str(Quarter.containing(today))}).json()["errors"][
        "quarter"
    ]
    assert lead.post("collection-list", due | {"quarter": quarter}).status_code == 403
    emails = Email.objects.count()
    key = done(analyst, "collection-list", quarter=quarter, **due)["id"]
    assert Email.objects.count() > emails
    assert analyst.post("collection-list", due | {"quarter": quarter}).json()["errors"]["quarter"]
    assert analyst.post("collection-move", due | {"reason": " "}, key).json()["errors"]["reason"]
    later = str(today + dt.timedelta(days=30))
    assert done(analyst, "collection-move", key, due=later, reason="Snow")["due"] == later
    done(analyst, "collection-remind", key, agencies=[police().pk])
    assert analyst.post("collection-remind", {"agencies": []}, key).json()["errors"]["agencies"]
    done(analyst, "collection-close", key)
    closed = Collection.objects.get(pk=key)
    assert closed.closed_by == demo_board["analyst"]
    assert analyst.post("collection-close", {}, key).status_code == 400


def test_the_words_of_a_chapter_are_read_and_written(demo_board: dict[str, User]) -> None:
    analyst, chair = program(demo_board["analyst"], "report"), program(demo_board["chair"], "report")
    first = {"year": "2030-31", "chapter": "challenges", "markdown": "We asked."}
    made = done(analyst, "report-words-list", **first)
    assert (made["version"], chair.rows("report-words-list", year="2030-31")) == (1, [made])
    assert analyst.post("report-words-list", first).json()["current"] == 1
    assert done(analyst, "report-words-list", **first | {"version": 1, "markdown": "We asked twice."})["version"] == 2
    assert analyst.post("report-words-list", first | {"chapter": "no-such"}).status_code == 400
    assert chair.post("report-words-list", first | {"version": 2}).status_code == 403
    assert Program(demo_board["member"]).get("report-words-list").status_code == 404


def test_looking_at_actions_of_a_confidential_plan_is_on_the_trail_of_the_plan(demo_board: dict[str, User]) -> None:
    """In a list, one by one, and in the feed; of an open plan nothing is noted."""
    from casereviews.models import CaseReview

    plan = CaseReview.objects.get(code_name="Alder").plan
    assert plan
    looks = Event.objects.of(plan).filter(verb="viewed")
    action, team = str(plan.actions.all()[0].pk), program(demo_board["manager"], "actions", "case-reviews")
    before = looks.count()
    team.get("action-list", plan=str(plan.pk))
    team.get("action-detail", action)
    b"".join(team.get("action-feed", plan=str(plan.pk)).streaming_content)
    assert looks.count() == before + 3
    assert {look.target for look in looks} == {"Action plan"}
    every = Event.objects.filter(verb="viewed").count()
    program(demo_board["manager"], "actions").get("action-list", page_size=500)
    assert Event.objects.filter(verb="viewed").count() == every
