"""One's own account, and who may do what: open to everyone who is signed in."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from lscb.accounts import forms, services, sessions
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import ROLES
from lscb.accounts.sign_on.services import Identity

from .base import Change


class Account(Guarded, TemplateView):
    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        factor = "Set up" if sessions.has_second_factor(self.user) else ""
        empty = "Not set up yet" if self.user.needs_second_factor else "Not needed for your role"
        accounts = SocialAccount.objects.filter(user=self.user).order_by("date_joined")
        links = [(account, Identity.of(account)) for account in accounts]
        linked = {identity.provider for _, identity in links}
        return super().get_context_data(
            title="Your account",
            rows=[
                {"key": "Name", "value": self.user.name, "url": reverse("accounts:name")},
                {"key": "Email address", "value": self.user.email},
                {
                    "key": "Password",
                    "value": "Set" if self.user.has_usable_password() else "",
                    "empty": "None: you sign in through your agency",
                    "url": reverse("account_change_password") if self.user.has_usable_password() else "",
                },
                {"key": "Second factor", "value": factor, "empty": empty, "url": reverse("mfa_index")},
                {
                    "key": "E-mail about what is due",
                    "value": self.user.get_digest_display(),
                    "url": reverse("accounts:digest"),
                },
                {
                    "key": "Where you are signed in",
                    "value": "All your sessions",
                    "url": reverse("usersessions_list"),
                    "action": "See",
                },
                {
                    "key": "Programs that act for you",
                    "value": "Your tokens",
                    "url": reverse("accounts:token_list"),
                    "action": "See",
                },
            ],
            grants=self.user.grants_today,
            links=links,
            may_link={id: name for id, name in settings.SIGN_ON_NAMES.items() if id not in linked},
            **kwargs,
        )


class ChangeName(Change):
    form_class = forms.NameForm
    title = "Change your name"
    done = "Your name is changed."

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.user.name}

    def do(self, data: dict[str, Any]) -> Any:
        services.change_name(user=self.user, by=self.user, **data)
        return reverse("accounts:account")


class ChooseDigest(Change):
    form_class = forms.DigestForm
    title = "E-mail about what is due"
    done = "Your choice is kept."

    def get_initial(self) -> dict[str, Any]:
        return {"digest": self.user.digest}

    def do(self, data: dict[str, Any]) -> Any:
        services.choose_digest(user=self.user, by=self.user, **data)
        return reverse("accounts:account")


class WhoMayDoWhat(Guarded, TemplateView):
    """Drawn from the code: the same enum and classes that are asked at every door."""

    template_name = "accounts/roles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = [
            (part, [(one.sentence, [role for role in ROLES if one in role.permissions]) for one in permissions])
            for part, permissions in groupby(Permission, key=lambda one: one.part)
        ]
        mine = {grant.role for grant in self.user.grants_today}
        roles = [
            {
                "role": role,
                "where": str(forms.WHERE[role.scope]).rstrip("."),
                "mine": role.slug in mine,
                "sentences": [one.sentence for one in Permission if one in role.permissions],
            }
            for role in ROLES
        ]
        return super().get_context_data(title="Who may do what", parts=parts, roles=roles, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class NoRole(TemplateView):
    """Where somebody lands whose last role has ended."""

    template_name = "accounts/no_role.html"
