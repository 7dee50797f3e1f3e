"""The access table, tried: every address, every role, reading and writing (trust: "Attack", deny by default)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from audits.models import Audit, AuditReturn, Evidence, Option, PanelQuery, PanelRequest, Return
from boards.challenges.services import respond
from boards.engagement.services import add_picture
from boards.models import (
    AgendaItem,
    Challenge,
    Contribution,
    EngagementEvent,
    Group,
    Holder,
    LibraryItem,
    Meeting,
    Priority,
    Publication,
    Quote,
    Survey,
    Theme,
)
from casereviews.models import Briefing, CaseReview, LearningTheme
from casereviews.services.publishing import propose_publication
from casereviews.services.reviews import write_public_words
from casereviews.services.running import wall_off
from cdop.models import AgencyReport, AllowedWord, Death, Lift, ParallelProcess
from dataset.models import AgencyReturn, Edition, Indicator
from dataset.services import lift_suppression, make_pack, upload_figures
from lscb.accounts import services as accounts
from lscb.accounts.cases import let_into_case
from lscb.accounts.models import Agency, CaseAccess, Grant, SignOnDomain, SignOnRequest, User
from lscb.accounts.permissions import SCOPES, Permission, within
from lscb.accounts.roles import ROLES, LayMember
from lscb.accounts.tokens import make_token
from lscb.actions.models import EvidenceFile
from lscb.demo.people import PEOPLE
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from lscb.jobs.models import Job
from lscb.jobs.services import enqueue
from lscb.jobs.services.running import keep_file
from lscb.records.classes import record_class
from lscb.records.models import Collected, Destruction, TakeOut
from lscb.records.services.keeping import place_hold
from lscb.records.services.subject_access import receive_request
from lscb.reports.models import AnnualReport, ReportWords, State
from lscb.reports.services import comment_on_chapter
from training.models import Booking, Charge, ChargePolicy, Evaluation, Participant, Question, Trainer

from .access_table import DOORS, EVERYONE, OWN, PUBLIC, Door

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00\x00\x00IEND\xaeB`\x82"
)


def routes() -> Iterator[str]:
    """The names of all addresses, with their namespaces."""

    def walk(patterns: list[Any], namespace: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                below = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, below)
            elif isinstance(pattern, URLPattern):
                yield f"{namespace}{pattern.name}"

    return walk(get_resolver().url_patterns, "")


def test_every_address_is_in_the_table() -> None:
    assert set(routes()) == set(DOORS) | PUBLIC | OWN


def test_every_role_is_in_the_table() -> None:
    assert {person.mailbox for person in PEOPLE} == EVERYONE
    assert {person.role for person in PEOPLE} == set(ROLES)


def test_nobody_who_is_not_signed_in_gets_through(demo_report: AnnualReport, records: dict[str, Any]) -> None:
    """Every address that is not public leads to the sign-in, for reading and for writing."""
    client = Client()
    open_doors = []
    for name, door in DOORS.items():
        address = reverse(name, kwargs=records[door.of])
        for method in (client.get, client.post):
            response = method(address)
            if not _leads_to_sign_in(name, response):
                open_doors.append(f"{method.__name__} {name}: {response.status_code}")
    for name in OWN:
        if "edit" in name or "remove_webauthn" in name:
            continue  # names a key of one's own
        response = client.get(reverse(name))
        if response.status_code not in (302, 404) or (
            response.status_code == 302 and "login" not in response["Location"]
        ):
            open_doors.append(f"get {name}: {response.status_code}")
    assert open_doors == []


def _leads_to_sign_in(name: str, response: Any) -> bool:
    """A page leads there; the API says no, for a program cannot follow."""
    if name.startswith("api:"):
        return response.status_code == 401
    return response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


def by_part() -> dict[str, dict[str, Door]]:
    """The doors of each part of the portal: "boards" for `boards:meeting`, "the shell" for those of no app."""
    parts: dict[str, dict[str, Door]] = defaultdict(dict)
    for name, door in DOORS.items():
        parts[name.rpartition(":")[0] or "the shell"][name] = door
    return parts


@pytest.fixture
def pages_are_blank(monkeypatch: pytest.MonkeyPatch, records: dict[str, Any]) -> None:
    """Who comes in is decided before the page is written. `tests/journeys/test_every_page.py` looks at the pages.

    The records are made before: what is kept of them for other tests has its words.
    """
    blank = '<html lang="en"><head><title>Blank</title></head><body><h1>Blank</h1></body></html>'
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: blank)


@pytest.mark.long
@pytest.mark.usefixtures("pages_are_blank")
@pytest.mark.parametrize("doors", by_part().values(), ids=by_part())
def test_every_role_gets_through_its_own_doors_only(
    doors: dict[str, Door],
    demo_board: dict[str, User],
    demo_report: AnnualReport,
    records: dict[str, Any],
    settings: Any,
) -> None:
    settings.API_PER_MINUTE = {"token": 10**6, "address": 10**6}
    wrong = []
    for mailbox, user in demo_board.items():
        client = Client()
        client.force_login(user)
        wrong += [fault for name, door in doors.items() for fault in faults(client, mailbox, name, door, records)]
    assert wrong == [], "\n".join(wrong)


def faults(client: Client, mailbox: str, name: str, door: Door, records: dict[str, Any]) -> Iterator[str]:
    """Reading must answer as the table says; writing must be refused to whoever may not read."""
    address = reverse(name, kwargs=records[door.of])
    expected = "in" if mailbox in door.inside else "403" if mailbox in door.refused else "404"
    got = answer(client.get(address))
    if got != expected and not (door.writes and got == "405"):
        yield f"{mailbox} reads {name}: {got} instead of {expected}"
    if expected != "in" or door.writes:
        got = answer(send(client, name, address))
        if got != expected and (door.writes or got != "405"):
            yield f"{mailbox} writes {name}: {got} instead of {expected}"


def send(client: Client, name: str, address: str) -> Any:
    """Nothing, as a form or as a program sends it."""
    return (
        client.post(address, {}, content_type="application/json") if name.startswith("api:") else client.post(address)
    )


def case_review_records(demo_board: dict[str, User]) -> dict[str, dict[str, Any]]:
    """A review whose publication waits for its release, and one that is halted in part."""
    manager = demo_board["manager"]
    review, halted = CaseReview.objects.get(code_name="Alder"), CaseReview.objects.get(code_name="Elder")
    words = {"public_name": "Neglect", "public_status": "Received", "public_summary": "Told", "public_learning": "Said"}
    review = write_public_words(review=review, version=review.version, by=manager, **words)
    now = timezone.now()
    proposed = propose_publication(review=review, version=review.version, by=demo_board["coordinator"], at=now)
    wall = wall_off(review=review, user=demo_board["lay"], reason="A relative", by=manager, today=now.date())
    shared = Briefing.objects.get()
    return {
        "review": {"pk": review.pk},
        "review_pause": {"pk": halted.pk, "pause": halted.pauses.get().pk},
        "review_proceedings": {"pk": halted.pk, "proceedings": halted.proceedings.get().pk},
        "review_member": {"pk": halted.pk, "member": halted.panel.all()[0].pk},
        "review_wall": {"pk": review.pk, "wall": wall.pk},
        "review_proposal": {"pk": review.pk, "version": proposed.pk},
        "review_shared": {"pk": shared.review_id},
        "recommendation": {"pk": review.pk, "number": 1},
        "briefing": {"pk": shared.pk},
        "learning_theme": {"pk": LearningTheme.objects.values_list("pk", flat=True)[0]},
    }


def sign_on_records(police: Agency) -> dict[str, dict[str, Any]]:
    """A domain that was approved, and somebody who asks."""
    now = timezone.now()
    domain = SignOnDomain.objects.create(domain="police.invalid", provider="force", agency=police, approved_at=now)
    asked = SignOnRequest.objects.create(provider="force", identity="x", name="Asker", asked_at=now)
    return {
        "provider": {"provider_id": "force"},
        "sign_on_domain": {"pk": domain.pk},
        "sign_on_request": {"pk": asked.pk},
    }


def answer(response: Any) -> str:
    if response.streaming:
        b"".join(response.streaming_content)  # a download read to its end closes its file
    # 409: in scope and in right, and refused by a rule of the trade; 400: and nothing was sent to a program's door
    return "in" if response.status_code in (200, 201, 302, 400, 409) else str(response.status_code)


def approved_edition(report: AnnualReport, chair: User) -> AnnualReport:
    """As it is on file under another number, with one figure that the records do not give."""
    edition = AnnualReport.objects.get(pk=report.pk)
    edition.pk, edition.job, edition.number, edition.state = uuid4(), None, report.number + 1, State.APPROVED
    for chapter in edition.content["chapters"]:
        for fact in chapter["facts"]:
            if (chapter["slug"], fact["name"]) == ("challenges", "raised"):
                fact["value"], fact["shown"] = 44, "44"
    edition.approved_by, edition.approved_at, edition.printed_at = chair, timezone.now(), timezone.now()
    edition._state.adding = True
    edition.save(force_insert=True)
    return edition


@pytest.fixture
def records(demo_board: dict[str, User], demo_report: AnnualReport) -> dict[str, dict[str, Any]]:
    """What the addresses speak of, as the keyword arguments they take."""
    manager = demo_board["manager"]
    somebody = accounts.register_person(name="Somebody", email="some@body.invalid", password="longer than 12", by=None)
    grant = Grant.objects.create(user=somebody, role=LayMember.slug, starts_on=timezone.localdate())
    invitation, _ = accounts.invite(
        name="Guest", email="guest@body.invalid", role=LayMember, by=manager, at=timezone.now()
    )
    holder = Holder.objects.select_related("seat").filter(ends_on=None).first()
    assert holder
    police = Agency.objects.get(name="Hampshire Constabulary")
    audit = Audit.objects.get(title="Children who go missing")
    reported = Audit.objects.get(title="Looked after children placed out of area")
    file = EvidenceFile.objects.select_related("entry__action").get(entry__action__plan__business_plan__isnull=False)
    action = file.entry.action
    edition = Edition.objects.first()
    assert edition
    attended = (
        Booking.objects.filter(state="attended", session__course__length="half_day")
        .select_related("session__course")
        .first()
    )
    assert attended
    for mailbox in ("professional", "manager"):
        user, works_for = demo_board[mailbox], {"job": "Tester", "agency": police}
        Participant.objects.create(email=user.email, name=user.name, user=user, **works_for)
    attachment = store_attachment(
        upload=SimpleUploadedFile("note.txt", b"A note."), by=manager, permission=Permission.MANAGE_BOARD
    )
    job = Job.objects.get(pk=demo_report.job_id)
    job.pk, job.unique_key = uuid4(), ""
    keep_file(job, content=ContentFile(b"result"), name="result.txt")
    job.save(force_insert=True)
    compiles = enqueue(
        task="none", title="Compile", arguments={}, by=demo_board["analyst"], permission=Permission.READ_DATASET
    )
    reviews = case_review_records(demo_board)
    approved = approved_edition(demo_report, demo_board["chair"])
    comment = comment_on_chapter(
        report=demo_report, chapter="challenges", text="Which quarter?", by=demo_board["chair"], at=timezone.now()
    )
    key = {"quarter": str(edition.quarter), "number": edition.number}
    challenge = Challenge.objects.get(title__startswith="Does the front door")
    response = respond(
        challenge=challenge,
        agency=police,
        text="With a file.",
        uploads=[SimpleUploadedFile("answer.txt", b"An answer.")],
        on=timezone.localdate(),
        by=None,
        today=timezone.localdate(),
    )
    paper = AgendaItem.objects.filter(meeting__group__kind="board")[0]
    paper.paper = store_attachment(
        upload=SimpleUploadedFile("paper.txt", b"A paper."), by=manager, permission=Permission.READ_BOARD
    )
    paper.save()
    survey = Survey.objects.get(title="Communication")
    event = EngagementEvent.objects.get(title__startswith="Imagine")
    picture = add_picture(event=event, upload=SimpleUploadedFile("ferry.png", PNG), alt="The ferry", by=manager)
    item = LibraryItem.objects.get(title="Escalation policy")
    of_return = (
        AgencyReturn.objects.select_related("collection", "agency").filter(agency=police).latest("collection__quarter")
    )
    upload = upload_figures(
        file=SimpleUploadedFile("figures.csv", b"indicator,period,value\n"), of_return=of_return, by=manager
    )
    pack = make_pack(edition=edition, title="For the board", codes=[edition.content["rows"][0]["code"]], by=manager)
    lift = lift_suppression(
        indicator=Indicator.objects.all()[0], audience="public", reason="It was printed.", by=manager
    )
    collecting = {"quarter": str(of_return.collection.quarter), "agency": police.pk}
    death = Death.objects.filter(state="reviewed").latest("ended_on")
    word = AllowedWord.objects.create(death=death, word="May", reason="The month", allowed_at=timezone.now())
    owed = AgencyReport.objects.filter(state="asked", agency=police, death__state="open")
    draft = AuditReturn.objects.filter(case__audit=audit, agency=police)[0]
    attached = _attached(police, demo_board["lead"])
    draft.files.add(attached)
    token, _ = make_token(
        name="Scorecard",
        scopes=["board"],
        expires_at=timezone.now() + dt.timedelta(days=30),
        with_second_factor=False,
        by=somebody,
        at=timezone.now(),
    )
    return {
        "token": {"pk": token.pk},
        **_of_records(manager, demo_board["coordinator"]),
        **_of_returns(police, demo_board["lead"]),
        "": {},
        "emergency": {"pk": _in_emergency(death, demo_board["lay"]).pk},
        "mail": {"kind": "survey"},
        **reviews,
        "death": {"pk": death.pk},
        "death_word": {"pk": word.pk},
        "death_domain": {"pk": death.pk, "domain": "family"},
        "death_report": {"pk": owed.values_list("pk", flat=True)[0]},
        "process": {"pk": ParallelProcess.objects.open().get().pk},
        "panel": {"pk": death.panel_cases.get().panel_id},
        "death_lift": {"pk": Lift.objects.get().pk},
        "person": {"pk": somebody.pk},
        "grant": {"pk": grant.pk},
        "invitation": {"pk": invitation.pk},
        **sign_on_records(police),
        "agency": {"pk": police.pk},
        "job": {"pk": demo_report.job_id},
        "compile_job": {"pk": compiles.pk},
        "job_with_file": {"pk": job.pk},
        "attachment": {"pk": attachment.pk},
        "group": {"code": Group.objects.get(name__startswith="Monitoring").code},
        "seat": {"pk": holder.seat_id},
        "holder": {"pk": holder.pk},
        "meeting": {"pk": Meeting.objects.filter(group__kind="board").latest("starts_at").pk},
        "meeting_paper": {"pk": paper.meeting_id, "file": paper.paper_id},
        "year": {"year": "2016-17"},
        "challenge": {"pk": challenge.pk},
        "challenge_file": {"pk": challenge.pk, "file": response.files.get().pk},
        "theme": {"year": "2016-17", "number": 2},
        "theme_key": {"pk": Theme.objects.values_list("pk", flat=True)[0]},
        "priority": {"pk": Priority.objects.values_list("pk", flat=True)[0]},
        "survey": {"pk": survey.pk},
        "survey_csv": {"pk": survey.pk, "format": "csv"},
        "question": {"pk": survey.pk, "order": 1},
        "event": {"pk": event.pk},
        "picture": {"pk": event.pk, "item": picture.pk},
        "quote": {"pk": event.pk, "kind": "quotes", "item": Quote.objects.get().pk},
        "library_item": {"pk": item.pk},
        "library_file": {"pk": item.pk, "number": 1},
        "item_file": {"pk": item.pk, "file": item.versions.get(number=1).file_id},
        "publication": {"pk": Publication.objects.values_list("pk", flat=True)[0]},
        "contribution": {"pk": Contribution.objects.values_list("pk", flat=True)[0]},
        "audit": {"pk": audit.pk},
        "audit_reported": {"pk": reported.pk},
        "audit_tool": {"pk": audit.tool_id},
        "audit_finding": {"pk": reported.findings.values_list("pk", flat=True)[0]},
        "audit_recommendation": {"pk": reported.recommendations.values_list("pk", flat=True)[0]},
        "audit_case": {"pk": audit.cases.values_list("pk", flat=True)[0]},
        "audit_return": {"pk": draft.pk},
        "audit_return_file": {"pk": draft.pk, "file": attached.pk},
        "plan": {"pk": action.plan_id},
        "action": {"pk": action.pk},
        "collection": {"quarter": collecting["quarter"]},
        "collection_key": {"pk": of_return.collection_id},
        "return": collecting,
        "return_csv": collecting | {"format": "csv"},
        "upload": {"pk": upload.pk},
        "pack": {"pk": pack.pk},
        "lift": {"pk": lift.pk},
        "policy": {"audience": "public", "kind": "children"},
        "part": {"pk": action.pk, "entry": file.entry_id},
        "evidence_file": {"pk": action.pk, "file": file.pk},
        "action_file": {"pk": action.pk, "file": file.attachment_id},
        "plan_review": {"pk": action.plan_id, "held_on": "2016-07-14"},
        "session": {"pk": attended.session_id},
        "booking": {"pk": attended.pk},
        "charge": {"pk": Charge.objects.values_list("pk", flat=True)[0]},
        "comment": {"pk": Evaluation.objects.with_comment().values_list("pk", flat=True)[0]},
        "course": {"pk": attended.session.course_id},
        "programme": {"pk": attended.session.course.programme_id},
        "trainer": {"pk": Trainer.objects.values_list("pk", flat=True)[0]},
        "charge_policy": {"pk": ChargePolicy.objects.values_list("pk", flat=True)[0]},
        "statement": {"pk": Question.objects.values_list("pk", flat=True)[0]},
        "edition_key": {"pk": edition.pk},
        "edition": key,
        "edition_csv": key | {"format": "csv"},
        "indicator": {"code": Indicator.objects.filter(source_agency=police).values_list("code", flat=True)[0]},
        "report": {"pk": demo_report.pk},
        "words": {"year": "2016-17", "chapter": "introduction"},
        "report_words": {"pk": ReportWords.objects.values_list("pk", flat=True)[0]},
        "report_chapter": {"pk": demo_report.pk, "chapter": "challenges"},
        "report_comment": {"pk": demo_report.pk, "comment": comment.pk},
        "approved_report": {"pk": approved.pk},
        "moved_fact": {"pk": approved.pk, "fact": "challenges.raised"},
    }


def _in_emergency(death: Death, user: User) -> CaseAccess:
    """Access to a case that its hour has ended."""
    access = let_into_case(case=death.pk, user=user, reason="A test", ends_at=timezone.now(), by=None)
    assert access
    return access


def _of_records(manager: User, second: User) -> dict[str, dict[str, Any]]:
    """An archive that the manager took out, a hold, a list that waits for a second person, one that was destroyed."""
    now = timezone.now()
    taken = TakeOut(asked_by=manager, asked_at=now, reason="A test", made_at=now, rows=1, size=1, sha256="0" * 64)
    taken.expires_at = now + dt.timedelta(days=1)
    taken.file.save("archive.zip", ContentFile(b"archive"), save=False)
    taken.save()
    by_program = TakeOut(asked_by=second, asked_at=now, reason="A test", made_at=now, rows=1, size=1, sha256="0" * 64)
    by_program.expires_at, by_program.reach = taken.expires_at, sorted(within(SCOPES))
    by_program.file.save("archive.zip", ContentFile(b"archive"), save=False)
    by_program.save()
    surveys = record_class("surveys")
    hold = place_hold(of=surveys, reason="An inquiry", starts_on=now.date(), by=manager, at=now)
    proposed = {"slug": "challenges", "as_at": now.date(), "digest": "0" * 64, "proposed_at": now}
    waiting = Destruction.objects.create(proposed_by=manager, **proposed)
    done = Destruction(proposed_by=manager, approved_by=second, approved_at=now, done_at=now, **proposed)
    done.certificate.save("certificate.pdf", ContentFile(b"certificate"), save=False)
    done.save()
    request = receive_request(
        who="Somebody", contact="", asked_for="", received_on=now.date(), by=manager, today=now.date()
    )
    texts = [
        Collected.objects.create(
            request=request, table="x", key=key, field="text", place="Text", text="Said.", collected_at=now
        )
        for key in ("1", "2", "3")
    ]
    return {
        "access_request": {"pk": request.pk},
        "access_step": {"pk": request.pk, "step": "pause"},
        "access_text": {"pk": request.pk, "item": texts[0].pk},
        "access_left_out": {"pk": request.pk, "item": texts[1].pk},
        "take_out": {"pk": taken.pk},
        "take_out_by_program": {"pk": by_program.pk},
        "record_class": {"slug": "challenges"},
        "due_record": {"slug": "challenges", "key": Challenge.objects.all()[0].pk},
        "hold": {"pk": hold.pk},
        "destruction": {"pk": waiting.pk},
        "destroyed": {"pk": done.pk},
    }


def _attached(police: Agency, lead: User) -> Attachment:
    """A file of the police's own."""
    return store_attachment(
        upload=SimpleUploadedFile("policy.txt", b"Our policy."),
        by=lead,
        permission=Permission.READ_OWN_RETURNS,
        agency=police,
    )


