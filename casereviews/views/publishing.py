"""Wording for the public, proposing a publication, and its release by a second person."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from casereviews import forms
from casereviews.access import may_release
from casereviews.models import PublishedReview
from casereviews.services import publishing, reviews
from casereviews.services.reviews import WORDING
from lscb.common.markdown import to_html

from .base import ChangesReview, VersionedChange


class WritePublicWords(VersionedChange):
    form_class = forms.WordingForm
    title = "Public wording"
    done = "The public wording is saved. Nothing is public before a second person releases it."
    intro = "Write for everybody who lives here: no name, no code name, nothing by which a child could be known."

    def values(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in WORDING}

    def do(self, data: dict[str, Any]) -> Any:
        return reviews.write_public_words(review=self.review, by=self.user, **data)


class Propose(ChangesReview):
    """Exactly what the public would read, and one button: it waits for a second person."""

    template_name = "casereviews/publish.html"
    form_class = forms.VersionForm
    title = "Propose the publication"
    done = "The publication waits for a second person, who releases it."
    related = ("themes",)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.review.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = publishing.as_public(self.review)
        refusal = publishing.why_not(self.review, self.today)
        return super().get_context_data(
            **{"version": version, "learning": to_html(version.learning, top_heading=3), "refusal": refusal, **kwargs}
        )

    def do(self, data: dict[str, Any]) -> Any:
        publishing.propose_publication(review=self.review, version=data["version"], by=self.user, at=timezone.now())
        return self.review


class OfProposal(ChangesReview):
    """A version that waits for its release."""

    form_class = forms.PortalForm

    @cached_property
    def proposed(self) -> PublishedReview:
        waiting = self.review.published.waiting().select_related("proposed_by", "review")
        return get_object_or_404(waiting, pk=self.kwargs["version"])


class Release(OfProposal):
    """The second person reads what the public will read, and releases it."""

    template_name = "casereviews/publish.html"
    title = "Release the publication"
    done = "The review is public now."
    warning = "From then on everybody can read it, and this version stays as it is."
    proves_again = ("GET", "POST")

    def check(self) -> None:
        if not may_release(self.user, self.review):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Release to the public"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.proposed
        return super().get_context_data(
            **{
                "version": version,
                "learning": to_html(version.learning, top_heading=3),
                "refusal": publishing.why_not(self.review, self.today),
                **kwargs,
            }
        )

    def do(self, data: dict[str, Any]) -> Any:
        return publishing.release_publication(proposed=self.proposed, by=self.user, at=timezone.now())


class TakeBack(OfProposal):
    title = "Take a proposal back"
    done = "The proposal is taken back."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Take it back"}

    def do(self, data: dict[str, Any]) -> Any:
        publishing.take_back_proposal(proposed=self.proposed, by=self.user)
        return self.review
