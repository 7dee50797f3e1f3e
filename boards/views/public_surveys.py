"""A survey as respondents see it, by a link and without an account. Opening the page changes nothing."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from boards.models import Survey
from boards.surveys import services
from boards.surveys.forms import AnswerForm
from boards.surveys.links import PURPOSE, survey_of_open_link
from lscb.accounts.models import Link
from lscb.accounts.views.by_link import ByLink
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule

GONE: Final = "accounts/link_over.html"


class _Answers(FormView):
    template_name = "boards/public_survey.html"
    form_class = AnswerForm
    success_url = reverse_lazy("public:survey_done")
    survey: Survey

    def find(self) -> Survey:
        """The survey that the link leads to. Raises RuleBroken with a sentence when it leads nowhere."""
        raise NotImplementedError

    def own_link(self) -> Link | None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.survey = self.find()
            services.check_takes_answers(self.survey, timezone.localdate())
        except RuleBroken as refusal:
            return render(request, GONE, {"sentence": refusal.sentence}, status=410)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": list(self.survey.questions.prefetch_related("options"))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.survey.title, survey=self.survey, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            services.answer_survey(
                survey=self.survey,
                given=form.given(),  # type: ignore[attr-defined]
                on=timezone.localdate(),
                link=self.own_link(),
                submission=form.cleaned_data["submission"],
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        return super().form_valid(form)


class AnswerByOwnLink(ByLink, _Answers):
    """A link of one's own: answering spends it."""

    purpose = PURPOSE

    def find(self) -> Survey:
        return Survey.objects.get(pk=self.link.target_key)

    def own_link(self) -> Link:
        return self.link


@method_decorator([login_not_required, never_cache], name="dispatch")
class AnswerByOpenLink(_Answers):
    """The open link: it works for everybody it is passed on to."""

    def find(self) -> Survey:
        return survey_of_open_link(self.kwargs["token"])


@method_decorator(login_not_required, name="dispatch")
class Thanks(TemplateView):
    template_name = "boards/public_survey_done.html"
