"""What every page needs: the board's name and look, the navigation, the length of the session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from lscb.accounts.models import User
from lscb.accounts.sessions import idle_limit
from lscb.common.words import in_templates
from lscb.jobs.services import is_a_copy
from lscb.records.access import SEARCHERS

from .navigation import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        **in_templates(),
        "demonstration": settings.DEMONSTRATION,
        "is_a_copy": is_a_copy,
        "sign_on": settings.SIGN_ON_NAMES,
        **(of_the_person(request, user) if isinstance(user, User) else {}),
    }


def of_the_person(request: HttpRequest, user: User) -> dict[str, Any]:
    """What only somebody signed in is shown. The navigation is worked out by pages that draw it."""
    return {
        "session_seconds": int(idle_limit(user, request.path).total_seconds()),
        "user_label": ", ".join(user.role_titles),
        "search_url": reverse("records:search") if any(user.may(one) for one in SEARCHERS) else "",
        "navigation": SimpleLazyObject(lambda: navigation(request, user)),
    }