def _of_returns(police: Agency, lead: User) -> dict[str, dict[str, Any]]:
    """A return of the police that waits to be signed, with a file and a helper; of the year before what is issued."""
    owed = Return.objects.get(agency=police, round__year="2017-18")
    issued = Return.objects.get(agency=police, round__year="2016-17")
    framework = owed.round.framework
    file = _attached(police, lead)
    Evidence.objects.create(answer=owed.answers.all()[0], attachment=file)
    Return.objects.filter(pk=owed.pk).update(status="awaiting")
    question = framework.standards.all()[0].questions.all()[0]
    query = PanelQuery.objects.create(of_return=issued, question=question, text="When?", asked_at=timezone.now())
    request = PanelRequest.objects.create(
        of_return=issued, standard=question.standard, text="Show us.", due_on=timezone.localdate()
    )
    of_framework = {"pk": framework.pk}
    return {
        "round": {"pk": owed.round_id},
        "round_standard": {"pk": owed.round_id, "number": 1},
        "analysis": {"year": "2016-17", "audience": "agencies"},
        "delivered": {"audience": "agencies"},
        "framework": of_framework,
        "standard": of_framework | {"number": 1},
        "framework_question": of_framework | {"question": question.pk},
        "option": of_framework | {"order": 1},
        "framework_option": of_framework | {"order": 1},
        "framework_part": of_framework
        | {"kind": "grade", "key": Option.objects.filter(framework=framework).values_list("pk", flat=True)[0]},
        "owed_return": {"pk": owed.pk},
        "return_standard": {"pk": owed.pk, "number": 1},
        "return_letter": {"pk": owed.pk, "format": "pdf"},
        "helper": {"pk": owed.pk, "contributor": owed.contributors.all()[0].pk},
        "evidence": {"pk": owed.pk, "file": file.pk},
        "query": {"pk": issued.pk, "query": query.pk},
        "request": {"pk": issued.pk, "asked": request.pk},
    }
