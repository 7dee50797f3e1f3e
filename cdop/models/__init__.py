"""Child deaths (domain: "Child deaths")."""

from .agency_report import ANSWERED, AgencyReport, ReportState
from .case import DEATH_MOVES, Death, DeathAction, DeathMove, DeathState, Via
from .codes import (
    FACTORS,
    Category,
    Domain,
    Ethnicity,
    EventType,
    Expected,
    Influence,
    Modifiable,
    Place,
    Sex,
    When,
    YesNoUnknown,
    factors_of,
    primary,
)
from .figures import Lift
from .identity import NOTIFIER, TEXTS, Identity, NotificationDraft, Purpose, dates_key, digits
from .panel import Panel, PanelCase
from .paper import PAPER_MOVES, PARTS, AllowedWord, Paper, PaperMove, PaperState
from .process import ParallelProcess, ProcessKind, RapidResponse
from .review import FACTS, LEARNING, DomainReview, Factor, Review, ReviewCategory

__all__ = [
    "ANSWERED",
    "DEATH_MOVES",
    "FACTORS",
    "FACTS",
    "LEARNING",
    "NOTIFIER",
    "PAPER_MOVES",
    "PARTS",
    "TEXTS",
    "AgencyReport",
    "AllowedWord",
    "Category",
    "Death",
    "DeathAction",
    "DeathMove",
    "DeathState",
    "Domain",
    "DomainReview",
    "Ethnicity",
    "EventType",
    "Expected",
    "Factor",
    "Identity",
    "Influence",
    "Lift",
    "Modifiable",
    "NotificationDraft",
    "Panel",
    "PanelCase",
    "Paper",
    "PaperMove",
    "PaperState",
    "ParallelProcess",
    "Place",
    "ProcessKind",
    "Purpose",
    "RapidResponse",
    "ReportState",
    "Review",
    "ReviewCategory",
    "Sex",
    "Via",
    "When",
    "YesNoUnknown",
    "dates_key",
    "digits",
    "factors_of",
    "primary",
]
