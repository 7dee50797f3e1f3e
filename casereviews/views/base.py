"""What the pages of a review have in common: who gets in, that every look is on the trail, and forms about it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from casereviews.access import may_manage
from casereviews.models import CaseReview
from casereviews.querysets import READ
from lscb.accounts.access import Guarded, person
from lscb.accounts.models import User
from lscb.accounts.views.base import Change
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule
from lscb.trail.services import viewed

REASONS = "reasons_for_reviews"
"""In the session: keys of the reviews for which a reason was given."""


def crumb() -> tuple[str, str]:
    return "Case reviews", reverse("casereviews:portfolio")


class ReadsReviews(Guarded):
    """For who reads some review: by role, or because they were let into one."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = person(request)
        if not user.may(READ) and not CaseReview.objects.visible_to(user).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


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


class VersionedChange(ChangesReview):
    """A form over texts: the second of two people who save sees both texts and loses none."""

    def values(self, record: Any) -> dict[str, Any]:
        """What the form shows of the record."""
        raise NotImplementedError

    def on_file(self) -> Any:
        return self.review

    def get_initial(self) -> dict[str, Any]:
        record = self.on_file()
        return self.values(record) | {"version": record.version} if record else {"version": 0}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = self.save(form)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(target)

    def save(self, form: Any) -> Any:
        raise NotImplementedError

    def overtaken(self, form: Any, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other text knowingly: it was in front of the person."""
        typed = self.request.POST.copy()
        typed["version"] = str(refusal.current.version if refusal.current else 0)
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = [
            {"id": f"theirs-{name}", "label": form.fields[name].label, "text": _printed(value) or "(empty)"}
            for name, value in self.values(refusal.current).items()
            if _printed(value) != _printed(form.cleaned_data.get(name))
        ]
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)


def _printed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return "\n".join(value.strip().splitlines())
    return "\n".join(sorted(str(one) for one in value))


def accounts() -> Any:
    """People with an account, for who runs reviews."""
    return User.objects.filter(is_active=True).order_by("name")
