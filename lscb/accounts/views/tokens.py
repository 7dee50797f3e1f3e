"""Tokens for programs: one's own to make, see and revoke; everybody's to see and revoke for who manages accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from allauth.account.decorators import reauthentication_required
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from lscb.accounts import forms, sessions, tokens
from lscb.accounts.access import Guarded
from lscb.accounts.models import Token
from lscb.common.lists import ListColumn, ListPage, Tag

from .base import Change
from .people import PEOPLE, ManagesAccounts

ACCOUNT = ("Your account", reverse_lazy("accounts:account"))
OWN = ("Your tokens", reverse_lazy("accounts:token_list"))


def state_of(token: Token, now: dt.datetime) -> Tag:
    if token.revoked_at:
        return Tag("revoked")
    return Tag("works", "green") if token.expires_at > now else Tag("expired")


def _revoking(token: Token) -> str:
    return reverse("accounts:token_revoke", args=[token.pk])


class _Tokens(Guarded, ListPage):
    nouns = ("token", "tokens")
    exportable = False
    columns: ClassVar[Sequence[ListColumn]] = (
        ListColumn("For", "name"),
        ListColumn("May see", "scope_words"),
        ListColumn("May write", "may_write"),
        ListColumn("Used last", lambda token: token.used_at or "Never"),
        ListColumn("Works until", "expires_at"),
        ListColumn("State", lambda token: state_of(token, timezone.now()), tag=True),
        ListColumn("Action", lambda token: "" if token.revoked_at else "Revoke", link=_revoking),
    )

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.visible_to(self.user).select_related("user").order_by("-made_at", "pk")


class OwnTokens(_Tokens):
    title = "Your tokens"
    empty_text = "No program acts for you."

    def get_queryset(self) -> QuerySet[Token]:
        return super().get_queryset().filter(user=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            breadcrumbs=[ACCOUNT], start_url=reverse("accounts:token_make"), start_label="Make a token", **kwargs
        )


class AllTokens(ManagesAccounts, _Tokens):
    """Those that work, of everybody."""

    title = "Tokens of programs"
    empty_text = "No program acts for anybody."
    columns = (ListColumn("Of", "user"), *_Tokens.columns)

    def get_queryset(self) -> QuerySet[Token]:
        return super().get_queryset().filter(pk__in=Token.objects.live(timezone.now()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[PEOPLE], **kwargs)


@method_decorator(reauthentication_required(allow_get=False), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class MakeToken(Change):
    """In person, with the password or second factor shown a moment ago. The answer is the one time it is shown."""

    form_class = forms.TokenForm
    title = "Make a token"
    template_name = "accounts/token_make.html"
    secret: str | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": [ACCOUNT, OWN], **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        now = timezone.now()
        self.token, self.secret = tokens.make_token(
            name=data["name"],
            scopes=data["scopes"],
            may_write=data["may_write"],
            expires_at=now + dt.timedelta(days=data["lasts"]),
            with_second_factor=sessions.proved_second_factor(self.request, self.user),
            by=self.user,
            at=now,
        )
        return reverse("accounts:token_list")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        answer = super().form_valid(form)
        if not self.secret:  # refused, or the same form sent again: it was shown
            return answer
        context = {"title": "Token made", "token": self.token, "secret": self.secret, "breadcrumbs": [ACCOUNT, OWN]}
        return render(self.request, "accounts/token_made.html", context)


class RevokeToken(Change):
    form_class = forms.ConfirmForm
    title = "Revoke a token"
    done = "The token is revoked."

    @cached_property
    def token(self) -> Token:
        return get_object_or_404(Token.objects.visible_to(self.user).select_related("user"), pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        return self.token.user == self.user

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Revoke the token"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = self.token
        whose = "" if self.is_own else f" of {token.user}"
        return super().get_context_data(
            warning=f"The program that uses the token “{token.name}”{whose} is refused at once.",
            breadcrumbs=[ACCOUNT, OWN] if self.is_own else [PEOPLE],
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        tokens.revoke_token(token=self.token, by=self.user, at=timezone.now())
        return reverse("accounts:token_list" if self.is_own else "accounts:all_tokens")
