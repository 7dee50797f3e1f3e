"""A program writes through the services of the pages: once, what is listed and nothing else, refused like a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audits.models import Return
from boards.models import Challenge, EngagementEvent, Group, Meeting, Survey
from boards.surveys.services import draft_survey, open_survey, set_question
from dataset.models import AgencyReturn, Figure
from dataset.services import open_collection
from lscb.accounts.models import Agency, User
from lscb.accounts.programs import Creates, Writes
from lscb.actions.models import Action
from lscb.api import router
from lscb.common.periods import FinancialYear, Month, Quarter
from lscb.common.programs import CANNOT_BE_WRITTEN, TOO_MUCH
from lscb.reports.services import start_report
from lscb.trail.models import Event
from tests.house.access_table import ANALYSTS, BOOKERS, TEAM
from training.models import Booking, Session

from .asking import Program, address, program


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def police() -> Agency:
    return Agency.objects.get(name="Hampshire Constabulary")


# ---- What is not listed is refused ----------------------------------------------------------------------------------


def writes() -> Iterator[tuple[str, Any, Any, str]]:
    """Every write: its name, the model it writes to, its body, and of one record the list that it is on."""
    for _, view, basename in router.registry:
        if issubclass(view, Creates):
            yield f"{basename}-list", model_of(view), view.creates, ""
        if issubclass(view, Writes):
            for extra in view.get_extra_actions():
                if "body" in extra.kwargs:
                    of = f"{basename}-list" if extra.detail else ""
                    yield f"{basename}-{extra.url_name}", model_of(view), extra.kwargs["body"], of


def model_of(view: Any) -> Any:
    return view.queryset.model


WRITES = list(writes())
MAKERS = dict.fromkeys(
    ("collection-list", "edition-list", "indicator-list", "report-list", "report-words-list"), ANALYSTS
)
MAKERS |= {"booking-list": BOOKERS, "take-out-list": TEAM | {"lead", "reader"}}
OF_AN_AGENCY = {"return-answers", "return-submit", "audit-return-answers", "audit-return-send"}
OF_AN_AGENCY |= {"return-reply", "return-resubmit", "return-attach"}
WRITER = dict.fromkeys(OF_AN_AGENCY | {"audit-return-no-involvement"}, "lead")


def test_there_are_writes_for_every_part() -> None:
    assert len(WRITES) > 170
    parts = {(of or name).removesuffix("-list") for name, _, _, of in WRITES}
    assert parts >= {"challenge", "action", "contribution", "meeting", "event", "survey", "return", "booking"}
    assert parts >= {"collection", "case-review", "briefing", "group", "seat", "library", "audit", "audit-return"}
    assert parts >= {"audit-case", "audit-tool", "indicator", "edition", "report", "take-out"}
    assert parts >= {"programme", "course", "trainer", "session", "agency", "round", "plan"}
    assert parts >= {"framework", "charge-policy", "charge", "evaluation", "evaluation-question"}


def test_no_field_can_be_set_that_is_not_listed(demo_board: dict[str, User], settings: Any) -> None:
    """Every column and relation of the model, at every write: refused by name, and nothing is written."""
    settings.API_PER_MINUTE = {"token": 10**6, "address": 10**6}
    start_report(year=FinancialYear(2017), as_at=dt.date(2018, 6, 30), by=demo_board["manager"])
    written = Event.objects.exclude(verb__endswith="by program").exclude(verb="viewed")
    events = written.count()
    asked = 0
    board = Group.objects.get(kind="board").code
    open_to_programs = {"group-list": {"kind": "board"}, "seat-list": {"group": board}}
    for name, model, body, of in WRITES:
        asks = Program(demo_board[WRITER.get(name, "manager")])
        key = asks.some_key(of, **open_to_programs.get(of, {})) if of else None
        allowed = set(body().fields)
        fields = {one.name for one in model._meta.get_fields()}
        fields |= {getattr(one, "attname", one.name) for one in model._meta.get_fields()} | {"is_active", "pk"}
        sent = dict.fromkeys(fields - allowed, "1")
        answer = asks.post(name, sent, key)
        assert answer.status_code == 400, (name, answer.content)
        errors = answer.json()["errors"]
        assert {field for field, told in errors.items() if told == [CANNOT_BE_WRITTEN]} == set(sent), name
        asked += len(sent)
    assert asked > 500
    assert written.count() == events


def test_nested_bodies_are_as_strict(demo_board: dict[str, User], today: dt.date) -> None:
    asks = Program(demo_board["manager"])
    plan = asks.rows("plan-list")[0]["id"]
    body = {"plan": plan, "what": "A", "due": str(today), "asked": [{"owner": "B", "progress": "done"}]}
    assert asks.post("action-list", body).json()["errors"]["asked"] == {"0": {"progress": [CANNOT_BE_WRITTEN]}}


def test_more_than_the_portal_takes_is_refused_in_the_same_shape(demo_board: dict[str, User], settings: Any) -> None:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    answer = Program(demo_board["manager"]).post("challenge-list", {"title": "a" * most})
    assert answer.status_code == 400
    assert answer.json() == {"detail": TOO_MUCH, "errors": {}}


@pytest.mark.parametrize("sent", ["", "{", "[]", "1", '"a"', "null", "[" * 100_000, '{"version": 1e999}', '{"x": NaN}'])
def test_what_is_no_body_is_refused_in_the_same_shape(demo_board: dict[str, User], sent: str) -> None:
    answer = Program(demo_board["manager"]).client.post(
        address("contribution-list"), sent, content_type="application/json"
    )
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail", "errors"}


@pytest.mark.parametrize("name", [name for name, *_, of in WRITES if not of])
def test_who_may_not_make_a_record_is_refused(demo_board: dict[str, User], name: str) -> None:
    """In the scope of the list: 403. Out of it: 404. Without anything: 401."""
    for mailbox, user in demo_board.items():
        asks = Program(user)
        may_read = asks.get(name).status_code == 200
        may_make = mailbox in MAKERS.get(name, TEAM)
        expected = {400} if may_make else {403} if may_read else {403, 404}
        assert asks.post(name, {}).status_code in expected, mailbox
    assert Client().post(address(name), {}, content_type="application/json").status_code == 401


# ---- Challenges -----------------------------------------------------------------------------------------------------


def log(today: dt.date, **more: Any) -> dict[str, Any]:
    body = {"raised_on": str(today), "title": "Is it safe?", "issue": "A fall", "asked": "Tell us"}
    return body | {"agencies": [police().pk], "due": str(today + dt.timedelta(days=28))} | more


def test_a_challenge_goes_its_way_by_programs(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "challenges", "board"), program(demo_board["lead"], "challenges")
    made = team.post("challenge-list", log(today, group=Group.objects.get(kind="board").code))
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made.json()["put_to"] == ["Hampshire Constabulary"]
    answered = lead.post("challenge-respond", {"text": "It is."}, key)
    assert (answered.status_code, answered.json()["status"]) == (200, "answered")
    due = str(today + dt.timedelta(days=7))
    assert team.post("challenge-escalate", {"to": 1, "reason": "Not enough", "due": due}, key).status_code == 200
    assert team.post("challenge-move", {"to": due, "reason": "Again"}, key).status_code == 400
    assert lead.post("challenge-respond", {"text": "More."}, key).json()["status"] == "answered"
    assert team.post("challenge-accept", {}, key).json()["status"] == "accepted"
    version = team.get("challenge-detail", key).json()["version"]
    resolved = team.post("challenge-resolve", {"version": version, "impact": "They are seen sooner"}, key)
    assert resolved.json()["status"] == "resolved"
    told = Event.objects.of(Challenge.objects.get(pk=key)).values_list("verb", "actor")
    assert ("responded to a challenge", f"{demo_board['lead']}, by the token “Program”") in told


def test_a_refusal_has_its_sentence_and_its_field(demo_board: dict[str, User], today: dt.date) -> None:
    team = Program(demo_board["manager"])
    tomorrow = str(today + dt.timedelta(days=1))
    answer = team.post("challenge-list", log(today, raised_on=tomorrow))
    assert answer.status_code == 400
    assert answer.json()["errors"]["raised_on"] == ["The challenge cannot be raised in the future."]
    wrong = team.post("challenge-list", log(today, agencies=[10**30], group="no-such-group", due="0001-01-01"))
    assert set(wrong.json()["errors"]) == {"agencies", "group", "due"}


def test_the_second_of_two_people_is_told_the_version_and_overwrites_nothing(
    demo_board: dict[str, User], today: dt.date
) -> None:
    team = Program(demo_board["manager"])
    key = team.post("challenge-list", log(today)).json()["id"]
    words = {"public_title": "First", "public_issue": "First", "version": 1}
    assert team.post("challenge-wording", words, key).json()["version"] == 2
    second = Program(demo_board["coordinator"]).post("challenge-wording", words | {"public_title": "Second"}, key)
    assert second.status_code == 409
    assert second.json()["current"] == 2
    assert Challenge.objects.get(pk=key).public_title == "First"


def test_the_same_key_again_does_nothing_again(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"]), program(demo_board["lead"])
    first, second = (team.post("challenge-list", log(today), once="one") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert team.post("challenge-list", log(today), once="two").json()["id"] != first.json()["id"]
    key = first.json()["id"]
    for _ in range(3):
        assert lead.post("challenge-respond", {"text": "Once"}, key, once="three").status_code == 200
    assert len(team.get("challenge-detail", key).json()["responses"]) == 1
    assert team.post("challenge-list", log(today), once="x" * 65).status_code == 400


def test_an_answer_for_another_agency_is_refused(demo_board: dict[str, User], today: dt.date) -> None:
    other = Agency.objects.exclude(pk=police().pk).filter(parent=None)[0]
    team, lead = Program(demo_board["manager"]), Program(demo_board["lead"])
    key = team.post("challenge-list", log(today, agencies=[police().pk, other.pk])).json()["id"]
    assert lead.post("challenge-respond", {"text": "A", "agency": other.pk}, key).status_code == 400
    assert Program(demo_board["contributor"]).post("challenge-respond", {"text": "A"}, key).status_code == 403
    hidden = Challenge.objects.exclude(agencies=police()).exclude(raised_by_agency=police())[0]
    assert lead.post("challenge-respond", {"text": "A"}, hidden.pk).status_code == 404


# ---- Actions --------------------------------------------------------------------------------------------------------


def test_an_action_is_added_told_of_and_signed_off(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "actions", "board"), program(demo_board["lead"], "actions")
    plan = next(row["id"] for row in team.rows("plan-list") if row["title"].startswith("Business plan"))
    due = today + dt.timedelta(days=30)
    body = {"plan": plan, "what": "Train", "due": str(due), "asked": [{"agency": police().pk, "owner": "Chief"}]}
    made = team.post("action-list", body)
    assert made.status_code == 201, made.content
    key, part = made.json()["id"], made.json()["entries"][0]
    assert lead.post("action-note", {"text": "Begun", "progress": "on_track"}, key).status_code == 200
    evidence = {"entry": part["id"], "version": part["version"], "evidence": "A register"}
    assert lead.post("action-evidence", evidence, key).json()["entries"][0]["evidence"] == "A register"
    assert lead.post("action-evidence", evidence | {"evidence": "Another"}, key).status_code == 409
    assert lead.post("action-evidence", evidence | {"entry": 1}, key).status_code in (400, 404)
    moved = {"to": str(due + dt.timedelta(days=9)), "reason": "Snow", "seen": str(due)}
    assert lead.post("action-move", moved, key).status_code == 403
    assert team.post("action-move", moved, key).status_code == 200
    assert team.post("action-move", moved, key).status_code == 409
    assert lead.post("action-propose", {"evidence": "All trained"}, key).json()["state"] == "proposed"
    assert lead.post("action-sign-off", {"forum": "Board"}, key).status_code == 403
    assert team.post("action-sign-off", {"forum": "Board"}, key).json()["state"] == "signed_off"
    assert team.post("action-withdraw", {"reason": "Too late"}, key).status_code == 400
    assert Action.objects.get(pk=key).state == "signed_off"


# ---- The board ------------------------------------------------------------------------------------------------------


def test_money_is_agreed_invoiced_and_received(demo_board: dict[str, User], today: dt.date) -> None:
    team = Program(demo_board["manager"])
    body = {"year": "2026-27", "purpose": "core", "agreed": "1500.50", "agency": police().pk}
    made = team.post("contribution-list", body)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert team.post("contribution-list", body).status_code == 400
    assert team.post("contribution-payment", {"amount": "1"}, key).status_code == 400
    assert team.post("contribution-invoice", {"amount": "1500.50"}, key).json()["invoiced"] == "1500.50"
    assert team.post("contribution-payment", {"amount": "1500.51"}, key).json()["errors"]["amount"]
    assert team.post("contribution-payment", {"amount": "1500.50"}, key).json()["received"] == "1500.50"
    assert Program(demo_board["chair"]).post("contribution-invoice", {"amount": "1"}, key).status_code == 403


def test_a_meeting_is_planned_and_its_attendance_recorded(demo_board: dict[str, User], today: dt.date) -> None:
    team = Program(demo_board["manager"])
    group = Group.objects.get(kind="board")
    day = (today - dt.timedelta(days=1)).isoformat()
    body = {
        "group": group.code,
        "starts_at": f"{day}T09:30:00Z",
        "ends_at": f"{day}T11:30:00Z",
        "place": "Civic Centre",
    }
    made = team.post("meeting-list", body)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    seats = [row["id"] for row in team.rows("seat-list", group=group.code) if row["ends_on"] is None][:2]
    marks = [{"seat": seat, "mark": "present"} for seat in seats]
    recorded = team.post("meeting-attendance", {"version": 0, "marks": marks}, key)
    assert recorded.json()["attendance"] == marks
    again = team.post("meeting-attendance", {"version": 0, "marks": []}, key)
    assert (again.status_code, again.json()["current"]) == (409, 1)
    minutes = {"version": recorded.json()["minutes_version"], "minutes": "All *agreed*."}
    assert team.post("meeting-minutes", minutes, key).status_code == 200
    assert Meeting.objects.get(pk=key).minutes == "All *agreed*."
    assert Program(demo_board["officer"]).post("meeting-cancel", {"reason": "A"}, key).status_code == 404


def test_an_event_and_the_answers_of_a_survey_come_in(demo_board: dict[str, User], today: dt.date) -> None:
    manager = demo_board["manager"]
    team = Program(manager)
    made = team.post("event-list", {"kind": "event", "title": "Fair", "on": str(today), "reached": 40})
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    revised = {"version": made.json()["version"], "kind": "event", "title": "Spring fair", "on": str(today)}
    assert team.post("event-revise", revised, key).json()["title"] == "Spring fair"
    assert team.post("event-revise", revised, key).status_code == 409
    assert team.post("event-quote", {"text": "Fun", "said_by": "A girl of 12"}, key).json()["quotes"] == []
    assert EngagementEvent.objects.get(pk=key).quotes.count() == 1
    survey = draft_survey(title="Asked", month=Month.containing(today), by=manager)
    set_question(survey=survey, text="Safe?", kind="single", options=["Yes", "No"], by=manager)
    open_survey(survey=survey, on=today, by=manager)
    wrong = team.post("survey-answers", {"rows": [["Yes"], ["Maybe"]]}, survey.pk)
    assert wrong.status_code == 400
    assert "Row 2" in wrong.json()["errors"]["rows"][0]
    for _ in range(2):
        answer = team.post("survey-answers", {"rows": [["Yes"], ["No"], ["Yes"]]}, survey.pk)
        assert (answer.status_code, answer.json()["respondents"]) == (200, 3)
    assert Survey.objects.get(pk=survey.pk).responses.count() == 3


# ---- Figures, returns, training -------------------------------------------------------------------------------------


def test_an_agency_sends_its_figures_all_or_none(demo_board: dict[str, User]) -> None:
    quarter = Quarter.parse("2017-18Q1")
    of_return = AgencyReturn.objects.filter(agency=police(), collection__quarter=quarter).first()
    if of_return is None:
        collection = open_collection(quarter=quarter, due=dt.date(2017, 7, 31), tell=False, by=None)
        of_return = AgencyReturn.objects.get(agency=police(), collection=collection)
    lead = program(demo_board["lead"], "dataset")
    from dataset.collecting.grid import rows_of

    row = rows_of(of_return)[0]
    field = "value" if "value" in row.takes else row.takes[0]
    cell = {"indicator": row.indicator.code, "period": str(row.period), field: "12"}
    if field != "value":
        cell["denominator"] = "100"
    key, own = of_return.collection_id, {"agency": police().pk}
    before = Figure.objects.count()
    wrong = lead.post("collection-figures", own | {"figures": [cell, cell | {"period": "1999-00Q1"}]}, key)
    assert wrong.status_code == 400
    assert lead.post("collection-figures", own | {"figures": [cell | {field: "many"}]}, key).status_code == 400
    assert Figure.objects.count() == before
    sent = lead.post("collection-figures", own | {"figures": [cell]}, key)
    assert sent.status_code == 200, sent.content
    figure = Figure.objects.latest("pk")
    assert (figure.indicator.code, str(figure.period), figure.recorded_by) == (
        row.indicator.code,
        str(row.period),
        demo_board["lead"],
    )
    stale = cell | {field: "13", "revision": figure.revision - 1}
    assert lead.post("collection-figures", own | {"figures": [stale]}, key).status_code == 409
    chair = Program(demo_board["chair"])
    assert chair.post("collection-figures", own | {"figures": [cell]}, key).status_code == 403


def test_an_agency_writes_and_submits_its_return(demo_board: dict[str, User]) -> None:
    lead = program(demo_board["lead"], "audits")
    owed = Return.objects.get(agency=police(), round__year="2017-18")
    row = lead.get("return-detail", owed.pk).json()
    first = row["answers"][0]
    grade = owed.round.framework.options.all()[0].label
    given = {"question": first["question"], "version": first["version"], "grade": grade, "evidence": "A register"}
    body = {"standard": 1, "answers": [given]}
    written = lead.post("return-answers", body, owed.pk)
    assert written.status_code == 200, written.content
    now = written.json()["answers"][0]
    assert (now["grade"], now["evidence"]) == (grade, "A register")
    other = body | {"answers": [given | {"evidence": "Another"}]}
    overtaken = lead.post("return-answers", other, owed.pk)
    assert (overtaken.status_code, overtaken.json()["current"]) == (409, now["version"])
    wrong = lead.post("return-answers", {"standard": 1, "answers": [given | {"grade": "Splendid"}]}, owed.pk)
    assert wrong.status_code == 400
    signed = {"declared": True, "name": "Lead", "position": "Chief"}
    assert lead.post("return-submit", signed | {"declared": False}, owed.pk).json()["errors"]["declared"]
    assert lead.post("return-submit", signed, owed.pk).status_code == 400  # not complete yet
    contributor = Program(demo_board["contributor"])
    assert contributor.post("return-submit", signed, owed.pk).status_code == 403
    assert Program(demo_board["manager"]).post("return-answers", body, owed.pk).status_code == 403


def test_a_workshop_is_booked_once_and_cancelled(demo_board: dict[str, User]) -> None:
    somebody = program(demo_board["professional"], "training")
    session = (
        Session.objects.public().to_come(timezone.now()).filter(state="open", closes_at__gt=timezone.now()).first()
    )
    if session is None:
        session = Session.objects.filter(state="held").latest("starts_at")
        answer = somebody.post("booking-list", {"session": str(session.pk), "job": "Nurse", "organisation": "A school"})
        assert answer.status_code == 400
        assert "over" in answer.json()["detail"]
        return
    body = {"session": str(session.pk), "job": "Nurse", "organisation": "A school", "manager_email": "m@example.org"}
    made = somebody.post("booking-list", body)
    assert made.status_code == 201, made.content
    assert somebody.post("booking-list", {"session": str(session.pk)}).json()["id"] == made.json()["id"]
    key = made.json()["id"]
    assert program(demo_board["reader"], "training").post("booking-cancel", {}, key).status_code == 404
    assert somebody.post("booking-cancel", {"state": "attended"}, key).status_code == 400
    assert somebody.post("booking-cancel", {}, key).status_code == 200
    assert not Booking.objects.get(pk=key).is_live


# ---- Who a child was -------------------------------------------------------------------------------------------------


def test_who_knows_children_cannot_write_their_names_through_the_api(demo_board: dict[str, User]) -> None:
    from cdop.models import Identity
    from cdop.services.access import children_named

    names = [one for one in Identity.objects.all() if children_named(f"{one.given_names} {one.family_name}")]
    told = f"{names[0].given_names} {names[0].family_name}"
    body = {"session": "7d0f4b86-1f0b-4a5e-9f39-6a8a4c2b1c11", "job": f"Nurse of {told}"}
    for asks in (Program(demo_board["officer"]), program(demo_board["officer"], "training")):
        answer = asks.post("booking-list", body)
        assert answer.status_code == 400
        assert "names a child" in answer.json()["detail"]
    other = program(demo_board["professional"], "training").post("booking-list", body)
    assert "names a child" not in other.json()["detail"]
