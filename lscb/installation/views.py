"""Settings of the portal, for the board team: one page that leads to all, and a form for each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import Versioned
from lscb.common.contrast import WHITE, contrast
from lscb.common.words import Words, first_words, naming
from lscb.trail.history import timeline

from . import forms, services
from .mails import MAILS, MailKind, kind_of_mail
from .models import Installation

FOR_EVER = 31_536_000

ELSEWHERE: tuple[tuple[str, str, str, Permission], ...] = (
    ("Agencies and areas", "accounts:agency_list", "Names, what became of them", Permission.MANAGE_AGENCIES),
    ("Who may do what", "accounts:roles", "Roles and permissions", Permission.MANAGE_INSTALLATION),
    ("Charging policies", "training:policy_list", "What is charged for training, and when", Permission.MANAGE_TRAINING),
    ("Small numbers", "dataset:disclosure", "What is shown where few children are counted", Permission.READ_DATASET),
    ("Frameworks", "audits:framework_list", "Standards and questions of returns", Permission.MANAGE_AUDITS),
)
"""Settings that stand with what they are about."""


def crumb() -> tuple[str, str]:
    return "Settings", reverse("installation:settings")


class RunsThePortal(Guarded):
    scope = (Permission.MANAGE_INSTALLATION,)

    @cached_property
    def installation(self) -> Installation:
        """The row; a new one, not yet kept, where the team has chosen nothing."""
        return Installation.objects.visible_to(self.user).defer("logo_png").first() or Installation()


class Settings(RunsThePortal, TemplateView):
    template_name = "installation/settings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = naming()
        may = self.user.may
        return super().get_context_data(
            title="Settings of the portal",
            rows=_rows(now),
            look=_look(now),
            mails=[(mail, bool(now.mail.get(mail.slug))) for mail in MAILS],
            elsewhere=[(label, reverse(route), says) for label, route, says, right in ELSEWHERE if may(right)],
            history=timeline(self.installation, limit=20),
            **kwargs,
        )


def _rows(now: Words) -> list[dict[str, Any]]:
    change = {"url": reverse("installation:names")}
    form = forms.NamesForm(first=first_words())
    return [
        {"key": form.fields[name].label, "value": getattr(now, name), **change}
        for name in form.fields
        if name != "version"
    ]


def _look(now: Words) -> list[dict[str, Any]]:
    ratio = contrast(now.brand_colour, WHITE)
    said = f"{now.brand_colour}, white text on it has a contrast of {int(ratio * 100) / 100:.2f} to 1"
    return [
        {"key": "Colour", "value": said, "url": reverse("installation:colour")},
        {"key": "Logo", "value": now.logo_alt, "empty": "None", "url": reverse("installation:logo")},
    ]


class ChangesSettings(RunsThePortal, Versioned):
    @property
    def record(self) -> Installation:
        return self.installation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": [crumb()], **kwargs})


class Names(ChangesSettings):
    form_class = forms.NamesForm
    title = "Names of things"
    done = "The names are changed, on every page from now on."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"first": first_words()}

    def values(self, record: Installation) -> dict[str, Any]:
        return {name: getattr(record, name) or getattr(first_words(), name) for name in services.NAMES}

    def do(self, data: dict[str, Any]) -> Any:
        services.name_things(by=self.user, **data)
        return reverse("installation:settings")


class Colour(ChangesSettings):
    form_class = forms.ColourForm
    title = "Colour"
    done = "The colour is changed."

    def values(self, record: Installation) -> dict[str, Any]:
        return {"brand_colour": record.brand_colour or first_words().brand_colour}

    def do(self, data: dict[str, Any]) -> Any:
        services.choose_colour(by=self.user, **data)
        return reverse("installation:settings")


class Logo(ChangesSettings):
    form_class: Any = forms.LogoForm
    template_name = "installation/logo.html"
    title = "Logo"
    done = "The logo hangs on every page."

    def values(self, record: Installation) -> dict[str, Any]:
        return {"logo_alt": record.logo_alt}

    def do(self, data: dict[str, Any]) -> Any:
        services.hang_up_logo(by=self.user, **data)
        return reverse("installation:settings")


class TakeDownLogo(ChangesSettings):
    form_class = forms.TakeDownForm
    title = "Take the logo down"
    done = "The logo is taken down."

    def values(self, record: Installation) -> dict[str, Any]:
        return {}

    def do(self, data: dict[str, Any]) -> Any:
        services.take_down_logo(by=self.user, **data)
        return reverse("installation:settings")


class Mail(ChangesSettings):
    """A kind of e-mail: how it reads now, the facts it knows, and the team's paragraph."""

    form_class = forms.MailForm
    template_name = "installation/mail.html"
    done = "The paragraph is saved. Below is how the e-mail reads now."

    @cached_property
    def mail(self) -> MailKind:
        return kind_of_mail(self.kwargs["kind"])

    def values(self, record: Installation) -> dict[str, Any]:
        return {"text": record.mail.get(self.mail.slug, "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"title": self.mail.title, "mail": self.mail, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.write_mail(kind=self.mail.slug, by=self.user, **data)
        return reverse("installation:mail", args=[self.mail.slug])


@method_decorator(login_not_required, name="dispatch")
class LogoPicture(View):
    """The logo, for everybody. Its address changes with it, so it may be kept for ever."""

    def get(self, request: HttpRequest, digest: str) -> HttpResponse:
        picture = Installation.objects.filter(logo=digest).values_list("logo_png", flat=True).first()
        if not digest or picture is None:
            raise Http404
        response = HttpResponse(bytes(picture), content_type="image/png")
        response["Cache-Control"] = f"public, max-age={FOR_EVER}, immutable"
        return response
