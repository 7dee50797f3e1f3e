"""The board's own records, cut by noun."""

from .contribution import Contribution, Purpose
from .group import Group, GroupKind
from .meeting import (
    MEETING_MOVES,
    AgendaItem,
    Attendance,
    Mark,
    Meeting,
    MeetingAction,
    MeetingMove,
    MeetingState,
)
from .plan import BusinessPlan, Priority, Theme, ThemeAction
from .seat import Holder, Seat, SeatKind

__all__ = [
    "MEETING_MOVES",
    "AgendaItem",
    "Attendance",
    "BusinessPlan",
    "Contribution",
    "Group",
    "GroupKind",
    "Holder",
    "Mark",
    "Meeting",
    "MeetingAction",
    "MeetingMove",
    "MeetingState",
    "Priority",
    "Purpose",
    "Seat",
    "SeatKind",
    "Theme",
    "ThemeAction",
]
