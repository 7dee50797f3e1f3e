"""The shape of what people type about themes and about carrying a plan forward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from lscb.actions.models import Action
from lscb.common.forms import FlexibleDateField, PortalForm, prepare
from lscb.common.periods import FinancialYear

from ..models import Theme


class ThemesField(forms.ModelMultipleChoiceField):
    """The themes of a year, to tick."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"label": "Themes of the business plan", "required": False, "widget": forms.CheckboxSelectMultiple}
        super().__init__(**{"queryset": Theme.objects.none(), **words, **kwargs})

    def label_from_instance(self, obj: Theme) -> str:
        return f"{obj.year}, theme {obj.number}: {obj.text}"


class ThemesForm(PortalForm):
    """Which themes something serves."""

    submit_label = "Save the themes"
    themes = ThemesField()

    def __init__(self, *args: Any, themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = themes  # type: ignore[attr-defined]


class CarryForm(PortalForm):
    """What is left of a year, ticked; and where in the next year it goes, theme by theme."""

    submit_label = "Carry forward"
    actions = forms.ModelMultipleChoiceField(
        label="Actions to carry forward",
        help_text="An action that is not carried stays in the old plan until it is signed off or withdrawn",
        queryset=Action.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    due = FlexibleDateField(label="New due date of those that are late")

    def __init__(
        self,
        *args: Any,
        actions: QuerySet[Action],
        left: Sequence[Action],
        themes: Sequence[Theme],
        year: FinancialYear,
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["actions"]
        field.queryset = actions  # all of the plan: a form that is sent twice still understands what was ticked
        field.choices = [(action.pk, action.what) for action in left]
        field.initial = [action.pk for action in left]
        self.fields["due"].initial = max(year.next.last_day, FinancialYear.containing(today).last_day)
        self.themes = themes
        for theme in themes:
            self.fields[self._name(theme)] = self._into(theme, year)
            prepare(self.fields[self._name(theme)])

    def into(self) -> dict[int, Theme]:
        """Under which theme of the next year the actions of each theme go, where one was chosen."""
        chosen = {theme.pk: self.cleaned_data.get(self._name(theme)) for theme in self.themes}
        return {key: theme for key, theme in chosen.items() if theme}

    def _into(self, theme: Theme, year: FinancialYear) -> forms.ModelChoiceField:
        field = forms.ModelChoiceField(
            label=f"Those of theme {theme.number} go into",
            help_text=theme.text,
            queryset=Theme.objects.filter(year=year.next),
            required=False,
            empty_label="The same theme, carried over too",
        )
        field.label_from_instance = lambda one: f"{one.number}: {one.text}"  # type: ignore[method-assign,assignment]
        return field

    @staticmethod
    def _name(theme: Theme) -> str:
        return f"theme_{theme.number}"
