"""The first person comes in by a command, because nobody is there to invite them."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from lscb.accounts.models import Invitation
from lscb.accounts.roles import TechnicalAdministrator
from lscb.jobs.models import Email
from lscb.trail.models import Event


@pytest.mark.django_db
def test_inviting_the_first_administrator_sends_one_mail_and_is_on_the_trail() -> None:
    out = io.StringIO()
    call_command("invite_administrator", "anna@example.org", "Anna Example", stdout=out)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (
        "anna@example.org",
        TechnicalAdministrator.slug,
        None,
    )
    assert "anna@example.org" in out.getvalue()
    assert "Dear Anna Example" in Email.objects.get().body
    assert Event.objects.of(invitation).get().verb == "invited"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "sentence"),
    [("anna@example.org", "already has an open invitation"), ("not an address", "valid email address")],
)
def test_refusals_are_sentences_and_send_nothing(email: str, sentence: str) -> None:
    call_command("invite_administrator", "anna@example.org", "Anna Example", stdout=io.StringIO())
    with pytest.raises(CommandError, match=sentence):
        call_command("invite_administrator", email, "Anna Example")
    assert Email.objects.count() == 1
