"""The import takes a whole file or nothing, and names everything that is wrong by row and column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dataset.models import Figure
from dataset.services import ImportRefused, import_figures, read_upload
from lscb.accounts.roles import AgencyContributor
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person

from .factories import Q4, indicator, moment, percent, rated

pytestmark = pytest.mark.django_db
HEAD = "indicator,period,value,numerator,denominator,no value,status,comment\n"


@pytest.fixture(autouse=True)
def _indicators() -> None:
    indicator("referrals")
    percent("in_time")
    rated("looked_after")
    indicator("contacts", frequency="month")


def refused(content: str | bytes, **more: object) -> list[tuple[int, str, str, str]]:
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ImportRefused) as refusal:
        import_figures(content=content, by=None, at=moment("2017-05-01"), **more)  # type: ignore[arg-type]
    assert not Figure.objects.exists()
    return [(error.row, error.column, error.value, error.sentence) for error in refusal.value.errors]


def test_a_good_file_comes_in_whole_and_once() -> None:
    content = (
        HEAD
        + "referrals,2016-17Q4,861,,,,,\n"
        + "in_time,2016-17Q4,,39,50,,provisional,late forms\n"
        + "looked_after,2016-17Q4,542,542,49200,,,\n"
        + "contacts,2017-03M,,,,nil return,,\n"
    ).encode()
    first = import_figures(content=content, by=None, at=moment("2017-05-01"))
    events = Event.objects.count()
    again = import_figures(content=content, by=None, at=moment("2017-05-02"))
    assert (first.new, first.unchanged, again.new, again.unchanged) == (4, 0, 0, 4)
    assert (Figure.objects.count(), Event.objects.count()) == (4, events)
    assert Figure.objects.get(indicator__code="in_time").value == 78


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("referrals,2016-17Q5,861", "B (period)", "not a period"),
        ("referrals,2016-17,861", "B (period)", "write a quarter like 2016-17Q4"),
        ("contacts,2016-17Q4,861", "B (period)", "write a month like 2016-04M"),
        ("referrals,2017-18Q4,861", "B (period)", "not over yet"),
        ("referrals,,861", "B (period)", "Write the period"),
        ("referals,2016-17Q4,861", "A (indicator)", "Did you mean referrals?"),
        (",2016-17Q4,861", "A (indicator)", "Write the code"),
        ("referrals,2016-17Q4,many", "C (value)", "is not a number"),
        ('in_time,2016-17Q4,"78,5"', "C (value)", "write 78.5"),
        ("referrals,2016-17Q4,78%", "C (value)", "not a percentage"),
        ("referrals,2016-17Q4,>5", "C (value)", "not one number"),
        ("referrals,2016-17Q4,1e3", "C (value)", "digits with a point"),
        ("referrals,2016-17Q4,٣", "C (value)", "is not a number"),
        ("referrals,2016-17Q4,-3", "C (value)", "below zero"),
        ("referrals,2016-17Q4,8.5", "C (value)", "not a whole number"),
        ("referrals,2016-17Q4,", "C (value)", "say why there is none"),
        ("in_time,2016-17Q4,80,39,50", "C (value)", "gives 78.0"),
        ("in_time,2016-17Q4,,39", "E (denominator)", "missing"),
        ("in_time,2016-17Q4,,39,0", "E (denominator)", "share of 0"),
        ("in_time,2016-17Q4,78,,,suppressed", "F (no value)", "Keep one"),
        ("in_time,2016-17Q4,,,,lost", "F (no value)", "is not known"),
        ("in_time,2016-17Q4,78,,,,maybe", "G (status)", "provisional or final"),
        ("in_time,2016-17Q4,78,,,,,,more", "I", "under no heading"),
    ],
)
def test_every_error_is_named_by_row_and_column_and_nothing_is_imported(line: str, column: str, words: str) -> None:
    found = refused(f"{HEAD}referrals,2016-17Q3,889\n{line}\n")
    assert [(row, name) for row, name, _, _ in found] == [(3, column)]
    assert words in found[0][3]


@pytest.mark.parametrize(
    ("line", "value", "absence", "note"),
    [
        ('referrals,2016-17Q4,"1,039"', 1039, "", "“1,039” read as 1039."),
        ("referrals,2016-17Q4,1 039", 1039, "", "“1 039” read as 1039."),
        ("referrals, Q4 2016/17 , 861 ", 861, "", "“Q4 2016/17” read as Q4 2016-17."),
        ("referrals,31/03/2017,861", 861, "", "“31/03/2017” read as Q4 2016-17."),
        ("contacts,Mar-17,861", 861, "", "“Mar-17” read as March 2017."),
        ("in_time,2016-17Q4,78%", 78, "", "“78%” read as 78."),
        ("in_time,2016-17Q4,82.97872340425532", "82.978723", "", "rounded to 6 decimals"),
        ("referrals,2016-17Q4,n/a", None, "not_applicable", "“n/a” read as: not applicable."),
        ("referrals,2016-17Q4,-", None, "blank", "“-” read as: blank."),
        ("referrals,2016-17Q4,<5", None, "suppressed", "“<5” is not one number: read as suppressed."),
        ("referrals,2016-17Q4,nil", None, "nil_return", "“nil” read as: nil return."),
    ],
)
def test_what_is_not_written_plainly_is_understood_and_said_aloud(
    line: str, value: object, absence: str, note: str
) -> None:
    content = f"indicator,period,value\n{line}\n".encode()
    read = read_upload(content=content, by=None, today=dt.date(2017, 5, 1))
    assert read.errors == ()
    assert (read.figures[0].value, read.figures[0].absence) == (value and Decimal(str(value)), absence)
    assert any(note in one.sentence for one in read.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("indicator;period;value\nreferrals;2016-17Q4;1,039\n", "can be 1039 or 1.039"),
        ("indicator,period,value\nreferrals,03/04/2017,861\n", "can be Q1 2017-18 or Q4 2016-17"),
    ],
)
def test_what_can_be_two_things_is_neither(text: str, words: str) -> None:
    ((*_, sentence),) = refused(text)
    assert words in sentence


def test_all_errors_of_a_file_are_told_at_once() -> None:
    found = refused(HEAD + "x,2016-17Q4,1\nreferrals,2016-17Q4,>5\n\nreferrals,2016-17Q4,2\nreferrals,2016-17Q4,2\n")
    assert [(row, name) for row, name, _, _ in found] == [
        (2, "A (indicator)"),
        (3, "C (value)"),
        (5, "A (indicator)"),
        (6, "A (indicator)"),
    ]
    assert all("Row 3 has the same" in sentence for _, _, _, sentence in found[2:])


def test_a_file_for_one_quarter_holds_no_other() -> None:
    found = refused(HEAD + "referrals,2016-17Q3,1\ncontacts,2016-12M,1\ncontacts,2017-01M,1\n", quarter=Q4)
    assert [(row, name) for row, name, _, _ in found] == [(2, "B (period)"), (3, "B (period)")]


def test_headings_that_are_unknown_missing_or_twice_are_named() -> None:
    found = refused("indicator,period,period,amount\n")
    assert [(row, name) for row, name, _, _ in found] == [(1, "C"), (1, "D"), (1, "value")]


@pytest.mark.parametrize(
    ("encoding", "separator", "understood"),
    [
        ("utf-8", ",", "UTF-8, separated by commas"),
        ("utf-8-sig", ";", "UTF-8, separated by semicolons"),
        ("cp1252", ";", "Windows-1252, separated by semicolons"),
        ("utf-16", "\t", "UTF-16, separated by tabs"),
    ],
)
def test_a_file_is_read_as_it_was_saved_and_that_is_said(encoding: str, separator: str, understood: str) -> None:
    text = "indicator,period,value,comment\nreferrals,2016-17Q4,861,Zoë’s café – late\n".replace(",", separator)
    result = import_figures(content=text.encode(encoding), by=None, at=moment("2017-05-01"))
    assert understood in result.understood
    assert Figure.objects.get().comment == "Zoë’s café – late"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 a workbook", b"\xd0\xcf\x11\xe0 an old one", HEAD.encode(), b"\x00\x01\x02", b'"open\n'],
)
def test_what_is_no_file_of_figures_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        import_figures(content=content, by=None, at=moment("2017-05-01"))


def test_an_agency_does_not_learn_of_the_indicators_of_others() -> None:
    mine = AgencyFactory()
    indicator("mine", source_agency=mine)
    sender = person(AgencyContributor, agency=mine)
    with pytest.raises(ImportRefused) as refusal:
        import_figures(content=(HEAD + "referral,2016-17Q4,1\nmine,2016-17Q4,1\n").encode(), by=sender)
    assert "referrals" not in refusal.value.errors[0].sentence
    assert import_figures(content=(HEAD + "mine,2016-17Q4,1\n").encode(), by=sender).new == 1


def test_a_cell_of_any_length_is_refused_by_name_and_shown_in_part() -> None:
    for line in (f"{'x' * 5000},2016-17Q4,1", f"referrals,2016-17Q4,{'1' * 5000}", f"referrals,{'2' * 5000},1"):
        ((row, _, value, sentence),) = refused(HEAD + line)
        assert (row, len(value)) == (2, 101)
        assert sentence.startswith("This cell is longer than 100 characters")
    ((_, column, _, sentence),) = refused(HEAD + f"referrals,2016-17Q4,{'1' * 60}")
    assert (column, sentence) == ("C (value)", "A million millions or more is too large to be right. Check it.")


def test_a_file_that_is_wrong_all_the_way_down_is_read_no_further() -> None:
    errors = refused(HEAD + "referals,2016-17Q4,861\n" * 5000)
    assert [row for row, *_ in errors] == list(range(2, 502))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEAD + "referrals,2016-17Q4,861\n" * 20_001, "The file has more than 20,000 rows"),
        (HEAD + f"referrals,2016-17Q4,861{',x' * 20_000}\n", "Row 2 has more than 100 columns"),
    ],
)
def test_a_file_of_the_wrong_extent_is_refused_at_once(content: str, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        import_figures(content=content.encode(), by=None, at=moment("2017-05-01"))
