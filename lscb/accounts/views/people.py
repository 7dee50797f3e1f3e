"""People and their roles, for who manages accounts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.generic import DetailView

from lscb.accounts import forms, services
from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import ROLES
from lscb.accounts.sign_on.services import Identity
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import Change

PEOPLE = ("People", reverse_lazy("accounts:person_list"))


class ManagesAccounts(Guarded):
    scope = (Permission.MANAGE_ACCOUNTS,)


class PersonFilter(django_filters.FilterSet):
    """No filter by name or address: those do not belong into an address bar."""

    role = django_filters.ChoiceFilter(
        label="Role", choices=[(role.slug, role.title) for role in ROLES], method="with_role", empty_label="Any role"
    )
    agency = django_filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.all(), method="of_agency", empty_label="Any agency"
    )
    account = django_filters.ChoiceFilter(
        label="Account",
        choices=[("open", "Open"), ("closed", "Closed")],
        method="with_account",
        empty_label="Open or closed",
    )

    def with_role(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return people.filter(Exists(self._grants().filter(role=value)))

    def of_agency(self, people: QuerySet[User], name: str, value: Agency) -> QuerySet[User]:
        return people.filter(Exists(self._grants().filter(agency=value)))

    def with_account(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return people.filter(is_active=value == "open")

    @staticmethod
    def _grants() -> QuerySet[Grant]:
        return Grant.objects.in_force(timezone.localdate()).filter(user=OuterRef("pk"))


def _roles(user: Any) -> str:
    return "; ".join(str(grant) for grant in user.present_grants) or "None in force"


def _account(user: Any) -> Tag:
    if not user.is_active:
        return Tag("closed")
    needs_one = any(grant.role_class.needs_second_factor() for grant in user.present_grants)
    return Tag("no second factor yet", "amber") if needs_one and not user.has_factor else Tag("open", "green")


class PersonList(ManagesAccounts, ListPage):
    title = "People"
    nouns = ("person", "people")
    template_name = "accounts/person_list.html"
    filterset_class = PersonFilter
    default_sort = "name"
    columns = (
        ListColumn("Name", "name", sort="name", link=True),
        ListColumn("Email address", "email", sort="email"),
        ListColumn("Roles today", _roles),
        ListColumn("Account", _account, sort="is_active", tag=True),
    )

    def get_queryset(self) -> QuerySet[User]:
        grants = Grant.objects.in_force(timezone.localdate()).select_related("agency")
        return (
            User.objects.visible_to(self.user)
            .annotate(has_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
            .prefetch_related(Prefetch("grants", grants, to_attr="present_grants"))
        )

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} people as {format.upper()}", by=self.user)


class PersonPage(ManagesAccounts, DetailView):
    template_name = "accounts/person.html"
    context_object_name = "person"

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.visible_to(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.object, timezone.localdate()
        grants = [
            {"grant": grant, "word": forms.shown_grant(grant, today), "over": not grant.can_end(today)}
            for grant in person.grants.select_related("agency", "granted_by").order_by("-starts_on", "pk")
        ]
        factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
        names = {Authenticator.Type.TOTP: "Authenticator app", Authenticator.Type.WEBAUTHN: "Passkey"}
        through = ", ".join(Identity.of(one).title for one in SocialAccount.objects.filter(user=person))
        return super().get_context_data(
            title=person.name,
            breadcrumbs=[PEOPLE],
            grants=grants,
            rows=[
                {"key": "Email address", "value": person.email},
                {
                    "key": "Account",
                    "value": forms.shown_account(person),
                    "tone": "green" if person.is_active else "grey",
                },
                {
                    "key": "Second factor",
                    "value": ", ".join(names[factor.type] for factor in factors),
                    "empty": "Not set up yet" if person.needs_second_factor else "Not needed for these roles",
                },
                *([{"key": "Signs in through", "value": through}] if through else []),
                {"key": "Joined", "value": timezone.localdate(person.joined_at).strftime("%-d %B %Y")},
            ],
            has_second_factor=bool(factors),
            is_self=person == self.user,
            history=timeline(person, limit=30),
            **kwargs,
        )


class ChangePerson(ManagesAccounts, Change):
    """A change of one person; `self.person` is somebody the user may see."""

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [PEOPLE, (self.person.name, self.person.get_absolute_url())]
        return super().get_context_data(**{"breadcrumbs": crumbs, "person": self.person, **kwargs})


class ChangeDetails(ChangePerson, AsRead):
    form_class = forms.PersonForm
    done = "The person is changed."

    @property
    def record(self) -> User:
        return self.person

    def values(self, record: User) -> dict[str, Any]:
        return {"name": record.name, "email": record.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"Change {self.person.name}", **kwargs)

    @transaction.atomic
    def do(self, data: dict[str, Any]) -> Any:
        services.change_email(user=self.person, email=data["email"], by=self.user)
        services.change_name(user=self.person, name=data["name"], by=self.user)
        return self.person


class GiveRole(ChangePerson):
    form_class = forms.GiveRoleForm
    done = "The role is given."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today, "initial": {"starts_on": self.today}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"Give {self.person.name} a role", **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.grant_role(user=self.person, by=self.user, **data)
        return self.person


class EndRole(ManagesAccounts, Change):
    form_class = forms.EndRoleForm
    title = "End a role"
    done = "The role is ended."
    template_name = "accounts/end_role.html"

    @cached_property
    def grant(self) -> Grant:
        grants = Grant.objects.visible_to(self.user).select_related("user", "agency")
        return get_object_or_404(grants, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.grant.user
        crumbs = [PEOPLE, (person.name, person.get_absolute_url())]
        return super().get_context_data(grant=self.grant, breadcrumbs=crumbs, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.end_role(grant=self.grant, last_day=data["last_day"], by=self.user, today=self.today)
        return self.grant.user


class CloseAccount(ChangePerson):
    form_class = forms.ReasonForm
    done = "The account is closed."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Close the account of {self.person.name}",
            warning="They are signed out at once and cannot sign in again. What they did stays on record. "
            "You can open the account again later.",
            **kwargs,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Close the account"}

    def do(self, data: dict[str, Any]) -> Any:
        services.deactivate(user=self.person, reason=data["reason"], by=self.user, today=self.today)
        return self.person


class OpenAccount(ChangePerson):
    form_class = forms.ConfirmForm
    done = "The account is open again."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Open the account of {self.person.name} again",
            warning="They can sign in again with their password and have the roles that are still in force.",
            **kwargs,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Open the account again"}

    def do(self, data: dict[str, Any]) -> Any:
        services.reactivate(user=self.person, by=self.user)
        return self.person


class RemoveSecondFactor(ChangePerson):
    form_class = forms.ReasonForm
    done = "The second factor is removed. They set up a new one when they next sign in."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Remove the second factor of {self.person.name}",
            warning="Do this only when you have spoken with them and know their voice: for somebody who lost their "
            "telephone and their recovery codes. They are signed out at once.",
            **kwargs,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Remove the second factor"}

    def do(self, data: dict[str, Any]) -> Any:
        services.remove_second_factor(user=self.person, reason=data["reason"], by=self.user)
        return self.person
