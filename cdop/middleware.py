"""Who may know who a child was cannot write it anywhere but where it belongs.

What the officer or the designated doctor sends to any other page of the portal (minutes, agendas, actions, challenges)
is looked through first. For everybody else nothing is looked up: a refusal would tell them that the child is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.permissions import SAFE_METHODS, BasePermission

from lscb.accounts.models import User
from lscb.common.errors import RuleBroken

from .querysets import knows_children
from .services.access import children_named

OWN_ROOMS = ("/child-deaths/", "/notify-child-death/", "/account/", "/records/access/")
"""Pages that know what they may take: each looks through the texts that others read. In an access request stands what
who asks has said, and whom the board looks for."""
NOT_TEXTS = frozenset({"csrfmiddlewaretoken", "once", "version", "submission"})
SHOWN_FROM = 20


class NamesNobody:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or request.path.startswith(OWN_ROOMS) or not knows_children(request.user):
            return None
        texts = [text for name, values in request.POST.lists() for text in values if name not in NOT_TEXTS]
        told = children_named("\n".join(texts))
        if not told:
            return None
        typed = [text for text in texts if len(text) >= SHOWN_FROM]
        return render(request, "cdop/names_somebody.html", {"told": told, "typed": typed}, status=422)


class NamesNobodyByProgram(BasePermission):
    """The same of what they send through the API, which does not come as a form; also by a token that reaches less."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.method in SAFE_METHODS or not isinstance(request.user, User):
            return True
        in_person = User.objects.get(pk=request.user.pk)
        if knows_children(in_person) and (told := children_named("\n".join(_texts(request.data)))):
            raise RuleBroken(f"This names a child whose death is reviewed: {told[0]}. Take it out.")
        return True


def _texts(data: Any) -> Iterator[str]:
    """Every text in what was sent, however deep."""
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part
