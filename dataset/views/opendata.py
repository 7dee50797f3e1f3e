"""Open data: choosing what of an edition becomes public, and what the public reads."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from dataset import opendata, services
from dataset.forms import OpenDataForm
from dataset.models import PublishedDataset, Status
from dataset.pages import public_tables
from lscb.common.errors import RuleBroken
from lscb.common.words import naming

from .base import CRUMB, ChangesDataset, quarter_or_404
from .editions import OneEdition

KEPT_FOR = 300


class OpenDataPublish(OneEdition, ChangesDataset):
    """Tick indicators, see exactly what the public will read, publish."""

    form_class = OpenDataForm
    title = "Publish open data"
    template_name = "dataset/opendata_publish.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = opendata.document_of(self.get_edition(), [row["code"] for row in self.get_edition().content["rows"]])
        choices = [(one["code"], one["title"]) for one in rows["indicators"]]
        last = PublishedDataset.objects.order_by("-published_at").first()
        chosen = [one["code"] for one in last.content["indicators"]] if last else [code for code, _ in choices]
        return super().get_form_kwargs() | {"choices": choices, "chosen": chosen}

    def form_valid(self, form: Any) -> HttpResponse:
        edition = self.get_edition()
        document = opendata.document_of(edition, form.cleaned_data["codes"])
        seen = form.cleaned_data["seen"]
        if not seen or "preview" in self.request.POST:
            return self._preview(form, document)
        try:
            published = services.publish_open_data(
                edition=edition, codes=form.cleaned_data["codes"], seen=seen, by=self.user
            )
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return self._preview(form, document)
        messages.success(self.request, f"Version {published.number} of {edition.quarter.label} is public.")
        return redirect(published)

    def _preview(self, form: Any, document: dict[str, Any]) -> HttpResponse:
        shown = {"document": document, "digest": opendata.digest(document), "tables": public_tables(document)}
        return self.render_to_response(self.get_context_data(form=form, preview=shown))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.get_edition()
        crumbs = [CRUMB, (f"{edition.quarter.label}, edition {edition.number}", edition.get_absolute_url())]
        final = edition.status == Status.FINAL
        return super().get_context_data(**{"breadcrumbs": crumbs, "edition": edition, "is_final": final, **kwargs})


# ---- What the public reads -------------------------------------------------------------------------------------------


@method_decorator(login_not_required, name="dispatch")
class Public:
    """Published versions and nothing else; caches may keep them."""

    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        patch_cache_control(response, public=True, max_age=KEPT_FOR)
        return response

    @property
    def published(self) -> PublishedDataset:
        quarter = quarter_or_404(self.kwargs["quarter"])
        return get_object_or_404(PublishedDataset.objects.standing(), quarter=quarter)


@method_decorator(login_not_required, name="dispatch")
class PublicDatasets(Public, TemplateView):
    """Every quarter that is public."""

    template_name = "dataset/public_datasets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = PublishedDataset.objects.standing().order_by("-quarter")
        return super().get_context_data(title="Open data", datasets=standing, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class PublicDataset(Public, TemplateView):
    """One quarter, as tables, with its files."""

    template_name = "dataset/public_dataset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        published = self.published
        own = {
            "title": f"Figures of children’s safety, {published.quarter.label}",
            "published": published,
            "tables": public_tables(published.content),
            "breadcrumbs": [("Open data", reverse("opendata:datasets"))],
        }
        return super().get_context_data(**kwargs | own)


@method_decorator(login_not_required, name="dispatch")
class PublicCsv(Public, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        published = self.published
        response = HttpResponse(opendata.as_csv(published.content), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="dataset-{published.quarter}.csv"'
        return response


@method_decorator(login_not_required, name="dispatch")
class PublicMetadata(Public, View):
    """What each column and each indicator is: CSV on the Web."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        published = self.published
        address = settings.PORTAL_URL + published.get_absolute_url()
        told = opendata.metadata(published, publisher=naming().board_name, address=address)
        content = json.dumps(told, ensure_ascii=False, indent=2)
        return HttpResponse(content, content_type="application/csvm+json; charset=utf-8")
