"""The shape of what people type about case reviews; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from boards.models import Group, Meeting
from lscb.accounts.models import Agency, User
from lscb.common.forms import FlexibleDateField, PortalForm, version_field

from .models import (
    Answer,
    Criterion,
    LearningTheme,
    PaperKind,
    PauseScope,
    ProceedingsKind,
    ReviewKind,
    Stage,
)
from .models.learning import STEPS

YES, NO = "yes", "no"


def _text(label: str, *, rows: int = 4, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, widget=forms.Textarea(attrs={"rows": rows}))


class _Choosing(PortalForm):
    """A form whose choices of records are handed in by name."""

    def __init__(self, *args: Any, choices: dict[str, QuerySet[Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, records in (choices or {}).items():
            field: Any = self.fields[name]
            field.queryset = records


class _OnADay(_Choosing):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


# ---- The review -----------------------------------------------------------------------------------------------------


class _Facts(_Choosing):
    code_name = forms.CharField(
        label="Code name", help_text="No name of a child, a family or a place. It stays on these pages", max_length=60
    )
    kind = forms.ChoiceField(label="Kind of review", choices=ReviewKind.choices)
    referred_by = forms.CharField(
        label="Who asked for it", help_text="A role or an agency, never a person", max_length=150
    )
    referral = _text("Why a review is asked for", rows=6, hint="Without names of children or families")
    agencies = forms.ModelMultipleChoiceField(
        label="Agencies involved",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ReferForm(_Facts):
    submit_label = "Record the referral"
    referred_on = FlexibleDateField(label="Date of the referral")
    group = forms.ModelChoiceField(label="Group that decides", queryset=Group.objects.none(), empty_label=None)
    field_order = ("code_name", "kind", "referred_on", "referred_by", "referral", "group", "agencies")


class ChangeForm(_Facts):
    submit_label = "Save the review"
    lead_reviewer = forms.CharField(
        label="Lead reviewer", help_text="A position, not a person’s name", max_length=150, required=False
    )
    asks_reason = forms.BooleanField(label="Ask everybody who opens it for a reason", required=False)
    version = version_field()


class DecideForm(_Choosing):
    submit_label = "Record the decision"
    considered_on = FlexibleDateField(label="Considered on")
    agreed = forms.ChoiceField(
        label="What was decided",
        choices=[(YES, "A review is agreed"), (NO, "It is not progressed")],
        widget=forms.RadioSelect,
    )
    decided_on = FlexibleDateField(label="Decided on")
    reason = _text("Why the group decided so")

    def __init__(self, *args: Any, criteria: Iterable[Criterion], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[criterion.value] = forms.ChoiceField(
                label=criterion.label,
                choices=Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": f"Select an answer: {criterion.label}"},
            )
        self.fields["considered_on"].initial = self.fields["decided_on"].initial = today
        self.order_fields(["considered_on", *(one.value for one in self.criteria), "agreed", "decided_on", "reason"])


class StageForm(_OnADay):
    submit_label = "Record the stage"
    stage = forms.ChoiceField(label="The review has reached", widget=forms.RadioSelect)
    text = _text("Note or reason", rows=3, required=False, hint="Needed when it is not to be published")

    def __init__(self, *args: Any, stages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stage"]
        field.choices = [(stage, Stage(stage).label) for stage in stages]


class WordingForm(PortalForm):
    submit_label = "Save the public wording"
    public_name = forms.CharField(
        label="What the review is about", help_text="For example, Online safety", max_length=150
    )
    public_status = forms.CharField(
        label="Where it stands, for the annual report", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    public_summary = _text("Summary for the public page", rows=6, required=False)
    public_learning = _text(
        "What is learned, for the public page", rows=8, required=False, hint="Begin a line with - for a list"
    )
    version = version_field()


class ReasonForm(PortalForm):
    submit_label = "Open the review"
    reason = forms.CharField(label="Why you open this review", max_length=300)


# ---- While it runs --------------------------------------------------------------------------------------------------


class PauseForm(_OnADay):
    submit_label = "Record the pause"
    scope = forms.ChoiceField(label="What stands still", choices=PauseScope.choices, widget=forms.RadioSelect)
    part = forms.CharField(
        label="Which part", help_text="For example, interviews with the family", max_length=200, required=False
    )
    reason = forms.CharField(label="Reason", max_length=300)


class EndForm(_OnADay):
    """Nothing but the day."""


class ProceedingsForm(_OnADay):
    submit_label = "Record the proceedings"
    kind = forms.ChoiceField(label="Kind", choices=ProceedingsKind.choices, widget=forms.RadioSelect)
    note = _text("Note", rows=3, required=False)


class ExpectForm(_OnADay):
    submit_label = "Save the expected date"
    expected = FlexibleDateField(label="Report expected on")
    reason = _text("Why it moves", rows=3, required=False, hint="Not needed for the first date")


class PanelForm(_OnADay):
    submit_label = "Add to the panel"
    position = forms.CharField(label="Position", help_text="Not a person’s name", max_length=150)
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), required=False, empty_label="None")
    user = forms.ModelChoiceField(
        label="Account",
        help_text="With an account they read this review and its action plan while they sit on the panel",
        queryset=User.objects.none(),
        required=False,
        empty_label="No account",
    )
    chairs = forms.BooleanField(label="Chairs the panel", required=False)


class WallForm(_Choosing):
    submit_label = "Keep out of the review"
    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none(), empty_label="")
    reason = _text("What the conflict of interest is", rows=3)


class PaperForm(_OnADay):
    submit_label = "Add the paper"
    kind = forms.ChoiceField(label="Kind", choices=PaperKind.choices)
    whom = forms.CharField(label="From or to whom", help_text="A role or an agency", max_length=150, required=False)
    about = _text("What it is about", rows=3)
    upload = forms.FileField(label="File", required=False)


class MeetingForm(_Choosing):
    submit_label = "Link the meeting"
    meeting = forms.ModelChoiceField(label="Meeting", queryset=Meeting.objects.none(), empty_label="")
    only = forms.BooleanField(
        label="It spoke of nothing else",
        help_text="Then who is kept out of the review does not see the meeting either",
        required=False,
    )


# ---- Learning -------------------------------------------------------------------------------------------------------


class ThemesForm(_Choosing):
    submit_label = "Save the themes"
    themes = forms.ModelMultipleChoiceField(
        label="What this review teaches",
        queryset=LearningTheme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ThemeForm(PortalForm):
    submit_label = "Add the theme"
    title = forms.CharField(label="Theme", help_text="It names no case", max_length=100)
    in_short = forms.CharField(label="In short", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class RecommendationForm(_Choosing):
    submit_label = "Add the recommendation"
    text = _text("Recommendation")
    theme = forms.ModelChoiceField(
        label="Theme", queryset=LearningTheme.objects.all(), required=False, empty_label="None"
    )


class BriefingForm(PortalForm):
    submit_label = "Save the briefing"
    title = forms.CharField(label="Title", help_text="Everybody may read it: no code name, no case", max_length=150)
    workshop = forms.CharField(label="Workshop", max_length=200, required=False)
    workshop_link = forms.URLField(label="Link to the workshop", required=False, assume_scheme="https")
    video_link = forms.URLField(label="Link to the video", required=False, assume_scheme="https")
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps: list[str] = []
        for order, heading in enumerate(STEPS, start=1):
            self.fields[f"heading_{order}"] = forms.CharField(
                label=f"Heading of step {order}",
                initial=heading,
                max_length=100,
                error_messages={"required": f"Enter the heading of step {order}"},
            )
            self.fields[f"text_{order}"] = _text(f"Step {order}", rows=4, required=False)
            steps += [f"heading_{order}", f"text_{order}"]
        self.order_fields(["title", *steps, "workshop", "workshop_link", "video_link", "version"])


def steps_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Heading and text of each step, from a clean `BriefingForm`."""
    return [(data[f"heading_{place}"], data[f"text_{place}"]) for place in range(1, len(STEPS) + 1)]


class ConfirmForm(_OnADay):
    submit_label = "Confirm"
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label=None)
    teams = forms.CharField(label="Which teams had the briefing", max_length=200)


class AsAtForm(PortalForm):
    submit_label = "Show"
    at = FlexibleDateField(label="As at", required=False)


class VersionForm(PortalForm):
    """Which version of the wording was looked at."""

    submit_label = "Propose to publish this"
    version = version_field()
