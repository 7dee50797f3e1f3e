"""What is on the board's pages, who reaches them, and how often they ask the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from boards import services
from boards.models import Contribution, Group, Holder, Seat
from lscb.accounts.roles import LayMember
from lscb.actions.services import Asked
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead, manager, member, outsider

from .factories import APRIL, TODAY, YEAR, a_contribution, a_group, a_seat, the_board

pytestmark = pytest.mark.django_db

READ, RUN, MONEY = "read", "run", "money"


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pages() -> dict[str, tuple[str, str]]:
    """Every address of the board and what it takes."""
    group, seat, money = a_group("Neglect"), a_seat(), a_contribution()
    holder = services.fill_seat(seat=seat, name="Jo Bloggs", starts_on=APRIL, by=None)
    services.set_theme(year=YEAR, number=1, text="Neglect", by=None)
    year = [str(YEAR)]
    return {
        "structure": (reverse("boards:structure"), READ),
        "membership": (reverse("boards:membership"), READ),
        "group_list": (reverse("boards:group_list"), READ),
        "group": (reverse("boards:group", args=[group.code]), READ),
        "business_plan": (reverse("boards:business_plan", args=year), READ),
        "group_add": (reverse("boards:group_add"), RUN),
        "group_change": (reverse("boards:group_change", args=[group.code]), RUN),
        "group_close": (reverse("boards:group_close", args=[group.code]), RUN),
        "seat_add": (reverse("boards:seat_add", args=[group.code]), RUN),
        "seat": (reverse("boards:seat", args=[seat.pk]), RUN),
        "seat_fill": (reverse("boards:seat_fill", args=[seat.pk]), RUN),
        "seat_end": (reverse("boards:seat_end", args=[seat.pk]), RUN),
        "holding_end": (reverse("boards:holding_end", args=[holder.pk]), RUN),
        "plan_action": (reverse("boards:plan_action", args=year), RUN),
        "theme_set": (reverse("boards:theme_set", args=year), RUN),
        "priority_set": (reverse("boards:priority_set", args=year), RUN),
        "contribution_list": (reverse("boards:contribution_list"), MONEY),
        "contribution": (reverse("boards:contribution", args=[money.pk]), MONEY),
        "contribution_add": (reverse("boards:contribution_add"), RUN),
        "contribution_change": (reverse("boards:contribution_change", args=[money.pk]), RUN),
        "contribution_invoice": (reverse("boards:contribution_invoice", args=[money.pk]), RUN),
        "contribution_payment": (reverse("boards:contribution_payment", args=[money.pk]), RUN),
    }


def test_four_people_at_every_door() -> None:
    doors = pages()
    people: dict[str, tuple[Client, Callable[[str], int]]] = {
        "manager": (signed_in(manager()), lambda needs: 200),
        "lay member": (signed_in(person(LayMember)), lambda needs: 200 if needs == READ else 403),
        "group member": (signed_in(member("neglect")), lambda needs: 200 if needs == READ else 403),
        "agency lead": (signed_in(lead(AgencyFactory())), lambda needs: 404),
        "outsider": (signed_in(outsider()), lambda needs: 404),
    }
    for who, (client, expected) in people.items():
        for name, (url, needs) in doors.items():
            assert client.get(url).status_code == expected(needs), f"{who} at {name}"
    assert Client().get(doors["structure"][0]).status_code == 302, "signing in is asked first"


def test_no_page_by_position_shows_a_name() -> None:
    doors = pages()
    client = signed_in(manager())
    for name in ("structure", "membership", "group_list"):
        assert "Jo Bloggs" not in client.get(doors[name][0]).content.decode()
    board = reverse("boards:group", args=[the_board().code])
    assert "Jo Bloggs" in client.get(board).content.decode()
    assert "Jo Bloggs" not in signed_in(member("neglect")).get(board).content.decode()


def test_structure_is_a_drawing_and_a_list() -> None:
    a_group("Neglect", joint_with_adults_board=True, remit="Strategy on neglect")
    page = signed_in(manager()).get(reverse("boards:structure")).content.decode()
    assert "<svg" in page
    assert "joint with the adults’ board" in page
    assert "Strategy on neglect" in page
    assert ' style="' not in page


def test_as_at_shows_another_day_and_says_what_is_wrong_with_a_day() -> None:
    a_group("Neglect", starts_on=APRIL)
    client = signed_in(manager())
    before = client.get(reverse("boards:structure"), {"as_at": "31 March 2016"}).content.decode()
    assert "Structure as at 31 March 2016" in before
    assert "Neglect Group" not in before
    wrong = client.get(reverse("boards:structure"), {"as_at": "soon"}).content.decode()
    assert "There is a problem" in wrong


def test_a_seat_is_added_filled_and_left_by_its_forms() -> None:
    group, agency, client = a_group("Neglect"), AgencyFactory(), signed_in(manager())
    seat = {"position": "Head", "kind": "member", "agency": agency.pk, "starts_on": "1 April 2016"}
    answer = client.post(reverse("boards:seat_add", args=[group.code]), seat)
    assert answer.url == group.get_absolute_url()
    added = Seat.objects.get(group=group)
    client.post(reverse("boards:seat_fill", args=[added.pk]), {"name": "Jo", "starts_on": "1 April 2016"})
    holder = Holder.objects.get()
    client.post(reverse("boards:holding_end", args=[holder.pk]), {"last_day": "30 June 2016"})
    holder.refresh_from_db()
    assert holder.ends_on == dt.date(2016, 6, 30)


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed() -> None:
    group = a_group("Neglect")
    seat = {"position": "Head teacher", "kind": "member", "starts_on": "1 April 2016"}
    page = signed_in(manager()).post(reverse("boards:seat_add", args=[group.code]), seat).content.decode()
    assert "There is a problem" in page
    assert 'href="#id_agency"' in page
    assert 'value="Head teacher"' in page


def test_the_plan_says_what_is_left_under_each_theme() -> None:
    theme = services.set_theme(year=YEAR, number=1, text="Neglect", by=None)
    client = signed_in(manager())
    asked = {"theme": theme.pk, "what": "Agree a definition", "owner": "Board Manager", "due": "31 March 2099"}
    answer = client.post(reverse("boards:plan_action", args=[str(YEAR)]), asked)
    page = client.get(answer.url).content.decode()
    assert "0 done or closed, 1 left to do" in page
    assert "Agree a definition" in page


def test_money_from_agreement_to_payment_by_its_forms() -> None:
    client, agency = signed_in(manager()), AgencyFactory()
    agreed = {"year": "2016-17", "purpose": "core", "agency": agency.pk, "agreed": "£1,329.50"}
    answer = client.post(reverse("boards:contribution_add"), agreed)
    one = Contribution.objects.get()
    assert answer.url == one.get_absolute_url()
    amount = {"amount": "1329.50", "on": "1 June 2016"}
    client.post(reverse("boards:contribution_invoice", args=[one.pk]), amount)
    client.post(reverse("boards:contribution_payment", args=[one.pk]), amount)
    one.refresh_from_db()
    assert one.received == Decimal("1329.50")
    page = client.get(reverse("boards:contribution_list")).content.decode()
    assert page.count("£1,329.50") == 6, "agreed, invoiced and received: of all, and of the year and purpose"


def test_totals_and_export_are_of_what_is_shown() -> None:
    a_contribution(agency=AgencyFactory(name="=Trust"), agreed=Decimal("10.10"))
    a_contribution(year=YEAR.previous, agreed=Decimal("99"))
    client = signed_in(manager())
    shown = {"year": "2016-17"}
    page = client.get(reverse("boards:contribution_list"), shown).content.decode()
    assert "£10.10" in page
    assert "99.00" not in page
    export = client.get(reverse("boards:contribution_list"), {**shown, "format": "csv"}).content.decode("utf-8-sig")
    lines = export.strip().splitlines()
    assert len(lines) == 2
    assert not lines[1].startswith("=")


@pytest.mark.parametrize(
    "name", ["structure", "membership", "group_list", "group", "business_plan", "contribution_list"]
)
def test_pages_ask_the_database_as_often_with_three_rows_as_with_one(
    name: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    url = pages()[name][0]
    client = signed_in(manager())
    client.get(url)
    group = Group.objects.get(code="neglect")
    _more(group, 1)
    with django_assert_max_num_queries(30) as counted:
        client.get(url)
    _more(group, 2)
    _more(group, 3)
    with django_assert_num_queries(len(counted)):
        client.get(url)


def _more(group: Group, number: int) -> None:
    for one in (group, the_board()):
        services.fill_seat(seat=a_seat(one), name=f"Name {number}", starts_on=APRIL, by=None)
    a_group(f"More {number}", parent=group)
    a_contribution()
    theme = services.set_theme(year=YEAR, number=number, text=f"Theme {number}", by=None)
    asked = [Asked(AgencyFactory()), Asked(AgencyFactory())]
    services.plan_business(theme=theme, what=f"Do {number}", due=TODAY, asked=asked, on=APRIL, by=None)
