"""Child deaths in access requests and archives: for those who may know the child, and no hint for anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cdop.models import Death, Identity
from cdop.records import OF_A_CASE
from lscb.accounts import roles
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.encryption import EncryptedTextField
from lscb.jobs.services import work
from lscb.records.classes import record_classes
from lscb.records.finding import find_in_child_deaths, find_person
from lscb.records.invariants import broken
from lscb.records.models import AccessRequest, Collected, TakeOut
from lscb.records.services import subject_access as services
from lscb.records.services.taking_out import KEPT_FOR, ask_for_take_out, do_take_out, remove_expired
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead
from tests.cdop import samples as s
from tests.cdop.test_leaks import dumped, searched, signed_in, words_in

from .reading import Read
from .test_keeping import destroy

pytestmark = pytest.mark.django_db
KNOWS = Permission.READ_CHILD_DEATH_IDENTITY
CHILDREN = 30
MOTHER = "Janetta Neverwas"


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def received(by: User, permission: Permission = KNOWS) -> AccessRequest:
    today = timezone.localdate()
    return services.receive_request(
        who=MOTHER, contact="", asked_for="", received_on=today, permission=permission, by=by, today=today
    )


def everybody_else() -> list[User]:
    knows = (roles.ChildDeathOfficer, roles.DesignatedDoctor)
    return [s.panel_member(), lead(AgencyFactory()), *(person(role) for role in roles.ROLES if role not in knows)]


def test_a_parent_a_sibling_and_the_child_are_found_with_every_text_of_the_case() -> None:
    officer, doctor = s.officer(), s.doctor()
    death = s.a_death()
    s.released(death, officer, doctor)
    other, _ = s.generated(7)
    everything = find_in_child_deaths(["999 012 3454"], officer).texts
    assert {text.case for text in everything} == {death.pk}
    assert {"cdop.identity", "cdop.paper"} <= {text.table for text in everything}
    assert "3 June 2014" in {text.text for text in everything}
    for sought in (MOTHER, "tomasz inkling", "Alexandra Bettina O’Neverwas-Inkling", "9990123454", "Una Notreal"):
        assert find_in_child_deaths([sought], officer).texts == everything, sought
    assert find_in_child_deaths([death.reference], doctor).texts == everything
    assert not find_in_child_deaths(["Nobody Whatsoever"], officer).texts
    assert other.pk not in {text.case for text in everything}
    for reader in everybody_else():
        assert not find_in_child_deaths([MOTHER], reader).texts
        assert not [text for text in find_person([MOTHER], reader).texts if text.case]


def test_no_text_of_a_case_is_forgotten() -> None:
    encrypted = {
        model
        for model in apps.get_app_config("cdop").get_models()
        if any(isinstance(field, EncryptedTextField) for field in model._meta.concrete_fields)
    }
    assert {model._meta.label for model in encrypted - {model for model, _ in OF_A_CASE}} == {"cdop.NotificationDraft"}


def test_a_name_that_many_share_is_not_listed() -> None:
    for number in range(11):
        s.a_death(family=f"Mother: Jane Common, {number}")
    found = find_in_child_deaths(["Jane Common"], s.officer())
    assert (found.texts, found.cut) == ((), ("child deaths",))


def test_the_officer_answers_in_the_browser_and_every_look_is_on_the_trail() -> None:
    officer = s.officer()
    death = s.a_death()
    client = signed_in(officer)
    page = client.post(reverse("records:access_new"), {"who": MOTHER, "received_on": timezone.localdate().isoformat()})
    request = AccessRequest.objects.get()
    assert page["Location"] == request.get_absolute_url()
    assert request.permission == KNOWS

    def looks() -> int:
        return Event.objects.of(death).filter(verb="viewed", reason__endswith="subject access request").count()

    find = reverse("records:access_find", args=[request.pk])
    found = client.post(find, {"terms": MOTHER})
    assert found.status_code == 200, "whom they look for they may type"
    assert looks() == 1
    names = [row["text"].name for row in found.context["rows"] if row["text"].field == "family"]
    client.post(find, {"terms": MOTHER, "texts": names, "collect": "1"})
    item = request.collected.get()
    assert (item.case, looks()) == (death.pk, 2)
    text = reverse("records:access_text", args=[request.pk, item.pk])
    assert MOTHER in client.get(text).content.decode()
    assert looks() == 3
    client.post(text, {"passages": "Brother: Tomasz Inkling"})
    client.post(reverse("records:access_step", args=[request.pk, "confirm"]), {"on": timezone.localdate().isoformat()})
    answer = client.post(reverse("records:access_answer", args=[request.pk]))
    assert looks() == 4
    content = zipfile.ZipFile(io.BytesIO(answer.content))
    assert (
        json.loads(content.read("what-we-hold.json"))[0]["text"] == "Mother: Janetta Neverwas, 4 May 1989\n[withheld]"
    )
    assert request.get_absolute_url() in client.get("/").content.decode()
    told = " ".join(f"{event.target} {event.reason} {event.changes}" for event in Event.objects.all())
    assert not searched(told, {"Janetta", "Neverwas", "Tomasz"})


def test_nobody_else_learns_that_there_was_a_hit() -> None:
    """All identifiers of 30 children, one of whose mothers asks: every page of the room, as every other role."""
    officer, manager = s.officer(), person(roles.BoardManager)
    some = [s.generated(number, tell=False) for number in range(CHILDREN)]
    words = {word for _, child in some for word in child.words}
    without = snapshot_of(manager)
    theirs = received(manager, Permission.MANAGE_RECORDS)
    assert theirs.number == 1
    of_team = snapshot_of(manager)
    request = received(officer)
    child = some[0][1]
    terms = [f"{child.texts['given_names']} {child.texts['family_name']}"]
    found = services.look_for_person(request=request, terms=terms, by=officer)
    assert found.texts
    services.collect(request=request, texts=found.texts, by=officer, at=timezone.now())
    services.confirm_identity(request=request, on=timezone.localdate(), by=officer, today=timezone.localdate())
    services.hand_over(request=request, by=officer, today=timezone.localdate())
    assert snapshot_of(manager) == of_team != without, "the manager sees their own request and no other"
    assert str(received(manager, Permission.MANAGE_RECORDS)) == "Access request 2", "no number is missing"
    item = request.collected.all()[0]
    hits = []
    for reader in everybody_else():
        client = signed_in(reader)
        for name, args in (
            *(("access", [request.pk]), ("access_find", [request.pk]), ("access_step", [request.pk, "confirm"])),
            *(("access_text", [request.pk, item.pk]), ("access_list", []), ("classes", []), ("take_out", [])),
            ("class", ["subject-access-child-deaths"]),
        ):
            response: Any = client.get(reverse(f"records:{name}", args=args))
            assert not args or response.status_code == 404, (reader.role_titles, name)
            hits += [f"{reader.role_titles} {name}: {word}" for word in searched(words_in(response), words)]
        for name, args in (("access_answer", [request.pk]), ("access_leave_out", [request.pk, item.pk])):
            assert client.post(reverse(f"records:{name}", args=args)).status_code == 404
        assert not AccessRequest.objects.visible_to(reader).filter(permission=KNOWS).exists()
        assert not Collected.objects.visible_to(reader).filter(request=request).exists()
        seen = Event.objects.visible_to(reader)
        assert not [event for event in seen if "access request" in f"{event.target} {event.reason}".lower()]
        assert not seen.filter(target_type__startswith="cdop.").exists()
        with pytest.raises(PermissionDenied):
            services.look_for_person(request=request, terms=terms, by=reader)
        with pytest.raises(PermissionDenied):
            received(reader)
    assert hits == []
    assert dumped(words) == []
    with pytest.raises(PermissionDenied):
        received(officer, Permission.MANAGE_RECORDS)


def snapshot_of(user: User) -> tuple[Any, ...]:
    """What somebody sees of access requests: list, first page, classes that are due, and what waits."""
    client = signed_in(user)
    pages = (reverse("records:access_list"), reverse("records:classes"), reverse("home"))
    shown = [client.get(page).context for page in pages]
    return (
        [str(row["request"]) for row in shown[0]["rows"]],
        [(row["of"].slug, row["due"]) for row in shown[1]["rows"]],
        "Access request" in client.get(reverse("home")).content.decode(),
        Event.objects.visible_to(user).count(),
    )


def test_who_does_both_is_asked_which_records_are_looked_through() -> None:
    both = person(roles.ChildDeathOfficer)
    roles_of = person(roles.BoardManager)
    roles_of.grants.update(user=both)
    client = signed_in(User.objects.get(pk=both.pk))
    sent = {"who": "Somebody", "received_on": timezone.localdate().isoformat()}
    assert "Which records" in client.post(reverse("records:access_new"), sent).content.decode()
    for permission in (KNOWS, Permission.MANAGE_RECORDS):
        client.post(reverse("records:access_new"), sent | {"permission": permission})
    assert {one.permission for one in AccessRequest.objects.all()} == {KNOWS, Permission.MANAGE_RECORDS}
    assert client.post(reverse("records:access_new"), sent | {"permission": "read_board"}).status_code == 200


def test_a_closed_request_goes_after_its_time_by_the_two_who_may_know() -> None:
    officer, doctor, manager = s.officer(), s.doctor(), person(roles.BoardManager)
    today = timezone.localdate()
    for by, permission in ((officer, KNOWS), (manager, Permission.MANAGE_RECORDS)):
        request = received(by, permission)
        services.close_request(request=request, outcome="nothing", reason="", on=today, by=by, today=today)
    AccessRequest.objects.update(received_on="2010-01-01", closed_on="2010-02-01")
    assert "subject-access-child-deaths" not in {one.slug for one in record_classes(manager)}
    with pytest.raises(PermissionDenied):
        destroy("subject-access-child-deaths", manager, doctor)
    done = destroy("subject-access-child-deaths", officer, doctor)
    assert done.counts == {"access requests": 1}
    assert [one.permission for one in AccessRequest.objects.all()] == [Permission.MANAGE_RECORDS]


# ---- Taken out ------------------------------------------------------------------------------------------------------


def taken_out(by: User) -> TakeOut:
    asked = ask_for_take_out(
        agency=None,
        permission=Permission.MANAGE_CHILD_DEATHS,
        reason="A test",
        by=by,
        at=timezone.now(),
        ring_now=False,
    )
    assert asked.job
    done = work(asked.job.pk, do_take_out)
    assert done.state == "done", done.failure
    return TakeOut.objects.get(pk=asked.pk)


def test_the_officer_takes_child_deaths_out_and_every_fetch_is_on_the_trail_of_each_child() -> None:
    officer, doctor = s.officer(), s.doctor()
    death = s.a_death()
    s.released(death, officer, doctor)
    s.asked(death, AgencyFactory())
    meeting = s.a_panel(death)
    other, _ = s.generated(3)
    client = signed_in(officer)
    page = client.post(
        reverse("records:take_out"), {"agency": Permission.MANAGE_CHILD_DEATHS, "reason": "To hand over"}
    )
    asked = TakeOut.objects.get()
    assert page["Location"] == asked.get_absolute_url()
    assert asked.job
    work(asked.job.pk, do_take_out)
    assert not Event.objects.of(death).filter(reason__contains="archive").exists(), "nobody has seen it yet"
    file = client.get(reverse("records:take_out_file", args=[asked.pk]))
    archive = Read(b"".join(file.streaming_content))
    assert archive.faults() == []
    assert "who the children were, in clear" in archive.readme
    asked.refresh_from_db()
    assert asked.size == len(archive.content)
    assert archive.ids("cdop-death") == {str(death.pk), str(other.pk)}
    identity = next(row for row in archive.rows("cdop-identity") if row["death"] == str(death.pk))
    assert (identity["given_names"], identity["born_on"]) == ("Alexandra Bettina", "2014-06-03")
    assert "nhs_index" not in identity
    assert archive.ids("boards-meeting") == {str(meeting.pk)}
    assert {"cdop-paper", "cdop-agencyreport", "trail-event"} <= set(archive.tables)
    for one in (death, other):
        assert Event.objects.of(one).filter(verb="viewed", reason__endswith="Taken out in an archive").count() == 1
    assert list(broken(timezone.localdate())) == []


def test_the_archive_lies_encrypted_and_is_for_nobody_else() -> None:
    officer, doctor = s.officer(), s.doctor()
    s.a_death()
    asked = taken_out(officer)
    with asked.file.open("rb") as stored:
        content = stored.read()
    assert not zipfile.is_zipfile(io.BytesIO(content))
    assert b"Neverwas" not in content
    for reader in (*everybody_else(), doctor, s.officer()):
        client = signed_in(reader)
        assert client.get(reverse("records:take_out_file", args=[asked.pk])).status_code == 404
        if not reader.for_whole_board(Permission.MANAGE_CHILD_DEATHS):
            typed = {"agency": Permission.MANAGE_CHILD_DEATHS, "reason": "Mine"}
            assert client.post(reverse("records:take_out"), typed).status_code in (200, 404)
            with pytest.raises(PermissionDenied):
                taken_out(reader)
    assert TakeOut.objects.count() == 1
    assert remove_expired(now=timezone.now() + KEPT_FOR) == 1
    assert TakeOut.objects.get().key == ""


def test_a_role_that_ended_meanwhile_takes_no_child_out() -> None:
    officer = s.officer()
    s.a_death()
    asked = taken_out(officer)
    officer.grants.update(role=roles.BoardManager.slug)  # who takes out other archives
    client = signed_in(User.objects.get(pk=officer.pk))
    assert client.get(reverse("records:take_out_file", args=[asked.pk])).status_code == 404


def test_the_archive_of_the_board_holds_no_child_and_no_look_at_one() -> None:
    officer, manager = s.officer(), person(roles.BoardManager)
    death = s.a_death()
    services.look_for_person(request=received(officer), terms=[MOTHER], by=officer)
    asked = ask_for_take_out(agency=None, reason="A test", by=manager, at=timezone.now(), ring_now=False)
    assert asked.job
    work(asked.job.pk, do_take_out)
    asked.refresh_from_db()
    with asked.open_archive() as file:
        archive = Read(file.read())
    assert not [name for name in archive.tables if name.startswith("cdop")]
    events = json.dumps(archive.rows("trail-event"))
    assert death.reference not in events
    assert "subject access" not in events.lower()
    assert Identity.objects.count() == Death.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM trail_event WHERE target_type = 'cdop.death'")
        assert cursor.fetchone()[0] > 0
