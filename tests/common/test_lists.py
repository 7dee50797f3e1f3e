"""The list page over areas, of which any number can be made."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_filters import CharFilter, ChoiceFilter, FilterSet
from openpyxl import load_workbook

from lscb.accounts.models import Area
from lscb.common.lists import DayRangeFilter, ListColumn, ListPage, Tag

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns: list[Any] = []
recorded: list[tuple[str, int]] = []


class AreaFilter(FilterSet):
    name = CharFilter(label="Name", lookup_expr="icontains")
    is_home = ChoiceFilter(label="Ours", choices=[("True", "Our own"), ("False", "Neighbours")], empty_label="All")

    class Meta:
        model = Area
        fields: Sequence[str] = []


class Dated(FilterSet):
    name = DayRangeFilter(label="Raised")

    class Meta:
        model = Area
        fields: Sequence[str] = []


class Areas(ListPage):
    title = "Areas"
    nouns = ("area", "areas")
    filterset_class = AreaFilter
    default_sort = "name"
    page_size = 5
    columns = [
        ListColumn("Name", "name", sort="name", link=lambda area: f"/area/{area.pk}/"),
        ListColumn("Letters", lambda area: len(area.name) * 1000, numeric=True),
        ListColumn("Ours", lambda area: Tag("our own", "green") if area.is_home else Tag("neighbour"), tag=True),
    ]

    def get_queryset(self) -> QuerySet[Area]:
        return Area.objects.exclude(name="Hidden")

    def record_export(self, format: str, count: int) -> None:
        recorded.append((format, count))


@pytest.fixture(autouse=True)
def areas() -> None:
    recorded.clear()
    Area.objects.all().delete()
    Area.objects.create(name="Southampton", is_home=True)
    Area.objects.create(name="Hidden")
    for number in range(11):
        Area.objects.create(name=f"Place {number:02}")


def answer(query: str = "", view: type[ListPage] = Areas) -> HttpResponse:
    request: HttpRequest = RequestFactory().get(f"/areas/{query}")
    response = view.as_view()(request)
    return response.render() if hasattr(response, "render") else response


def page(query: str = "", view: type[ListPage] = Areas) -> str:
    return answer(query, view).content.decode()


def listed(query: str = "") -> list[str]:
    request = RequestFactory().get(f"/areas/{query}")
    response: Any = Areas.as_view()(request)
    return [row[0].text for row in response.context_data["list"].rows]


def test_a_page_says_how_many_and_where_it_is() -> None:
    text = page("?page=2")
    assert "12 areas, page 2 of 3" in text
    assert '<a class="govuk-link" href="/area/' in text
    assert '<strong class="govuk-tag govuk-tag--grey">neighbour</strong>' in text
    assert 'aria-current="page"' in text


def test_a_page_beyond_the_last_gives_the_last() -> None:
    assert listed("?page=99") == ["Place 10", "Southampton"]
    assert listed("?page=x")[0] == "Place 00"


def test_sorting_takes_declared_columns_only() -> None:
    assert listed("?sort=-name")[0] == "Southampton"
    assert listed("?sort=name")[0] == "Place 00"
    assert listed("?sort=-is_home") == listed("?sort=letters") == listed("?sort=--name") == listed()


def test_a_sorted_heading_says_so_and_turns_round() -> None:
    text = page("?sort=name&name=place&page=2")
    assert 'aria-sort="ascending"' in text
    assert "/areas/?sort=-name&amp;name=place" in text


def test_a_filter_in_force_is_a_chip_that_can_be_removed() -> None:
    text = page("?is_home=False&name=place&page=2&sort=-name")
    assert "Ours: Neighbours" in text
    assert "Name: place" in text
    assert 'href="/areas/?name=place&amp;sort=-name"' in text
    assert 'href="/areas/?sort=-name"' in text
    assert "11 areas" in text


def test_nothing_found_says_how_to_go_on() -> None:
    assert "Nothing matches these filters" in page("?name=zzz")
    Area.objects.all().delete()
    assert "There are no areas yet." in page()


def test_a_filter_that_cannot_be_understood_shows_an_error_and_no_rows() -> None:
    class DatedAreas(Areas):
        filterset_class = Dated

    text = page("?name_after=soon", DatedAreas)
    assert "There is a problem" in text
    assert "<title>Error: " in text
    assert 'href="#id_name_0"' in text
    assert 'id="id_name_0"' in text
    assert 'value="soon"' in text
    assert "Place 00" not in text
    assert "Raised: from 1 may 2016" in page("?name_after=1+may+2016", DatedAreas)


def test_an_export_holds_exactly_the_rows_of_all_pages_in_their_order() -> None:
    rows = list(csv.reader(io.StringIO(answer("?format=csv&name=place&sort=-name&page=2").content.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Letters", "Ours"]
    assert [row[0] for row in rows[1:]] == [f"Place {number:02}" for number in reversed(range(11))]
    assert rows[1][1:] == ["8000", "neighbour"]
    assert recorded == [("csv", 11)]


def test_an_exported_workbook_keeps_numbers_and_makes_no_formula() -> None:
    Area.objects.create(name="=1+1")
    response = answer("?format=xlsx&sort=-name")
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[0] == "=1+1"
    assert sheet.cell(sheet.max_row, 1).data_type == "s"
    assert last[1] == 4000
    assert response["Content-Disposition"].startswith('attachment; filename="areas-')


def test_an_export_that_nobody_records_does_not_leave() -> None:
    class Unrecorded(Areas):
        record_export = ListPage.record_export

    with pytest.raises(NotImplementedError):
        answer("?format=csv", Unrecorded)


def test_a_list_that_is_not_exportable_stays_a_page() -> None:
    class Kept(Areas):
        exportable = False

    text = page("?format=csv", Kept)
    assert "Take these" not in text
    assert "12 areas" in text
    assert not recorded


def test_text_from_records_is_escaped() -> None:
    Area.objects.create(name="<script>alert(1)</script>")
    assert "<script>alert" not in page("?name=script")


def test_one_row_and_three_rows_cost_the_same_queries() -> None:
    page()  # reads the names of things, which stay for a moment
    counts = []
    for name in ("Place 00", "Place 0"):
        with CaptureQueriesContext(connection) as queries:
            page(f"?name={name.replace(' ', '+')}")
        counts.append(len(queries))
    assert counts[0] == counts[1] == 3  # how many, which, and whether this is a restored copy
