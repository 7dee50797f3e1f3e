"""The board's own records, cut by noun."""

from .challenge import (
    CHALLENGE_MOVES,
    Challenge,
    ChallengeCounter,
    ChallengeEvent,
    ChallengeResponse,
    ChallengeStatus,
    Escalation,
    Happened,
    Publication,
    PublishedChallenge,
)
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
    "CHALLENGE_MOVES",
    "MEETING_MOVES",
    "AgendaItem",
    "Attendance",
    "BusinessPlan",
    "Challenge",
    "ChallengeCounter",
    "ChallengeEvent",
    "ChallengeResponse",
    "ChallengeStatus",
    "Contribution",
    "Escalation",
    "Group",
    "GroupKind",
    "Happened",
    "Holder",
    "Mark",
    "Meeting",
    "MeetingAction",
    "MeetingMove",
    "MeetingState",
    "Priority",
    "Publication",
    "PublishedChallenge",
    "Purpose",
    "Seat",
    "SeatKind",
    "Theme",
    "ThemeAction",
]
