"""Training for programs: the programme for everybody who books, bookings as the pages show them, and what staff do."""

from .bookings import Bookings
from .charges import Charges
from .evaluations import EvaluationQuestions, Evaluations
from .programme import ChargePolicies, Courses, Programmes, Trainers
from .sessions import PublicSessions, Sessions

__all__ = [
    "Bookings",
    "ChargePolicies",
    "Charges",
    "Courses",
    "EvaluationQuestions",
    "Evaluations",
    "Programmes",
    "PublicSessions",
    "Sessions",
    "Trainers",
]
