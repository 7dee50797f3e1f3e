"""Board packs: choosing indicators of an edition, writing the questions, reading and printing them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from dataset import printing, publishing, services
from dataset.forms import PackForm, QuestionsForm
from dataset.models import Audience, BoardPack
from dataset.packs import items_of
from dataset.querysets import reads_all_figures
from lscb.accounts.permissions import Permission
from lscb.common.errors import Overtaken
from lscb.common.words import worded

from .base import CRUMB, ChangesDataset, ReadsEditions
from .editions import OneEdition


class PackMake(OneEdition, ChangesDataset):
    """Choose indicators of an edition for a meeting."""

    form_class = PackForm
    title = worded("Make a {board} pack")
    lead = worded(
        "Tick the indicators that the {board} is to talk about. Each gets a page with its chart and a question."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = [(row["code"], row["title"]) for row in self.get_edition().content["rows"]]
        return super().get_form_kwargs() | {"rows": rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.get_edition()
        crumbs = [CRUMB, (f"{edition.quarter.label}, edition {edition.number}", edition.get_absolute_url())]
        return super().get_context_data(**{"breadcrumbs": crumbs, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return services.make_pack(edition=self.get_edition(), title=data["title"], codes=data["codes"], by=self.user)


class OnePack(ReadsEditions):
    """Finds the pack of the address."""

    @cached_property
    def pack(self) -> BoardPack:
        packs = BoardPack.objects.visible_to(self.user).select_related("edition").prefetch_related("items")
        return get_object_or_404(packs, pk=self.kwargs["pk"])

    @property
    def content(self) -> Any:
        return publishing.content_for(self.pack.edition.content, self.user)

    @property
    def note(self) -> str:
        return "" if reads_all_figures(self.user) else publishing.disclosure_for(Audience.BOARD).note


class PackPage(OnePack, TemplateView):
    template_name = "dataset/pack.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.pack.edition
        return super().get_context_data(
            title=self.pack.title,
            breadcrumbs=[CRUMB, (f"{edition.quarter.label}, edition {edition.number}", edition.get_absolute_url())],
            pack=self.pack,
            edition=edition,
            items=items_of(self.pack, self.content),
            note=self.note,
            manages=self.manages,
            challenges=self.user.may(Permission.MANAGE_CHALLENGES),
            **kwargs,
        )


class PackPdf(OnePack, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        items = items_of(self.pack, self.content)
        content = printing.pack_pdf(self.pack.title, self.pack.edition, items, note=self.note)
        services.note_export(edition=self.pack.edition, format="pdf", rows=len(items), by=self.user)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="pack.pdf"'
        return response


class PackQuestions(OnePack, ChangesDataset):
    """The question to each indicator. The second of two people sees both texts."""

    form_class = QuestionsForm
    title = "Questions to ask"
    done = "The questions are saved."

    def get_form_kwargs(self) -> dict[str, Any]:
        titles = {row["code"]: row["title"] for row in self.pack.edition.content["rows"]}
        items = [(item.code, titles[item.code], item.question) for item in self.pack.items.all()]
        return super().get_form_kwargs() | {"items": items}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.pack.version}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other text knowingly: it was in front of the person."""
        try:
            services.ask_questions(
                pack=self.pack, questions=_texts(form), version=form.cleaned_data["version"], by=self.user
            )
        except Overtaken as refusal:
            typed = self.request.POST.copy()
            typed["version"] = str(BoardPack.objects.values_list("version", flat=True).get(pk=self.pack.pk))
            form.data = typed
            form.add_error(None, refusal.sentence)
            for code, text in refusal.current.items():
                if text != _texts(form).get(code):
                    form.add_error(f"q-{code}", f"On file now: {text or 'nothing'}")
            return self.render_to_response(self.get_context_data(form=form), status=409)
        messages.success(self.request, self.done)
        return redirect(self.pack)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [CRUMB, (self.pack.title, reverse("dataset:pack", args=[self.pack.pk]))]
        return super().get_context_data(**{"breadcrumbs": crumbs, **kwargs})


def _texts(form: BaseForm) -> dict[str, str]:
    """The questions by code."""
    return {name[2:]: text for name, text in form.cleaned_data.items() if name.startswith("q-")}
