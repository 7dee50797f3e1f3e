"""What of the dataset waits for a person."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.periods import Quarter
from lscb.common.waiting import Waiting

from .models import Edition, Indicator, Status


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """The quarter that ended last, for who compiles it, until it has a final edition. Two queries."""
    if not user.may(Permission.MANAGE_DATASET) or not Indicator.objects.exists():
        return []
    quarter = Quarter.containing(today).previous
    editions = list(Edition.objects.visible_to(user).of_quarter(quarter).defer("content"))
    if any(edition.status == Status.FINAL for edition in editions):
        return []
    sentence = (
        f"There is a provisional edition. Compile the final one when the last figures of {quarter.month_names} are in."
        if editions
        else f"The quarter {quarter.month_names} is over. Compile it when its figures are in."
    )
    return [
        Waiting(
            title=f"Dataset {quarter.label}",
            url=reverse("dataset:edition_compile"),
            sentence=sentence,
            tag="provisional" if editions else "not compiled",
            tone="grey",
        )
    ]
