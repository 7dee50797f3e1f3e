"""Who reads what of a multi-agency audit through which door, and how often the database is asked."""

from __future__ import annotations

import io
import random
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from audits.models import AuditReturn
from audits.multiagency import services
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyReader, GroupMember, IndependentChair, LayMember
from lscb.common.periods import Month
from lscb.files.models import Attachment
from lscb.trail.models import Event
from tests.actions.factories import AgencyFactory, contributor, lead, manager, member, outsider, person
from tests.boards.factories import a_group

from .samples import DUE, a_case, an_audit, asked, filled, fresh, grade, moderated, reported, sent

pytestmark = pytest.mark.django_db
RETURNS = reverse("audits:audit_return_list")


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def downloaded(client: Client, one: AuditReturn, file: Attachment) -> int:
    """The status of a download, read to its end: that closes its file."""
    answer = client.get(reverse("audits:audit_return_file", args=[one.pk, file.pk]))
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return answer.status_code


def test_the_groups_read_the_audit_and_its_findings_once_reported_and_no_case() -> None:
    leads, looks_on, other = a_group("Leads"), a_group("Looks on"), a_group("Other")
    audit = an_audit(leads, looking_on=looks_on, title="Neglect of children", summary="")
    one = sent(asked(audit, AgencyFactory(name="Police"))[0], account="Words of the police")
    moderated(one, reason="Words of the team")
    people = {
        "manager": (manager(), True, True),
        "chair": (person(IndependentChair), True, True),
        "lay member": (person(LayMember), True, False),
        "lead group": (member(leads.code), True, False),
        "group that looks on": (person(GroupMember, group=looks_on.code), True, False),
        "another group": (member(other.code), False, False),
        "agency": (lead(one.agency), None, False),
        "outsider": (outsider(), None, False),
    }
    detail = reverse("api:audit-detail", args=[audit.pk])

    def check(told: bool) -> None:
        for who, (user, reads, reads_cases) in people.items():
            client = signed_in(user)
            page, api = client.get(audit.get_absolute_url()), client.get(detail)
            assert {page.status_code, api.status_code} == ({200} if reads else {404}), who
            listed = client.get(reverse("audits:audit_list"), {"words": "neglect"})
            assert listed.status_code == (404 if reads is None else 200), who
            assert (b"Neglect of children" in listed.content) == bool(reads), who
            assert client.get(one.case.get_absolute_url()).status_code == (200 if reads_cases else 404), who
            file = client.get(reverse("audits:audit_report_xlsx", args=[audit.pk]))
            assert file.status_code == (200 if reads_cases or (reads and told) else 404), who
            if not reads:
                continue
            text = page.content.decode() + str(api.json())
            assert ("Inside words" in text) == (told), who
            assert ("Case A" in text) == reads_cases, who
            assert "Words of the" not in text, who
            if file.status_code == 200:
                cells = {
                    str(cell.value)
                    for sheet in load_workbook(io.BytesIO(file.content))
                    for row in sheet
                    for cell in row
                }
                assert ("Case A" in cells) == reads_cases, who
                assert ("Words of the team" in cells) == reads_cases, who

    check(told=False)
    reported(audit)
    check(told=True)


