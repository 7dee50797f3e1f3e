"""What an app tells the records room of its own records, in its `records.py`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet, TextChoices

from .periods import FinancialYear

Reader = Any
"""A person, as `visible_to` takes one: people live floors above."""


def own_page(record: Any) -> str:
    return str(record.get_absolute_url())


@dataclass(frozen=True)
class Searched:
    """A kind of record that people find by words or by its reference.

    `records` gives those that a person may see and open at `url`. `words` are fields that whoever sees the record
    reads, never a field that is shown to fewer. `reference` reads what was typed and says which records it names.
    `name` is all that the list of results says of one: reference and title.
    """

    kind: str
    records: Callable[[Reader], QuerySet[Any]]
    words: tuple[str, ...] = ()
    reference: Callable[[str], Q | None] | None = None
    name: Callable[[Any], str] = str
    url: Callable[[Any], str] = own_page


def numbered(prefix: str) -> Callable[[str], Q | None]:
    """Reads references such as "CH/2016-17/012", of a `year` and a `number`; the prefix may be left out."""
    pattern = re.compile(rf"(?:{prefix}/)?(\d{{4}}-\d\d)/(\d{{1,4}})", re.IGNORECASE)

    def read(typed: str) -> Q | None:
        match = pattern.fullmatch(typed)
        try:
            return Q(year=FinancialYear.parse(match[1]), number=int(match[2])) if match else None
        except ValueError:
            return None

    return read


@dataclass(frozen=True)
class Taken:
    """A table of the archive that an agency takes out: its own records of one kind.

    `own` takes a reader with the rights of the agency's lead and nothing else, and the agency. `also` adds columns by
    the way to them, so that the archive can be read without the tables of the board. `without` leaves out fields that
    the agency is not told yet.
    """

    own: Callable[[Reader, Any], QuerySet[Any]]
    also: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()


GONE = "Destroyed: its time was over."
"""What stands where something must stand."""

GONE_IN_SHORT = "Destroyed"
"""The same where there is no room for a sentence."""

NOBODY = "@destroyed.invalid"
"""The end of the address of somebody of whom nothing is left but a key, to which other records point."""


class Then(TextChoices):
    """What happens when the time of a record is over."""

    DESTROY = "destroy", "Destroy"
    REVIEW = "review", "Review"
    ARCHIVE = "archive", "Hand over to the archive"


@dataclass
class Destroyed:
    """What went: how many of what, and the SHA-256 of each file."""

    counts: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)


Destroy = Callable[[Collection[UUID]], Destroyed]
"""A service that destroys records by their keys and says what went."""


def whole_rows(model: type[Model], called: str) -> Destroy:
    """How records go on which no figure hangs: as rows, with all that belongs to them."""

    def destroy(keys: Collection[UUID]) -> Destroyed:
        gone = model._default_manager.filter(pk__in=keys)
        went = Destroyed(Counter({called: gone.count()}))
        gone.delete()
        return went

    return destroy


@dataclass(frozen=True)
class Kept:
    """A class of records, with how long each is kept by default.

    `triggered` gives the records whose time has begun, each with `trigger_on`, the day (in London) on which it did; a
    record that was reopened, or whose trigger is missing, is not among them. `then` is what happens unless the board
    decides otherwise; `destroy` is there for every class, so that it may. Where `leaves_number`, the record stays as
    an empty shell: its reference, its days and its state count in every figure of the past. `permission` is what
    seeing the class needs; of a class that `counts_only` nobody is shown which records are due. `reference` names a
    record without saying what is in it.
    """

    slug: str
    title: str
    covers: str
    trigger: str
    months: int
    then: Then
    basis: str
    triggered: Callable[[], QuerySet[Any]]
    destroy: Destroy
    leaves_number: bool = False
    reference: Callable[[Any], str] = str
    permission: str = "manage_records"
    counts_only: bool = False
