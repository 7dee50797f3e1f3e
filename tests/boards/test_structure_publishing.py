"""What the public reads of the board: the version that was published, and nothing that changed since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from boards import publishing, services
from boards.invariants import broken
from boards.models import PublishedStructure
from lscb.accounts.roles import LayMember
from lscb.common.errors import RuleBroken
from lscb.common.periods import LONDON
from tests.actions.factories import AgencyFactory, lead, manager, person

from .factories import APRIL, TODAY, a_group, a_seat, the_board

pytestmark = pytest.mark.django_db
AT = dt.datetime(2017, 3, 31, 12, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def publish(**kwargs: Any) -> PublishedStructure:
    return publishing.publish_structure(**{"as_at": TODAY, "by": None, "at": AT, **kwargs})


def public() -> str:
    return Client().get(reverse("public:board")).content.decode()


def test_the_public_reads_published_versions_only_and_no_name() -> None:
    agency = AgencyFactory(name="Solent NHS Trust")
    services.fill_seat(seat=a_seat(agency=agency), name="Jo Bloggs", starts_on=APRIL, by=None)
    assert "Nothing is published yet" in public()
    publish()
    a_group("Neglect")
    services.end_seat(seat=agency.seats.get(), last_day=TODAY, by=None)
    page = public()
    assert "Solent NHS Trust" in page
    assert "Director of Nursing" in page
    for hidden in ("Jo Bloggs", "Neglect Group"):
        assert hidden not in page
    publish(as_at=TODAY + dt.timedelta(days=1), at=AT + dt.timedelta(days=1))
    assert "Neglect Group" in public()
    assert "Solent NHS Trust" not in public()
    assert list(broken(TODAY)) == []


def test_what_was_not_previewed_is_not_published() -> None:
    the_board()
    seen = publishing.digest(publishing.structure_as_public(TODAY))
    a_group("Neglect")
    with pytest.raises(RuleBroken, match="Look at the preview again"):
        publish(seen=seen)
    first = publish(seen=publishing.digest(publishing.structure_as_public(TODAY)))
    assert publish() == first, "the public reads this already"
    with pytest.raises(PermissionDenied):
        publish(by=person(LayMember))


def test_a_board_without_groups_publishes_nothing() -> None:
    with pytest.raises(RuleBroken, match="nothing to publish"):
        publish()


def test_the_page_shows_what_is_published_and_publishes_what_it_showed() -> None:
    a_group("Neglect")
    address, client = reverse("boards:structure_publish"), signed_in(manager())
    page = client.get(address)
    assert "Neglect Group" in page.content.decode()
    a_group("Added meanwhile")
    refused = client.post(address, {"seen": page.context["form"]["seen"].value()})
    assert "Look at the preview again" in refused.content.decode()
    again = refused.context["form"]["seen"].value()
    assert client.post(address, {"seen": again})["Location"] == reverse("public:board")
    assert "Added meanwhile" in public()
    assert signed_in(person(LayMember)).get(address).status_code == 403
    assert signed_in(lead(AgencyFactory())).get(address).status_code == 404


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_published_version_is_kept() -> None:
    the_board()
    version = publish()
    version.content = {}
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        PublishedStructure.objects.all().delete()


@pytest.mark.needs_postgres
def test_the_database_itself_keeps_a_published_version() -> None:
    the_board()
    publish()
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedStructure._base_manager.all()._raw_delete("default")
