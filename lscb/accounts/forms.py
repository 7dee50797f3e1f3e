"""The shape of what is typed about people, roles and agencies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy

from lscb.common.forms import FlexibleDateField, PortalForm
from lscb.common.words import worded

from .models import Agency, Area, Digest, Grant, Sector, User
from .permissions import SCOPES, within
from .roles import ROLE_OF, ROLES
from .sign_in import TWELVE

WHERE = {"board": worded("Whole {board}."), "agency": "For one agency.", "group": "For one group."}


class RoleChoice(forms.ChoiceField):
    """The roles, each with what it may do; gives the role's class."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(role.slug, role.title) for role in ROLES], label="Role", **kwargs)
        self.choice_hints = {role.slug: format_lazy("{} {}", WHERE[role.scope], role.says) for role in ROLES}

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return ROLE_OF[chosen] if chosen else None


class _RoleForm(PortalForm):
    """A role and where it is given."""

    role = RoleChoice()
    agency = forms.ModelChoiceField(
        Agency.objects.none(), required=False, help_text="For the roles of an agency", empty_label="No agency"
    )
    group = forms.SlugField(
        required=False,
        help_text="For the roles of a group: its code, for example serious-case-review",
        error_messages={"invalid": "Write the code of the group with small letters and hyphens only"},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)  # nosec B101
        field.queryset = Agency.objects.active(today)


class InviteForm(_RoleForm):
    submit_label = "Send the invitation"

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="Email address", help_text="A work address that only this person reads")
    ends_on = FlexibleDateField(label="Last day of the role", required=False, help_text="Leave empty if it stays")

    field_order = ["name", "email", "role", "agency", "group", "ends_on"]


