"""What the public reads of case reviews: released versions and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from casereviews.models import PublishedReview
from lscb.common.markdown import to_html

KEPT_FOR = 300


@method_decorator(login_not_required, name="dispatch")
class _Public(TemplateView):
    """The same for everybody, so caches may keep it."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response: Any = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=KEPT_FOR)
        return response


class PublicReviews(_Public):
    template_name = "casereviews/public_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = PublishedReview.objects.standing().order_by("-released_at")
        return super().get_context_data(title="What we learned from case reviews", versions=standing, **kwargs)


class PublicReview(_Public):
    """One version. The newest says nothing of others; an older one says that there is a newer."""

    template_name = "casereviews/public_review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = get_object_or_404(PublishedReview.objects.released(), pk=self.kwargs["pk"])
        newest = PublishedReview.objects.standing().get(review=version.review_id)
        others = PublishedReview.objects.released().filter(review=version.review_id).exclude(pk=version.pk)
        return super().get_context_data(
            title=version.title,
            version=version,
            learning=to_html(version.learning, top_heading=3),
            newest=newest if newest.pk != version.pk else None,
            others=others.order_by("-number"),
            breadcrumbs=[("Learning from case reviews", reverse("learning:reviews"))],
            **kwargs,
        )
