"""Collecting a quarter: what is owed, typed, sent, corrected afterwards; who is reminded; what looks wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dataset.collecting import template
from dataset.collecting.grid import NOTHING, fingerprint, rows_of
from dataset.collecting.owed import states_of
from dataset.models import AgencyReturn, Collection, Entry, Figure, Upload
from dataset.services import (
    close_collection,
    confirm_upload,
    keep_typed,
    look_into,
    move_due_date,
    open_collection,
    redefine_indicator,
    remind,
    remind_who_is_due,
    send_figures,
    upload_figures,
)
from lscb.accounts.models import Agency, User
from lscb.accounts.roles import AgencyContributor, AgencyReader, BoardAnalyst
from lscb.common.errors import RuleBroken
from lscb.common.periods import parse_period
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person

from .factories import Q4, figure, indicator, moment, percent, rated

pytestmark = pytest.mark.django_db
DUE = dt.date(2017, 4, 28)
OPENED = moment("2017-04-03")


@pytest.fixture
def police() -> Agency:
    return AgencyFactory(name="Police", short_name="Police")


@pytest.fixture
def sender(police: Agency) -> User:
    return person(AgencyContributor, agency=police)


def opened(**more: Any) -> Collection:
    return open_collection(quarter=Q4, due=DUE, by=None, at=OPENED, **more)


def return_of(agency: Agency) -> AgencyReturn:
    return AgencyReturn.objects.select_related("agency", "collection").get(agency=agency)


def typed(of_return: AgencyReturn, by: User | None = None, **rows: dict[str, str]) -> dict[str, Any]:
    """Type into the rows, by the code of the indicator."""
    drawn = {row.name: row for row in rows_of(of_return)}
    letters = {
        row.name: {**NOTHING, **rows[row.indicator.code]} for row in drawn.values() if row.indicator.code in rows
    }
    seen = {name: row.fingerprint for name, row in drawn.items()}
    return keep_typed(of_return=of_return, typed=letters, drawn=seen, by=by)


def test_opening_asks_each_agency_for_what_it_is_the_source_of(police: Agency, sender: User) -> None:
    indicator("cse_known", source_agency=police)
    indicator("contacts", source_agency=police, frequency="month")
    indicator("yearly", source_agency=police, kind="annual", frequency="year")
    indicator("ended", source_agency=police, active_to=parse_period("2016-17Q3"))
    other = indicator("referrals").source_agency
    person(AgencyReader, agency=police)
    collection = opened()
    told = {state.agency: (state.owed, state.tag.word) for state in states_of(collection, DUE)}
    assert told == {police: (5, "not started"), other: (1, "not started")}
    assert [email.to for email in Email.objects.all()] == [sender.email]
    email = Email.objects.get()
    assert "figures of Q4 2016-17 wait for you" in email.subject
    assert f"/dataset/collections/2016-17Q4/{police.pk}/" in email.body
    with pytest.raises(RuleBroken, match="open already"):
        opened()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"at": moment("2017-03-31")}, "ends on 31 March 2017"),
        ({"due": dt.date(2017, 3, 31)}, "cannot be due before"),
        ({"quarter": parse_period("2001-02Q1"), "due": DUE}, "No agency owes"),
    ],
)
def test_what_cannot_be_opened(how: dict[str, Any], words: str) -> None:
    indicator(active_from=parse_period("2014-15Q1"))
    with pytest.raises(RuleBroken, match=words):
        open_collection(**{"quarter": Q4, "due": DUE, "by": None, "at": OPENED, **how})


def test_an_agency_is_complete_when_every_figure_or_reason_is_there_and_late_after_the_due_day(police: Agency) -> None:
    one, two = indicator("one", source_agency=police), indicator("two", source_agency=police)
    collection = opened()

    def state(day: str) -> tuple[int, str]:
        (found,) = states_of(Collection.objects.get(), dt.date.fromisoformat(day))
        return found.received, found.tag.word

    assert state("2017-04-28") == (0, "not started")
    figure(one, "2016-17Q4", 0)
    figure(two, "2016-17Q4", absence="blank")
    assert state("2017-04-28") == (1, "in progress")
    assert state("2017-04-29") == (1, "late")
    close_collection(collection=collection, by=person(BoardAnalyst))
    assert state("2017-04-29") == (1, "missing")
    figure(two, "2016-17Q4", absence="not_collected", on="2017-06-01")
    assert state("2017-06-02") == (2, "complete")


# ---- The grid --------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_as_letters_and_sent_as_figures(police: Agency, sender: User) -> None:
    figure(indicator("cse_known", kind="stock", source_agency=police), "2016-17Q3", 44)
    percent("in_time", source_agency=police)
    indicator("empty", source_agency=police)
    opened()
    one = return_of(police)
    typed(one, sender, cse_known={"value": "7l"}, in_time={"numerator": "39", "denominator": "50"})
    assert Entry.objects.get(indicator__code="cse_known").typed["value"] == "7l"
    with pytest.raises(RuleBroken, match="“7l” is not a number"):
        send_figures(of_return=one, by=sender)
    typed(one, sender, cse_known={"value": "71"})
    rows = {row.indicator.code: row for row in rows_of(one)}
    assert (rows["cse_known"].change, rows["cse_known"].usual) == ("+61.4%", "33 to 55")
    assert [flag.kind for flag in rows["cse_known"].unexplained] == ["jump"]
    sent = send_figures(of_return=one, comments={rows["cse_known"].name: "Recorded late."}, by=sender)
    assert sent.new == 2
    kept = Figure.objects.get(indicator__code="cse_known", period=Q4)
    assert (kept.value, kept.comment, kept.recorded_by) == (71, "Recorded late.", sender)
    assert not Entry.objects.exists()
    assert return_of(police).sender == sender
    assert send_figures(of_return=one, by=sender).new == 0, "sending again changes nothing"


def test_a_correction_after_closing_is_the_next_revision(police: Agency, sender: User) -> None:
    figure(indicator("cse_known", source_agency=police), "2016-17Q4", 58)
    close_collection(collection=opened(), by=person(BoardAnalyst))
    one = return_of(police)
    typed(one, sender, cse_known={"value": "71"})
    send_figures(of_return=one, by=sender)
    assert list(Figure.objects.values_list("revision", "value")) == [(1, 58), (2, 71)]


def test_two_people_in_two_rows_do_not_meet_and_two_in_one_row_are_told(police: Agency, sender: User) -> None:
    indicator("one", source_agency=police)
    indicator("two", source_agency=police)
    opened()
    of_return = return_of(police)
    page = {row.indicator.code: row for row in rows_of(of_return)}
    seen = {row.name: row.fingerprint for row in page.values()}
    mine = {page["one"].name: {**NOTHING, "value": "1"}, page["two"].name: dict(NOTHING)}
    theirs = {page["one"].name: dict(NOTHING), page["two"].name: {**NOTHING, "value": "2"}}
    assert keep_typed(of_return=of_return, typed=mine, drawn=seen, by=sender) == {}
    assert keep_typed(of_return=of_return, typed=theirs, drawn=seen, by=None) == {}
    assert {row.indicator.code: row.typed["value"] for row in rows_of(of_return)} == {"one": "1", "two": "2"}
    late = {page["one"].name: {**NOTHING, "value": "9"}}
    refused = keep_typed(of_return=of_return, typed=late, drawn=seen, by=None)
    assert [row.typed["value"] for row in refused.values()] == ["1"]
    assert (
        keep_typed(
            of_return=of_return,
            typed=late,
            drawn={page["one"].name: fingerprint(refused[page["one"].name].typed)},
            by=None,
        )
        == {}
    )
    assert {row.typed["value"] for row in rows_of(of_return)} == {"9", "2"}


def test_nobody_types_for_another_agency(police: Agency) -> None:
    indicator("one", source_agency=police)
    opened()
    stranger = person(AgencyContributor)
    for attempt in (
        lambda: typed(return_of(police), stranger, one={"value": "1"}),
        lambda: send_figures(of_return=return_of(police), by=stranger),
        lambda: upload_figures(file=a_file(b"x"), of_return=return_of(police), by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert not AgencyReturn.objects.visible_to(stranger).exists()
    assert not Collection.objects.visible_to(stranger).exists()


@pytest.mark.parametrize(
    ("row", "absence"),
    [({"absence": "nil_return"}, "nil_return"), ({"value": "n/a"}, "not_applicable"), ({"value": "-"}, "blank"),
     ({"value": "<5"}, "suppressed"), ({"value": "0"}, ""), ({"absence": "not_collected"}, "not_collected")],
)  # fmt: skip
def test_six_kinds_of_no_value_are_six_and_zero_is_a_value(police: Agency, row: dict[str, str], absence: str) -> None:
    indicator("one", source_agency=police)
    opened()
    typed(return_of(police), one=row)
    send_figures(of_return=return_of(police), by=None)
    kept = Figure.objects.get()
    assert (kept.absence, kept.value) == (absence, None if absence else 0)


# ---- What looks wrong ------------------------------------------------------------------------------------------------


def flags(of: Agency) -> dict[str, list[str]]:
    return {row.indicator.code: [flag.kind for flag in row.flags] for row in rows_of(return_of(of))}


def test_a_rate_that_its_parts_or_its_past_deny_is_flagged_at_entry(police: Agency) -> None:
    """1,580 referrals at 381.5 per 10,000 and 9,645 contacts in the same population cannot give 232.9."""
    per = {"unit": "rate", "multiplier": 10000, "decimals": 1, "denominator_label": "children under 18"}
    referrals = indicator("referrals_rate", source_agency=police, **per)
    contacts = indicator("contacts_rate", source_agency=police, **per)
    figure(referrals, "2016-17Q3", numerator=1500, denominator=41415)
    figure(contacts, "2016-17Q3", numerator=9500, denominator=41415)
    opened()
    one = return_of(police)
    right = {"numerator": "1580", "denominator": "41415", "value": "381.5"}
    typed(one, referrals_rate=right, contacts_rate={"numerator": "9645", "denominator": "41415", "value": "232.9"})
    rows = {row.indicator.code: row for row in rows_of(one)}
    assert rows["referrals_rate"].problems == []
    assert "9,645 of 41,415 gives 2,328.9" in rows["contacts_rate"].problems[0].sentence
    typed(one, contacts_rate={"value": "232.9"})
    assert flags(police)["contacts_rate"] == ["tenfold"]
    typed(one, contacts_rate={"numerator": "9645", "denominator": "414130"})
    assert flags(police)["contacts_rate"] == ["tenfold", "population"]
    typed(one, contacts_rate={"numerator": "9645", "denominator": "41415"})
    assert flags(police) == {"referrals_rate": [], "contacts_rate": []}


@pytest.mark.parametrize(
    ("make", "before", "now", "expected"),
    [
        (indicator, "100", {"value": "125"}, []),
        (indicator, "100", {"value": "126"}, ["jump"]),
        (indicator, "2", {"value": "6"}, []),
        (indicator, "2", {"value": "7"}, ["jump"]),
        (indicator, "0", {"value": "4"}, []),
        (indicator, "1000", {"value": "100"}, ["tenfold"]),
        (percent, "40", {"value": "64"}, []),
        (percent, "40", {"value": "66"}, ["jump"]),
        (percent, "80", {"value": "0.8"}, ["tenfold"]),
    ],
)
def test_a_jump_is_what_is_outside_the_usual(
    police: Agency, make: Any, before: str, now: dict[str, str], expected: list[str]
) -> None:
    figure(make("one", source_agency=police), "2016-17Q3", before)
    opened()
    typed(return_of(police), one=now)
    assert flags(police)["one"] == expected


def test_across_a_new_definition_nothing_is_a_jump(police: Agency) -> None:
    one = percent("one", source_agency=police)
    figure(one, "2016-17Q3", 10)
    redefine_indicator(indicator=one, text="Otherwise.", from_period=Q4, by=None, at=OPENED)
    opened()
    typed(return_of(police), one={"value": "90"})
    (row,) = rows_of(return_of(police))
    assert (row.flags, row.change, row.usual) == ([], "new definition", "")


# ---- Files -----------------------------------------------------------------------------------------------------------


def a_file(content: bytes, name: str = "figures.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def filled(police: Agency) -> AgencyReturn:
    """A return with every kind of figure already there."""
    figure(indicator("counted", source_agency=police), "2016-17Q4", 1039, comment="=SUM(A1), not a formula")
    figure(percent("third", source_agency=police), "2016-17Q4", numerator=1, denominator=3, status="provisional")
    figure(percent("alone", source_agency=police), "2016-17Q4", "24.6")
    figure(rated("rated", source_agency=police), "2016-17Q4", numerator=542, denominator=49200)
    figure(rated("bare", source_agency=police), "2016-17Q4", 12)
    figure(indicator("absent", source_agency=police), "2016-17Q4", absence="not_applicable")
    opened()
    return return_of(police)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_comes_back_without_a_difference(filled: AgencyReturn, sender: User, kind: str) -> None:
    make = template.as_xlsx if kind == "xlsx" else template.as_csv
    content = make(rows_of(filled, {}))
    assert content == make(rows_of(filled, {})), "the same figures give the same bytes"
    upload = upload_figures(file=a_file(content, f"figures.{kind}"), of_return=filled, by=sender)
    read = look_into(upload, by=sender, today=DUE)
    assert (read.errors, read.differences, len(read.figures), read.notes) == ((), (), 6, ())


def test_a_file_is_recorded_when_it_is_confirmed_and_once(filled: AgencyReturn, sender: User) -> None:
    content = b'indicator,period,value\ncounted,2016-17Q4,1100\nabsent,2016-17Q4,"1,039"\n'
    upload = upload_figures(file=a_file(content), of_return=filled, by=sender)
    assert Figure.objects.filter(revision=2).count() == 0
    assert confirm_upload(upload=upload, by=sender).new == 2
    events = Event.objects.filter(verb="recorded figures").count()
    again = upload_figures(file=a_file(content), of_return=filled, by=sender)
    assert [confirm_upload(upload=one, by=sender).new for one in (upload, again)] == [0, 0]
    assert Event.objects.filter(verb="recorded figures").count() == events
    kept = Figure.objects.latest_revisions().get(indicator__code="counted")
    assert (kept.value, kept.comment) == (1100, "=SUM(A1), not a formula"), "what the file does not say stays"
    assert Upload.objects.get(pk=upload.pk).confirmed_by == sender


def test_a_file_of_another_quarter_or_agency_is_refused(filled: AgencyReturn, sender: User) -> None:
    indicator("others")
    content = b"indicator,period,value\ncounted,2016-17Q3,1\nothers,2016-17Q4,1\n"
    upload = upload_figures(file=a_file(content), of_return=filled, by=sender)
    read = look_into(upload, by=sender, today=DUE)
    assert [error.sentence[:30] for error in read.errors] == [
        "This file is for Q4 2016-17, a",
        "There is no indicator “others”",
    ]
    with pytest.raises(RuleBroken, match="2 errors were found"):
        confirm_upload(upload=upload, by=sender)


# ---- Reminding -------------------------------------------------------------------------------------------------------


def test_who_has_not_sent_everything_is_reminded_a_week_before_and_once_a_week_after(
    police: Agency, sender: User
) -> None:
    figure(indicator("complete"), "2016-17Q4", 1)
    indicator("one", source_agency=police)
    opened(tell=False)
    days = [DUE + dt.timedelta(days=offset) for offset in range(-9, 17)]
    reminded = [day.isoformat() for day in days if remind_who_is_due(at=moment(day.isoformat()))]
    assert reminded == ["2017-04-21", "2017-04-29", "2017-05-06", "2017-05-13"]
    assert remind_who_is_due(at=moment("2017-05-13")) == 1
    assert Email.objects.count() == 4, "twice on one day is one e-mail"
    assert {email.to for email in Email.objects.all()} == {sender.email}
    assert return_of(police).reminders == 5


def test_reminding_moving_and_closing_are_the_analysts(police: Agency, sender: User) -> None:
    indicator("one", source_agency=police)
    collection, analyst = opened(tell=False), person(BoardAnalyst)
    assert remind(collection=collection, agencies=[police], by=analyst, at=OPENED) == 1
    move_due_date(collection=collection, due=dt.date(2017, 5, 5), reason="Bank holiday", by=analyst)
    for attempt in (
        lambda: remind(collection=collection, agencies=[police], by=sender),
        lambda: move_due_date(collection=collection, due=DUE, reason="x", by=sender),
        lambda: close_collection(collection=collection, by=sender),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    close_collection(collection=collection, by=analyst)
    with pytest.raises(RuleBroken, match="closed"):
        remind(collection=collection, agencies=[police], by=analyst)
    assert remind_who_is_due(at=moment("2017-05-06")) == 0
    verbs = list(Event.objects.of(collection).order_by("number").values_list("verb", flat=True))
    assert verbs == ["opened the collection", "reminded agencies", "moved the due date", "closed the collection"]


def test_a_figure_that_was_typed_is_decimal_to_the_last_digit(police: Agency) -> None:
    percent("one", source_agency=police)
    opened()
    typed(return_of(police), one={"value": "82.5"})
    (row,) = rows_of(return_of(police))
    assert row.new is not None
    assert (row.new.value, row.shown_new) == (Decimal("82.5"), "82.5%")


# ---- Pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("waived")
@pytest.mark.parametrize("route", ["return_list", "collection", "grid", "grid_check", "upload", "home"])
def test_pages_ask_the_database_as_often_with_many_rows_as_with_one(
    route: str, police: Agency, sender: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    figure(indicator("one", source_agency=police), "2016-17Q3", 10)
    opened(tell=False)
    one = return_of(police)
    typed(one, sender, one={"value": "99"})

    def address() -> str:
        content = "indicator,period,value\n" + "".join(
            f"{row.indicator.code},2016-17Q4,7\n" for row in rows_of(return_of(police))
        )
        upload = upload_figures(file=a_file(content.encode()), of_return=one, by=sender)
        of_police = ["2016-17Q4", police.pk]
        return {
            "return_list": reverse("dataset:return_list"),
            "collection": reverse("dataset:collection", args=["2016-17Q4"]),
            "grid": reverse("dataset:grid", args=of_police),
            "grid_check": reverse("dataset:grid_check", args=of_police),
            "upload": upload.get_absolute_url(),
            "home": reverse("home"),
        }[route]

    client = Client()
    analyst = person(BoardAnalyst)
    client.force_login(analyst, "allauth.account.auth_backends.AuthenticationBackend")
    client.get(address())
    url = address()
    with django_assert_max_num_queries(40) as counted:
        assert client.get(url).status_code == 200
    for number in range(5):
        figure(indicator(f"more_{number}", source_agency=police), "2016-17Q3", 10)
        other = indicator(f"other_{number}").source_agency
        AgencyReturn.objects.create(collection=Collection.objects.get(), agency=other)
    typed(one, sender, **{f"more_{number}": {"value": "99"} for number in range(5)})
    url = address()
    with django_assert_num_queries(len(counted)):
        assert client.get(url).status_code == 200


@pytest.mark.usefixtures("waived")
def test_a_form_sent_twice_sends_the_figures_once_and_the_second_of_two_people_sees_both(
    police: Agency, sender: User
) -> None:
    indicator("one", source_agency=police)
    opened(tell=False)
    client = Client()
    client.force_login(sender, "allauth.account.auth_backends.AuthenticationBackend")
    grid = return_of(police).get_absolute_url()
    (row,) = rows_of(return_of(police))
    mine = {f"drawn-{row.name}": row.fingerprint, f"{row.name}-value": "5", f"{row.name}-absence": ""}
    typed(return_of(police), one={"value": "4"})
    answer = client.post(grid, mine)
    assert answer.status_code == 409
    assert "Somebody else typed:</strong> 4" in answer.content.decode()
    again = answer.context["form"][f"drawn-{row.name}"].value()
    saved = client.post(f"{grid}save/", {**mine, f"drawn-{row.name}": again})
    assert saved.json()["sentence"].startswith("Saved, ")
    assert client.post(grid, {**mine, f"drawn-{row.name}": fingerprint({**NOTHING, "value": "5"})}).status_code == 302
    page = client.get(f"{grid}check/")
    answers = [client.post(f"{grid}check/", {"once": page.context["once"]}) for _ in range(2)]
    assert {one["Location"] for one in answers} == {f"{grid}sent/"}
    assert Figure.objects.get().value == 5
    assert client.get(f"{grid}sent/").status_code == 200
    outsider = Client()
    outsider.force_login(person(AgencyContributor), "allauth.account.auth_backends.AuthenticationBackend")
    for address in (grid, f"{grid}check/", f"{grid}sent/", f"{grid}template.csv", f"{grid}upload/"):
        assert outsider.get(address).status_code == 404, address
