"""What people type who book, pass on a place, walk in, or say what it was worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from lscb.accounts.models import Agency
from lscb.common.forms import PortalForm

from ..models import Question
from ..models.evaluation import SCALE
from ..services.booking import Details

NOT_LISTED = "Another organisation, which I enter below"
FEW_LINES = {"rows": 2}


class DetailsForm(PortalForm):
    """Who comes: name, role, and a partner agency or another organisation."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    job = forms.CharField(
        label="Role",
        help_text="For example, health visitor",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), required=False, empty_label=NOT_LISTED
    )
    organisation = forms.CharField(
        label="Organisation",
        help_text="If it is not in the list. For example, a school",
        max_length=150,
        required=False,
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


def details_of(data: Mapping[str, Any]) -> Details:
    """What a form holds, as the services take it. Of both an agency and an organisation the agency counts."""
    agency = data["agency"]
    return Details(data["name"], data["job"], agency, "" if agency else data["organisation"])


class BookForm(DetailsForm):
    """A place for who is signed in. Needs are asked for as long as the person was never asked."""

    submit_label = "Confirm booking"
    manager_email = forms.EmailField(
        label="Work e-mail of your manager", help_text="They approve the booking with one click", required=False
    )
    access_needs = forms.CharField(
        label="What do you need to take part?",
        help_text="For example, a place near the door, or slides beforehand. We ask once",
        widget=forms.Textarea(attrs=FEW_LINES),
        max_length=1000,
        required=False,
    )
    dietary_needs = forms.CharField(
        label="What can you not eat?", widget=forms.Textarea(attrs=FEW_LINES), max_length=500, required=False
    )

    def __init__(self, *args: Any, asks_manager: bool, asks_needs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_manager:
            del self.fields["manager_email"]
        if not asks_needs:
            del self.fields["access_needs"], self.fields["dietary_needs"]


class BookWithoutAccountForm(BookForm):
    """The same for a stranger, who says under which address; needs are asked when that is proven."""

    submit_label = "Send me the link"
    email = forms.EmailField(label="Work e-mail", help_text="We send a link there. Nothing is booked before you use it")
    field_order = ("name", "email")


class NeedsForm(PortalForm):
    """What somebody needs; the same questions as when booking."""

    submit_label = "Save"
    access_needs = BookForm.base_fields["access_needs"]
    dietary_needs = BookForm.base_fields["dietary_needs"]


class ConfirmAddressForm(NeedsForm):
    submit_label = "Confirm my booking"

    def __init__(self, *args: Any, asks_needs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_needs:
            del self.fields["access_needs"], self.fields["dietary_needs"]


class ColleagueForm(DetailsForm):
    """Who takes a place over, or walks in."""

    submit_label = "Give my place to this colleague"
    email = forms.EmailField(label="Work e-mail")
    field_order = ("name", "email")


class WalkInForm(ColleagueForm):
    submit_label = "Add to the register"


class EvaluationForm(PortalForm):
    """Every question on the scale from 1 to 5, and room for a comment."""

    submit_label = "Send my answers"
    comment_label: ClassVar[str] = "Anything you want to add"

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {f"question_{question.pk}": question for question in questions}
        for name, question in self.questions.items():
            self.fields[name] = forms.TypedChoiceField(
                label=question.text, choices=SCALE, coerce=int, widget=forms.RadioSelect
            )
            self.fields[name].error_messages["required"] = f"Choose 1 to 5: {question.text}"
        self.fields["comment"] = forms.CharField(
            label=self.comment_label,
            help_text="We may print it without your name. Name no child and no family",
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=3000,
            required=False,
        )

    def scores(self) -> dict[Question, int]:
        return {question: self.cleaned_data[name] for name, question in self.questions.items()}
