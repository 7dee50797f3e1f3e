"""Inviting people, taking an invitation back, and accepting one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import DetailView, FormView

from lscb.accounts import forms, services
from lscb.accounts.models import Invitation, User
from lscb.accounts.sign_on.adapter import INVITED
from lscb.accounts.sign_on.views import to_provider
from lscb.common.errors import RuleBroken
from lscb.common.forms import PortalForm, apply_rule
from lscb.common.lists import ListColumn, ListPage

from .base import Change
from .people import PEOPLE, ManagesAccounts


class Invite(ManagesAccounts, Change):
    form_class = forms.InviteForm
    title = "Invite somebody"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[PEOPLE], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        invitation, _ = services.invite(by=self.user, at=timezone.now(), **data)
        return reverse("accounts:invited", args=[invitation.pk])


class Invited(ManagesAccounts, DetailView):
    """The confirmation; safe to load again."""

    template_name = "accounts/invited.html"
    context_object_name = "invitation"

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.visible_to(self.user)


class InvitationList(ManagesAccounts, ListPage):
    title = "Open invitations"
    nouns = ("open invitation", "open invitations")
    exportable = False
    empty_text = "Nobody is invited at the moment."
    default_sort = "expires"
    columns = (
        ListColumn("Name", "name", sort="name"),
        ListColumn("Email address", "email"),
        ListColumn("Role", lambda one: f"{one.role_class.title}{one.where}"),
        ListColumn("Invited by", lambda one: one.invited_by or "The portal"),
        ListColumn("Link works until", "expires_at", sort="expires_at", key="expires"),
        ListColumn(
            "Action", lambda one: "Take back", link=lambda one: reverse("accounts:invitation_revoke", args=[one.pk])
        ),
    )

    def get_queryset(self) -> QuerySet[Invitation]:
        open_now = Invitation.objects.visible_to(self.user).open(timezone.now())
        return open_now.select_related("agency", "invited_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            breadcrumbs=[PEOPLE], start_url=reverse("accounts:invite"), start_label="Invite somebody", **kwargs
        )


class TakeBack(ManagesAccounts, Change):
    form_class = forms.ConfirmForm
    title = "Take an invitation back"
    done = "The invitation is taken back."

    @cached_property
    def invitation(self) -> Invitation:
        return get_object_or_404(Invitation.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Take it back"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            warning=f"The link that {self.invitation.name} got by email stops working at once.",
            breadcrumbs=[PEOPLE, ("Open invitations", reverse("accounts:invitation_list"))],
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.revoke_invitation(invitation=self.invitation, by=self.user, at=timezone.now())
        return reverse("accounts:invitation_list")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class Accept(FormView):
    """By the link in the e-mail. Opening it changes nothing; accepting spends it."""

    template_name = "accounts/accept.html"
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.invitation = services.invitation_of(kwargs["token"], at=timezone.now())
        except RuleBroken as refusal:
            return render(request, "accounts/invitation_over.html", {"sentence": refusal.sentence}, status=410)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def has_account(self) -> bool:
        return User.objects.filter(email__iexact=self.invitation.email).exists()

    def get_form(self, form_class: Any = None) -> PortalForm:
        if self.has_account:
            return forms.ConfirmForm(**self.get_form_kwargs(), submit_label="Accept the invitation")
        return forms.JoinForm(**self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.invitation.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=self.invitation, has_account=self.has_account, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """By a password chosen here, or by signing in at a provider: then it is accepted on the way back."""
        if (provider := request.POST.get("through")) and not self.has_account:
            request.session[INVITED] = self.kwargs["token"]
            return to_provider(request, provider)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            user = services.accept_invitation(token=self.kwargs["token"], at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        if self.request.user.is_authenticated and self.request.user != user:
            logout(self.request)
        messages.success(self.request, "You have accepted the invitation. Sign in to go on.")
        return redirect("home")