class DomainForm(PortalForm):
    """Which domain of e-mail belongs to which agency, as which provider says it."""

    submit_label = "Approve the domain"

    domain = forms.CharField(
        max_length=190, help_text="What stands behind the @ in the agency’s addresses, for example southampton.gov.uk"
    )
    provider = forms.ChoiceField(
        label="Provider",
        widget=forms.RadioSelect,
        help_text="Where its people sign in. Only what this provider says of the domain is believed.",
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        empty_label="Select an agency",
        help_text="Who comes from there becomes a professional of it: they book workshops and see nothing else",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider, agency = self.fields["provider"], self.fields["agency"]
        assert isinstance(provider, forms.ChoiceField)  # nosec B101
        assert isinstance(agency, forms.ModelChoiceField)  # nosec B101
        provider.choices = list(settings.SIGN_ON_NAMES.items())
        agency.queryset = Agency.objects.active(today)


class DecideRequestForm(_RoleForm):
    """What becomes of somebody who asked for an account."""

    submit_label = "Decide"

    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[("invite", "Invite them to a role"), ("decline", "Decline: nothing is sent")],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(
        label="Email address", required=False, help_text="Where the invitation goes. Make sure that it is theirs"
    )
    role = RoleChoice(required=False)

    field_order = ["decision", "name", "email", "role", "agency", "group"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "invite":
            for name, sentence in (("name", "Enter their name"), ("email", "Enter their email address")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
            if not cleaned.get("role") and "role" not in self.errors:
                self.add_error("role", "Select the role")
        return cleaned


class GiveRoleForm(_RoleForm):
    submit_label = "Give the role"

    starts_on = FlexibleDateField(label="First day")
    ends_on = FlexibleDateField(label="Last day", required=False, help_text="Leave empty if it stays")


class EndRoleForm(PortalForm):
    submit_label = "End the role"

    when = forms.ChoiceField(
        label="When does it end?",
        choices=[("now", "Now"), ("later", "After a last day")],
        widget=forms.RadioSelect,
        initial="now",
    )
    last_day = FlexibleDateField(label="Last day", required=False, help_text="Only if it ends later")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == "later" and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Enter the last day")
        if cleaned.get("when") == "now":
            cleaned["last_day"] = None
        return cleaned


class ReasonForm(PortalForm):
    """For what cannot be taken lightly: why, as it will stand in the history."""

    reason = forms.CharField(label="Why?", widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class ConfirmForm(PortalForm):
    """A button and nothing else."""


class NameForm(PortalForm):
    submit_label = "Save"

    name = forms.CharField(label="Your name", max_length=120)


class DigestForm(PortalForm):
    submit_label = "Save"

    digest = forms.ChoiceField(
        label="How often should we tell you by e-mail?",
        help_text="One e-mail for everything that is due or late. Nothing is sent when nothing is.",
        choices=Digest.choices,
        widget=forms.RadioSelect,
    )


class TokenForm(PortalForm):
    """What a program may do in one's name. Offered is what the person may see at all."""

    submit_label = "Make the token"

    name = forms.CharField(label="What is it for?", help_text="For example, Power BI scorecard", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="Which parts may it see?",
        help_text="It sees what you see there, and no more",
        widget=forms.CheckboxSelectMultiple,
    )
    may_write = forms.BooleanField(
        label="It may write, too", help_text="Leave empty for reports and scorecards", required=False
    )
    lasts = forms.TypedChoiceField(
        label="How long will it be needed?",
        choices=[(30, "30 days"), (90, "90 days"), (180, "Half a year"), (365, "A year")],
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [
            (scope, first.part) for scope, first in SCOPES.items() if any(user.may(one) for one in within([scope]))
        ]


class PersonForm(PortalForm):
    submit_label = "Save"

    name = forms.CharField(max_length=120)
    email = forms.EmailField(
        label="Email address", help_text="If you change it, they are signed out, and the old address is told"
    )


class JoinForm(PortalForm):
    """What somebody new tells of themselves when they accept an invitation."""

    submit_label = "Accept the invitation"

    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(
        label="Choose a password",
        help_text=TWELVE,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class AgencyDetailsForm(PortalForm):
    """What is true of an agency whatever it is called."""

    submit_label = "Save"

    sector = forms.ChoiceField(choices=Sector, widget=forms.RadioSelect)
    parent = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Part of",
        required=False,
        empty_label="Stands for itself",
        help_text="For a service that makes its own return",
    )
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label="Works in", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, agency: Agency | None = None, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent, areas = self.fields["parent"], self.fields["areas"]
        assert isinstance(parent, forms.ModelChoiceField)  # nosec B101
        assert isinstance(areas, forms.ModelChoiceField)  # nosec B101
        others = Agency.objects.active(today).filter(parent=None)
        parent.queryset = others.exclude(pk=agency.pk) if agency else others
        areas.queryset = Area.objects.all()


class AddAgencyForm(AgencyDetailsForm):
    submit_label = "Add the agency"

    name = forms.CharField(max_length=150)
    short_name = forms.CharField(label="Short name", max_length=40, help_text="For tables, for example SCC")
    active_from = FlexibleDateField(label="Partner since", required=False)

    field_order = ["name", "short_name", "sector", "parent", "areas", "active_from"]


class RenameAgencyForm(PortalForm):
    submit_label = "Record the new name"

    name = forms.CharField(label="New name", max_length=150)
    short_name = forms.CharField(label="New short name", max_length=40)
    on = FlexibleDateField(label="Called that since")


class EndAgencyForm(PortalForm):
    submit_label = "Record that it ended"

    on = FlexibleDateField(label="First day without it", help_text="The day on which those that follow it took over")
    successors = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label="What it became", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, agency: Agency, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successors"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # nosec B101
        field.queryset = Agency.objects.active(today).exclude(pk=agency.pk)


def shown_grant(grant: Grant, today: dt.date) -> str:
    """One word for where a grant is in its life."""
    if grant.last_day and (grant.last_day < today or grant.ended_on == today):
        return "ended"
    return "begins later" if grant.starts_on > today else "in force"


def shown_account(user: User) -> str:
    return "open" if user.is_active else "closed"
