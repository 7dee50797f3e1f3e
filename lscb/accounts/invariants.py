"""What must hold of people and agencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, OuterRef

from lscb.common.faults import Fault

from .models import Agency, Grant, Token, User
from .permissions import Permission
from .roles import ROLES


def broken(today: dt.date) -> Iterator[str]:
    """Somebody can let people in, addresses are verified, no token outlives its account, names follow each other."""
    managing = [role.slug for role in ROLES if Permission.MANAGE_ACCOUNTS in role.permissions]
    if User.objects.exists() and not Grant.objects.in_force(today).filter(role__in=managing).exists():
        yield "People: nobody manages accounts today."
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    for user in User.objects.filter(~Exists(verified), is_active=True):
        yield Fault(f"People: the e-mail address of account {user.pk} is not verified.", user)
    for grant in Grant.objects.filter(granted_by=F("user")):
        yield f"People: role {grant.pk} was given by the person who has it."
    for token in Token.objects.filter(revoked_at=None, expires_at__date__gt=today, user__is_active=False):
        yield f"Tokens: token {token.pk} works for an account that is closed."
    for agency in Agency.objects.prefetch_related("names"):
        names = list(agency.names.all())
        if not names or names[-1].name != agency.name or names[-1].ends_on:
            yield Fault(f"Agencies: {agency} is not called what its last name says.", agency)
        for earlier, later in pairwise(names):
            if not earlier.ends_on or later.starts_on != earlier.ends_on + dt.timedelta(days=1):
                yield Fault(f"Agencies: the names of {agency} do not follow each other day by day.", agency)
