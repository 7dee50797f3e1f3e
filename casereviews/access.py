"""Who may change what of a case review. Reading is `visible_to`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission

from .models import Briefing, CaseReview
from .querysets import TEACHES

MANAGE = Permission.MANAGE_CASE_REVIEWS


def may_manage(by: Actor, review: CaseReview) -> bool:
    """Run the review. The portal itself (None) may; nobody runs a review that they may not read."""
    return by is None or (by.for_whole_board(MANAGE) and reads(by, review))


def may_release(by: Actor, review: CaseReview) -> bool:
    """Release to the public: who runs reviews, and who approves what the board publishes (the independent chair)."""
    if by is None:
        return False
    return (by.for_whole_board(MANAGE) or by.for_whole_board(Permission.APPROVE_REPORT)) and reads(by, review)


def may_confirm(by: Actor, briefing: Briefing) -> bool:
    """Say that teams had the briefing: who answers for an agency, and the board's team when it was told by letter."""
    return by is None or (briefing.is_shared and (bool(by.agencies_where(TEACHES)) or may_manage(by, briefing.review)))


def may_confirm_for(by: Actor, agency: Agency) -> bool:
    return by is None or by.for_whole_board(MANAGE) or agency.pk in by.agencies_where(TEACHES)


def reads(by: Actor, review: CaseReview) -> bool:
    return by is None or CaseReview.objects.visible_to(by).filter(pk=review.pk).exists()


def must(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
