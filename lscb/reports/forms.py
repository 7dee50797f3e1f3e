"""Shapes of what people send about the annual report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from lscb.common.forms import FinancialYearFormField, FlexibleDateField, PortalForm, prepare

from .chapters import Part
from .models import AnnualReport


class StartForm(PortalForm):
    """Open the report of a year."""

    submit_label: ClassVar[str] = "Start the report"

    year = FinancialYearFormField(label="Year of the report")
    as_at = FlexibleDateField(
        label="Figures as at", help_text="The report prints what the records say on this day. For example, 30 June 2017"
    )


class BuildForm(PortalForm):
    """Build the edition, with the figures of a day."""

    submit_label: ClassVar[str] = "Build the report"

    as_at = FlexibleDateField(label="Figures as at", help_text="For example, 30 June 2017")


class WordsForm(PortalForm):
    """The board's own words for a chapter. `version` is the one that was read before writing."""

    submit_label: ClassVar[str] = "Save"

    markdown = forms.CharField(
        label="Words",
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": "22", "spellcheck": "true"}),
        help_text="An empty line begins a paragraph. ## begins a heading, - an item of a list, > a quotation. "
        "**Two stars** make words bold.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ApproveForm(forms.Form):
    """What is approved: exactly the content whose digest was on the page that was read."""

    content_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class WithdrawForm(PortalForm):
    reason = forms.CharField(
        label="Why is it withdrawn?",
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="The public does not see it.",
    )


class CorrectionForm(PortalForm):
    submit_label: ClassVar[str] = "Put the notice beside the report"

    sentence = forms.CharField(
        label="Why did the figure move?",
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="In words for the public. For example: an agency sent a late return in July 2017.",
    )


class CommentForm(PortalForm):
    submit_label: ClassVar[str] = "Add the comment"

    text = forms.CharField(label="Comment", max_length=5_000, widget=forms.Textarea(attrs={"rows": "6"}))


class CompareForm(PortalForm):
    """Two editions, to be read side by side; sent by GET."""

    submit_label: ClassVar[str] = "Compare"

    first = forms.ModelChoiceField(label="Edition", queryset=AnnualReport.objects.none())
    second = forms.ModelChoiceField(label="With", queryset=AnnualReport.objects.none())

    def __init__(self, *args: Any, editions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = editions  # type: ignore[attr-defined]


class ArrangementForm(PortalForm):
    """A place for each chapter, and whether it is left out."""

    submit_label: ClassVar[str] = "Save the order"

    def __init__(self, *args: Any, chapters: Sequence[tuple[Part, bool]], **kwargs: Any) -> None:
        self.chapters = chapters
        super().__init__(*args, **kwargs)
        for number, (part, is_left_out) in enumerate(chapters, start=1):
            self.fields[f"place_{part.slug}"] = forms.IntegerField(
                label=f"Place of “{part.title}”", min_value=1, max_value=99, initial=number
            )
            self.fields[f"out_{part.slug}"] = forms.BooleanField(
                label=f"Leave out “{part.title}”", required=False, initial=is_left_out
            )
        for field in self.fields.values():
            prepare(field)

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"part": part, "place": self[f"place_{part.slug}"], "out": self[f"out_{part.slug}"]}
            for part, _ in self.chapters
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        taken: dict[int, str] = {}
        for part, _ in self.chapters:
            place = data.get(f"place_{part.slug}")
            if place in taken:
                sentence = f"“{part.title}” and “{taken[place]}” have the same place. Give one of them another."
                self.add_error(f"place_{part.slug}", ValidationError(sentence))
            elif place is not None:
                taken[place] = part.title
        return data

    @property
    def order(self) -> list[str]:
        slugs = [part.slug for part, _ in self.chapters]
        return sorted(slugs, key=lambda slug: self.cleaned_data[f"place_{slug}"])

    @property
    def left_out(self) -> set[str]:
        return {part.slug for part, _ in self.chapters if self.cleaned_data[f"out_{part.slug}"]}


class NameFactForm(PortalForm):
    """A fact to be named where the words of `version` have `typed` at `start` to `end`."""

    version = forms.IntegerField(min_value=0)
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=0)
    typed = forms.CharField(strip=False, max_length=100)
    name = forms.CharField(max_length=120)
