"""What was typed is never lost, also when the session ran out meanwhile (domain: "Rules that hold everywhere").

A form that comes too late is given back in the answer, to the browser that sent it, and kept nowhere: its fields stand
hidden in a form that sends them again once the person has signed in.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOKEN = "csrfmiddlewaretoken"  # nosec B105: the name of a field
LONGEST_SHOWN = 2_000


def send_again(request: HttpRequest, *, signed_out: bool) -> HttpResponse | None:
    """The page that gives a form back. None where there is nothing to keep, or where it is not for us to keep.

    Only what this site's own page sent is given back: otherwise another site could have it sent in a person's name.
    A password is never given back.
    """
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != TOKEN]
    if not fields or not _is_from_this_site(request) or any("password" in name for name, _ in fields):
        return None
    typed = [value[:LONGEST_SHOWN] for _, value in fields if " " in value.strip()]
    context = {"fields": fields, "typed": typed, "had_files": bool(request.FILES), "signed_out": signed_out}
    response = render(request, "accounts/send_again.html", context, status=403)
    response["Cache-Control"] = "no-store, private"
    return response


def _is_from_this_site(request: HttpRequest) -> bool:
    """Browsers say where a form came from, and no page can make them say something else."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
