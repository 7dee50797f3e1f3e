"""The records of training, by noun."""

from .booking import BOOKING_MOVES, Attendance, Booking, BookingState, Charge, Participant
from .evaluation import Answer, CommentState, Evaluation, Moment, Question
from .programme import ChargePolicy, Course, Fee, Length, Programme, Trainer, Window
from .session import SESSION_MOVES, Message, Session, SessionDay, SessionMove, SessionState

__all__ = [
    "BOOKING_MOVES",
    "SESSION_MOVES",
    "Answer",
    "Attendance",
    "Booking",
    "BookingState",
    "Charge",
    "ChargePolicy",
    "CommentState",
    "Course",
    "Evaluation",
    "Fee",
    "Length",
    "Message",
    "Moment",
    "Participant",
    "Programme",
    "Question",
    "Session",
    "SessionDay",
    "SessionMove",
    "SessionState",
    "Trainer",
    "Window",
]
