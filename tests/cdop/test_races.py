"""The same notification sent many times at once is one death, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from cdop.models import Death, NotificationDraft
from cdop.services import notifying

from . import samples as s

AT_ONCE = 6
pytestmark = [pytest.mark.needs_postgres, pytest.mark.django_db(transaction=True)]


def at_once(do: Callable[[], str]) -> list[str]:
    together = Barrier(AT_ONCE)

    def one(_: int) -> str:
        together.wait(timeout=20)
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(AT_ONCE)))


def send(draft: NotificationDraft) -> str:
    given = {"born_on": s.BORN, "died_on": s.DIED, "notified_on": s.NOTIFIED, "via": "form", **s.CHILD}
    return notifying.send_draft(draft=draft, by=None, today=s.TODAY, now=timezone.now(), **given)


def test_a_notification_sent_many_times_at_once_is_one() -> None:
    _, draft = notifying.begin_draft(now=timezone.now())
    references = at_once(lambda: send(draft))
    assert len(set(references)) == 1
    assert Death.objects.count() == 1


def test_without_the_lock_it_would_be_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard taken out: what the test above would then see."""
    _, draft = notifying.begin_draft(now=timezone.now())
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    true = notifying.notify
    together = Barrier(AT_ONCE)

    def slow(**given: object) -> Death:
        together.wait(timeout=20)
        return true(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(notifying, "notify", slow)
    monkeypatch.setattr(notifying, "record", lambda **kwargs: None)
    assert len(set(at_once(lambda: send(draft)))) == AT_ONCE
    assert Death.objects.count() == AT_ONCE
