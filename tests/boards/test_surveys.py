"""Surveys: who may do what when, what a link lets in, what a file brings in, what is counted, what is printed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.engagement.reporting import engagement_chapter
from boards.invariants import broken
from boards.models import Answer, Moderation, Survey, SurveyResponse, SurveyState
from boards.surveys import services
from boards.surveys.importing import FileRefused, import_answers, template_of
from boards.surveys.links import PURPOSE, invited, open_address
from boards.surveys.results import results_of
from boards.waiting import waiting_for
from lscb.accounts.models import Link, User
from lscb.accounts.roles import LayMember
from lscb.common.chapters import Chart, Table, Text
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import LONDON, FinancialYear
from lscb.common.spreadsheets import Sheet, csv_bytes, xlsx_bytes
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.actions.factories import AgencyFactory, lead, manager, outsider, person

from .survey_samples import (
    CLOSED,
    CONFIDENT,
    DURING,
    NOVEMBER,
    OPENED,
    a_closed_survey,
    a_draft,
    an_open_survey,
    answer,
    questions,
)
from .survey_samples import (
    given as answers_given,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2016, 11, 20, 12, tzinfo=LONDON)
YEAR = FinancialYear(2016)
HEADINGS = ["How confident are you?", "What have you used?", "What would help?"]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


# ---- The life of a survey -------------------------------------------------------------------------------------------

DO: dict[str, Any] = {
    "question": lambda one: services.set_question(survey=one, text="Another?", kind="text", by=None),
    "remove": lambda one: services.remove_question(question=questions(one)[0], by=None),
    "open": lambda one: services.open_survey(survey=one, on=OPENED, by=None),
    "answer": lambda one: answer(one, CONFIDENT[0]),
    "import": lambda one: import_answers(survey=one, content=a_file(), name="a.csv", on=DURING, by=None),
    "send": lambda one: services.send_survey(survey=one, addresses=["a@example.org"], by=None, at=AT),
    "close": lambda one: services.close_survey(survey=one, on=CLOSED, by=None),
    "reopen": lambda one: services.reopen_survey(survey=one, closes_on=CLOSED, on=CLOSED, by=None),
}
ALLOWED = {
    SurveyState.DRAFT: {"question", "remove", "open"},
    SurveyState.OPEN: {"answer", "import", "send", "close"},
    SurveyState.CLOSED: {"reopen"},
}
IN_STATE = {SurveyState.DRAFT: a_draft, SurveyState.OPEN: an_open_survey, SurveyState.CLOSED: a_closed_survey}


@pytest.mark.parametrize("state", SurveyState.values)
@pytest.mark.parametrize("what", list(DO))
def test_what_may_happen_when(state: str, what: str) -> None:
    survey = IN_STATE[SurveyState(state)]()
    if what in ALLOWED[SurveyState(state)]:
        DO[what](survey)
    else:
        with pytest.raises(RuleBroken):
            DO[what](survey)


def test_only_who_runs_the_board_builds_surveys() -> None:
    survey = a_draft()
    with pytest.raises(PermissionDenied):
        services.open_survey(survey=survey, on=OPENED, by=person(LayMember))
    services.open_survey(survey=survey, on=OPENED, by=manager())


@pytest.mark.parametrize(
    "kind, options, says",
    [
        ("single", ["Yes"], "at least two answers"),
        ("multiple", [], "at least two answers"),
        ("single", ["Yes", "yes"], "are the same"),
        ("text", ["Yes", "No"], "own words"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(kind: str, options: list[str], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        services.set_question(survey=a_draft(), text="Really?", kind=kind, options=options, by=None)


def test_a_question_that_goes_leaves_no_gap() -> None:
    survey = a_draft()
    services.remove_question(question=questions(survey)[0], by=None)
    assert [(one.order, one.text) for one in questions(survey)] == [(1, HEADINGS[1]), (2, HEADINGS[2])]


def test_the_second_of_two_people_reads_both_texts() -> None:
    survey, client = a_draft(), signed_in(manager())
    address = reverse("boards:survey_change", args=[survey.pk])
    services.change_survey(survey=survey, version=1, introduction="Theirs", by=None)
    mine = {"title": "Communication", "month": "November 2016", "introduction": "Mine", "version": "1"}
    page = client.post(address, mine)
    assert page.status_code == 409
    assert {"Theirs", "Mine"} <= set(re.findall(r"Theirs|Mine", page.content.decode()))
    assert client.post(address, {**mine, "version": page.context["form"]["version"].value()}).status_code == 302
    assert Survey.objects.get().introduction == "Mine"
    with pytest.raises(Overtaken):
        services.change_survey(survey=survey, version=1, title="Later", by=None)


# ---- Answering by link ----------------------------------------------------------------------------------------------


def form_data(survey: Survey, *choices: Any) -> dict[str, Any]:
    chosen = {f"question_{key}": value for key, value in answers_given(survey, *choices).items()}
    return {**chosen, "submission": str(uuid4())}


def test_the_open_link_takes_answers_of_many_and_each_form_once(settings: Any) -> None:
    survey = an_open_survey(closes_on=dt.date(2199, 1, 1))
    address, client = path(open_address(survey)), Client()
    page = client.get(address)
    assert page.status_code == 200
    assert HEADINGS[0] in page.content.decode()
    assert not SurveyResponse.objects.exists(), "opening the page changes nothing"
    data = form_data(survey, CONFIDENT[1], ["Toolkit", "Advice"], "A page with names")
    for _ in range(2):
        assert client.post(address, data)["Location"] == reverse("public:survey_done")
    assert SurveyResponse.objects.count() == 1
    client.post(address, form_data(survey, CONFIDENT[0]))
    assert [one.n for one in results_of(survey)] == [2, 1, 1]


def test_a_link_of_ones_own_is_spent_by_answering_and_bound_to_its_survey() -> None:
    survey, now = an_open_survey(), timezone.now()
    assert services.send_survey(survey=survey, addresses=["A@example.org ", "a@example.org"], by=None, at=now) == 1
    mail = Email.objects.get()
    assert (mail.to, "Communication" in mail.subject) == ("a@example.org", False)
    address = path(re.search(r"http\S+", mail.body)[0])  # type: ignore[index]
    client = Client()
    assert client.get(address).status_code == client.get(address).status_code == 200
    assert client.post(address, form_data(survey, CONFIDENT[0])).status_code == 302
    assert client.get(address).status_code == 410
    assert client.post(address, form_data(survey, CONFIDENT[1])).status_code == 410
    assert (SurveyResponse.objects.count(), invited(survey)) == (1, (1, 1))
    assert client.get(address.replace(address.split("/")[-2], "x" * 60)).status_code == 410
    services.send_survey(survey=survey, addresses=["a@example.org"], by=None, at=now)
    assert Email.objects.count() == 1, "who answered is not asked again"


def test_nobody_is_known_from_an_answer() -> None:
    survey = an_open_survey()
    services.send_survey(survey=survey, addresses=["a@example.org"], by=None, at=AT)
    link = Link.objects.get(purpose=PURPOSE)
    response = answer(survey, CONFIDENT[0], [], "My words", link=link, at=AT)
    stored = {field.name: str(getattr(response, field.name)) for field in response._meta.concrete_fields}
    assert "a@example.org" not in stored.values()
    assert str(link.pk) not in stored.values()
    assert not any("My words" in str(event.changes) for event in Event.objects.all())


def test_links_that_lead_nowhere_say_so() -> None:
    survey = an_open_survey()
    old = path(open_address(survey))
    survey = services.take_back_open_link(survey=survey, by=None)
    client = Client()
    assert client.get(old).status_code == 410
    new = path(open_address(survey))
    assert client.get(new).status_code == 200
    assert client.get(new.replace("public/survey/open", "public/survey")).status_code == 410, "not a link of one's own"
    services.close_survey(survey=survey, on=CLOSED, by=None)
    closed = client.post(new, form_data(survey, CONFIDENT[0]))
    assert (closed.status_code, SurveyResponse.objects.count()) == (410, 0)


def test_a_survey_whose_last_day_has_passed_takes_no_answers() -> None:
    survey = an_open_survey(closes_on=CLOSED)
    answer(survey, CONFIDENT[0], on=CLOSED)
    with pytest.raises(RuleBroken, match="takes no answers"):
        answer(survey, CONFIDENT[0], on=CLOSED + dt.timedelta(days=1))


def test_answers_that_are_not_offered_are_refused() -> None:
    survey, other = an_open_survey(), an_open_survey(title="Another")
    single, *_ = questions(survey)
    of_other = questions(other)[0].options.all()[0].pk
    both = [option.pk for option in single.options.all()][:2]
    for chosen in ([of_other], both):
        with pytest.raises(RuleBroken, match="Select one of the choices"):
            services.answer_survey(survey=survey, given={single.pk: chosen}, on=DURING)
    with pytest.raises(RuleBroken, match="at least one question"):
        services.answer_survey(survey=survey, given={}, on=DURING)
    page = Client().post(path(open_address(survey)), {"submission": str(uuid4()), f"question_{single.pk}": of_other})
    assert "Select one of the choices" in page.content.decode()


def test_a_required_question_is_asked_for_by_name_and_nothing_typed_is_lost() -> None:
    survey = a_draft()
    must = services.set_question(survey=survey, text="Your agency?", kind="text", is_required=True, by=None)
    services.open_survey(survey=survey, on=OPENED, by=None)
    data = form_data(survey, CONFIDENT[0], ["Toolkit"], "Typed words")
    page = Client().post(path(open_address(survey)), {**data, f"question_{must.pk}": ""}).content.decode()
    assert "Answer the question: Your agency?" in page
    assert "Typed words" in page
    assert page.count("checked") == 2


# ---- Answers from a file --------------------------------------------------------------------------------------------


def a_file(*rows: list[str], headings: list[str] | None = None) -> bytes:
    return csv_bytes(
        headings or HEADINGS, rows or [["Very confident", "Toolkit; Advice", "=1+1"], ["", "Workshop", ""]]
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_comes_in_whole_and_a_second_time_changes_nothing(kind: str) -> None:
    survey = an_open_survey()
    rows = [["very confident ", "Toolkit; Advice", "=1+1"], ["", "Workshop", ""]]
    content = csv_bytes(HEADINGS, rows) if kind == "csv" else xlsx_bytes([Sheet("Answers", HEADINGS, rows)])
    for number in (2, 0):
        imported = import_answers(survey=survey, content=content, name=f"a.{kind}", on=DURING, by=None)
        assert imported == number
    single, multiple, text = results_of(survey)
    assert (single.n, [choice.count for choice in single.choices]) == (1, [1, 0, 0, 0])
    assert (multiple.n, [choice.count for choice in multiple.choices]) == (2, [1, 1, 1])
    assert text.n == 1
    assert Answer.objects.comments().get().text == "=1+1"


def test_every_wrong_cell_is_named_and_nothing_comes_in() -> None:
    survey = an_open_survey()
    content = a_file(["Confident", "Toolkit; Hammer", ""], ["Very confident", "", ""])
    with pytest.raises(FileRefused) as refusal:
        import_answers(survey=survey, content=content, name="a.csv", on=DURING, by=None)
    assert [(one.row, one.column, one.value) for one in refusal.value.errors] == [
        (2, HEADINGS[0], "Confident"),
        (2, HEADINGS[1], "Toolkit; Hammer"),
    ]
    wrong = a_file(["x", "y"], headings=[HEADINGS[0], "Another question"])
    with pytest.raises(FileRefused) as refusal:
        import_answers(survey=survey, content=wrong, name="a.csv", on=DURING, by=None)
    assert [one.column for one in refusal.value.errors][:3] == ["Another question", *HEADINGS[1:]]
    assert not SurveyResponse.objects.exists()


@pytest.mark.parametrize(
    "content, name, says",
    [
        (b"", "a.csv", "empty"),
        (b"\x89PNG\r\n", "a.xlsx", "not the Excel file"),
        (b"MZ", "a.exe", "does not take files"),
        (csv_bytes(HEADINGS, []), "a.csv", "no answers"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, name: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        import_answers(survey=an_open_survey(), content=content, name=name, on=DURING, by=None)


def test_the_page_names_the_cells_and_hands_out_an_empty_file() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    survey, client = an_open_survey(), signed_in(manager())
    address = reverse("boards:survey_import", args=[survey.pk])
    wrong = SimpleUploadedFile("answers.csv", a_file(["Confident", "", ""]))
    page = client.post(address, {"file": wrong}).content.decode()
    assert "Choose from: Very confident, Fairly confident" in page
    right = SimpleUploadedFile("answers.csv", a_file())
    assert client.post(address, {"file": right}).status_code == 302
    assert client.get(reverse("boards:survey_template", args=[survey.pk])).content == template_of(survey)


# ---- Results --------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.sampled_from(["", *CONFIDENT]), st.sets(st.sampled_from(["Toolkit", "Workshop", "Advice"]))),
        min_size=1,
        max_size=12,
    ).filter(lambda people: all(single or several for single, several in people))
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_percentages_are_of_those_who_answered_the_question(people: list[tuple[str, set[str]]]) -> None:
    survey = an_open_survey(title=str(uuid4()))
    for one, several in people:
        answer(survey, one or [], sorted(several))
    single, multiple, _ = results_of(survey)
    assert [choice.label for choice in single.choices] == list(CONFIDENT), "the order of the options is kept"
    assert single.n == sum(bool(one) for one, _ in people) == sum(choice.count for choice in single.choices)
    assert multiple.n == sum(bool(several) for _, several in people)
    for choice in multiple.choices:
        assert choice.count == sum(choice.label in several for _, several in people)
        assert choice.share.base == multiple.n


def test_n_stands_beside_every_percentage_and_order_is_kept_on_page_chart_and_file() -> None:
    survey = an_open_survey()
    for number, label in zip((5, 18, 8, 1), CONFIDENT, strict=True):
        for _ in range(number):
            answer(survey, label)
    services.close_survey(survey=survey, on=CLOSED, by=None)
    result = results_of(survey)[0]
    assert result.table().rows == [
        ("Very confident", "5", "16%"),
        ("Fairly confident", "18", "56%"),
        ("Fairly unconfident", "8", "25%"),
        ("Very unconfident", "1", "3%"),
    ]
    assert "n\u00a0=\u00a032" in result.table().note
    assert "n\u00a0=\u00a032" in result.chart().description
    client = signed_in(person(LayMember))
    assert "n\u00a0=\u00a032" in client.get(survey.get_absolute_url()).content.decode()
    file = client.get(reverse("boards:survey_results", args=[survey.pk, "csv"])).content.decode("utf-8-sig")
    assert file.splitlines()[1:3] == [
        "How confident are you?,Very confident,5,32,15.6%",
        "How confident are you?,Fairly confident,18,32,56.3%",
    ]
    assert Event.objects.filter(verb="exported the results as CSV").exists()


# ---- Comments -------------------------------------------------------------------------------------------------------


def test_a_comment_is_printed_only_as_it_was_cleared() -> None:
    survey = an_open_survey()
    for text in ("Sam at the school said", "Secret", "Nobody read this"):
        answer(survey, CONFIDENT[0], [], text)
    services.close_survey(survey=survey, on=CLOSED, by=None)
    first, second, third = Answer.objects.comments().order_by("pk")
    assert "Read comments: Communication" in [one.title for one in waiting_for(manager(), CLOSED)]
    client = signed_in(manager())
    address = reverse("boards:survey_comments", args=[survey.pk])
    data = {
        f"comment-{first.pk}-printed": "Somebody said",
        f"comment-{first.pk}-decision": "cleared",
        f"comment-{second.pk}-printed": "Secret",
        f"comment-{second.pk}-decision": "withheld",
        f"comment-{third.pk}-printed": "Nobody read this",
        f"comment-{third.pk}-decision": "waiting",
    }
    assert client.post(address, data).status_code == 302
    lay = signed_in(person(LayMember)).get(survey.get_absolute_url()).content.decode()
    chapter = str(engagement_chapter(YEAR, dt.date(2017, 6, 30)))
    for text in (lay, chapter):
        assert "Somebody said" in text
        for hidden in ("Sam at the school", "Secret", "Nobody read this"):
            assert hidden not in text
    assert list(Answer.objects.visible_to(person(LayMember))) == [Answer.objects.get(pk=first.pk)]


def test_clearing_without_words_keeps_what_was_decided_of_the_others_on_the_page() -> None:
    survey = an_open_survey()
    answer(survey, CONFIDENT[0], [], "Words")
    one = Answer.objects.comments().get()
    page = signed_in(manager()).post(
        reverse("boards:survey_comments", args=[survey.pk]),
        {f"comment-{one.pk}-printed": " ", f"comment-{one.pk}-decision": "cleared"},
    )
    assert "Enter the words that may be printed." in page.content.decode()
    assert Answer.objects.get(pk=one.pk).moderation == Moderation.WAITING
    with pytest.raises(RuleBroken, match="by a person"):
        services.clear_comment(answer=one, printed="Words", on=CLOSED, by=None)


# ---- Who sees what, the report --------------------------------------------------------------------------------------


def test_a_draft_and_an_open_survey_are_for_who_builds_them() -> None:
    surveys = {
        "draft": a_draft(title="One"),
        "open": an_open_survey(title="Two"),
        "closed": a_closed_survey(title="Three"),
    }
    people: list[tuple[User, set[str] | None]] = [
        (manager(), {"draft", "open", "closed"}),
        (person(LayMember), {"closed"}),
        (lead(AgencyFactory()), None),
        (outsider(), None),
    ]
    url, api = reverse("boards:survey_list"), reverse("api:survey-list")
    for user, sees in people:
        client = signed_in(user)
        page = client.get(url)
        if sees is None:
            assert {page.status_code, client.get(api).status_code} == {404}
            continue
        export = client.get(url, {"format": "csv"}).content.decode()
        listed = {one["title"] for one in client.get(api).json()["results"]}
        for name, survey in surveys.items():
            assert (survey.title in page.content.decode()) == (name in sees)
            assert (survey.title in export) == (name in sees)
            assert (survey.title in listed) == (name in sees)
            assert client.get(survey.get_absolute_url()).status_code == (200 if name in sees else 404)
            detail = client.get(reverse("api:survey-detail", args=[survey.pk]))
            assert detail.status_code == (200 if name in sees else 404)
            results = reverse("boards:survey_results", args=[survey.pk, "xlsx"])
            assert client.get(results).status_code == (200 if name in sees and name != "draft" else 404)
    assert signed_in(person(LayMember)).get(reverse("boards:survey_add")).status_code == 403


def test_the_report_prints_chart_and_table_and_not_the_answers_of_a_few() -> None:
    enough, few = an_open_survey(title="Enough"), an_open_survey(title="Few")
    for survey, number in ((enough, 5), (few, 4)):
        for _ in range(number):
            answer(survey, CONFIDENT[0])
        services.close_survey(survey=survey, on=CLOSED, by=None)
    chapter = engagement_chapter(YEAR, dt.date(2017, 6, 30))
    printed, hidden = (next(one for one in chapter.sections if title in one.title) for title in ("Enough", "Few"))
    assert [type(block) for block in printed.blocks] == [Chart, Table]
    assert [type(block) for block in hidden.blocks] == [Text]
    facts = {fact.name: fact.in_words for fact in chapter.facts}
    assert facts["survey_2016_11.1.1"] == "100% (n\u00a0=\u00a05)"
    assert "survey_2016_11_2.1.1" not in facts, "fewer than five people"
    assert (facts["surveys"], facts["respondents"]) == ("2", "9")
    assert engagement_chapter(YEAR, NOVEMBER.first_day).facts[2].value == 0, "as at a day before they were closed"


def test_pages_ask_the_database_as_often_with_many_as_with_one(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    survey = an_open_survey()
    answer(survey, CONFIDENT[0], [], "Words")
    client = signed_in(manager())
    urls = (reverse("boards:survey_list"), survey.get_absolute_url(), reverse("api:survey-list"))
    for url in urls:
        client.get(url)
    before = []
    for url in urls:
        with django_assert_max_num_queries(40) as counted:
            client.get(url)
        before.append(len(counted))
    Survey.objects.bulk_create(
        Survey(title=f"Survey {number}", month=NOVEMBER, state="open", opened_on=OPENED) for number in range(300)
    )
    for _ in range(5):
        answer(survey, CONFIDENT[0], [], "Words")
    for url, number in zip(urls, before, strict=True):
        with django_assert_num_queries(number):
            client.get(url)


def test_the_data_check_finds_two_answers_to_a_question_that_takes_one() -> None:
    survey = an_open_survey()
    response = answer(survey, CONFIDENT[0])
    assert list(broken(CLOSED)) == []
    single = questions(survey)[0]
    other = single.options.get(label=CONFIDENT[1])
    Answer.objects.create(response=response, question=single, option=other)
    assert "which takes one" in "".join(broken(CLOSED))
