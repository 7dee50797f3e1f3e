from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from lscb.common.forms import FieldGroup, PortalForm, version_field

BLANK = "Leave it empty to go back to “{}”"


class _VersionForm(PortalForm):
    version = version_field()
    submit_label = "Save"


class NamesForm(_VersionForm):
    """`first` are the names that hold where a field is left empty."""

    board_name = forms.CharField(label="Full name", max_length=120, required=False)
    board_short_name = forms.CharField(label="Short name", max_length=40, required=False)
    board_email = forms.EmailField(label="E-mail address of the team", required=False)
    board = forms.CharField(label="Word for it in a sentence", max_length=40, required=False)
    case_review = forms.CharField(label="Word for a statutory review", max_length=80, required=False)
    death_panel = forms.CharField(label="Name of those who review child deaths", max_length=80, required=False)
    death_panel_short = forms.CharField(label="Their short name", max_length=20, required=False)
    layout = Layout(
        "version",
        FieldGroup("Your organisation", "board_name", "board_short_name", "board_email", "board"),
        FieldGroup(
            "Reviews",
            "case_review",
            "death_panel",
            "death_panel_short",
            hint="Reviews that are on record keep the kind they were begun as.",
        ),
    )
    hints = {
        "board": "Board or partnership, as it stands after “the”.",
        "case_review": "Serious case review, or local child safeguarding practice review.",
        "death_panel": "Child Death Overview Panel, or child death review partners, as it stands after “the”.",
        "death_panel_short": "It names roles, such as “CDOP officer”.",
    }

    def __init__(self, *args: Any, first: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, shown in self.fields.items():
            if name != "version":
                back = BLANK.format(getattr(first, name))
                shown.help_text = " ".join(part for part in (self.hints.get(name, ""), back) if part)


class ColourForm(_VersionForm):
    brand_colour = forms.CharField(
        label="Colour",
        max_length=7,
        required=False,
        help_text="# and six digits or letters from A to F, like #12436D. White text must be readable on it: contrast "
        "4.5 to 1 or more. Leave it empty to go back to the first colour.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"}),
    )


class LogoForm(_VersionForm):
    file = forms.FileField(
        label="Picture",
        help_text="PNG or JPEG, at most 2 MB. It stands on white.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    logo_alt = forms.CharField(
        label="What it shows, in words",
        max_length=120,
        help_text="For people who do not see it, such as “Crest of the city”",
    )


class TakeDownForm(_VersionForm):
    submit_label = "Take the logo down"


class MailForm(_VersionForm):
    text = forms.CharField(
        label="Your own paragraph",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Plain text. Leave it empty to send the e-mail without it. Never write about a case: e-mails say "
        "that something waits, and nothing else.",
    )
    submit_label = "Save the paragraph"
