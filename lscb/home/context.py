"""What every page needs: the board's name and look, the navigation, the length of the session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from lscb.accounts.sessions import idle_limit

from .navigation import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "board_name": settings.BOARD_NAME,
        "board_short_name": settings.BOARD_SHORT_NAME,
        "board_email": settings.BOARD_EMAIL,
        "brand_colour": settings.BRAND_COLOUR,
        "demonstration": settings.DEMONSTRATION,
        "session_seconds": int(idle_limit(user).total_seconds()) if signed_in else 0,
        "user_label": ", ".join(user.role_titles) if signed_in else "",
        "navigation": SimpleLazyObject(lambda: navigation(request, user) if signed_in else []),
    }
