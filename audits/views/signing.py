"""The second signature of a school's audit, by the governor who came by a link: 1 page and 1 click."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import FormView

from audits.models import Answer, Contributor
from audits.returns import submitting
from audits.returns.forms import GovernorForm
from audits.returns.reading import by_standard
from lscb.accounts import links
from lscb.accounts.views.by_link import ByLink
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule


class Countersign(ByLink, FormView):
    purpose = submitting.SIGN
    template_name = "audits/countersign.html"
    form_class = GovernorForm

    @cached_property
    def governor(self) -> Contributor:
        related = Contributor.objects.open().select_related("of_return__agency", "of_return__round__framework")
        found = related.filter(pk=self.link.target_key, standard=None).first()
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"declaration": self.governor.of_return.round.framework.declaration}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.governor.of_return
        answers = Answer.objects.filter(of_return=one).with_content()
        return super().get_context_data(
            title="Sign the safeguarding audit of your school",
            of_return=one,
            governor=self.governor,
            standards=by_standard(answers, [], [], [], []),
            signed=list(one.signatures.all()),
            **kwargs,
        )

    def form_valid(self, form: BaseForm) -> HttpResponse:
        now = timezone.now()
        try:
            with transaction.atomic():
                links.spend(link=self.link, at=now)
                position = form.cleaned_data["position"]
                sent = submitting.countersign(governor=self.governor, position=position, at=now)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        return render(self.request, "audits/countersigned.html", {"of_return": sent})
