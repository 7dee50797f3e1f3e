from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.forms import ValidationError
from django.utils import timezone

from lscb.accounts.roles import TechnicalAdministrator
from lscb.accounts.services import invite
from lscb.common.errors import RuleBroken


class Command(BaseCommand):
    help = "Invite a person who manages accounts: the first one, who then invites everybody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
            invitation, _ = invite(name=name, email=email, role=TechnicalAdministrator, by=None, at=timezone.now())
        except (RuleBroken, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(
            f"An e-mail with a link is on its way to {invitation.email}. The link lasts until "
            f"{timezone.localtime(invitation.expires_at):%-d %B %Y, %H:%M}."
        )
