from __future__ import annotations

import contextlib
import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from lscb.common.errors import RuleBroken
from lscb.common.forms import (
    DayMonthYearField,
    FieldGroup,
    FinancialYearFormField,
    FlexibleDateField,
    MoneyField,
    PortalForm,
    PortalModelForm,
    QuarterFormField,
    apply_rule,
    read_day,
    read_quarter,
    show_day,
)
from lscb.common.periods import FinancialYear, Quarter
from lscb.common.templatetags.portal import errors_of, focus_id, has_errors

SCRIPT = "<script>alert(1)</script>"
ids = re.compile(r'<(?:input|select|textarea)[^>]* id="([^"]+)"').findall
shown_errors = re.compile(r"Error:</span> ([^<]+)</p>").findall


class Everything(PortalForm):
    submit_label = "Raise the challenge"
    issue = forms.CharField(label="The issue", widget=forms.Textarea, help_text=SCRIPT)
    theme = forms.ChoiceField(label="Theme", choices=[("", "Choose"), ("a", SCRIPT)])
    forum = forms.ChoiceField(label="Forum", widget=forms.RadioSelect, choices=[("m", "Meeting"), ("c", SCRIPT)])
    agencies = forms.MultipleChoiceField(
        label="Agencies", widget=forms.CheckboxSelectMultiple, choices=[("1", "Police"), ("2", SCRIPT)]
    )
    due = FlexibleDateField(label="Response due")
    met_on = DayMonthYearField(label="Date of the meeting")
    paper = forms.FileField(label="Evidence")
    amount = MoneyField(label="Amount")
    children = forms.IntegerField(label="Number of children", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    sure = forms.BooleanField(label="I have checked this")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(form: forms.Form) -> str:
    return render_crispy_form(form)


def in_a_form(field: forms.Field, data: dict[str, str]) -> Any:
    form = type("OneField", (PortalForm,), {"day": field})(data)
    return form.cleaned_data["day"] if form.is_valid() else form.errors["day"][0]


def test_every_line_of_the_error_summary_leads_to_an_input_that_exists() -> None:
    form = Everything({})
    page = drawn(form)
    targets = [error.target for error in errors_of(form)]
    assert len(targets) == 10
    assert set(targets) <= set(ids(page))
    assert "id_forum_0" in targets
    assert "id_agencies_0" in targets
    assert "id_met_on_0" in targets


def test_the_summary_says_the_same_words_as_the_fields() -> None:
    form = Everything({"due": "soon", "amount": "much", "children": "x"})
    page = drawn(form)
    summary = render_to_string("includes/error_summary.html", {"errors": list(errors_of(form))})
    for words in shown_errors(page):
        assert words.strip() in summary
    assert "There is a problem" in summary
    assert "Amount must be a number" in summary
    assert "Number of children must be a number" in summary


def test_an_unbound_form_has_no_summary() -> None:
    assert not list(errors_of(Everything()))
    assert not has_errors(Everything())
    assert has_errors(Everything({}))


def test_nothing_that_people_wrote_becomes_markup() -> None:
    data = {"issue": SCRIPT, "due": SCRIPT, "met_on_day": SCRIPT, "theme": SCRIPT, "token": SCRIPT, "amount": SCRIPT}
    form = Everything(data)
    form.fields["issue"].label = SCRIPT
    apply_rule(form, RuleBroken(SCRIPT, field="issue"))
    page = drawn(form) + render_to_string("includes/error_summary.html", {"errors": list(errors_of(form))})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 9


def test_wrong_input_is_kept() -> None:
    page = drawn(Everything({"due": "31 feb 2026", "met_on_day": "31", "met_on_month": "feb", "met_on_year": "2016"}))
    for typed in ("31 feb 2026", "31", "feb", "2016"):
        assert f'value="{typed}"' in page


def test_a_password_is_never_sent_back() -> None:
    assert "hunter2hunter2" not in drawn(Everything({"password": "hunter2hunter2"}))


def test_a_form_is_sent_as_files_need_it_and_checked_by_us_not_by_the_browser() -> None:
    page = drawn(Everything())
    opening = page[: page.index(">")]
    assert "novalidate" in opening
    assert 'enctype="multipart/form-data"' in opening
    assert 'method="post"' in opening
    assert " required" not in page
    assert 'type="number"' not in page
    assert "Raise the challenge" in page


def test_only_what_need_not_be_answered_is_marked() -> None:
    assert drawn(Everything()).count("(optional)") == 1


def test_hints_and_errors_are_tied_to_their_field() -> None:
    page = drawn(Everything({}))
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        for one in described.split():
            assert f'id="{one}"' in page


@pytest.mark.parametrize(
    "field, sentence",
    [
        ("issue", "Enter the issue"),
        ("theme", "Select theme"),
        ("paper", "Choose a file: evidence"),
        ("sure", "Tick to confirm: I have checked this"),
        ("met_on", "Enter date of the meeting"),
    ],
)
def test_a_blank_field_says_what_to_do(field: str, sentence: str) -> None:
    assert Everything({}).errors[field] == [sentence]


def test_words_that_a_form_chose_itself_stay() -> None:
    chosen = forms.CharField(label="Name", error_messages={"required": "Say who you are"})
    assert in_a_form(chosen, {}) == "Say who you are"


def test_a_refusal_lands_on_its_field_or_on_the_whole_form() -> None:
    form = Everything({})
    apply_rule(form, RuleBroken("The due date is before the meeting.", field="due"))
    apply_rule(form, RuleBroken("This year is closed.", field="unknown"))
    assert "The due date is before the meeting." in form.errors["due"]
    assert form.non_field_errors() == ["This year is closed."]
    assert [error.target for error in errors_of(form)][-1] == focus_id(form["issue"])


def test_a_layout_draws_every_field_once_and_groups_under_plain_text() -> None:
    class Grouped(Everything):
        layout = Layout("theme", FieldGroup("{{ secret }} " + SCRIPT, "issue", "due"))

    page = drawn(Grouped())
    assert len(ids(page)) == len(set(ids(page))) == len(ids(drawn(Everything())))
    assert "{{ secret }} &lt;script&gt;" in page


def test_a_model_form_cannot_save() -> None:
    class Nothing(PortalModelForm):
        pass

    with pytest.raises(TypeError, match="service"):
        PortalModelForm.save(object.__new__(Nothing))


@pytest.mark.parametrize(
    "typed",
    ["3 jun 2026", "3 June 2026", "3rd june 2026", "03/06/2026", "3.6.2026", "3-6-2026", "2026-06-03", " 3  JUN 2026 "],
)
def test_a_date_is_read_as_people_type_it(typed: str) -> None:
    assert in_a_form(FlexibleDateField(), {"day": typed}) == dt.date(2026, 6, 3)


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("soon", "Enter a date with day, month and year, like 3 June 2026"),
        ("3 jun", "Enter a date with day, month and year, like 3 June 2026"),
        ("3/6/26", "Write the year with four digits, like 2026"),
        ("3 6 20266", "Write the year with four digits, like 2026"),
        ("31 12 9999", "Write a year from 1900 to 2199"),
        ("3 6 1899", "Write a year from 1900 to 2199"),
        ("30 feb 2026", "Enter a date that exists. Check the day and the month"),
        ("3 juni 2026", "“juni” is not a month. Write it like June, Jun or 6"),
        ("3 13 2026", "“13” is not a month. Write it like June, Jun or 6"),
        ("3 ju 2026", "“ju” is not a month. Write it like June, Jun or 6"),
    ],
)
def test_a_date_that_cannot_be_read_says_why(typed: str, sentence: str) -> None:
    assert in_a_form(FlexibleDateField(), {"day": typed}) == sentence


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2199, 12, 31)))
def test_a_date_that_is_shown_in_a_field_is_read_back(day: dt.date) -> None:
    assert read_day(show_day(day)) == day
    assert read_day(day.isoformat()) == day
    assert read_day(f"{day.day}/{day.month}/{day.year}") == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_dates_and_quarters(text: str) -> None:
    for read in (read_day, read_quarter):
        with contextlib.suppress(ValueError):
            assert read(text)


