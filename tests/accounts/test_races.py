"""The same link accepted many times at once, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import Grant, User
from lscb.accounts.roles import BoardManager, LayMember
from lscb.common.errors import RuleBroken

from .factories import PASSWORD, person

AT_ONCE = 8


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_link_accepted_many_times_at_once_gives_one_account_and_one_role() -> None:
    _, token = services.invite(
        name="Robin", email="robin@example.org", role=LayMember, by=person(BoardManager), at=timezone.now()
    )
    together = Barrier(AT_ONCE)

    def accept(_: int) -> bool:
        together.wait(timeout=10)
        try:
            services.accept_invitation(token=token, name="Robin", password=PASSWORD, at=timezone.now())
        except RuleBroken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        accepted = list(threads.map(accept, range(AT_ONCE)))
    assert accepted.count(True) == 1
    assert User.objects.filter(email="robin@example.org").count() == 1
    assert Grant.objects.filter(role=LayMember.slug).count() == 1
