"""What the records room keeps itself: take-outs, how long records are kept, what was destroyed, access requests."""

from .keeping import Destruction, DestructionItem, Hold, KeptLonger, RetentionRule
from .subject_access import AccessPause, AccessRequest, Collected, Outcome, PausedFor
from .take_out import TakeOut

__all__ = [
    "AccessPause",
    "AccessRequest",
    "Collected",
    "Destruction",
    "DestructionItem",
    "Hold",
    "KeptLonger",
    "Outcome",
    "PausedFor",
    "RetentionRule",
    "TakeOut",
]
