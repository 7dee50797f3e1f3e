"""People who ask for an account wait for who manages accounts."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lscb.common.waiting import Waiting

from .models import SignOnRequest, User
from .permissions import Permission


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """One line however many ask. One query."""
    if not user.may(Permission.MANAGE_ACCOUNTS):
        return []
    number = SignOnRequest.objects.visible_to(user).open().count()
    if not number:
        return []
    people = "1 person asks" if number == 1 else f"{number} people ask"
    title = f"{people} for an account"
    sentence = "They signed in at their agency and have no account here."
    return [Waiting(title, reverse("accounts:sign_on_requests"), sentence, tag="new", tone="amber", outside=title)]
