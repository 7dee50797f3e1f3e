"""Who reads what through which door, pages by link, lists and exports, and how often the database is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from lscb.accounts import links
from lscb.accounts.models import Link, User
from lscb.accounts.roles import BoardManager, LayMember, Professional, TechnicalAdministrator
from lscb.jobs.models import Email
from tests.accounts.factories import person
from training import letters
from training.models import Booking, BookingState, Evaluation, Moment, Participant, Session
from training.services import booking as services
from training.services import programme, sessions
from training.waiting import waiting_for

from .samples import a_booking, a_course, a_participant, a_session, fresh

pytestmark = pytest.mark.django_db
S = BookingState


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def soon(days: int = 30) -> dt.datetime:
    return (timezone.now() + dt.timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)


def coming(**kwargs: Any) -> Session:
    return a_session(kwargs.pop("course", None), start=soon(), **kwargs)


def booked(session: Session, user: User | None = None, **kwargs: Any) -> Booking:
    who = a_participant()
    if user:
        who.user = user
        who.save()
    return a_booking(session, who, now=timezone.now(), **kwargs)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token(booking: Booking, purpose: str = letters.BOOKING) -> str:
    return links.token_of(Link.objects.get(purpose=purpose, target_key=str(booking.pk)))


# ---- Who sees what --------------------------------------------------------------------------------------------------


def test_the_same_rule_in_list_page_export_and_api() -> None:
    session = coming(capacity=5)
    me, other = person(Professional, name="Kim"), person(Professional, name="Lee")
    mine, theirs = booked(session, me), booked(session, other)
    people: dict[str, tuple[User, set[Booking]]] = {
        "manager": (person(BoardManager), {mine, theirs}),
        "professional": (me, {mine}),
        "lay member": (person(LayMember), set()),
        "technical": (person(TechnicalAdministrator), set()),
    }
    for who, (user, sees) in people.items():
        client = signed_in(user)
        for booking in (mine, theirs):
            assert client.get(booking.get_absolute_url()).status_code == (200 if booking in sees else 404), who
            detail = reverse("api:booking-detail", args=[booking.pk])
            assert client.get(detail).status_code == (200 if booking in sees else 404), who
        everybody = client.get(reverse("training:all_bookings"), {"format": "csv"})
        assert everybody.status_code == (200 if who == "manager" else 404), who
    assert Client().get(mine.get_absolute_url()).status_code == 302


def test_a_draft_and_the_link_to_join_are_not_public() -> None:
    draft, session = coming(publish=False), coming(link="https://join.example.org/secret", place="")
    for client in (Client(), signed_in(person(Professional))):
        assert client.get(draft.get_absolute_url()).status_code == 404
        for address in (
            session.get_absolute_url(),
            reverse("training:programme"),
            reverse("training:feed"),
            reverse("training:session_calendar", args=[session.pk]),
        ):
            assert b"join.example.org" not in client.get(address).content, address
    listed = signed_in(person(Professional)).get(reverse("api:session-list")).json()["results"]
    assert [one["id"] for one in listed] == [str(session.pk)]
    assert "link" not in listed[0]
    placed = booked(session)
    assert b"join.example.org/secret" in Client().get(reverse("training:booking_by_link", args=[token(placed)])).content


def test_the_public_feed_and_the_entry_of_a_session_say_their_method() -> None:
    session = coming()
    for address in (reverse("training:feed"), reverse("training:session_calendar", args=[session.pk])):
        answer = Client().get(address)
        read = Calendar.from_ical(answer.content)
        assert (str(read["method"]), answer["Content-Type"]) == (
            "PUBLISH",
            "text/calendar; method=PUBLISH; charset=utf-8",
        )
        assert str(read.walk("VEVENT")[0]["uid"]) == f"{session.pk}-1"


def test_e_mails_tell_no_needs_and_no_other_person() -> None:
    session = coming(capacity=1)
    kim, lee = booked(session), booked(session)
    services.tell_needs(participant=kim.participant, access="Wheelchair", dietary="Nuts", at=timezone.now())
    services.cancel_booking(booking=kim, by=None, now=timezone.now())
    texts = " ".join(f"{one.subject} {one.body} {one.attachments}" for one in Email.objects.all())
    for secret in ("Wheelchair", "Nuts"):
        assert secret not in texts
    to_lee = " ".join(one.body for one in Email.objects.filter(to=lee.participant.email))
    assert kim.participant.email not in to_lee


# ---- Booking without an account -------------------------------------------------------------------------------------


def ask(session: Session, client: Client | None = None, **typed: str) -> Any:
    data = {"name": "Kim", "job": "Nurse", "organisation": "A school", "email": "kim@example.org", **typed}
    return (client or Client()).post(reverse("training:book", args=[session.pk]), data)


def test_a_stranger_books_by_a_link_that_is_spent_by_a_button() -> None:
    session, client = coming(), Client()
    answer = ask(session)
    assert answer.url == reverse("training:asked", args=[session.pk])
    booking = Booking.objects.get()
    address = reverse("training:confirm_address", args=[token(booking, letters.ADDRESS)])
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert fresh(booking).state == S.UNCONFIRMED, "opening the link changes nothing"
    done = client.post(address, {"access_needs": "Near the door"})
    assert done.status_code == 302
    assert (fresh(booking).state, Participant.objects.get().access_needs) == (S.CONFIRMED, "Near the door")
    assert client.get(done.url).status_code == 200
    assert client.post(address).status_code == 410


def test_nobody_learns_whether_an_address_is_known() -> None:
    session = coming(capacity=9)
    placed = booked(session)
    unknown, known = ask(session), ask(session, email=placed.participant.email)
    assert unknown.url == known.url
    assert Booking.objects.filter(participant=placed.participant).count() == 1


def test_a_machine_is_slowed() -> None:
    from training.views import booking as views

    session = coming(capacity=900)
    for number in range(views.ASKED_PER_HOUR):
        assert ask(session, email=f"kim{number}@example.org").status_code == 302
    refused = ask(session, email="one.more@example.org")
    assert "Many bookings came from your network" in refused.content.decode()
    assert "one.more@example.org" in refused.content.decode(), "what was typed stays"


# ---- By link --------------------------------------------------------------------------------------------------------


def test_opening_a_link_never_cancels_and_two_posts_cancel_once() -> None:
    session = coming(capacity=1)
    placed, waits = booked(session), booked(session)
    client, address = Client(), reverse("training:booking_by_link", args=[token(placed)])
    for method in (client.get, client.head, client.options):
        method(address)
    assert fresh(placed).state == S.CONFIRMED
    assert client.post(address, {"do": "cancel"}).url == session.get_absolute_url()
    assert client.post(address, {"do": "cancel"}).status_code == 410
    assert [fresh(one).state for one in (placed, waits)] == [S.CANCELLED_IN_TIME, S.OFFERED]
    offer = reverse("training:booking_by_link", args=[token(waits)])
    client.get(offer)
    assert fresh(waits).state == S.OFFERED
    client.post(offer, {"do": "accept"})
    assert fresh(waits).state == S.CONFIRMED


def test_a_link_opens_its_own_page_only() -> None:
    session = coming(course=a_course(needs_approval=True))
    booking = booked(session, manager_email="boss@example.org")
    wrong = reverse("training:booking_by_link", args=[token(booking, letters.APPROVAL)])
    assert Client().get(wrong).status_code == 410
    approve = reverse("training:approve", args=[token(booking, letters.APPROVAL)])
    assert Client().get(approve).status_code == 200
    Client().post(approve, {"do": "approve"})
    assert fresh(booking).state == S.CONFIRMED
    assert Client().post(approve, {"do": "decline"}).status_code == 410


def test_ones_own_calendar_has_an_address_until_it_is_taken_back() -> None:
    user = person(Professional)
    placed = booked(coming(), user)
    client = signed_in(user)
    client.post(reverse("training:own_calendar"))
    address = reverse("training:own_feed", args=[links.token_of(Link.objects.get(purpose=letters.FEED))])
    answer = Client().get(address)
    assert str(Calendar.from_ical(answer.content).walk("VEVENT")[0]["uid"]) == f"{placed.pk}-1"
    assert address in client.get(reverse("training:booking_list")).content.decode()
    client.post(reverse("training:own_calendar"), {"do": "revoke"})
    assert Client().get(address).status_code == 410


def test_an_evaluation_by_link_keeps_what_was_typed() -> None:
    booking = booked(coming())
    first, _ = (programme.set_question(text=text, order=1, by=None) for text in ("I know.", "I can."))
    letters.evaluation_link(booking, Moment.BEFORE, at=timezone.now())
    address = reverse("training:evaluate_before", args=[token(booking, letters.EVALUATION[Moment.BEFORE])])
    refused = Client().post(address, {f"question_{first.pk}": "4", "comment": "Looking forward"})
    assert "Choose 1 to 5: I can." in refused.content.decode()
    assert "Looking forward" in refused.content.decode()
    assert not Evaluation.objects.exists()
    answers = {f"question_{one.pk}": "4" for one in programme.Question.objects.all()}
    Client().post(address, {**answers, "comment": "=HYPERLINK(1)"})
    export = signed_in(person(BoardManager)).get(reverse("training:comment_list"), {"format": "csv"})
    assert "'=HYPERLINK(1)" in export.content.decode(), "never a formula"


# ---- The board's team -----------------------------------------------------------------------------------------------


def test_a_session_is_planned_changed_and_both_texts_are_shown_to_the_second() -> None:
    client, course = signed_in(person(BoardManager)), a_course()
    typed = {
        "course": course.pk,
        "day_1": soon().strftime("%d %b %Y"),
        "starts_1": "9.30",
        "ends_1": "12",
        "weeks": "2",
        "place": "Hall",
        "capacity": "20",
        "publish": "on",
    }
    assert "must end after" in client.post(reverse("training:session_add"), typed | {"ends_1": "9"}).content.decode()
    answer = client.post(reverse("training:session_add"), typed)
    session = Session.objects.order_by("starts_at").first()
    assert session
    assert Session.objects.count() == 2
    assert answer.url == reverse("training:session_manage", args=[session.pk])
    address = reverse("training:session_change", args=[session.pk])
    change = typed | {"version": 1, "place": "Town hall"}
    assert client.post(address, change).status_code == 302
    second = client.post(address, change | {"place": "Library"})
    assert second.status_code == 409
    assert "Town hall" in second.content.decode()
    assert "Library" in second.content.decode()
    again = second.context["form"]["version"].value()
    assert client.post(address, change | {"place": "Library", "version": again}).status_code == 302


def test_a_register_on_the_phone() -> None:
    session = a_session(start=timezone.now() + dt.timedelta(hours=1), capacity=3, closes_at=timezone.now())
    kim, lee = (a_booking(session, now=timezone.now() - dt.timedelta(days=1)) for _ in range(2))
    client = signed_in(person(BoardManager))
    address = reverse("training:register", args=[session.pk])
    assert kim.name in client.get(address).content.decode()
    client.post(f"{address}?day=1", {"seen": [kim.pk, lee.pk], "there": [kim.pk]})
    assert [fresh(one).state for one in (kim, lee)] == [S.ATTENDED, S.CONFIRMED]
    walk_in = f"{reverse('training:walk_in', args=[session.pk])}?day=1"
    client.post(walk_in, {"name": "Max", "job": "Nurse", "organisation": "School", "email": "max@example.org"})
    assert Booking.objects.get(name="Max").state == S.WALKED_IN


@pytest.mark.parametrize(
    "name", ["programme", "session_list", "all_bookings", "manage", "session", "own", "api", "report"]
)
def test_pages_ask_the_database_as_often_with_many_rows_as_with_one(
    name: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    user = person(BoardManager)
    session = coming(capacity=50)
    booked(session, user)
    url = {
        "programme": reverse("training:programme"),
        "session_list": reverse("training:session_list"),
        "all_bookings": reverse("training:all_bookings"),
        "manage": reverse("training:session_manage", args=[session.pk]),
        "session": session.get_absolute_url(),
        "own": reverse("training:booking_list"),
        "api": reverse("api:booking-list"),
        "report": reverse("training:report"),
    }[name]
    client = signed_in(user)
    client.get(url)
    with django_assert_max_num_queries(40) as counted:
        client.get(url)
    for _ in range(6):
        booked(session)
        booked(coming())
    with django_assert_num_queries(len(counted)):
        client.get(url)


def test_filters_find_by_programme_month_words_and_places() -> None:
    full, other = coming(capacity=1, course=a_course("Neglect")), a_session(a_course("Interpreters"), start=soon(60))
    booked(full)
    client, url = Client(), reverse("training:programme")
    asked = [
        ({"words": "neglect"}, full),
        ({"programme": str(full.course.programme.pk)}, full),
        ({"month": f"{soon(60):%Y-%m}M"}, other),
        ({"free": "true"}, other),
    ]
    for filters, found in asked:
        assert [one.pk for one in client.get(url, filters).context["view"].filtered] == [found.pk], filters
    assert "full, waiting list" in client.get(url).content.decode()
    month = client.get(reverse("training:calendar"), {"month": f"{soon():%Y-%m}M"}).content.decode()
    assert "Neglect" in month
    assert client.get(reverse("training:calendar"), {"month": "2017"}).status_code == 404


def test_what_waits() -> None:
    user, team = person(Professional), person(BoardManager)
    session = coming(capacity=1)
    placed, mine = booked(session), booked(session, user)
    services.cancel_booking(booking=placed, by=None, now=timezone.now())
    today = timezone.localdate()
    assert [one.title for one in waiting_for(user, today)] == ["Accept your place"]
    over = a_session()
    assert "Complete the register" in [one.title for one in waiting_for(team, today)]
    sessions.cancel_session(session=over, reason="Snow", by=None, now=timezone.now())
    assert waiting_for(team, today) == []
    assert mine.participant.user == user


@pytest.mark.parametrize(
    ("route", "model", "field", "typed"),
    [
        ("programme", programme.Programme, "name", {"name": "Workshops", "order": "1"}),
        ("trainer", programme.Trainer, "organisation", {"name": "Kim", "organisation": "Police", "is_active": "on"}),
        ("question", programme.Question, "text", {"text": "I know.", "order": "1", "is_asked": "on"}),
        ("policy", programme.ChargePolicy, "name", {"name": "Usual", "days": "5", "window": "working"}),
    ],
)
def test_what_staff_keep_is_changed_by_one_at_a_time(
    route: str, model: type[Any], field: str, typed: dict[str, str]
) -> None:
    client = signed_in(person(BoardManager))
    assert client.post(reverse(f"training:{route}_add"), typed).status_code == 302
    row = model.objects.get(**{field: typed[field]})
    address = reverse(f"training:{route}_change", args=[row.pk])
    assert client.post(address, typed | {"version": row.version, field: "What one wrote"}).status_code == 302
    second = client.post(address, typed | {"version": row.version, field: "What the other wrote"})
    assert second.status_code == 409
    assert [one["text"] for one in second.context["theirs"]] == ["What one wrote"]
    assert second.context["form"][field].value() == "What the other wrote"
    row.refresh_from_db()
    assert getattr(row, field) == "What one wrote"
    again = typed | {"version": second.context["form"]["version"].value(), field: "Both"}
    assert client.post(address, again).status_code == 302
