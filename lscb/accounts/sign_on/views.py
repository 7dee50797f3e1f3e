"""Pages of single sign-on: going to a provider and back, one's links, asking, and what the account team approves."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View
from requests import RequestException

from lscb.accounts import forms
from lscb.accounts.access import Guarded
from lscb.accounts.views.base import Change
from lscb.accounts.views.people import PEOPLE, ManagesAccounts
from lscb.common.lists import ListColumn, ListPage

from . import services
from .adapter import ASKING
from .models import SignOnDomain, SignOnRequest
from .provider import Adapter
from .services import Identity


def to_provider(
    request: HttpRequest, provider_id: str, process: str = AuthProcess.LOGIN, **kwargs: Any
) -> HttpResponse:
    """The way to a provider. Raises Http404 for one that is not set up."""
    try:
        provider = get_adapter(request).get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        response: HttpResponse = provider.redirect(request, process=process, **kwargs)
    except (OAuth2Error, RequestException) as error:
        response = render_authentication_error(request, provider, exception=error)
    return response


@method_decorator(login_not_required, name="dispatch")
class Begin(View):
    """By a button, never by a link: else another site could sign somebody in here."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        return to_provider(request, provider_id, next_url=get_next_redirect_url(request))


@login_not_required
@never_cache
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where the provider sends people back to, with a code that is good for one token."""
    try:
        return OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


# -- One's own --------------------------------------------------------------------------------------------------------


@method_decorator(reauthentication_required(app="accounts"), name="dispatch")
class Link(Guarded, View):
    """To sign in with a provider from now on; asks for the password or a code first."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        """Where who was asked for the password comes back to: the button is pressed again."""
        return redirect("accounts:account")

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        return to_provider(request, provider_id, AuthProcess.CONNECT, data=str(self.user.pk))


@method_decorator(reauthentication_required(app="accounts"), name="dispatch")
class Unlink(Change):
    form_class = forms.ConfirmForm
    done = "It is unlinked."

    @cached_property
    def account(self) -> SocialAccount:
        return get_object_or_404(SocialAccount.objects.filter(user=self.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Unlink it"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = Identity.of(self.account).title
        return super().get_context_data(
            **{
                "title": f"Unlink {title}",
                "warning": f"You will not be able to sign in with {title} any more.",
                "breadcrumbs": [("Your account", reverse("accounts:account"))],
                **kwargs,
            }
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.unlink(account=self.account, by=self.user)
        return reverse("accounts:account")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class Ask(TemplateView):
    """For somebody whom their provider knows and the portal does not. What they are called is in their session."""

    template_name = "accounts/sign_on_ask.html"

    @property
    def identity(self) -> Identity:
        if not (said := self.request.session.get(ASKING)):
            raise Http404
        return Identity(**said)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = SignOnRequest.objects.open().filter(provider=self.identity.provider, identity=self.identity.key)
        return super().get_context_data(identity=self.identity, asked=asked.exists(), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.ask_for_account(identity=self.identity, at=timezone.now())
        return redirect("accounts:sign_on_ask")


# -- The account team -------------------------------------------------------------------------------------------------

SIGN_ON = ("Single sign-on", "accounts:sign_on")


class Domains(ManagesAccounts, ListPage):
    title = "Single sign-on"
    nouns = ("approved domain", "approved domains")
    template_name = "accounts/sign_on_domains.html"
    exportable = False
    empty_text = "No domain is approved. Everybody new asks for an account or is invited."
    default_sort = "domain"
    columns = (
        ListColumn("Domain", "domain", sort="domain"),
        ListColumn("Through", lambda one: settings.SIGN_ON_NAMES.get(one.provider, f"{one.provider} (not set up)")),
        ListColumn("Professionals of", "agency", sort="agency__name"),
        ListColumn("Approved by", lambda one: one.approved_by or "The portal"),
        ListColumn("Approved", "approved_at", sort="approved_at"),
        ListColumn("Action", lambda one: "End", link=lambda one: reverse("accounts:sign_on_end", args=[one.pk])),
    )

    def get_queryset(self) -> QuerySet[SignOnDomain]:
        return SignOnDomain.objects.visible_to(self.user).approved().select_related("agency", "approved_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if settings.SIGN_ON_NAMES:
            kwargs |= {"start_url": reverse("accounts:sign_on_approve"), "start_label": "Approve a domain"}
        return super().get_context_data(
            breadcrumbs=[PEOPLE],
            providers=list(settings.SIGN_ON_NAMES.values()),
            number_asked=SignOnRequest.objects.visible_to(self.user).open().count(),
            **kwargs,
        )


class Approve(ManagesAccounts, Change):
    form_class = forms.DomainForm
    title = "Approve a domain"
    done = "The domain is approved."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[PEOPLE, (SIGN_ON[0], reverse(SIGN_ON[1]))], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.approve_domain(by=self.user, at=timezone.now(), **data)
        return reverse("accounts:sign_on")


class End(ManagesAccounts, Change):
    form_class = forms.ConfirmForm
    done = "The approval is ended."

    @cached_property
    def approval(self) -> SignOnDomain:
        return get_object_or_404(SignOnDomain.objects.visible_to(self.user).approved(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "End the approval"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "title": f"End the approval of {self.approval.domain}",
                "warning": "Nobody new gets an account from there. Who has one keeps it.",
                "breadcrumbs": [PEOPLE, (SIGN_ON[0], reverse(SIGN_ON[1]))],
                **kwargs,
            }
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.end_domain(approval=self.approval, by=self.user, at=timezone.now())
        return reverse("accounts:sign_on")


class Requests(ManagesAccounts, ListPage):
    title = "People who asked for an account"
    nouns = ("request", "requests")
    exportable = False
    empty_text = "Nobody asks at the moment."
    default_sort = "asked"
    columns = (
        ListColumn(
            "Name",
            lambda one: one.name or "Not given",
            link=lambda one: reverse("accounts:sign_on_decide", args=[one.pk]),
        ),
        ListColumn("Email address", "email"),
        ListColumn("Signed in at", lambda one: settings.SIGN_ON_NAMES.get(one.provider, one.provider)),
        ListColumn("Asked", "asked_at", sort="asked_at", key="asked"),
    )

    def get_queryset(self) -> QuerySet[SignOnRequest]:
        return SignOnRequest.objects.visible_to(self.user).open()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[PEOPLE, (SIGN_ON[0], reverse(SIGN_ON[1]))], **kwargs)


class Decide(ManagesAccounts, Change):
    """Invite them, for which the next page asks the role, or decline."""

    form_class = forms.DecideRequestForm
    done = "It is decided."

    @cached_property
    def asked(self) -> SignOnRequest:
        return get_object_or_404(SignOnRequest.objects.visible_to(self.user).open(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.asked.name, "email": self.asked.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.asked.name or "Somebody"
        return super().get_context_data(
            title=f"{name} asks for an account",
            breadcrumbs=[PEOPLE, ("People who asked", reverse("accounts:sign_on_requests"))],
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        services.answer_request(request=self.asked, by=self.user, at=timezone.now(), **data)
        return reverse("accounts:sign_on_requests")
