"""Groups, seats and money in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from boards import services
from boards.models import Contribution, Group, GroupKind, Purpose, Seat
from lscb.common.periods import FinancialYear
from tests.accounts.factories import AgencyFactory

YEAR = FinancialYear(2016)
APRIL = dt.date(2016, 4, 1)
JUNE = dt.date(2016, 6, 30)
TODAY = dt.date(2017, 3, 31)


def the_board(**kwargs: Any) -> Group:
    """The running main board, set up when it is not there."""
    return Group.objects.filter(kind=GroupKind.BOARD).first() or services.set_up_group(
        name="Safeguarding Board", short_name="Main board", kind=GroupKind.BOARD, by=None, **kwargs
    )


def a_group(short_name: str = "Neglect", **kwargs: Any) -> Group:
    """A sub group of the board."""
    kwargs = {"name": f"{short_name} Group", "kind": GroupKind.SUB_GROUP, "parent": the_board(), **kwargs}
    return services.set_up_group(short_name=short_name, by=None, **kwargs)


def a_seat(group: Group | None = None, **kwargs: Any) -> Seat:
    """A vacant seat of an agency from April 2016."""
    kwargs = {"position": "Director of Nursing", "kind": "member", "starts_on": APRIL, **kwargs}
    if kwargs["kind"] in ("member", "adviser"):
        kwargs.setdefault("agency", AgencyFactory())
    return services.add_seat(group=group or the_board(), by=None, **kwargs)


def a_contribution(**kwargs: Any) -> Contribution:
    """£100 agreed for the core budget."""
    kwargs = {"year": YEAR, "purpose": Purpose.CORE, "agreed": Decimal("100.00"), **kwargs}
    if not kwargs.get("contributor"):
        kwargs.setdefault("agency", AgencyFactory())
    return services.agree_contribution(by=None, **kwargs)
