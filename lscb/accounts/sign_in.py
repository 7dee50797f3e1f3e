"""The forms of allauth in the portal's words and look. Settings name them."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

from lscb.common.forms import PortalFormMixin
from lscb.common.words import say

TWELVE = "At least 12 characters. Three words that have nothing to do with each other are easy to remember."


class AllauthForm(PortalFormMixin):
    """Takes away the placeholders, which vanish while one types, and says what each field wants."""

    words: dict[str, tuple[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]


class LoginForm(AllauthForm, account.LoginForm):
    submit_label = "Sign in"
    words = {"login": ("Email address", ""), "password": ("Password", "")}


class ResetPasswordForm(AllauthForm, account.ResetPasswordForm):
    submit_label = "Send me a link"
    words = {"email": ("Email address", "")}


class AddEmailForm(account.AddEmailForm):
    """Invitations and roles go by the address, so who manages accounts changes it (`services.change_email`)."""

    def clean(self) -> Any:
        raise forms.ValidationError(say("Ask the {board} team to change your email address."))


class NewPassword(AllauthForm):
    """One field that can be shown, instead of two that cannot be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ResetPasswordKeyForm(NewPassword, account.ResetPasswordKeyForm):
    submit_label = "Change password"
    words = {"password1": ("New password", TWELVE)}


class ChangePasswordForm(NewPassword, account.ChangePasswordForm):
    submit_label = "Change password"
    words = {"oldpassword": ("Present password", ""), "password1": ("New password", TWELVE)}


class SetPasswordForm(NewPassword, account.SetPasswordForm):
    submit_label = "Set password"
    words = {"password1": ("New password", TWELVE)}


class ReauthenticateForm(AllauthForm, account.ReauthenticateForm):
    submit_label = "Continue"
    words = {"password": ("Password", "")}


class _CodeForm(AllauthForm):
    submit_label = "Continue"
    words = {"code": ("Code", "The 6 digits that your app shows now, or one of your recovery codes")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget: forms.Widget = self.fields["code"].widget
        widget.attrs |= {"class": "govuk-input--width-10", "autocomplete": "one-time-code", "spellcheck": "false"}


class AuthenticateForm(_CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(_CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(_CodeForm, totp.ActivateTOTPForm):
    submit_label = "Switch on"
    words = {"code": ("Code", "The 6 digits that your app shows now")}


class EditPasskeyForm(AllauthForm, webauthn.EditWebAuthnForm):
    submit_label = "Save"
    words = {"name": ("Name", "So that you know it again, for example “Telephone”")}
