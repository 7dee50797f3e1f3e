"""The pages of the dataset: for whom they are there, what is on them, and what they do."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dataset.models import Edition, Figure, Indicator
from dataset.services import compile_edition, redefine_indicator, set_comparator
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyContributor, BoardAnalyst, IndependentChair, LayMember, Professional
from lscb.common.periods import FinancialYear, parse_period
from lscb.jobs.models import Job
from lscb.trail.models import Event
from tests.accounts.factories import person

from .factories import Q4, figure, indicator, moment, percent, quarters, rated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waived")]
Board = dict[str, Any]


@pytest.fixture
def board() -> Board:
    """Two indicators of two agencies with figures, one edition, and four people, the last of them an outsider."""
    looked_after = rated("looked_after", numerator_label="looked after children")
    for number, value in enumerate((611, 596, 573, 542), start=1):
        figure(looked_after, f"2016-17Q{number}", value, numerator=value, denominator=49200)
    for against, value in (("neighbours", 76), ("region", 52), ("england", 60)):
        set_comparator(
            indicator=looked_after, against=against, year=FinancialYear(2016), value=Decimal(value),
            period_label="31 March 2016", by=None, at=moment("2017-01-01"),
        )  # fmt: skip
    neet = percent("neet", kind="stock", target=Decimal(4), tolerance=Decimal(1), polarity="lower", on_met=True)
    for number, part in enumerate((226, 233, 216, 211), start=1):
        figure(neet, f"2016-17Q{number}", numerator=part, denominator=4905)
    redefine_indicator(
        indicator=neet, text="Other ages.", from_period=parse_period("2016-17Q2"), by=None, at=moment("2016-07-01")
    )
    indicator("not_sent")
    return {
        "edition": compile_edition(quarter=Q4, as_at=moment("2017-05-01"), by=None),
        "analyst": person(BoardAnalyst),
        "chair": person(IndependentChair),
        "lay": person(LayMember),
        "sender": person(AgencyContributor, agency=looked_after.source_agency),
        "outsider": person(Professional),
    }


def as_(client: Client, user: User) -> Client:
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return " ".join(response.content.decode().split())


# ---- Who gets in -----------------------------------------------------------------------------------------------------

DOORS = {
    # route: (argument, who sees it, who is refused); to everybody else it does not exist
    "edition_list": ((), {"analyst", "chair", "lay"}, set()),
    "edition_detail": (("2016-17Q4", 1), {"analyst", "chair", "lay"}, set()),
    "edition_export": (("2016-17Q4", 1, "csv"), {"analyst", "chair", "lay"}, set()),
    "edition_compile": ((), {"analyst"}, {"chair", "lay"}),
    "indicator_list": ((), {"analyst", "chair", "lay"}, set()),
    "indicator_detail": (("looked_after",), {"analyst", "chair", "lay", "sender"}, set()),
    "indicator_add": ((), {"analyst"}, {"chair", "lay"}),
    "indicator_change": (("looked_after",), {"analyst"}, {"chair", "lay"}),
    "indicator_redefine": (("looked_after",), {"analyst"}, {"chair", "lay"}),
    "comparator_set": (("looked_after",), {"analyst"}, {"chair", "lay"}),
    "figure_list": ((), {"analyst", "chair", "sender"}, set()),
    "figure_record": ((), {"analyst"}, {"chair", "lay"}),
    "figure_import": ((), {"analyst"}, {"chair", "lay"}),
    "figure_template": ((), {"analyst"}, {"chair", "lay"}),
}


@pytest.mark.parametrize("route", DOORS)
def test_who_gets_in(client: Client, board: Board, route: str) -> None:
    args, inside, refused = DOORS[route]
    for name in ("analyst", "chair", "lay", "sender", "outsider"):
        expected = 200 if name in inside else 403 if name in refused else 404
        response = as_(client, board[name]).get(reverse(f"dataset:{route}", args=args))
        assert (name, response.status_code) == (name, expected)


def test_an_agency_sees_its_own_indicator_and_no_other(client: Client, board: Board) -> None:
    as_(client, board["sender"])
    assert "542" in page(client, reverse("dataset:indicator_detail", args=["looked_after"]))
    assert client.get(reverse("dataset:indicator_detail", args=["neet"])).status_code == 404
    listed = page(client, reverse("dataset:figure_list"))
    assert "Looked after" in listed
    assert "Neet" not in listed
    sheet = client.get(reverse("dataset:figure_list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(sheet)))) == 5


def test_a_reader_of_editions_sees_nothing_that_was_not_compiled(client: Client, board: Board) -> None:
    figure(Indicator.objects.get(code="looked_after"), "2017-18Q1", 999, numerator=999, denominator=49200)
    url = reverse("dataset:indicator_detail", args=["looked_after"])
    assert "999" not in page(as_(client, board["lay"]), url)
    assert "999" in page(as_(client, board["chair"]), url)


# ---- The scorecard ---------------------------------------------------------------------------------------------------


def test_the_scorecard_shows_values_changes_rates_others_and_a_reading(client: Client, board: Board) -> None:
    shown = page(as_(client, board["lay"]), board["edition"].get_absolute_url())
    for text in (
        "as at 1 May 2017", "2 of 3 agencies", "<strong>542</strong>", "-5.4%", "110", "76 · 52 · 60",
        "falls; above neighbours, Region and England", "govuk-tag--amber", "new definition from Q2 2016-17",
        "Missing from this edition:", "(Not sent)", "<svg",
    ):  # fmt: skip
        assert text in shown, text


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?scorecard=met", "Neet", "Looked after"),
        ("?attention=yes", "Neet", "Looked after"),
        ("", "Looked after", "x x"),
    ],
)
def test_the_scorecard_is_narrowed_and_its_files_hold_exactly_what_it_shows(
    client: Client, board: Board, query: str, there: str, gone: str
) -> None:
    as_(client, board["lay"])
    shown = page(client, board["edition"].get_absolute_url() + query)
    files = [reverse("dataset:edition_export", args=["2016-17Q4", 1, name]) + query for name in ("csv", "xlsx")]
    table = client.get(files[0]).content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get(files[1]).content))
    names = [line[1] for line in csv.reader(io.StringIO(table))][1:]
    assert [row[1] for row in book["Scorecard"].iter_rows(min_row=2, values_only=True)] == names
    for text in (shown, table):
        assert there in text
        assert gone not in text
    assert Event.objects.of(board["edition"]).filter(verb__startswith="exported").count() == 2


def test_a_file_holds_numbers_as_numbers(client: Client, board: Board) -> None:
    url = reverse("dataset:edition_export", args=["2016-17Q4", 1, "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(as_(client, board["lay"]).get(url).content))
    head, first = (next(book["Scorecard"].iter_rows(min_row=n, max_row=n, values_only=True)) for n in (1, 2))
    row = dict(zip(head, first, strict=True))
    assert (row["Current"], row["Change on previous"], row["Rate"], row["England"]) == (542, -5.4, 110.2, 60)
    assert ("SHA-256", board["edition"].digest) in list(book["About"].iter_rows(values_only=True))


@pytest.mark.parametrize("args", [("2016-17Q4", 2), ("2016-17Q5", 1), ("nonsense", 1)])
def test_an_edition_that_is_not_there_is_not_found(client: Client, board: Board, args: tuple[str, int]) -> None:
    assert as_(client, board["lay"]).get(reverse("dataset:edition_detail", args=args)).status_code == 404


def test_the_indicator_page_shows_series_definitions_others_and_revisions(client: Client, board: Board) -> None:
    figure(Indicator.objects.get(code="neet"), "2016-17Q4", numerator=212, denominator=4905, on="2017-05-20")
    as_(client, board["analyst"])
    shown = page(client, reverse("dataset:indicator_detail", args=["neet"]))
    for text in ("Version 2, from Q2 2016-17", "Other ages.", "Figures that were corrected", "new definition", "<svg"):
        assert text in shown, text
    assert "Statistical neighbours" in page(client, reverse("dataset:indicator_detail", args=["looked_after"]))


# ---- Lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["edition_list", "indicator_list", "figure_list"])
def test_a_list_needs_as_many_queries_for_three_rows_as_for_one(client: Client, route: str) -> None:
    as_(client, person(BoardAnalyst))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            figure(indicator(), "2016-17Q4", 1)
            compile_edition(quarter=Q4, as_at=moment("2017-05-01"), by=None)
        client.get(reverse(f"dataset:{route}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(f"dataset:{route}"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_figures_are_filtered_by_indicator_year_and_status(client: Client, board: Board) -> None:
    one = indicator("kept")
    quarters(one, "2015-16", 1, 2, 3, 4)
    figure(one, "2016-17Q1", 777, status="provisional")
    as_(client, board["analyst"])
    url = reverse("dataset:figure_list")
    assert "4 figures" in page(client, f"{url}?indicator={one.code}&year=2015-16")
    assert "777" in page(client, f"{url}?status=provisional")
    assert "1 figure" in page(client, f"{url}?status=provisional")


# ---- Writing ---------------------------------------------------------------------------------------------------------


def test_an_indicator_is_added_changed_and_redefined(client: Client, board: Board) -> None:
    as_(client, board["analyst"])
    agency = Indicator.objects.get(code="neet").source_agency
    asked = {
        "code": "new_one", "title": "New one", "source_agency": agency.pk, "definition": "Counted so.", "unit": "count",
        "decimals": 0, "kind": "flow", "frequency": "quarter", "polarity": "neither", "disclosure_class": "children",
        "position": 5, "on_main": "on", "expected_change": 25,
    }  # fmt: skip
    assert client.post(reverse("dataset:indicator_add"), asked | {"unit": "rate"}).status_code == 200
    response = client.post(reverse("dataset:indicator_add"), asked)
    assert response.headers["Location"] == reverse("dataset:indicator_detail", args=["new_one"])
    client.post(reverse("dataset:indicator_change", args=["new_one"]), asked | {"title": "Newer", "code": "other"})
    client.post(reverse("dataset:indicator_redefine", args=["new_one"]), {"from_period": "Q1 2016-17", "text": "So."})
    client.post(
        reverse("dataset:comparator_set", args=["new_one"]),
        {"against": "england", "year": "2025-26", "value": "7", "period_label": "2025"},
    )
    one = Indicator.objects.get(code="new_one")
    assert (one.title, one.definitions.count(), one.comparators.get().value) == ("Newer", 2, 7)
    assert one.comparators.get().recorded_by == board["analyst"]


def test_a_figure_is_recorded_or_refused_at_its_field(client: Client, board: Board) -> None:
    one = Indicator.objects.get(code="neet")
    asked = {"indicator": one.pk, "period": "2016-17 Q4", "numerator": 212, "denominator": 4905, "status": "final"}
    as_(client, board["analyst"])
    refused = client.post(reverse("dataset:figure_record"), asked | {"value": "9.9"})
    assert "does not follow from its parts" in refused.content.decode()
    client.post(reverse("dataset:figure_record"), asked)
    latest = Figure.objects.latest_revisions().get(indicator=one, period="2016-17Q4")
    assert (latest.revision, latest.numerator, latest.recorded_by) == (2, 212, board["analyst"])


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("figures.csv", text.encode("cp1252"), content_type="text/csv")


def test_a_file_is_looked_into_and_then_confirmed_or_every_error_stands_in_a_table(
    client: Client, board: Board
) -> None:
    as_(client, board["analyst"])
    url = reverse("dataset:figure_import")
    head = "indicator,period,value\n"
    wrong = client.post(url, {"file": upload(head + "not_sent,2016-17Q4,>5\nnot_known,2016-17Q4,8.5\n")}, follow=True)
    shown = wrong.content.decode()
    for text in ("2 errors were found", "Nothing was recorded", "A (indicator)", "C (value)", "row 2", "&gt;5"):
        assert text in shown, text
    looked = client.post(url, {"file": upload(head + 'not_sent,2016-17Q4,"1,039"\n'), "quarter": "2016-17 Q4"})
    page_of_file = client.get(looked["Location"])
    for text in ("“1,039” read as 1039.", "Read as UTF-8", "Send these figures", "<strong>1,039</strong>"):
        assert text in page_of_file.content.decode(), text
    assert not Figure.objects.filter(indicator__code="not_sent").exists()
    right = client.post(looked["Location"], {"once": page_of_file.context["once"]}, follow=True)
    assert "1 figure was recorded." in right.content.decode()
    assert Figure.objects.get(indicator__code="not_sent").value == 1039


def test_compiling_is_asked_for_once_and_leads_to_the_job(
    client: Client, board: Board, django_capture_on_commit_callbacks: Any
) -> None:
    as_(client, board["analyst"])
    asked = {"quarter": "2023-24Q4", "status": "final", "as_at": "28 April 2024"}
    url = reverse("dataset:edition_compile")
    for _ in range(2):
        response = client.post(url, asked)
        job = Job.objects.get()
        assert response.headers["Location"] == job.get_absolute_url()
    assert job.arguments["as_at"].startswith("2024-04-29T00:00:00+01:00")
    late = client.post(url, asked | {"as_at": "30 March 2024"})
    assert "ends on 31 March 2024" in late.content.decode()


def test_nothing_but_what_may_be_seen_is_in_the_api(board: Board, rf: Any) -> None:
    from dataset import api

    def told(view: Any, user: User, action: str = "list", **kwargs: Any) -> Any:
        request = rf.get("/")
        request.user = user
        from rest_framework.test import force_authenticate

        force_authenticate(request, user)
        return view.as_view({"get": action})(request, **kwargs)

    assert {one["indicator"] for one in told(api.Figures, board["sender"]).data["results"]} == {"looked_after"}
    assert len(told(api.Figures, board["chair"]).data["results"]) == 8
    assert [told(view, board["outsider"]).status_code for view in (api.Figures, api.Indicators, api.Editions)] == [
        404
    ] * 3
    assert told(api.Figures, board["lay"]).status_code == 404
    whole = told(api.Editions, board["lay"], "retrieve", pk=board["edition"].pk).data
    assert whole["content"] == Edition.objects.get().content
    assert told(api.Editions, board["sender"]).status_code == 404


def test_what_waits_for_the_analyst_is_the_quarter_that_ended_last(board: Board) -> None:
    from dataset.waiting import waiting_for

    day = dt.date(2017, 5, 2)
    assert waiting_for(board["analyst"], day) == []
    assert [one.title for one in waiting_for(board["analyst"], dt.date(2017, 8, 2))] == ["Dataset Q1 2017-18"]
    assert waiting_for(board["lay"], dt.date(2017, 8, 2)) == []