@pytest.mark.parametrize(
    "parts, outcome",
    [
        (("31", "3", "2016"), dt.date(2016, 3, 31)),
        (("31", "mar", "2016"), dt.date(2016, 3, 31)),
        (("31", "", ""), "Met on must include a month and a year"),
        (("31", "2", "2016"), "Met on must be a real date"),
        (("1", "13", "2016"), "Met on must have a month from 1 to 12"),
        (("1", "1", "16"), "Met on must have a year of four digits"),
        (("", "", ""), "Enter met on"),
    ],
)
def test_a_date_in_three_fields_names_what_is_wrong(parts: tuple[str, str, str], outcome: Any) -> None:
    data = {f"day_{name}": part for name, part in zip(("day", "month", "year"), parts, strict=True)}
    assert in_a_form(DayMonthYearField(label="Met on"), data) == outcome


def test_the_error_of_a_date_marks_and_leads_to_the_wrong_part() -> None:
    class Meeting(PortalForm):
        on = DayMonthYearField(label="Date")

    form = Meeting({"on_day": "31", "on_month": "", "on_year": "2016"})
    assert focus_id(form["on"]) == "id_on_1"
    assert drawn(form).count('aria-invalid="true"') == 1


@pytest.mark.parametrize("typed", ["2016-17", "2016/17", "2016–17", "2016-2017", " 2016 - 17 "])
def test_a_year_is_read_as_people_type_it(typed: str) -> None:
    assert in_a_form(FinancialYearFormField(), {"day": typed}) == FinancialYear(2016)


@pytest.mark.parametrize("typed", ["2016-17Q4", "2016-17 Q4", "Q4 2016-17", "q4 2016/17", "2016-2017, q4"])
def test_a_quarter_is_read_as_people_type_it(typed: str) -> None:
    assert in_a_form(QuarterFormField(), {"day": typed}) == Quarter(FinancialYear(2016), 4)


def test_a_chosen_quarter_is_one_of_those_offered() -> None:
    field = QuarterFormField(periods=FinancialYear(2016).quarters)
    assert in_a_form(field, {"day": "2016-17Q4"}) == Quarter(FinancialYear(2016), 4)
    assert in_a_form(field, {"day": "2017-18Q1"}) == "Select one of the choices"
    assert "2016-18" in in_a_form(FinancialYearFormField(), {"day": "2016-18"})


def test_money_is_read_with_its_sign_and_commas() -> None:
    assert in_a_form(MoneyField(), {"day": "£131,453.50"}) == Decimal("131453.50")
    assert isinstance(in_a_form(MoneyField(), {"day": "1.234"}), str)
