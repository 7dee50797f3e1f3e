"""Pages of action plans: my actions, a plan and its reviews, an action, and what can be done with it."""

from ..access import READERS
from ..rows import WATCHED, asked, asked_of, rag_tag, row_of, state_tag

__all__ = ["READERS", "WATCHED", "asked", "asked_of", "rag_tag", "row_of", "state_tag"]
