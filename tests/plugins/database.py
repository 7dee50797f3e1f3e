"""What emptying the database between tests needs to know of the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tests that commit leave by emptying all tables: the trail lets them, and begins anew after each."""
    from django.db.models.signals import post_migrate

    with django_db_blocker.unblock():
        if connection.vendor == "postgresql" and connection.settings_dict["NAME"].startswith("test_"):
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER trail_event_is_not_emptied")
    post_migrate.connect(begin_the_chain_anew)
    with empty_what_is_filled():
        yield
    post_migrate.disconnect(begin_the_chain_anew)
    with django_db_blocker.unblock():
        hang_up_for_others()


@contextmanager
def empty_what_is_filled() -> Iterator[None]:
    """PostgreSQL writes new files for each table it empties: hundreds after each test that commits, for nearly nothing.

    Only those that hold something are emptied, with whatever refers to them.
    """
    if connection.vendor != "postgresql":
        yield
        return
    every = connection.ops.sql_flush

    def filled(style: Any, tables: list[str], **kwargs: Any) -> list[str]:
        asked = " UNION ALL ".join(
            f"SELECT {number} WHERE EXISTS (SELECT FROM {connection.ops.quote_name(table)})"
            for number, table in enumerate(tables)
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            some = [tables[number] for (number,) in cursor.fetchall()]
        return every(style, some, **{**kwargs, "allow_cascade": True}) if some else []

    connection.ops.sql_flush = filled
    yield
    connection.ops.sql_flush = every


def hang_up_for_others() -> None:
    """A worker that was killed on purpose may leave its connection behind, and a database in use is not dropped."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def begin_the_chain_anew(**kwargs: Any) -> None:
    """Django sends post_migrate when it has emptied the tables."""
    from lscb.trail.models import ChainEnd
    from lscb.trail.services import seal

    ChainEnd.objects.get_or_create(only=True, defaults={"number": 0, "digest": "", "seal": seal(0, "")})
