"""What the pages of a review have in common: who gets in, that every look is on the trail, and forms about it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from casereviews.access import may_manage
from casereviews.models import CaseReview
from casereviews.querysets import READ
from lscb.accounts.access import Guarded, person
from lscb.accounts.models import Reader, User
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.trail.services import viewed

REASONS = "reasons_for_reviews"
"""In the session: keys of the reviews for which a reason was given."""


def crumb() -> tuple[str, str]:
    return "Case reviews", reverse("casereviews:portfolio")


def reads_some(user: Reader) -> bool:
    return isinstance(user, User) and (user.may(READ) or CaseReview.objects.visible_to(user).exists())


class ReadsReviews(Guarded):
    """For who reads some review: by role, or because they were let into one."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not reads_some(person(request)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def opens_to(cls, user: Reader) -> bool:
        return reads_some(user) and super().opens_to(user)


class OfReview(Guarded):
    """A page of one review: it exists for who may read it (404), each look is on the trail, with a reason where the
    review asks for one."""

    kwargs: dict[str, Any]
    request: HttpRequest
    related: ClassVar[tuple[str, ...]] = ()

    def find(self) -> CaseReview:
        visible = CaseReview.objects.visible_to(self.user).select_related("group", "plan")
        return get_object_or_404(visible.prefetch_related(*self.related), pk=self.kwargs["pk"])

    @cached_property
    def review(self) -> CaseReview:
        return self.find()

    @cached_property
    def manages(self) -> bool:
        return may_manage(self.user, self.review)

    def check(self) -> None:
        """Raises PermissionDenied where more than reading is needed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person(request)
        review = self.review
        self.check()
        if request.method in ("GET", "HEAD"):
            if lacks_reason(request, review):
                query = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse('casereviews:reason', args=[review.pk])}?{query}")
            viewed(review, by=self.user)
        return super().dispatch(request, *args, **kwargs)


def lacks_reason(request: HttpRequest, review: CaseReview) -> bool:
    return review.asks_reason and str(review.pk) not in request.session.get(REASONS, [])


class ChangesReview(OfReview, Change):
    """A form about a review, for who runs it."""

    template_name = "casereviews/form.html"
    warning: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    takes_day: ClassVar[bool] = False

    def check(self) -> None:
        if not self.manages:
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"today": self.today} if self.takes_day else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.review.reference, self.review.get_absolute_url())
        words = {"breadcrumbs": [crumb(), own], "warning": self.warning, "intro": self.intro, "review": self.review}
        return super().get_context_data(**words | kwargs)


class VersionedChange(ChangesReview, Versioned):
    """A form over texts of a review: the second of two people who save sees both texts and loses none."""

    template_name = "casereviews/form.html"

    @property
    def record(self) -> Any:
        return self.review


def accounts() -> Any:
    """People with an account, for who runs reviews."""
    return User.objects.filter(is_active=True).order_by("name")
