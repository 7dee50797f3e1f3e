"""Forms of the pages that look at everything."""

from __future__ import annotations

from django import forms

from lscb.common.forms import PortalForm

from .emergency import Emergency


class EmergencyForm(PortalForm):
    submit_label = "Open the case for an hour"

    reference = forms.CharField(
        label="Reference of the case", max_length=40, help_text="For example, CD-2016-K7QFX, or: Case review 3"
    )
    reason = forms.ChoiceField(label="Why?", choices=Emergency.choices, widget=forms.RadioSelect)
