"""The shape of what people type into a return and about it; the rules are in the services."""

from __future__ import annotations

from typing import Any

from django import forms

from lscb.common.forms import FlexibleDateField, PortalForm

from ..models import Answer, Option, Standard
from .answering import Fault, Typed, fingerprint

NOT_APPLICABLE = "na"


class AnswerForm(PortalForm):
    """One question of a section. Nothing is required: what is missing is told when the standard is completed."""

    grade = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    still_true = forms.BooleanField(label="Still true: leave this answer as it is", required=False)
    why_not = forms.CharField(
        label="Why it does not apply",
        help_text="Only for a question that does not apply to you",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    evidence = forms.CharField(
        label="Evidence", help_text="What shows it", widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    file = forms.FileField(label="Add a file", required=False)
    improvement = forms.CharField(
        label="What will be improved",
        help_text="It becomes an action of your agency. Needed for a grade below the standard",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    improve_by = FlexibleDateField(label="Improved by", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    drawn = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, answer: Answer, options: list[Option], **kwargs: Any) -> None:
        self.answer = answer
        self.options = {str(option.pk): option for option in options}
        super().__init__(*args, prefix=prefix_of(answer), initial=shown(answer), **kwargs)
        grade: Any = self.fields["grade"]
        grade.label = f"{answer.question.reference} {answer.question.text}"
        grade.choices = [
            *((key, option.label) for key, option in self.options.items()),
            (NOT_APPLICABLE, "Does not apply to us"),
        ]
        grade.choice_hints = {key: option.meaning for key, option in self.options.items() if option.meaning}
        if not answer.to_confirm:
            del self.fields["still_true"]

    @property
    def typed(self) -> Typed:
        """What was typed, as the service takes it."""
        data = self.cleaned_data
        return Typed(
            option=self.options.get(data["grade"]),
            not_applicable=data["grade"] == NOT_APPLICABLE,
            why_not=data["why_not"],
            evidence=data["evidence"],
            improvement=data["improvement"],
            improve_by=data["improve_by"],
            version=data["version"] or 0,
            drawn=data["drawn"],
        )

    def tell(self, fault: Fault) -> None:
        """What is missing, at its field."""
        self.add_error(fault.name if fault.name in self.fields else None, fault.sentence)


def prefix_of(answer: Answer) -> str:
    return f"q{answer.pk}"


def shown(answer: Answer) -> dict[str, Any]:
    """What a page shows of an answer, with what it was drawn from."""
    grade = answer.option_id or (NOT_APPLICABLE if answer.not_applicable else "")
    texts = {name: getattr(answer, name) for name in ("why_not", "evidence", "improvement", "improve_by")}
    return {"grade": str(grade), **texts, "version": answer.version, "drawn": fingerprint(answer)}


class SectionForm(PortalForm):
    """The end of a section page: whether the standard is completed."""

    completed = forms.ChoiceField(
        label="Have you completed this standard?",
        choices=[("yes", "Yes, it is completed"), ("no", "No, somebody comes back to it")],
        widget=forms.RadioSelect,
        required=False,
    )
    page = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)

    @property
    def is_completed(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["completed"])


class InviteForm(PortalForm):
    submit_label = "Send the link"
    standard = forms.ModelChoiceField(
        label="Which standard", queryset=Standard.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="Email address", help_text="The link is sent there and is for this person alone")

    def __init__(self, *args: Any, standards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["standard"]
        field.queryset = standards


class SignForm(PortalForm):
    """The declaration. `declared` is a tick that is never set beforehand."""

    submit_label = "Sign and submit"
    declared = forms.BooleanField(label="")
    name = forms.CharField(label="Your name", max_length=120)
    position = forms.CharField(label="Your position", max_length=150)

    def __init__(self, *args: Any, declaration: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declared"].label = declaration
        self.fields["declared"].error_messages["required"] = "Tick to declare that the return is true"


class HeadForm(SignForm):
    """The head signs and names the governor who signs after."""

    submit_label = "Sign and ask the governor"
    governor_name = forms.CharField(label="Name of the safeguarding governor", max_length=120)
    governor_email = forms.EmailField(
        label="Email address of the governor", help_text="The governor gets a link, reads the audit and signs it"
    )


class GovernorForm(PortalForm):
    submit_label = "Sign and submit"
    declared = forms.BooleanField(label="")
    position = forms.CharField(label="Your position", max_length=150, initial="Safeguarding governor")

    def __init__(self, *args: Any, declaration: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declared"].label = declaration
        self.fields["declared"].error_messages["required"] = "Tick to declare that the audit is true"


class ReplyForm(PortalForm):
    submit_label = "Save the reply"
    reply = forms.CharField(label="Your reply", widget=forms.Textarea)


class ReasonForm(PortalForm):
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class DeferForm(ReasonForm):
    submit_label = "Defer the return"
    until = FlexibleDateField(label="New deadline")
    field_order = ("until", "reason")


# ---- The panel ------------------------------------------------------------------------------------------------------


class PanelAnswerForm(PortalForm):
    """What the panel says about one answer."""

    grade = forms.ChoiceField(label="The panel’s grade", required=False)
    reason = forms.CharField(label="Why another grade", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    query = forms.CharField(label="Ask the agency", widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, answer: Answer, options: list[Option], **kwargs: Any) -> None:
        self.answer = answer
        self.options = {str(option.pk): option for option in options}
        given = getattr(answer, "moderated", None)
        initial = {"grade": str(given.option_id), "reason": given.reason} if given else {}
        super().__init__(*args, prefix=prefix_of(answer), initial=initial, **kwargs)
        field: Any = self.fields["grade"]
        field.choices = [("", "Not moderated"), *((key, option.label) for key, option in self.options.items())]

    @property
    def option(self) -> Option | None:
        return self.options.get(self.cleaned_data["grade"])


class FeedbackForm(PortalForm):
    """The words of one area's board about a standard or overall."""

    text = forms.CharField(label="Feedback", widget=forms.Textarea, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)


class RequestForm(PortalForm):
    """Something that the agency is asked to do; both or neither."""

    request = forms.CharField(
        label="Ask the agency to do something", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    request_due = FlexibleDateField(label="Done by", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("request") and not data.get("request_due") and "request_due" not in self.errors:
            self.add_error("request_due", "Enter the day by which it is to be done")
        if data.get("request_due") and not data.get("request") and "request" not in self.errors:
            self.add_error("request", "Enter what the agency is asked to do")
        return data
