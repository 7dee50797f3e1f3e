"""What pages have in common that are reached by a link from an e-mail, without an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from lscb.accounts import links
from lscb.accounts.models import Link
from lscb.common.errors import RuleBroken


class ByLink:
    """A view mixin, first in line, for an address with `by-link/<str:token>/`. Opening the page changes nothing.

    `link` is the link that was followed; the page finds its one record by `link.target_key` and shows nothing else.
    What the page does passes `str(link)` as its actor and, where it is done once, calls `links.spend`.
    """

    purpose: ClassVar[str]
    link: Link

    @method_decorator(login_not_required)
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.link = links.follow(kwargs["token"], purpose=self.purpose, at=timezone.now())
        except RuleBroken as refusal:
            return render(request, "accounts/link_over.html", {"sentence": refusal.sentence}, status=410)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
