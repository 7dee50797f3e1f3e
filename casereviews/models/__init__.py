"""Case reviews, from referral to learning."""

from .learning import Briefing, BriefingConfirmation, BriefingStep, LearnedAction, LearningTheme, Recommendation
from .papers import PaperKind, ReviewMeeting, ReviewPaper
from .publication import PublishedReview
from .review import (
    CRITERIA,
    STAGE_MOVES,
    STATUTORY,
    Answer,
    CaseReview,
    Criterion,
    CriterionConsidered,
    ReviewKind,
    Stage,
    StageEvent,
)
from .running import ExpectedDate, PanelMember, Pause, PauseScope, Proceedings, ProceedingsKind

__all__ = [
    "CRITERIA",
    "STAGE_MOVES",
    "STATUTORY",
    "Answer",
    "Briefing",
    "BriefingConfirmation",
    "BriefingStep",
    "CaseReview",
    "Criterion",
    "CriterionConsidered",
    "ExpectedDate",
    "LearnedAction",
    "LearningTheme",
    "PanelMember",
    "PaperKind",
    "Pause",
    "PauseScope",
    "Proceedings",
    "ProceedingsKind",
    "PublishedReview",
    "Recommendation",
    "ReviewKind",
    "ReviewMeeting",
    "ReviewPaper",
    "Stage",
    "StageEvent",
]
