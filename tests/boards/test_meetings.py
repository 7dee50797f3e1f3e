"""Meetings: each verb by its ways out, who sees what, calendars, files, and two people at one text."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import page
import pikepdf
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from icalendar import Calendar

from boards import services as boards
from boards.invariants import broken
from boards.meetings import services
from boards.meetings.attendance import over_time, seat_marks
from boards.meetings.forms import read_clock
from boards.meetings.services import Item, Said
from boards.models import AgendaItem, Attendance, Group, Mark, Meeting, MeetingAction, MeetingState, Seat
from boards.waiting import waiting_for
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import CaseReviewMember, ChildDeathOfficer, IndependentChair, LayMember, PanelMember
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import LONDON
from lscb.files.models import Attachment
from lscb.jobs.models import Email
from lscb.jobs.services import send_due_emails
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, UserFactory, person
from tests.actions.factories import lead, manager, member, outsider

from .factories import APRIL, YEAR, a_group, a_seat, the_board

pytestmark = pytest.mark.django_db
MAY = dt.date(2016, 5, 12)
DAY = dt.timedelta(days=1)
SECRET = "a secret theme"


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), LONDON)


def a_meeting(group: Group | None = None, day: dt.date = MAY, **kwargs: Any) -> Meeting:
    kwargs = {"place": "Civic Centre", "starts_at": at(day), "ends_at": at(day, 12), **kwargs}
    return services.plan_meeting(group=group or the_board(), by=kwargs.pop("by", None), **kwargs)


def a_panel() -> Group:
    return a_group("Panel", confidential_permission=Permission.READ_CHILD_DEATHS)


def marked(meeting: Meeting, mark: str = Mark.PRESENT) -> Meeting:
    marks = {one.place.seat.pk: mark for one in seat_marks(meeting)}
    return services.record_attendance(meeting=meeting, marks=marks, version=meeting.attendance_version, by=None)


def minuted(meeting: Meeting, text: str = "We met.") -> Meeting:
    meeting.refresh_from_db()
    return services.write_minutes(meeting=meeting, minutes=text, said={}, version=meeting.minutes_version, by=None)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# ---- The life of a meeting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts, field",
    [
        ({"ends_at": at(MAY, 10)}, "ends"),
        ({"place": " "}, "place"),
        ({"starts_at": at(MAY), "ends_at": at(MAY, 13)}, "day"),
    ],
)
def test_a_meeting_needs_its_parts(facts: dict[str, Any], field: str) -> None:
    if field == "day":
        a_meeting()
    with pytest.raises(RuleBroken) as refusal:
        a_meeting(**facts)
    assert refusal.value.field == field
    assert Meeting.objects.count() == (field == "day")


def test_the_database_refuses_what_must_not_be() -> None:
    meeting = a_meeting()
    wrong: list[dict[str, Any]] = [
        {"ends_at": meeting.starts_at},
        {"place": "", "link": ""},
        {"state": "gone"},
        {"state": "cancelled"},
        {"minutes": "Too early"},
        {"approved_in": meeting.pk},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(**fields)


def test_what_was_held_or_cancelled_stays_so() -> None:
    held, cancelled = a_meeting(), a_meeting(day=MAY + DAY)
    services.hold_meeting(meeting=held, by=None)
    services.cancel_meeting(meeting=cancelled, reason="No papers", by=None)
    for meeting in (held, cancelled):
        for verb in (
            lambda m: services.move_meeting(meeting=m, place="Elsewhere", by=None),
            lambda m: services.cancel_meeting(meeting=m, reason="Why", by=None),
            lambda m: services.hold_meeting(meeting=m, by=None),
        ):
            with pytest.raises(RuleBroken, match="not possible any more"):
                verb(meeting)
    with pytest.raises(RuleBroken, match="not begun"):
        services.hold_meeting(meeting=a_meeting(day=timezone.localdate() + DAY), by=None)


def test_a_group_does_not_end_before_its_meetings_nor_a_seat_before_it_attended() -> None:
    group = a_group("Neglect")
    seat = a_seat(group)
    marked(a_meeting(group))
    with pytest.raises(RuleBroken, match="has a meeting after"):
        boards.close_group(group=group, last_day=APRIL, reason="Done", by=None)
    with pytest.raises(RuleBroken, match="attendance"):
        boards.end_seat(seat=seat, last_day=APRIL, by=None)
    boards.end_seat(seat=seat, last_day=MAY, by=None)
    with pytest.raises(RuleBroken, match="who reads them stays"):
        boards.change_group(group=group, confidential_permission=Permission.READ_CHILD_DEATHS, by=None)


# ---- Attendance -----------------------------------------------------------------------------------------------------


def test_attendance_counts_deputies_and_no_seat_before_it_existed_or_after_it_ended() -> None:
    early, late, both = AgencyFactory(name="Early"), AgencyFactory(name="Late"), AgencyFactory(name="Both")
    june, july = MAY + 31 * DAY, MAY + 62 * DAY
    ended = a_seat(agency=early, ends_on=june)
    begun = a_seat(agency=late, starts_on=june + DAY)
    first, second = a_seat(agency=both), a_seat(agency=both)
    chair = a_seat(kind="chair", position="Independent Chair")
    told = {
        MAY: {ended: "absent", first: "apologies", second: "deputy", chair: "present"},
        june: {ended: "deputy", first: "present", second: "deputy"},
        july: {begun: "apologies", first: "absent", second: "apologies"},
    }
    for day, marks in told.items():
        meeting = a_meeting(day=day)
        seats = {one.place.seat.pk for one in seat_marks(meeting)}
        assert (ended.pk in seats, begun.pk in seats) == (day <= june, day > june)
        by_key = {seat.pk: mark for seat, mark in marks.items()}
        services.record_attendance(meeting=meeting, marks=by_key, version=0, by=None)
    found = over_time(the_board(), YEAR.first_day, YEAR.last_day)
    assert (found.meetings, found.recorded) == (3, 3)
    assert {one.name: (one.meetings, one.present, one.deputy, one.apologies, one.absent) for one in found.partners} == {
        "Early": (2, 0, 1, 0, 1),
        "Late": (1, 0, 0, 1, 0),
        "Both": (3, 1, 1, 1, 0),
        "Independent": (1, 1, 0, 0, 0),
    }
    assert [one.name for one in found.agencies] == ["Early", "Late", "Both"]
    assert found.all_agencies.rate.show() == "50%"
    assert list(broken(july)) == []


def test_a_seat_that_did_not_exist_or_is_of_another_group_is_refused() -> None:
    meeting = a_meeting()
    for seat in (a_seat(starts_on=MAY + DAY), a_seat(a_group("Other"))):
        with pytest.raises(RuleBroken, match="did not exist"):
            services.record_attendance(meeting=meeting, marks={seat.pk: "present"}, version=0, by=None)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED, "nothing of it is kept"


def test_one_screen_and_one_save_for_thirty_seats(django_assert_max_num_queries: Any) -> None:
    seats = [a_seat() for _ in range(30)]
    meeting = a_meeting()
    client, url = signed_in(manager()), reverse("boards:meeting_attendance", args=[meeting.pk])
    with django_assert_max_num_queries(20):
        text = client.get(url).content.decode()
    assert text.count("<fieldset") == 30
    marks = {f"seat_{seat.pk}": "present" for seat in seats[1:]}
    with django_assert_max_num_queries(45):
        assert client.post(url, {"version": "0", **marks}).status_code == 302
    assert Attendance.objects.filter(mark="present").count() == 29, "a seat left open is not recorded"
    page_text = client.get(meeting.get_absolute_url()).content.decode()
    assert "29 present, 1 not recorded" in page_text
    later = client.post(url, {"version": "0", f"seat_{seats[0].pk}": "absent"})
    assert later.status_code == 409
    assert later.content.decode().count("On file: Present") == 29
    assert Attendance.objects.filter(mark="present").count() == 29, "nothing was overwritten"


# ---- Agenda, minutes, decisions, actions ----------------------------------------------------------------------------


def test_the_agenda_keeps_what_was_said_and_its_papers_go_to_readers_only() -> None:
    group = a_group("Neglect")
    meeting = a_meeting(group)
    paper = SimpleUploadedFile("report.txt", b"A report.")
    services.set_agenda(meeting=meeting, items=[Item("One", paper=paper), Item("Two")], version=0, by=None)
    one, two = meeting.agenda.all()
    with pytest.raises(Overtaken):
        services.set_agenda(meeting=meeting, items=[Item("Late")], version=0, by=None)
    services.set_agenda(meeting=meeting, items=[Item("Two", key=two.pk), Item("One", key=one.pk)], version=1, by=None)
    assert [(item.pk, item.order) for item in meeting.agenda.all()] == [(two.pk, 1), (one.pk, 2)]
    services.write_minutes(meeting=meeting, minutes="M", said={two.pk: Said("N", "D")}, version=0, by=None)
    with pytest.raises(RuleBroken, match="said or decided"):
        services.set_agenda(meeting=meeting, items=[Item("One", key=one.pk)], version=2, by=None)
    file = Attachment.objects.get()
    for user, reads in ((manager(), True), (member(group.code), True), (member("other"), False), (outsider(), False)):
        assert Attachment.objects.visible_to(user).filter(pk=file.pk).exists() is reads


def test_two_people_at_one_text_lose_nothing() -> None:
    meeting = a_meeting()
    services.set_agenda(meeting=meeting, items=[Item("Neglect")], version=0, by=None)
    item = AgendaItem.objects.get()
    client, url = signed_in(manager()), reverse("boards:meeting_minutes", args=[meeting.pk])
    form = {"version": "0", "minutes": "Mine", f"notes_{item.pk}": "", f"decision_{item.pk}": "My decision"}
    said = {item.pk: Said("Their notes", "")}
    services.write_minutes(meeting=meeting, minutes="Theirs", said=said, version=0, by=None)
    refused = client.post(url, form)
    text = refused.content.decode()
    assert refused.status_code == 409
    assert all(part in text for part in ("Theirs", "Mine", "Their notes", "My decision", "There is a problem"))
    item.refresh_from_db()
    meeting.refresh_from_db()
    assert (meeting.minutes, item.notes, item.decision) == ("Theirs", "Their notes", "")
    together = form | {"version": "1", "minutes": "Theirs and mine", f"notes_{item.pk}": "Their notes"}
    assert client.post(url, together).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.minutes_version) == ("Theirs and mine", 2)


def test_minutes_are_approved_at_a_later_meeting_and_then_stay() -> None:
    first, last, other = a_meeting(), a_meeting(day=MAY + DAY), a_meeting(a_group("Other"), day=MAY + DAY)
    minuted(first)
    for at_ in (first, last, other):
        with pytest.raises(RuleBroken, match="later meeting"):
            services.approve_minutes(meeting=first, at=at_, by=None)
    services.hold_meeting(meeting=last, by=None)
    services.approve_minutes(meeting=first, at=Meeting.objects.get(pk=last.pk), by=None)
    for verb in (
        lambda: minuted(first, "Other words"),
        lambda: marked(first),
        lambda: services.set_agenda(meeting=first, items=[], version=0, by=None),
    ):
        with pytest.raises(RuleBroken, match="stays as it is"):
            verb()


def test_an_action_is_raised_with_forum_and_date_into_the_plan_of_the_group() -> None:
    group, agency = a_panel(), AgencyFactory()
    meeting = a_meeting(group, theme=SECRET)
    services.hold_meeting(meeting=meeting, by=None)
    officer = person(ChildDeathOfficer)
    facts: dict[str, Any] = {"what": "Write to coroners", "due": MAY + 30 * DAY, "asked": [Asked(agency)]}
    action = services.raise_action(meeting=meeting, by=officer, **facts)
    again = services.raise_action(meeting=meeting, by=officer, **facts)
    added = action.events.get()
    assert (added.on, added.meeting) == (MAY, "Panel, 12 May 2016")
    assert action.plan == again.plan
    assert (action.plan.group, action.plan.permission) == (group.code, Permission.READ_CHILD_DEATHS)
    for user, sees in ((officer, True), (person(PanelMember, group=group.code), True), (manager(), False)):
        assert Action.objects.visible_to(user).exists() is sees
        assert MeetingAction.objects.visible_to(user).exists() is sees
    assert not Action.objects.visible_to(lead(agency)).exists()
    assert list(broken(MAY)) == []


# ---- Who sees what --------------------------------------------------------------------------------------------------


def test_who_sees_which_meetings_everywhere() -> None:
    board, group, panel = the_board(), a_group("Neglect"), a_panel()
    reviews = a_group("Reviews", confidential_permission=Permission.READ_CASE_REVIEWS)
    all_ = {one.code: a_meeting(one, theme=f"{SECRET} {one.code}") for one in (board, group, panel, reviews)}
    for meeting in all_.values():
        minuted(meeting)
    codes = {one: one.code for one in (board, group, panel, reviews)}
    people: list[tuple[Any, set[str]]] = [
        (manager(), {codes[board], codes[group], codes[reviews]}),
        (person(IndependentChair), set(all_)),
        (person(LayMember), {codes[board], codes[group]}),
        (member(group.code), {codes[board], codes[group]}),
        (member(panel.code), {codes[board]}),
        (person(PanelMember, group=panel.code), {codes[panel]}),
        (person(PanelMember, group="another"), set()),
        (lead(AgencyFactory()), set()),
        (outsider(), set()),
    ]
    assert not Meeting.objects.visible_to(AnonymousUser()).exists()
    for user, sees in people:
        assert set(Meeting.objects.visible_to(user).values_list("group__code", flat=True)) == sees
        client = signed_in(user)
        for code, meeting in all_.items():
            expected = 200 if code in sees else 404
            for name in ("meeting", "meeting_calendar", "meeting_docx"):
                assert client.get(reverse(f"boards:{name}", args=[meeting.pk])).status_code == expected, (user, code)
            to_programs = 404 if code == codes[panel] else expected  # child deaths are in no API
            assert client.get(reverse("api:meeting-detail", args=[meeting.pk])).status_code == to_programs
            assert client.get(f"{reverse('boards:attendance')}?group={code}").status_code == expected
        lists = [reverse("boards:meeting_list"), f"{reverse('boards:meeting_list')}?format=csv"]
        for url, shown in (*((url, sees) for url in lists), (reverse("api:meeting-list"), sees - {codes[panel]})):
            text = client.get(url).content.decode()
            assert {code for code in all_ if f"{SECRET} {code}" in text} == shown, url


def test_only_who_runs_the_meetings_of_the_group_changes_them() -> None:
    panel_meeting, meeting = a_meeting(a_panel()), a_meeting()
    officer, runs = person(ChildDeathOfficer), manager()
    for user, allowed, refused in ((runs, meeting, panel_meeting), (officer, panel_meeting, meeting)):
        services.move_meeting(meeting=allowed, place="Hall", by=user)
        with pytest.raises(PermissionDenied):
            services.move_meeting(meeting=refused, place="Hall", by=user)
    for user in (person(LayMember), person(IndependentChair), member("main-board")):
        for name in ("change", "cancel", "invite", "agenda", "attendance", "minutes", "approve", "action"):
            url = reverse(f"boards:meeting_{name}", args=[meeting.pk])
            assert signed_in(user).get(url).status_code == signed_in(user).post(url).status_code == 403, name


def test_the_trail_repeats_no_word_of_a_confidential_meeting_and_tells_who_looked() -> None:
    group = a_group("Reviews", confidential_permission=Permission.READ_CASE_REVIEWS)
    meeting = a_meeting(group, theme=SECRET)
    services.set_agenda(meeting=meeting, items=[Item(SECRET)], version=0, by=None)
    minuted(meeting, SECRET)
    reader = person(CaseReviewMember, group=group.code)
    signed_in(reader).get(meeting.get_absolute_url())
    signed_in(reader).get(reverse("api:meeting-detail", args=[meeting.pk]))
    events = list(Event.objects.of(meeting))
    assert [event.verb for event in events[:2]] == ["viewed", "viewed"]
    told = " ".join(f"{event.target} {event.changes} {event.reason}" for event in events)
    assert SECRET not in told
    assert {event.target for event in events} == {"Meeting"}


# ---- Calendars and e-mails ------------------------------------------------------------------------------------------


def entries(to: Any) -> list[tuple[str, str, int, str]]:
    """Method, UID, SEQUENCE and time of what was sent to somebody, in order."""
    told = []
    for email in Email.objects.filter(to=to.email, attachments__0__isnull=False).order_by("queued_at"):
        calendar = Calendar.from_ical(email.attachments[0][2])
        event = calendar.walk("VEVENT")[0]
        told.append(
            (str(calendar["method"]), str(event["uid"]), int(event["sequence"]), event["dtstart"].dt.isoformat())
        )
    return told


def test_one_identity_from_invitation_to_cancellation() -> None:
    stays, leaves, comes, day = UserFactory(), UserFactory(), UserFactory(), timezone.localdate() + 30 * DAY
    boards.fill_seat(seat=a_seat(), user=stays, starts_on=APRIL, by=None)
    boards.fill_seat(seat=a_seat(), name="Only a name", starts_on=APRIL, by=None)
    changing = a_seat()
    leaving = boards.fill_seat(seat=changing, user=leaves, starts_on=APRIL, by=None)
    boards.end_holding(holder=leaving, last_day=day, by=None)
    boards.fill_seat(seat=changing, user=comes, starts_on=day + DAY, by=None)
    meeting = a_meeting(day=day, theme=SECRET, invite=True)
    services.invite_to_meeting(meeting=meeting, by=None)
    services.move_meeting(meeting=meeting, theme="Another", by=None)
    moved = day + 7 * DAY
    services.move_meeting(meeting=meeting, starts_at=at(moved), ends_at=at(moved, 12), by=None)
    services.cancel_meeting(meeting=meeting, reason=SECRET, by=None)
    uid = str(meeting.pk)
    start, new = (one.astimezone(dt.UTC).isoformat() for one in (at(day), at(moved)))
    assert entries(stays) == [("REQUEST", uid, 0, start), ("REQUEST", uid, 1, new), ("CANCEL", uid, 2, new)]
    assert entries(leaves) == [("REQUEST", uid, 0, start), ("CANCEL", uid, 1, new)]
    assert entries(comes) == [("REQUEST", uid, 1, new), ("CANCEL", uid, 2, new)]
    for email in Email.objects.all():
        assert SECRET not in f"{email.subject}{email.body}{email.attachments}"
    downloaded = signed_in(manager()).get(reverse("boards:meeting_calendar", args=[meeting.pk]))
    calendar = Calendar.from_ical(downloaded.content)
    event = calendar.walk("VEVENT")[0]
    assert (calendar["method"], event["uid"], event["sequence"], event["status"]) == ("CANCEL", uid, 2, "CANCELLED")
    assert SECRET not in downloaded.content.decode()
    send_due_emails(now=timezone.now() + dt.timedelta(minutes=1))
    part = mail.outbox[0].message().get_payload()[1]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"


def test_the_past_is_recorded_without_e_mails() -> None:
    boards.fill_seat(seat=a_seat(), user=UserFactory(), starts_on=APRIL, by=None)
    a_meeting(invite=True)
    assert not Email.objects.exists()


# ---- Files ----------------------------------------------------------------------------------------------------------


def test_minutes_as_word_document_and_tagged_pdf() -> None:
    a_seat(position="Director <b>of</b> Nursing")
    meeting = a_meeting()
    services.set_agenda(meeting=meeting, items=[Item("Neglect", "Board Manager", 20)], version=0, by=None)
    marked(meeting, Mark.DEPUTY)
    said = {AgendaItem.objects.get().pk: Said("Talked", "Agreed **one** definition")}
    text = "## Heading\n\n- first\n- second\n\n<script>alert(1)</script>"
    services.write_minutes(meeting=meeting, minutes=text, said=said, version=0, by=None)
    client = signed_in(manager())
    docx = client.get(reverse("boards:meeting_docx", args=[meeting.pk]))
    document = Document(io.BytesIO(docx.content))
    by_style = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.text]
    for expected in (
        ("Title", "Minutes of the Safeguarding Board, 12 May 2016"),
        ("Heading 1", "Attendance"),
        ("Heading 2", "1. Neglect"),
        ("Normal", "Agreed one definition"),
        ("Heading 2", "Heading"),
        ("List Bullet", "first"),
    ):
        assert expected in by_style
    assert document.core_properties.language == "en-GB"
    assert [cell.text for cell in document.tables[0].rows[1].cells][::2] == ["Director <b>of</b> Nursing", "Deputy"]
    pdf = client.get(reverse("boards:meeting_pdf", args=[meeting.pk])).content
    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.docinfo["/Title"]) == "Minutes of the Safeguarding Board, 12 May 2016"
    assert "<script" not in client.get(meeting.get_absolute_url()).content.decode().split("<main")[1].split("</main")[0]
    assert docx["Content-Disposition"] == 'attachment; filename="minutes-2016-05-12.docx"'


# ---- Pages ----------------------------------------------------------------------------------------------------------


def test_lists_ask_the_same_number_of_times(django_assert_num_queries: Any, django_assert_max_num_queries: Any) -> None:
    user = manager()
    group = a_group("Neglect")
    urls = [reverse(name) for name in ("boards:meeting_list", "boards:attendance", "api:meeting-list")]
    a_seat(group)
    first = marked(a_meeting(group))
    client = signed_in(user)
    counted = {}
    for url in (*urls, first.get_absolute_url()):
        client.get(url)
        with django_assert_max_num_queries(30) as queries:
            client.get(url)
        counted[url] = len(queries)
    for number in range(1, 6):
        a_seat(group)
        marked(a_meeting(group, day=MAY + number * DAY))
    for url, number in counted.items():
        with django_assert_num_queries(number):
            client.get(url)


def test_a_meeting_is_planned_in_the_browser_of_anybody_who_runs_it() -> None:
    a_group("Neglect")
    client, url = signed_in(manager()), reverse("boards:meeting_add")
    typed = {"group": "neglect", "day": "12 may 2016", "starts": "9.30", "ends": "2pm", "place": "Hall"}
    wrong = client.post(url, typed | {"ends": "9"})
    assert "must end after it begins" in wrong.content.decode()
    assert client.post(url, typed).status_code == 302
    assert "has a meeting at that time" in client.post(url, typed).content.decode(), "a double click makes one"
    meeting = Meeting.objects.get()
    assert (meeting.day, meeting.hours) == (MAY, "9.30 to 14.00")


@pytest.mark.parametrize(
    "text, time",
    [("9.30", (9, 30)), ("9:30", (9, 30)), ("0930", (9, 30)), ("14", (14, 0)), ("2pm", (14, 0)), ("12 am", (0, 0))],
)
def test_times_as_people_write_them(text: str, time: tuple[int, int]) -> None:
    assert read_clock(text) == dt.time(*time)


@pytest.mark.parametrize("text", ["", "25", "9.60", "13pm", "noon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Enter a time"):
        read_clock(text)


def test_what_waits() -> None:
    runs, today = manager(), MAY + 20 * DAY
    coming, over = a_meeting(day=today + DAY), a_meeting()
    services.hold_meeting(meeting=over, by=None)
    a_meeting(a_panel(), day=MAY)
    titles = {one.title: one.tag for one in waiting_for(runs, today)}
    assert titles == {coming.group.name: "2 June", "Write the minutes": "late"}
    assert [one.title for one in waiting_for(person(LayMember), today)] == [coming.group.name]
    assert waiting_for(outsider(), today) == []
    assert Seat.objects.count() == 0


def test_the_next_meeting_is_told_however_far_off() -> None:
    next_year, reader = a_meeting(day=MAY + 300 * DAY), person(LayMember)
    assert [(one.title, one.tag) for one in waiting_for(reader, MAY)] == [
        (next_year.group.name, f"{next_year.day.day} {next_year.day:%B %Y}")
    ]
    soon = a_meeting(day=MAY + DAY)
    assert [one.url for one in waiting_for(reader, MAY)] == [soon.get_absolute_url()]
