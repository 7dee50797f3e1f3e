"""The board's own records, cut by noun."""

from .contribution import Contribution, Purpose
from .group import Group, GroupKind
from .plan import BusinessPlan, Priority, Theme, ThemeAction
from .seat import Holder, Seat, SeatKind

__all__ = [
    "BusinessPlan",
    "Contribution",
    "Group",
    "GroupKind",
    "Holder",
    "Priority",
    "Purpose",
    "Seat",
    "SeatKind",
    "Theme",
    "ThemeAction",
]
