"""Nobody can touch the trail without being found out."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from lscb.accounts.models import Area
from lscb.trail.models import ChainEnd, Event
from lscb.trail.services import broken_links, changes_between, digest, record, viewed


@pytest.fixture
def five_events(db: None) -> list[Event]:
    area = Area.objects.create(name="Portsmouth")
    with transaction.atomic():
        return [
            record(
                verb=f"changed {number}",
                by=None,
                target=area,
                changes={
                    "name": ("Ports\u2019mouth ünd \U0001f600", f"Portsmouth {number}"),
                    "b": (None, 1.5),
                    "a": (0, ""),
                },
                reason="Because 'quotes' and \"more\"",
            )
            for number in range(1, 6)
        ]


def sql(statement: str, *values: Any) -> None:
    """As somebody would who has the database but not the key."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_event ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER trail_event_is_not_emptied")


def change_a_field(name: str, value: Any) -> Callable[[], None]:
    return lambda: sql(f"UPDATE trail_event SET {name} = %s WHERE number = 3", value)


def remove_one() -> None:
    sql("DELETE FROM trail_event WHERE number = 3")


def remove_one_and_close_the_gap() -> None:
    sql("DELETE FROM trail_event WHERE number = 3")
    for number in (4, 5):
        sql("UPDATE trail_event SET number = %s WHERE number = %s", number - 1, number)


def swap_two() -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        sql("UPDATE trail_event SET number = %s WHERE number = %s", new, old)


def cut_the_tail() -> None:
    sql("DELETE FROM trail_event WHERE number > 3")


def cut_the_tail_and_write_its_end() -> None:
    sql("DELETE FROM trail_event WHERE number > 3")
    sql("UPDATE trail_chainend SET number = 3, digest = (SELECT digest FROM trail_event WHERE number = 3)")


def wipe_it_and_begin_anew() -> None:
    sql("DELETE FROM trail_event")
    sql("UPDATE trail_chainend SET number = 0, digest = '', seal = ''")


def remove_its_end() -> None:
    sql("DELETE FROM trail_chainend")


def add_one_without_the_key() -> None:
    sql(
        "INSERT INTO trail_event (number, at, actor, actor_key, verb, target_type, target_key, target, changes, reason,"
        " digest) SELECT 6, at, actor, actor_key, verb, target_type, target_key, target, changes, reason, digest"
        " FROM trail_event WHERE number = 5"
    )


FIELDS: list[tuple[str, Any]] = [
    ("at", dt.datetime(2017, 1, 1, tzinfo=dt.UTC)),
    ("actor", "Somebody else"),
    ("actor_key", "4711"),
    ("verb", "did nothing"),
    ("target_type", "boards.group"),
    ("target_key", "999"),
    ("target", "Southampton"),
    ("changes", "{}"),
    ("reason", ""),
    ("digest", "0" * 64),
]
TAMPERINGS = [
    *(pytest.param(change_a_field(name, value), id=f"change {name}") for name, value in FIELDS),
    *(
        pytest.param(tamper, id=tamper.__name__.replace("_", " "))
        for tamper in (
            remove_one,
            remove_one_and_close_the_gap,
            swap_two,
            cut_the_tail,
            cut_the_tail_and_write_its_end,
            wipe_it_and_begin_anew,
            remove_its_end,
            add_one_without_the_key,
        )
    ),
]


@pytest.mark.usefixtures("five_events")
def test_a_trail_that_nobody_touched_is_whole() -> None:
    assert list(broken_links()) == []


@pytest.mark.usefixtures("five_events")
@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_every_way_to_touch_it_is_found(tamper: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    tamper()
    assert list(broken_links())
    with pytest.raises(SystemExit) as ended:
        call_command("check_data")
    assert ended.value.code == 1
    assert "Trail: " in capsys.readouterr().err


@pytest.mark.usefixtures("five_events")
def test_another_key_does_not_fit(settings: Any) -> None:
    settings.TRAIL_KEY = "guessed"
    assert list(broken_links())


def test_an_empty_trail_is_whole(db: None) -> None:
    assert list(broken_links()) == []


def test_an_event_is_the_same_after_it_was_stored(five_events: list[Event]) -> None:
    """To the microsecond and to the last letter, on every database."""
    before = ""
    for event in five_events:
        stored = Event.objects.get(pk=event.pk)
        assert digest(stored, before) == event.digest
        assert (stored.at, stored.changes) == (event.at, event.changes)
        before = event.digest


def test_the_orm_changes_and_removes_nothing(five_events: list[Event]) -> None:
    event = Event.objects.get(pk=2)
    event.reason = "another"
    for forbidden in (
        event.save,
        event.delete,
        lambda: Event.objects.update(reason=""),
        lambda: Event.objects.filter(pk=2).delete(),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.bulk_update([event], ["reason"]),
    ):
        with pytest.raises(TypeError, match="append only"):
            forbidden()
    assert list(broken_links()) == []


@pytest.mark.needs_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_event SET reason = '' WHERE number = 2",
        "DELETE FROM trail_event WHERE number = 5",
        "TRUNCATE trail_event",
    ],
)
def test_postgresql_refuses_to_change_remove_or_empty(five_events: list[Event], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_event ENABLE TRIGGER trail_event_is_not_emptied")  # undone with the test
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            cursor.execute(statement)
    assert Event.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_event_belongs_in_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(verb="happened", by=None)


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_undone_leaves_no_event() -> None:
    def goes_wrong() -> None:
        with transaction.atomic():
            record(verb="happened", by=None, target=Area.objects.create(name="Fareham"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        goes_wrong()
    assert not Event.objects.exists()
    assert ChainEnd.objects.get().number == 0
    assert list(broken_links()) == []


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain_without_gaps() -> None:
    def write(who: str) -> None:
        try:
            for _ in range(20):
                with transaction.atomic():
                    record(verb="happened", by=who)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(f"Writer {number}",)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert list(Event.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 81))
    assert list(broken_links()) == []


def test_looking_at_a_record_is_an_event(db: None) -> None:
    area = Area.objects.create(name="Portsmouth")
    viewed(area, by="Designated doctor", reason="Panel papers", named="Case 7")
    event = Event.objects.of(area).get()
    assert (event.verb, event.actor, event.target, event.reason) == (
        "viewed",
        "Designated doctor",
        "Case 7",
        "Panel papers",
    )


def test_only_what_differs_is_a_change() -> None:
    assert changes_between({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == {"b": (2, 3)}
