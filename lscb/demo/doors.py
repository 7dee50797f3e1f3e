"""Other ways into the portal: a token of a program, and somebody who asks for an account through their own sign-in.

No provider is set up in the demonstration, because its button would lead to a server that is not there.
"""

from __future__ import annotations

import datetime as dt

from lscb.accounts.models import User
from lscb.accounts.sign_on.services import Identity, ask_for_account
from lscb.accounts.tokens import LONGEST, make_token

from .people import DOMAIN

ASKS = Identity(
    provider="solent-nhs",
    key="somebody of the demonstration",
    name="Specialist nurse",
    email=f"nurse@solent.{DOMAIN}",
    email_verified=True,
)


def load_doors(*, analyst: User, now: dt.datetime) -> None:
    """What the token says is shown to nobody: the page lists that it is there."""
    make_token(
        name="Figures in Power BI",
        scopes=["dataset"],
        expires_at=now + LONGEST,
        with_second_factor=False,
        by=analyst,
        at=now,
    )
    ask_for_account(identity=ASKS, at=now)
