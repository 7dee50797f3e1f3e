"""Which printed figures the records no longer give. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lscb.common.chapters import Chapter, Fact

from .content import Content, from_json
from .gathering import compute_chapters, named_facts
from .models import AnnualReport


@dataclass(frozen=True)
class MovedFact:
    """A fact by its full name, as it was printed and as the records give it on another day. Empty: not there."""

    name: str
    label: str
    was: str
    now: str
    source: str = ""


def moved_since(report: AnnualReport, *, today: dt.date) -> list[MovedFact]:
    """The figures of an approved edition that the records give differently on `today`.

    Raises RuleBroken when a chapter cannot be computed.
    """
    today = max(today, report.as_at)
    return list(differences(from_json(report.content), compute_chapters(year=report.year, as_at=today).values()))


def differences(printed: Content, chapters: Iterable[Chapter]) -> Iterator[MovedFact]:
    """What differs in value or print between an edition and computed chapters, in the order of the edition."""
    given = named_facts(chapters)
    for name, fact in printed.facts():
        now = given.get(name)
        if now is None:
            yield MovedFact(name, fact.label, fact.shown, "", fact.source)
        elif not _same(fact, now):
            yield MovedFact(name, fact.label, fact.shown, now.shown, now.source)


def side_by_side(first: Content, second: Content) -> list[tuple[str, str, str, str]]:
    """Every fact of two editions: name, label, how each prints it; empty where an edition has it not."""
    one, other = dict(first.facts()), dict(second.facts())
    names = [*one, *(name for name in other if name not in one)]
    return [
        (name, (one.get(name) or other[name]).label, _shown(one.get(name)), _shown(other.get(name))) for name in names
    ]


def _same(one: Fact, other: Fact) -> bool:
    return (one.value, one.shown, one.base) == (other.value, other.shown, other.base)


def _shown(fact: Fact | None) -> str:
    return fact.shown if fact else ""