def test_an_agency_meets_its_own_returns_by_every_door_and_no_other() -> None:
    """Random audits, agencies and states: page, list, count, search, filter, export, API and file say the same."""
    dice = random.Random(5)
    agencies = [AgencyFactory(name=f"Agency of {letter}") for letter in "UVW"]
    for number in range(4):
        audit = an_audit(title=f"Audit {number}")
        a_case(audit, f"Child {number}")
        a_case(audit, f"Kind {number}")
        for one in asked(audit, *dice.sample(agencies, dice.randint(1, 3))):
            upload = SimpleUploadedFile(f"file-{one.pk}.txt", b"Text")
            account = f"secret-{one.agency_id}"
            if dice.random() < 0.7:
                given = filled(one, account=account, uploads=[upload])
                if dice.random() < 0.5:
                    services.send_return(on=DUE, **given)
                else:
                    services.save_return(**given)
    for agency in agencies:
        for user in (lead(agency), contributor(agency), person(AgencyReader, agency=agency)):
            client = signed_in(user)
            own = AuditReturn.objects.filter(agency=agency)
            page = client.get(RETURNS).content.decode()
            export = client.get(RETURNS, {"format": "csv"}).content.decode()
            listed = client.get(reverse("api:audit-return-list")).json()
            assert f"{own.count()} returns" in page
            assert export.count(agency.name) == own.count() == listed["count"]
            for other in agencies:
                assert (other.name in page + export + str(listed)) == (other == agency)
            for one in AuditReturn.objects.select_related("agency"):
                expected = 200 if one.agency_id == agency.pk else 404
                answers = [client.get(one.get_absolute_url())]
                answers.append(client.get(reverse("api:audit-return-detail", args=[one.pk])))
                assert {answer.status_code for answer in answers} == {expected}
                assert {downloaded(client, one, file) for file in one.files.all()} <= {expected}
                text = answers[0].content.decode()
                assert all(f"secret-{other.pk}" not in text for other in agencies if other != agency)
                if expected == 404:
                    answer = reverse("audits:audit_return_answer", args=[one.pk])
                    assert client.post(answer, {"account": "Mine"}).status_code == 404


def test_a_draft_is_the_agencys_own_until_it_is_sent() -> None:
    one = asked(an_audit())[0]
    upload = SimpleUploadedFile("draft.txt", b"Text")
    services.save_return(**filled(one, account="Half a thought", uploads=[upload]))
    doors = [one.get_absolute_url(), one.case.get_absolute_url(), reverse("api:audit-return-detail", args=[one.pk])]
    team, agency = signed_in(manager()), signed_in(lead(one.agency))
    for door in doors:
        text = team.get(door).content.decode()
        assert "Half a thought" not in text
        assert "draft.txt" not in text
        assert "In the file." not in text
    assert "Half a thought" in agency.get(doors[0]).content.decode()
    file = one.files.get()
    assert (downloaded(team, one, file), downloaded(agency, one, file)) == (404, 200)
    assert team.get(file.get_absolute_url()).status_code == 404, "nor by the address of the file itself"
    sent(one, account="Half a thought")
    assert "Half a thought" in team.get(doors[0]).content.decode()
    assert "draft.txt" in team.get(doors[0]).content.decode()
    assert downloaded(team, one, one.files.get()) == 200


def test_the_agency_reads_its_moderated_grade_once_the_findings_are_reported() -> None:
    audit = an_audit()
    one = sent(asked(audit)[0])
    moderated(one, "Requires improvement", "The child was not seen")
    client = signed_in(lead(one.agency))
    assert "The child was not seen" not in client.get(one.get_absolute_url()).content.decode()
    reported(audit)
    assert "The child was not seen" in client.get(one.get_absolute_url()).content.decode()


def test_who_looks_at_a_case_or_a_return_is_on_the_trail_without_its_name() -> None:
    one, user = asked(an_audit())[0], manager()
    client = signed_in(user)
    client.get(one.case.get_absolute_url())
    client.get(one.get_absolute_url())
    seen = Event.objects.filter(verb="viewed", actor=str(user))
    assert {event.target for event in seen} == {"Case 1", f"Audit return of {one.agency}"}


def test_a_page_that_saves_itself_says_on_what_the_next_save_builds_and_refuses_the_second_person() -> None:
    one = asked(an_audit())[0]
    client, address = signed_in(lead(one.agency)), reverse("audits:audit_return_answer", args=[one.pk])
    first = client.post(address, {"account": "Begun", "version": "1"}, headers={"accept": "application/json"})
    assert first.json()["fields"] == {"version": "2"}
    second = client.post(address, {"account": "Other", "version": "1"}, headers={"accept": "application/json"})
    assert second.status_code == 409
    page = client.post(address, {"account": "Other", "version": "1", "later": "yes"})
    assert page.status_code == 409
    assert [one["text"] for one in page.context["theirs"]] == ["Begun"]
    assert "Other" in page.content.decode()
    assert AuditReturn.objects.get().account == "Begun"


def test_sending_twice_sends_once() -> None:
    one = asked(an_audit())[0]
    client, address = signed_in(lead(one.agency)), reverse("audits:audit_return_answer", args=[one.pk])
    good = grade(one).pk
    data: dict[str, Any] = {"account": "Seen", "own_grade": good, "version": "1", "once": "token"}
    data |= {f"grade_{question.pk}": good for question in one.case.audit.tool.questions.all()}  # type: ignore[union-attr]
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(verb="sent a return").count() == 1


