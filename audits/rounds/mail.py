"""E-mails about returns: that something waits, and a link to it; never what was answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from lscb.accounts.models import Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.words import in_templates, naming
from lscb.jobs.services import queue_email

from ..models import Return

SIGNING = roles_with(Permission.SUBMIT_RETURN)


def leads(of_return: Return, today: dt.date) -> list[User]:
    """Who may submit for the agency today."""
    grants = Grant.objects.in_force(today).filter(role__in=SIGNING, agency=of_return.agency_id)
    return sorted({grant.user for grant in grants.select_related("user")}, key=lambda user: user.email)


def tell_leads(of_return: Return, *, what: str, occasion: str, subject: str, today: dt.date) -> int:
    """One e-mail to each lead, once for each `occasion`. `what` is the sentence; returns how many leads there are."""
    found = leads(of_return, today)
    for user in found:
        send(
            to=user.email,
            key=f"return {of_return.pk} {occasion} for {user.pk}",
            subject=subject,
            sentence=what,
            link=settings.PORTAL_URL + reverse("audits:return", args=[of_return.pk]),
            due=of_return.due_on if of_return.is_owed else None,
        )
    return len(found)


def send(*, to: str, key: str, subject: str, sentence: str, link: str, **more: Any) -> None:
    words = {"sentence": sentence, "link": link, **in_templates(), **more}
    body = render_to_string("audits/email/return.txt", words)
    queue_email(unique_key=key, to=to, subject=f"{naming().board_short_name}: {subject}", body=body)
