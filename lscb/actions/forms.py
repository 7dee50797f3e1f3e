"""The shape of what people type about actions; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from lscb.accounts.models import Agency, User
from lscb.common.forms import FlexibleDateField, PortalForm
from lscb.common.words import worded

from .models import Action, ActionEntry, ActionPlan, Difference, Progress
from .services import Asked


class _OnADay(PortalForm):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


# ---- What is to be done, and by when --------------------------------------------------------------------------------


class ActionForm(PortalForm):
    """A new action. `agencies` are asked in the order of the list; without one, a position of the board's team is."""

    submit_label = "Add the action"
    what = forms.CharField(label="What is to be done", widget=forms.Textarea)
    intended_outcome = forms.CharField(
        label="What children should notice", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    lead = forms.ModelChoiceField(
        label="Lead agency", queryset=Agency.objects.none(), required=False, empty_label=worded("The {board}’s team")
    )
    owner = forms.CharField(
        label="Who owns it", help_text="A position, not a person’s name", max_length=150, required=False
    )
    agencies = forms.ModelMultipleChoiceField(
        label="Other agencies that do something",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due = FlexibleDateField(label="Due")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Agency.objects.active(today)
        self.fields["lead"].queryset = active  # type: ignore[attr-defined]
        self.fields["agencies"].queryset = active  # type: ignore[attr-defined]


class ChangeActionForm(ActionForm):
    """The words of an action and who is asked; its due date moves elsewhere, with a reason."""

    submit_label = "Save the action"
    due = None  # type: ignore[assignment]  # Django's way of leaving out a field of the parent
    team = forms.CharField(
        label=worded("Position in the {board}’s team that does something, too"),
        help_text=worded("Leave empty when there is none, or when the {board}’s team leads"),
        max_length=150,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


def as_typed(action: Action) -> dict[str, Any]:
    """What a `ChangeActionForm` shows of an action."""
    entries = list(action.entries.all())
    lead = next((entry for entry in entries if entry.is_lead), None)
    others = [entry for entry in entries if entry is not lead]
    return {
        "what": action.what,
        "intended_outcome": action.intended_outcome,
        "lead": lead.agency if lead else None,
        "owner": lead.owner if lead else "",
        "agencies": [entry.agency for entry in others if entry.agency],
        "team": next((entry.owner for entry in others if entry.agency is None), ""),
    }


def asked_again(chosen: Sequence[Asked], team: str, owners: Mapping[Agency | None, str]) -> list[Asked]:
    """Who is asked from now on. Agencies beside the lead keep their `owners`; the board's team may do something."""
    first, *others = chosen or [Asked()]
    kept = [Asked(one.agency, owners.get(one.agency, "")) for one in others]
    return [first, *kept, *([Asked(None, team.strip())] if team.strip() else [])]


class MoveForm(_OnADay):
    submit_label = "Move the due date"
    to = FlexibleDateField(label="New due date")
    reason = forms.CharField(label="Why it moves", widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.DateField(widget=forms.HiddenInput, required=False)


# ---- What is told of a part -----------------------------------------------------------------------------------------


class _OfAPart(_OnADay):
    """About a part of an action: it is asked whose when there are several to choose from."""

    entry = forms.ModelChoiceField(
        label="Whose part", queryset=ActionEntry.objects.none(), required=False, empty_label="Of all together"
    )
    upload = forms.FileField(
        label="A file that shows it", help_text="For example minutes, a register or a report", required=False
    )

    def __init__(self, *args: Any, parts: Sequence[ActionEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [part.pk for part in parts]
        self.fields["entry"].queryset = ActionEntry.objects.filter(pk__in=keys).select_related("agency")  # type: ignore[attr-defined]
        if len(parts) < 2:
            del self.fields["entry"]


class NoteForm(_OfAPart):
    submit_label = "Report progress"
    field_order = ("entry", "text", "progress", "upload")
    text = forms.CharField(label="What has been done", widget=forms.Textarea(attrs={"rows": 5}))
    progress = forms.ChoiceField(
        label="How is it going?", choices=Progress.choices, widget=forms.RadioSelect, required=False
    )


class ProposeForm(_OfAPart):
    submit_label = "Propose as complete"
    field_order = ("entry", "evidence", "upload")
    evidence = forms.CharField(label="What shows that it is done", widget=forms.Textarea(attrs={"rows": 5}))


class EvidenceForm(PortalForm):
    submit_label = "Save the evidence"
    evidence = forms.CharField(
        label="What shows that it is done", widget=forms.Textarea(attrs={"rows": 8}), required=False
    )
    upload = forms.FileField(
        label="Add a file", help_text="For example minutes, a register or a report", required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class RemoveForm(PortalForm):
    submit_label = "Remove the file"
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class GiveForm(PortalForm):
    submit_label = "Save"
    person = forms.ModelChoiceField(
        label="Who sees to it", queryset=User.objects.none(), required=False, empty_label="Nobody in particular"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


# ---- What becomes of it ---------------------------------------------------------------------------------------------


class ReasonForm(_OnADay):
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class SupersedeForm(ReasonForm):
    replacement = forms.ModelChoiceField(label="The action that takes its place", queryset=Action.objects.none())
    field_order = ("replacement", "reason")

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replacement"].queryset = others  # type: ignore[attr-defined]
        self.fields["replacement"].label_from_instance = lambda action: f"{action.number}. {action.what}"  # type: ignore[attr-defined]


class SignOffForm(_OnADay):
    submit_label = "Sign off"
    forum = forms.CharField(label="Meeting at which all members present agreed", max_length=200)


class ImpactForm(_OnADay):
    submit_label = "Save the answer"
    difference = forms.ChoiceField(label="Did it?", choices=Difference.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="What children notice, and how you know", widget=forms.Textarea(attrs={"rows": 5}))


class ReviewForm(PortalForm):
    """What a group agreed at its review. `numbers` are those of the plan's actions; which may go, the service knows."""

    submit_label = "Continue"
    forum = forms.CharField(label="Meeting", max_length=200)
    held_on = FlexibleDateField(label="Held on")
    achieved = forms.TypedMultipleChoiceField(label="Achieved", coerce=int, required=False)
    notes = forms.CharField(label="What was said", widget=forms.Textarea(attrs={"rows": 4}), required=False)

    def __init__(self, *args: Any, today: dt.date, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["achieved"].choices = [(number, str(number)) for number in numbers]  # type: ignore[attr-defined]


# ---- Counts ---------------------------------------------------------------------------------------------------------


class CountsForm(PortalForm):
    submit_label = "Count"
    plan = forms.ModelChoiceField(
        label="Plan", queryset=ActionPlan.objects.none(), required=False, empty_label="All plans"
    )
    since = FlexibleDateField(label="From the morning of")
    upto = FlexibleDateField(label="To the evening of")

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]

    @property
    def helper(self) -> Any:
        helper = super().helper
        helper.form_method = "get"
        return helper

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, upto = data.get("since"), data.get("upto")
        if since and upto and upto < since:
            self.add_error("upto", "The last day must not be before the first.")
        return data


def is_key(text: str) -> bool:
    """Whether a text of an address can be the key of a plan."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
