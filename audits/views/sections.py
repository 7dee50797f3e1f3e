"""Filling in one standard of a return: by the agency's people, and by helpers who came by a link."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import Answer, Contributor, Evidence, Option, Return, Section
from audits.returns import answering
from audits.returns.answering import Saved, fingerprint
from audits.returns.carrying import grade_words
from audits.returns.forms import AnswerForm, SectionForm, prefix_of
from audits.returns.moving import Writer
from audits.returns.submitting import HELP
from lscb.accounts.views.by_link import ByLink
from lscb.common.errors import RuleBroken
from lscb.common.periods import LONDON

from .base import OfReturn

OVERTAKEN = (
    "Somebody else changed question {} while you were writing. Your text is still here. "
    "Put the two together, then save."
)
STILL_TRUE = "all_still_true"


class FillsIn(TemplateView):
    """The page of one section. Subclasses say which section, and who writes."""

    template_name = "audits/section.html"
    request: HttpRequest

    @cached_property
    def section(self) -> Section:
        raise NotImplementedError

    @property
    def writer(self) -> Writer:
        raise NotImplementedError

    def done(self, saved: Saved) -> HttpResponse:
        """Where to go when everything was saved."""
        raise NotImplementedError

    @property
    def of_return(self) -> Return:
        return self.section.of_return

    @cached_property
    def scale(self) -> list[Option]:
        return list(self.of_return.round.framework.options.all())

    def answers(self) -> list[Answer]:
        related = Answer.objects.filter(of_return=self.of_return, question__standard=self.section.standard_id)
        return list(related.with_content().select_related("carried_from__of_return").order_by("question__number"))

    def forms(self, data: Any = None, files: Any = None) -> list[AnswerForm]:
        return [AnswerForm(data, files, answer=answer, options=self.scale) for answer in self.answers()]

    def end_form(self, data: Any = None) -> SectionForm:
        drawn = {"page": secrets.token_hex(16), "completed": "yes" if self.section.is_completed else ""}
        return SectionForm(data, initial=drawn)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = kwargs.pop("forms", None) or self.forms()
        end = kwargs.pop("end", None) or self.end_form()
        carried = [form for form in forms if form.answer.to_confirm]
        return super().get_context_data(
            title=str(self.section.standard),
            section=self.section,
            of_return=self.of_return,
            rows=[(form, kwargs.get("theirs", {}).get(form.answer.pk)) for form in forms],
            forms=forms,
            end=end,
            carried=carried,
            last=carried[0].answer.carried_from.of_return if carried and carried[0].answer.carried_from else None,
            **kwargs,
        )

    # ---- Saving -----------------------------------------------------------------------------------------------------

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forms, end = self.forms(request.POST, request.FILES), self.end_form(request.POST)
        valid = [form for form in forms if form.is_valid()]
        end.is_valid()
        try:
            saved = self.save(valid, end, len(valid) == len(forms))
        except RuleBroken as refusal:
            end.add_error(None, refusal.sentence)
            return self.again(forms, end, status=409)
        self.attach(valid)
        tell(saved, forms)
        if saved.overtaken or any(form.errors for form in forms):
            return self.again(forms, end, saved, status=409 if saved.overtaken else 200)
        return self.done(saved)

    def save(self, forms: Iterable[AnswerForm], end: SectionForm, all_valid: bool) -> Saved:
        typed = {form.answer.pk: form.typed for form in forms}
        page, now = end.cleaned_data.get("page", ""), timezone.now()
        still_true = [form.answer.pk for form in forms if form.cleaned_data.get("still_true")]
        completed = end.is_completed if "completed" in end.cleaned_data else None
        if STILL_TRUE in self.request.POST:
            waiting = [one for one in self.answers() if one.to_confirm]
            still_true = [one.pk for one in waiting if not list(answering.missing(one, confirming=True))]
            completed = True
        return answering.save_answers(
            section=self.section,
            typed=typed,
            page=page,
            still_true=still_true,
            completed=completed and all_valid,
            by=self.writer,
            at=now,
        )

    def attach(self, forms: Iterable[AnswerForm]) -> None:
        for form in forms:
            if upload := form.cleaned_data.get("file"):
                try:
                    answering.attach_evidence(answer=form.answer, upload=upload, by=self.writer, at=timezone.now())
                except RuleBroken as refusal:
                    form.add_error("file", refusal.sentence)

    def again(
        self, forms: list[AnswerForm], end: SectionForm, saved: Saved | None = None, *, status: int
    ) -> HttpResponse:
        """The page with everything that was typed. What others wrote stands beside it; saving again replaces it."""
        if saved:
            refresh(forms, saved)
        theirs = {one.pk: _shown(one) for one in saved.overtaken} if saved else {}
        formset = next((form for form in [*forms, end] if form.errors), None)
        context = self.get_context_data(forms=forms, end=end, theirs=theirs, form=formset)
        return self.render_to_response(context, status=status)


def tell(saved: Saved, forms: Iterable[AnswerForm]) -> None:
    """Faults and overtaken questions, each at its question."""
    by_answer = {form.answer.pk: form for form in forms}
    for fault in saved.faults:
        if not by_answer[fault.answer.pk].errors.get(fault.name):
            by_answer[fault.answer.pk].tell(fault)
    for answer in saved.overtaken:
        by_answer[answer.pk].add_error("evidence", OVERTAKEN.format(answer.question.reference))


def refresh(forms: Iterable[AnswerForm], saved: Saved) -> None:
    """The page now builds on what is on file, whoever wrote it."""
    for form, answer in zip(forms, saved.answers, strict=True):
        data: Any = form.data.copy()  # type: ignore[attr-defined]  # what a browser sent can be copied
        for name, value in _hidden(answer).items():
            data[name] = value
        form.data = data


def _hidden(answer: Answer) -> dict[str, str]:
    prefix = prefix_of(answer)
    return {f"{prefix}-version": str(answer.version), f"{prefix}-drawn": fingerprint(answer)}


def _shown(answer: Answer) -> list[tuple[str, str]]:
    """What somebody else saved."""
    day = answer.improve_by.strftime("%-d %B %Y") if answer.improve_by else ""
    texts = [
        ("Grade", grade_words(answer)),
        ("Why it does not apply", answer.why_not),
        ("Evidence", answer.evidence),
        ("What will be improved", answer.improvement),
        ("Improved by", day),
    ]
    return [(name, text) for name, text in texts if text]


class SavesByItself(View):
    """The same, while somebody types: JSON for `data-autosave`. A standard is not completed by it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        page: Any = self
        forms, end = page.forms(request.POST), page.end_form(request.POST)
        valid = [form for form in forms if form.is_valid()]
        end.is_valid()
        try:
            saved = answering.save_answers(
                section=page.section,
                typed={form.answer.pk: form.typed for form in valid},
                page=end.cleaned_data.get("page", ""),
                by=page.writer,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            return JsonResponse({"sentence": refusal.sentence}, status=409)
        if saved.overtaken:
            sentence = OVERTAKEN.format(saved.overtaken[0].question.reference)
            return JsonResponse({"sentence": sentence}, status=409)
        wrong = {form.answer.pk for form in forms if form.errors}
        fields = {name: value for one in saved.answers if one.pk not in wrong for name, value in _hidden(one).items()}
        time = timezone.now().astimezone(LONDON)
        return JsonResponse({"sentence": f"Saved at {time.hour}.{time.minute:02d}", "fields": fields})


# ---- By the agency --------------------------------------------------------------------------------------------------


class _OwnSection(OfReturn):
    needs = "fill"

    @cached_property
    def section(self) -> Section:
        sections = Section.objects.filter(of_return=self.of_return, standard__number=self.kwargs["number"])
        return get_object_or_404(sections.select_related("standard", "of_return__round__framework"))

    @property
    def writer(self) -> Writer:
        return self.user


class SectionPage(_OwnSection, FillsIn):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.of_return.is_writable else redirect(self.of_return)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = [self.of_return.pk, self.section.standard.number]
        return super().get_context_data(
            breadcrumbs=self.crumbs(), autosave=reverse("audits:return_autosave", args=place), own=True, **kwargs
        )

    def done(self, saved: Saved) -> HttpResponse:
        """On to the next standard, after the last one to the check."""
        later = Section.objects.filter(
            of_return=self.of_return, standard__number__gt=self.section.standard.number
        ).values_list("standard__number", flat=True)
        following = min(later, default=None)
        if following is None:
            return redirect("audits:return_check", self.of_return.pk)
        return redirect("audits:return_section", self.of_return.pk, following)


class SectionAutosave(_OwnSection, SavesByItself, FillsIn):
    http_method_names = ["post"]


class RemoveEvidence(OfReturn, View):
    needs = "fill"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        related = Evidence.objects.visible_to(self.user).select_related("answer__question__standard")
        evidence = get_object_or_404(related, answer__of_return=self.of_return, attachment=self.kwargs["file"])
        number = evidence.answer.question.standard.number
        try:
            answering.remove_evidence(evidence=evidence, by=self.user)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.of_return)
        messages.success(request, "The file is taken away from the answer.")
        return redirect("audits:return_section", self.of_return.pk, number)


# ---- By a link ------------------------------------------------------------------------------------------------------


class _LinkedSection(ByLink):
    purpose = HELP

    @cached_property
    def contributor(self) -> Contributor:
        related = Contributor.objects.open().select_related("of_return__agency", "of_return__round__framework")
        found = related.filter(pk=self.link.target_key).exclude(standard=None).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def section(self) -> Section:
        related = Section.objects.select_related("standard", "of_return__round__framework", "of_return__agency")
        return related.get(of_return=self.contributor.of_return_id, standard=self.contributor.standard_id)

    @property
    def writer(self) -> Writer:
        return self.contributor


class ContributePage(_LinkedSection, FillsIn):
    """One standard, for who was asked to help with it: nothing else is shown, and the link serves until it ends."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saves = reverse("audits:contribute_autosave", args=[self.kwargs["token"]])
        return super().get_context_data(autosave=saves, contributor=self.contributor, **kwargs)

    def done(self, saved: Saved) -> HttpResponse:
        messages.success(self.request, f"Saved. {self.contributor.of_return.agency.short_name} sees what you wrote.")
        return redirect("audits:contribute", self.kwargs["token"])


class ContributeAutosave(_LinkedSection, SavesByItself, FillsIn):
    http_method_names = ["post"]