def test_what_is_missing_is_told_at_every_field_at_once_and_nothing_typed_is_lost() -> None:
    one = asked(an_audit())[0]
    client = signed_in(lead(one.agency))
    answer = client.post(reverse("audits:audit_return_answer", args=[one.pk]), {"account": "Typed", "version": "1"})
    text = answer.content.decode()
    for sentence in ("Select a grade for question 1", "Select a grade for question 2", "as a whole"):
        assert sentence in text
    assert "Typed" in text


def test_the_report_is_a_tagged_pdf_and_names_who_gave_no_return() -> None:
    audit = an_audit(title="Neglect of children")
    asked(audit, AgencyFactory(name="Probation"))
    reported(audit)
    answer = signed_in(manager()).get(reverse("audits:audit_report_pdf", args=[audit.pk]))
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == "Audit: Neglect of children"
    assert "Neglect" not in answer["Content-Disposition"]
    page = signed_in(manager()).get(audit.get_absolute_url()).content.decode()
    assert "Probation gave no return." in page


def test_repeat_audits_are_put_beside_the_last_one_of_the_subject() -> None:
    before = reported(an_audit(title="First", first=Month(2015, 5), last=Month(2015, 6)), theme="Chronologies")
    again = reported(an_audit(title="Second"), theme="chronologies")
    page = signed_in(manager()).get(again.get_absolute_url())
    compared = page.context["compared"]
    assert (compared.before, list(compared.again), list(compared.gone)) == (before, ["chronologies"], [])
    assert ("Gaps found", "1", "1") in compared.table.rows
    assert signed_in(manager()).get(fresh(before).get_absolute_url()).context["compared"] is None


def test_the_schedule_shows_audits_over_months_and_years_and_is_a_file_too() -> None:
    an_audit(title="Over the year's end", first=Month(2017, 3), last=Month(2017, 4))
    an_audit(title="=Formula", first=Month(2017, 5), last=Month(2017, 5))
    dropped = an_audit(title="Dropped", first=Month(2017, 5), last=Month(2017, 5))
    services.cancel_audit(
        audit=dropped, reason="Inspection", on=dropped.scheduled_from, by=None, today=dropped.scheduled_to
    )
    client, address = signed_in(member("nobody")), reverse("audits:audit_schedule")
    page = client.get(address, {"year": "2017-18"})
    assert [sum(row.months) for row in page.context["schedule"].rows] == [1, 1]
    assert b"Dropped" not in page.content
    file = client.get(address, {"year": "2017-18", "format": "xlsx"})
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows(min_row=2)][1][0] == "=Formula"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert client.get(address, {"year": "2017-18", "format": "pdf"}).content.startswith(b"%PDF-1.7")
    assert client.get(address, {"year": "2030-31"}).status_code == 404


@pytest.mark.parametrize("name", ["list", "audit", "case", "returns", "schedule", "api", "api returns", "home"])
def test_pages_ask_the_database_as_often_with_many_rows_as_with_one(
    name: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def more(number: int) -> Any:
        audit = an_audit(title=f"Audit {number}")
        one = sent(asked(audit, AgencyFactory(), AgencyFactory())[0])
        moderated(one)
        services.recommend(audit=audit, text="Do it", by=None)
        return one

    one = more(0)
    url = {
        "list": reverse("audits:audit_list"),
        "audit": one.case.audit.get_absolute_url(),
        "case": one.case.get_absolute_url(),
        "returns": RETURNS,
        "schedule": f"{reverse('audits:audit_schedule')}?year=2016-17",
        "api": reverse("api:audit-list"),
        "api returns": reverse("api:audit-return-list"),
        "home": reverse("home"),
    }[name]
    client = signed_in(manager())
    client.get(url)
    with django_assert_max_num_queries(55) as counted:
        client.get(url)
    for number in range(1, 6):
        more(number)
        a_case(fresh(one.case.audit), f"Case {number}")
    asked(one.case.audit, *[AgencyFactory() for _ in range(5)])
    with django_assert_num_queries(len(counted)):
        client.get(url)
