"""The portfolio and its filters, files that say what the page says, and how often the database is asked."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from casereviews.models import CaseReview, Stage
from casereviews.services import papers, running
from lscb.accounts.roles import IndependentChair
from tests.actions.factories import manager, person

from .samples import DECIDED, SECRET, TODAY, a_review, an_answer, decided, fresh, presented, the_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(settings: Any) -> Client:
    settings.SECOND_FACTOR_WAIVED = True
    client = Client()
    client.force_login(manager())
    return client


def test_the_portfolio_says_where_each_review_stands_and_filters(client: Client) -> None:
    the_group()
    halted, ended, new = decided(a_review("Larch")), decided(a_review("Maple"), agreed=False), a_review("Rowan")
    running.pause_review(
        review=halted, scope="part", part="Interviews", reason="Police", on=DECIDED, by=None, today=TODAY
    )
    url = reverse("casereviews:portfolio")

    def names(**query: str) -> set[str]:
        page = client.get(url, query).content.decode()
        return {name for name in ("Larch", "Maple", "Rowan") if f">{name}</a>" in page}

    assert names() == {"Larch", "Maple", "Rowan"}
    assert names(show="running") == {"Larch", "Rowan"}
    assert names(show="ended") == {"Maple"}
    assert names(show="paused") == {"Larch"}
    assert names(stage=Stage.REFERRED) == {"Rowan"}
    page = client.get(url).content.decode()
    assert "part halted" in page
    assert "not progressed" in page
    assert {ended.stage, new.stage} == {Stage.NOT_PROGRESSED, Stage.REFERRED}
    export = client.get(url, {"format": "csv", "show": "running"})
    assert "Larch" in export.content.decode()
    assert "Maple" not in export.content.decode()
    assert "Larch" not in export["Content-Disposition"]


def test_a_text_that_begins_like_a_formula_stays_a_text(client: Client) -> None:
    a_review("=1+1")
    book = client.get(reverse("casereviews:portfolio"), {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    cell = sheet.cell(2, 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_numbers_as_a_file_are_those_of_the_page(client: Client) -> None:
    an_answer(presented())
    url = reverse("casereviews:numbers")
    assert "1 action was outstanding" in client.get(url, {"at": "2017-03-31"}).content.decode()
    assert "0 actions were outstanding" in client.get(url, {"at": "2016-05-01"}).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(url, {"at": "2017-03-31", "format": "xlsx"}).content))
    assert [sheet.title for sheet in book] == ["By review", "By theme", "By agency"]
    assert book["By theme"].cell(2, 2).value == 1


def test_a_form_sent_twice_makes_one_referral_and_errors_name_field_and_cure(client: Client) -> None:
    group = the_group()
    url = reverse("casereviews:refer")
    data = {
        "code_name": SECRET,
        "kind": "rapid",
        "referred_on": "4 May 2016",
        "referred_by": "Police",
        "referral": "Words",
        "group": group.pk,
        "once": "once",
    }
    refused = client.post(url, data).content.decode()
    assert "There was no rapid review before 29 June 2018. Choose another kind." in refused
    assert "Words" in refused, "what was typed is still there"
    data["kind"] = "serious_case"
    first, second = client.post(url, data), client.post(url, data)
    assert first["Location"] == second["Location"] == CaseReview.objects.get().get_absolute_url()


def test_the_second_of_two_people_reads_both_texts(client: Client) -> None:
    review = presented()
    url = reverse("casereviews:wording", args=[review.pk])
    mine = client.get(url).context["form"].initial | {"public_summary": "Mine"}
    client.post(url, mine | {"public_summary": "Theirs"})
    answer = client.post(url, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    client.post(url, mine | {"version": answer.context["form"]["version"].value()})
    assert fresh(review).public_summary == "Mine"


@pytest.mark.parametrize("name", ["list", "record", "timeline", "numbers", "themes", "api"])
def test_pages_ask_the_database_as_often_with_many_rows_as_with_one(
    name: str, client: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    review = presented()
    an_answer(review)
    url = {
        "list": reverse("casereviews:portfolio"),
        "record": review.get_absolute_url(),
        "timeline": reverse("casereviews:timeline", args=[review.pk]),
        "numbers": reverse("casereviews:numbers"),
        "themes": reverse("casereviews:themes"),
        "api": reverse("api:case-review-list"),
    }[name]
    _fill(review)
    client.get(url)
    with django_assert_max_num_queries(60) as counted:
        client.get(url)
    for number in range(4):
        an_answer(presented(f"Tree {number}"))
        _fill(fresh(review))
    with django_assert_num_queries(len(counted)):
        client.get(url)


def _fill(review: CaseReview) -> None:
    an_answer(review)
    pause = running.pause_review(review=review, scope="part", part="A", reason="R", on=TODAY, by=None, today=TODAY)
    running.resume_review(pause=pause, on=TODAY, by=None, today=TODAY)
    running.note_proceedings(review=review, kind="inquest", on=TODAY, by=None, today=TODAY)
    running.seat_on_panel(review=review, position="Head", on=TODAY, by=None, today=TODAY)
    papers.add_paper(review=review, kind="other", on=TODAY, about="A paper", by=None, today=TODAY)


def test_the_chair_reads_and_does_not_write(client: Client) -> None:
    review = presented()
    client.force_login(person(IndependentChair))
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Record the next stage" not in page
    assert "Conflicts of interest" not in page
    assert "Record a referral" not in client.get(reverse("casereviews:portfolio")).content.decode()
