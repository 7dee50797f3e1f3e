"""Age at death in the bands of the statutory return, at their edges."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

ADULT_AT = 18
NEONATAL_DAYS = 28


class AgeBand(TextChoices):
    """The order is that of the return."""

    NEONATAL = "0-27d", "0-27 days"
    INFANT = "28-364d", "28-364 days"
    TODDLER = "1-4y", "1-4 years"
    CHILD = "5-9y", "5-9 years"
    EARLY_TEENS = "10-14y", "10-14 years"
    LATE_TEENS = "15-17y", "15-17 years"


_FIRST_YEAR_OF = ((1, AgeBand.TODDLER), (5, AgeBand.CHILD), (10, AgeBand.EARLY_TEENS), (15, AgeBand.LATE_TEENS))


def age_band(born_on: dt.date, died_on: dt.date) -> AgeBand:
    """The band. A child is "28-364 days" until the day before its first birthday, also where that is day 365.

    Raises ValueError with a sentence for somebody who was 18 or older, or who died before being born.
    """
    days, years = (died_on - born_on).days, age_in_years(born_on, died_on)
    if days < 0:
        raise ValueError("The child cannot have died before being born. Check the two dates.")
    if years >= ADULT_AT:
        raise ValueError("The panel reviews deaths of children under 18. Check the two dates.")
    if days < NEONATAL_DAYS:
        return AgeBand.NEONATAL
    return next((band for first, band in reversed(_FIRST_YEAR_OF) if years >= first), AgeBand.INFANT)


def age_in_years(born_on: dt.date, on: dt.date) -> int:
    """Completed years. Who was born on 29 February is a year older on 1 March where the year has no such day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def whole_months(first: dt.date, last: dt.date) -> int:
    """Completed months from one day to another, as months from death to review are counted."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
