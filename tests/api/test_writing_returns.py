"""Rounds of returns and the panel that reads them: run by programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from audits.models import Return
from audits.returns.panel import areas_of
from audits.rounds import schools
from lscb.accounts.models import Agency, Area, User

from .asking import done, file_of, program, sent_file
from .test_writing import police


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def test_a_round_is_opened_moved_and_closed(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "audits", "board"), program(demo_board["lead"], "audits")
    due = today + dt.timedelta(days=60)
    facts = {"framework": team.some_key("framework-list"), "title": "Section 11", "year": "2030-31"}
    facts |= {"due_on": str(due), "panel_on": str(due), "agencies": [police().pk]}
    assert team.post("round-list", facts | {"agencies": []}).json()["errors"]["agencies"]
    one_area = {"areas": [Area.objects.all()[0].name] * 2}
    assert team.post("round-list", facts | one_area).json()["errors"]["areas"]
    key = done(team, "round-list", **facts)["id"]
    assert team.post("round-list", facts).json()["errors"]["title"]
    others = Agency.objects.partners(today).exclude(pk=police().pk)
    ended, other = others[0], others[1]
    Agency.objects.filter(pk=ended.pk).update(active_to="2016-01-01")
    assert team.post("round-ask", {"agency": ended.pk}, key).json()["errors"]["agency"]
    done(team, "round-ask", key, agency=other.pk, because="The chair asked")
    assert team.post("round-ask", {"agency": other.pk}, key).json()["errors"]["agency"]
    moved = due + dt.timedelta(days=9)
    dates = done(team, "round-move", key, due_on=str(moved))
    assert (dates["due_on"], dates["panel_on"]) == (str(moved), str(due))
    asked = {one.agency_id: one.due_on for one in Return.objects.filter(round=key)}
    assert asked == {police().pk: moved, other.pk: moved}
    done(team, "round-chase", key)
    assert lead.post("round-close", {}, key).status_code == 403
    before = {"on": str(today - dt.timedelta(days=1))}
    assert team.post("round-close", before, key).json()["errors"]["on"]  # it had not opened
    assert done(team, "round-close", key)["closed_on"] == str(today)
    assert team.post("round-chase", {}, key).status_code == 400


def test_the_panel_reads_a_return_asks_and_answers(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "audits", "board"), program(demo_board["lead"], "audits")
    owed = Return.objects.get(agency=police(), round__year="2017-18")
    key, grades = owed.pk, owed.round.framework.options.all()
    first = owed.answers.order_by("question__standard__number", "question__number")[0]
    reference = first.question.reference
    graded = {"question": reference, "grade": grades[0].label, "reason": "The child was not heard"}
    assert team.post("return-moderate", graded, key).status_code == 400  # not submitted yet
    until = str(owed.due_on + dt.timedelta(days=9))
    assert done(team, "return-defer", key, until=until, reason="Snow")["due_on"] == until
    done(team, "return-excuse", key, reason="Merged")
    done(team, "return-require", key, reason="After all")
    Return.objects.filter(pk=key).update(status="submitted", submitted_at=timezone.now())
    assert team.post("return-moderate", graded | {"grade": "Splendid"}, key).json()["errors"]["grade"]
    assert team.post("return-moderate", graded | {"question": "99.9"}, key).json()["errors"]["question"]
    assert team.post("return-moderate", graded | {"reason": ""}, key).json()["errors"]["reason"]
    assert moderated(done(team, "return-moderate", key, **graded), reference) == grades[0].label
    assert moderated(lead.get("return-detail", key).json(), reference) is None
    assert lead.post("return-moderate", graded, key).status_code == 403
    query = done(team, "return-query", key, question=reference, text="Since when?")["queries"][0]["id"]
    assert lead.post("return-resubmit", {}, key).status_code == 400
    assert lead.post("return-reply", {"query": query + 1, "reply": "May"}, key).json()["errors"]["query"]
    assert done(lead, "return-reply", key, query=query, reply="May")["queries"][0]["reply"] == "May"
    assert team.post("return-reply", {"query": query, "reply": "May"}, key).status_code == 403
    done(lead, "return-resubmit", key)
    asked = {"standard": 1, "text": "Show us", "due_on": str(today)}
    request = done(team, "return-ask-for", key, **asked)["requests"][0]["id"]
    assert done(team, "return-take-back", key, request=request)["requests"] == []
    wrong = asked | {"due_on": str(today - dt.timedelta(days=1))}
    assert team.post("return-ask-for", wrong, key).json()["errors"]["due_on"]
    done(team, "return-ask-for", key, **asked)
    done(team, "return-moderated", key)
    assert team.post("return-issue-feedback", {}, key).status_code == 400  # nothing overall was written
    said = {"text": "Well done", "version": 0}
    for area in areas_of(owed):
        done(team, "return-feedback", key, area=area.name, **said)
    again = {"area": areas_of(owed)[0].name, "text": "Badly done", "version": 0}
    assert team.post("return-feedback", again, key).json()["current"] == 1
    assert lead.get("return-detail", key).json()["feedback"] == []
    done(team, "return-issue-feedback", key)
    assert lead.get("return-detail", key).json()["feedback"][0]["text"] == "Well done"
    plan = Return.objects.get(pk=key).plan
    assert plan
    assert "Show us" in plan.actions.values_list("what", flat=True)
    assert done(team, "return-close", key)["status"] == "closed"


def moderated(row: dict[str, Any], reference: str) -> Any:
    return next(one["moderated_grade"] for one in row["answers"] if one["question"] == reference)


def test_a_framework_is_begun_changed_and_stays_once_a_round_uses_it(
    demo_board: dict[str, User], today: dt.date
) -> None:
    team = program(demo_board["manager"], "audits", "board")
    used = Return.objects.get(agency=police(), round__year="2017-18").round.framework
    words = {"title": "Neglect", "duty": "Children Act 2004", "declaration": "It is true."}
    assert "new version" in team.post("framework-revise", words, used.pk).json()["detail"]
    begun = done(team, "framework-new-version", used.pk)
    key, version = begun["id"], begun["version"]
    assert version > used.version
    assert (begun["options"], begun["standards"]) == content(team.get("framework-detail", used.pk).json())
    assert done(team, "framework-revise", key, **words)["title"] == "Neglect"
    number = len(begun["standards"]) + 1
    done(team, "framework-add-standard", key, title="Neglect of teeth")
    asked = {"standard": number, "text": "Are teeth looked at?"}
    assert done(team, "framework-add-question", key, **asked)["standards"][-1]["questions"][0]["text"] == asked["text"]
    assert team.post("framework-add-question", asked | {"standard": 99}, key).json()["errors"]["standard"]
    again = {"question": f"{number}.1", "text": "Does somebody look at teeth?"}
    assert (
        done(team, "framework-revise-question", key, **again)["standards"][-1]["questions"][0]["text"] == again["text"]
    )
    grade = {"label": "Lost", "points": 0, "is_compliant": False, "needs_action": False}
    assert team.post("framework-add-grade", grade, key).json()["errors"]["needs_action"]
    done(team, "framework-add-grade", key, **grade | {"needs_action": True})
    renamed = grade | {"needs_action": True, "option": "Lost", "label": "Missing"}
    assert done(team, "framework-revise-grade", key, **renamed)["options"][-1]["label"] == "Missing"
    assert team.post("framework-remove-grade", {"option": "Lost"}, key).json()["errors"]["option"]
    done(team, "framework-remove-grade", key, option="Missing")
    done(team, "framework-remove-question", key, question=f"{number}.1")
    left = done(team, "framework-remove-standard", key, standard=number)
    assert (left["options"], left["standards"]) == (begun["options"], begun["standards"])
    chair = program(demo_board["chair"], "audits")
    assert chair.post("framework-new-version", {}, used.pk).status_code == 403


def content(framework: dict[str, Any]) -> tuple[Any, Any]:
    return framework["options"], framework["standards"]


def test_a_whole_framework_is_sent_at_once(demo_board: dict[str, User]) -> None:
    team = program(demo_board["manager"], "audits")
    whole = {"audience": "agencies", "title": "Online safety", "duty": "Children Act 2004", "declaration": "True."}
    grade = {"label": "Met", "points": 2, "is_compliant": True, "needs_action": False}
    question = {"key": "filters", "text": "Are there filters?"}
    whole |= {"options": [grade], "standards": [{"title": "Filters", "questions": [question]}]}
    twice = whole | {"standards": [{"title": "Filters", "questions": [question, question]}]}
    assert "stands twice" in team.post("framework-list", twice).json()["detail"]
    assert team.post("framework-list", whole | {"standards": []}).json()["errors"]["standards"]
    made = done(team, "framework-list", **whole)
    assert [one["key"] for one in made["standards"][0]["questions"]] == ["filters"]


def test_schools_come_in_all_or_none_and_twice_changes_nothing(demo_board: dict[str, User]) -> None:
    team = program(demo_board["manager"], "audits", "people")
    phase = schools.phases()["primary schools"]
    rows = [{"school": f"School {name}", "phase": phase.name, "opened": "2016-09-01"} for name in "AB"]
    wrong = team.post("round-import-schools", {"schools": [*rows, {"school": "School C", "phase": "Nursery"}]})
    assert "Row 3" in wrong.json()["errors"]["schools"][0]
    assert not Agency.objects.filter(name__startswith="School ").exists()
    sent = {"schools": rows}
    told = {"new": 2, "closed": 0, "unchanged": 0}
    assert [team.post("round-import-schools", sent, once="a").json() for _ in range(2)] == [told, told]
    assert Agency.objects.get(name="School A").parent == phase
    again = {"new": 0, "closed": 0, "unchanged": 2}
    assert done(team, "round-import-schools", **sent) == again
    assert program(demo_board["lead"], "audits").post("round-import-schools", sent).status_code == 403


def test_a_file_is_handed_in_as_evidence_and_fetched_by_who_may(demo_board: dict[str, User]) -> None:
    lead = program(demo_board["lead"], "audits", "board")
    owed = Return.objects.get(agency=police(), round__year="2017-18")
    reference = owed.answers.all()[0].question.reference
    for name, text, said in (("a.exe", b"MZ", "of this kind"), ("a.pdf", b"Text", "not the PDF")):
        refused = lead.post("return-attach", {"question": reference, "upload": sent_file(name, text)}, owed.pk)
        assert said in str(refused.json()["errors"]["upload"]), refused.content
    for broken in ("no base64!", ""):
        sent = {"question": reference, "upload": {"name": "a.txt", "content": broken}}
        assert lead.post("return-attach", sent, owed.pk).json()["errors"]["upload"]["content"]
    large = {"question": reference, "upload": sent_file("a.txt", b"a" * 1_800_001)}
    assert "1.8 MB" in lead.post("return-attach", large, owed.pk).json()["errors"]["upload"]["content"][0]
    read = done(lead, "return-attach", owed.pk, question=reference, upload=sent_file("rota.txt", b"The rota."))
    file = next(one["files"] for one in read["answers"] if one["question"] == reference)[-1]
    assert (file["name"], file["content_type"], file["size"]) == ("rota.txt", "text/plain", 9)
    fetched = file_of(lead, "return", owed.pk, file["id"])
    assert b"".join(fetched.streaming_content) == b"The rota."
    assert fetched["Content-Disposition"] == 'attachment; filename="rota.txt"'
    team = program(demo_board["manager"], "audits")
    assert file_of(team, "return", owed.pk, file["id"]).status_code == 404  # a draft is its agency's own
    Return.objects.filter(pk=owed.pk).update(status="submitted", submitted_at=timezone.now())
    assert b"".join(file_of(team, "return", owed.pk, file["id"]).streaming_content) == b"The rota."
    assert file_of(program(demo_board["lead"], "actions"), "return", owed.pk, file["id"]).status_code == 404
    other = Return.objects.filter(agency=police()).exclude(pk=owed.pk)[0]
    assert file_of(lead, "return", other.pk, file["id"]).status_code == 404
