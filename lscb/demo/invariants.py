"""Nothing of the demonstration is in a real portal: everybody knows the password of its people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings

from lscb.accounts.models import User

from .people import DOMAIN


def broken(today: dt.date) -> Iterator[str]:
    """One sentence when a person of the demonstration has an open account in production."""
    if settings.PRODUCTION and User.objects.filter(email__iendswith=f"@{DOMAIN}", is_active=True).exists():
        yield "Accounts: people of the demonstration can sign in here. Begin again with an empty database."
