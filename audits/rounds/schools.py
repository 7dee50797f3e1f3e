"""Schools by import: agencies of their own under the agency of their phase, with a lead who is invited.

A row has `school`, `phase`, `opened`, `closed`, `lead` and `email`: columns of a CSV file, or what a program sends.
Rows are taken all or none, every error is named by its row, and taking them twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from lscb.accounts import services as accounts
from lscb.accounts.models import Actor, Agency, Area, Invitation, Sector
from lscb.accounts.roles import AgencyLead
from lscb.common.errors import RuleBroken
from lscb.common.forms import read_day
from lscb.common.spreadsheets import UnreadableFile, read_csv
from lscb.trail.services import record

from ..access import must, runs

COLUMNS = ("school", "phase", "opened", "closed", "lead", "email")
MOST_ROWS = 2000
MOST_ERRORS = 20


@dataclass(frozen=True)
class School:
    name: str
    phase: Agency
    opened: dt.date | None
    closed: dt.date | None
    lead: str
    email: str


@dataclass
class Imported:
    new: int = 0
    closed: int = 0
    unchanged: int = 0
    invited: int = 0
    schools: list[Agency] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {"new": self.new, "closed": self.closed, "unchanged": self.unchanged}


Row = tuple[int, dict[str, str]]
"""Its number, by which its errors are told, and its values by column."""


@transaction.atomic
def import_schools(*, rows: Iterable[Row], by: Actor, at: dt.datetime) -> Imported:
    """Add schools, close those that closed, and invite leads who have no account.

    Raises RuleBroken that names every faulty row; then nothing is imported.
    """
    must(runs(by))
    result = Imported()
    home = Area.objects.filter(is_home=True)
    for school in _checked(rows):
        agency = Agency.objects.filter(name__iexact=school.name).first()
        closes = school.closed is not None and (agency is None or agency.active_to is None)
        result.new += agency is None
        result.closed += closes
        result.unchanged += agency is not None and not closes
        agency = agency or accounts.add_agency(
            name=school.name,
            short_name=school.name[:40],
            sector=Sector.EDUCATION,
            parent=school.phase,
            areas=home,
            active_from=school.opened,
            by=by,
        )
        if closes and school.closed:
            accounts.succeed_agency(predecessor=agency, on=school.closed + dt.timedelta(days=1), by=by)
        result.invited += _invite(agency, school, by, at)
        result.schools.append(agency)
    record(verb="imported schools", by=by, changes={name: (None, count) for name, count in result.counts.items()})
    return result


def phases() -> dict[str, Agency]:
    """The agencies of education under which schools stand, by name in small letters."""
    top = Agency.objects.filter(sector=Sector.EDUCATION, parent=None)
    return {agency.name.lower(): agency for agency in top}


def _invite(agency: Agency, school: School, by: Actor, at: dt.datetime) -> int:
    if not school.email or agency.grants.filter(user__email__iexact=school.email).exists():
        return 0
    same = Invitation.objects.filter(email__iexact=school.email, agency=agency, role=AgencyLead.slug)
    if same.open(at).exists():
        return 0
    accounts.invite(
        name=school.lead or "Head teacher", email=school.email, role=AgencyLead, agency=agency, by=by, at=at
    )
    return 1


# ---- Reading --------------------------------------------------------------------------------------------------------


def read(file: bytes) -> list[Row]:
    """The rows of a CSV file. Raises RuleBroken where it is none."""
    try:
        found = read_csv(file)
    except UnreadableFile as error:
        raise RuleBroken(str(error), field="file") from error
    headings = [heading.strip().lower() for heading in found.rows[0].values]
    if lacking := [column for column in COLUMNS[:2] if column not in headings]:
        raise RuleBroken(f"The file has no column “{lacking[0]}”. It needs: {', '.join(COLUMNS)}.", field="file")
    if len(found.rows) - 1 > MOST_ROWS:
        raise RuleBroken(f"The file has more than {MOST_ROWS:,} rows. Split it.", field="file")
    return [(row.number, dict(zip(headings, row.values, strict=False))) for row in found.rows[1:]]


def _checked(rows: Iterable[Row]) -> list[School]:
    known, errors, schools = phases(), [], []
    seen: set[str] = set()
    for number, values in rows:
        try:
            schools.append(_school(values, known, seen))
        except ValueError as error:
            errors.append(f"Row {number}: {error}")
    if errors:
        more = f" And {len(errors) - MOST_ERRORS} more." if len(errors) > MOST_ERRORS else ""
        raise RuleBroken(f"Nothing was imported. {' '.join(errors[:MOST_ERRORS])}{more}", field="file")
    return schools


def _school(values: dict[str, str], known: dict[str, Agency], seen: set[str]) -> School:
    """Raises ValueError with a sentence."""
    name, phase = values.get("school", ""), known.get(values.get("phase", "").lower())
    if not name or len(name) > 150:
        raise ValueError("enter the name of the school, of at most 150 letters.")
    if name.lower() in seen:
        raise ValueError(f"“{name}” stands in the file twice. Take one of them out.")
    seen.add(name.lower())
    if phase is None:
        raise ValueError(f"“{values.get('phase', '')}” is not a phase. Write one of: {', '.join(sorted(known))}.")
    agency = Agency.objects.filter(name__iexact=name).first()
    if agency and (agency.sector != Sector.EDUCATION or agency.parent_id is None):
        raise ValueError(f"“{name}” is an agency already and not a school.")
    email = values.get("email", "")
    if email and "@" not in email:
        raise ValueError(f"“{email}” is not an email address.")
    return School(
        name, phase, _day(values.get("opened", "")), _day(values.get("closed", "")), values.get("lead", ""), email
    )


def _day(text: str) -> dt.date | None:
    return read_day(text) if text else None


def open_schools(on: dt.date) -> list[Agency]:
    """The schools that were open on `on`: what a completion rate is of."""
    schools = Agency.objects.active(on).filter(sector=Sector.EDUCATION, parent__isnull=False)
    return list(schools.order_by("name"))
