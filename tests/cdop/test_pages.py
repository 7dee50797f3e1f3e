"""The pages: what stands on them, for whom, and with how many queries."""

from __future__ import annotations

from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdop.models import Identity, Purpose
from lscb.accounts.models import User
from lscb.accounts.roles import IndependentChair
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead

from . import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_ask_as_often_with_many_rows_as_with_one(client: Client) -> None:
    agency = AgencyFactory()
    deaths = [s.a_death()]
    meeting = s.a_panel(*deaths)
    s.asked(deaths[0], agency)
    s.released(deaths[0], s.officer(), s.doctor())
    addresses = [reverse("cdop:death_list"), reverse("cdop:report_list"), reverse("cdop:panel_list"), reverse("home")]
    addresses.append(reverse("cdop:panel", args=[meeting.pk]))
    signed_in(client, s.officer())
    once = [queries(client, address) for address in addresses]
    for _ in range(20):
        deaths.append(s.a_death())
        s.asked(deaths[-1], agency)
    s.a_panel(*deaths)
    assert [queries(client, address) for address in addresses] == once


def test_who_the_child_was_is_shown_for_a_purpose_and_by_a_form_alone(client: Client) -> None:
    death = s.a_death()
    signed_in(client, s.doctor())
    address = reverse("cdop:identity", args=[death.pk])
    assert "Neverwas" not in client.get(address).content.decode()
    refused = client.post(address, {}).content.decode()
    assert "Answer the question: Why do you need to know?" in refused
    assert "Neverwas" not in refused
    shown = client.post(address, {"purpose": Purpose.FAMILY}).content.decode()
    assert "O’Neverwas-Inkling" in shown
    viewers = client.get(reverse("cdop:viewers", args=[death.pk])).content.decode()
    assert "Who the child was. For contact with the family or its key worker" in viewers


def test_the_second_of_two_people_sees_both_texts(client: Client) -> None:
    death = s.filled_in(s.a_death())
    signed_in(client, s.officer())
    address = reverse("cdop:review_learning", args=[death.pk])
    late = client.post(address, {"version": "0", "learning": "Mine."})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Listen." in page
    assert "Mine." in page
    assert client.post(address, {"version": "1", "learning": "Both."}).status_code == 302


def test_the_record_is_corrected_on_its_page(client: Client) -> None:
    death = s.a_death()
    signed_in(client, s.officer())
    address = reverse("cdop:identity_correct", args=[death.pk])
    assert "Madeup Street" in client.get(address).content.decode()
    days = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("born_on", s.BORN), ("died_on", s.DIED))
        for part in ("day", "month", "year")
    }
    typed = {"given_names": "Alexandra", "family_name": "Neverwas", "version": "1", **days}
    assert client.post(address, typed).status_code == 302
    assert Identity.objects.get().given_names == "Alexandra"
    typed["given_names"] = "Another"
    assert client.post(address, typed).status_code == 409


def test_an_agency_sees_its_request_and_nothing_of_the_family(client: Client) -> None:
    agency = AgencyFactory(name="Police")
    death = s.a_death()
    [report] = s.asked(death, agency)
    signed_in(client, lead(agency))
    for name in ("cdop:report", "cdop:report_answer"):
        page = client.get(reverse(name, args=[report.pk])).content.decode()
        assert death.reference in page
        assert not [word for word in ("Alexandra", "Neverwas", "1-4 years", "Madeup", "3 June") if word in page]
    assert client.post(reverse("cdop:report_not_known", args=[report.pk])).status_code == 302
    report.refresh_from_db()
    assert report.state == "not_known"


def test_the_papers_of_a_meeting_are_one_tagged_document_of_what_is_released(client: Client, tmp_path: Any) -> None:
    first, second, officer = s.a_death(), s.a_death(), s.officer()
    meeting = s.a_panel(first, second)
    address = reverse("cdop:panel_papers", args=[meeting.pk])
    signed_in(client, s.panel_member())
    assert client.get(address).status_code == 404
    s.released(first, officer, s.doctor(), summary="The child fell ill in the night.")
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="panel-papers-2016-11-09.pdf"'
    (tmp_path / "papers.pdf").write_bytes(response.content)
    with pikepdf.open(tmp_path / "papers.pdf") as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.MarkInfo.Marked
    assert Event.objects.filter(verb="viewed", target=first.reference, reason="Papers of the meeting").count() == 1
    assert not Event.objects.filter(verb="viewed", target=second.reference, reason="Papers of the meeting").exists()


def test_what_is_held_back_is_read_by_who_may_know_alone(client: Client) -> None:
    death = s.filled_in(s.a_death())
    s.a_panel(death)
    type(death).objects.update(held_back=True)
    member = signed_in(client, s.panel_member()).get(death.get_absolute_url()).content.decode()
    assert "being checked" in member
    assert "Listen." not in member
    assert "Listen." in signed_in(client, s.officer()).get(death.get_absolute_url()).content.decode()


def test_a_workbook_of_the_return_is_exported_onto_the_trail(client: Client) -> None:
    s.completed(s.a_death(), s.officer(), s.doctor())
    signed_in(client, person(IndependentChair))
    response = client.get(reverse("cdop:return"), {"year": "2016-17", "format": "xlsx"})
    assert response["Content-Disposition"] == 'attachment; filename="child-deaths-2016-17.xlsx"'
    assert Event.objects.filter(verb="exported the annual return of 2016-17").exists()
    assert client.get(reverse("cdop:return"), {"year": "1999-00"}).status_code == 404
