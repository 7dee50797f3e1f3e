"""The kinds of e-mail in which the board team may write a paragraph of its own, each with the facts it may name.

Fixed are the e-mails about passwords, second factors and changed addresses, which people must recognise, invitations to
meetings, and those about child deaths, which say that something waits and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string

from lscb.common.chapters import NAMED_FACT
from lscb.common.letters import EVERYWHERE
from lscb.common.periods import Quarter
from lscb.common.words import in_templates

DUE, LINK = "the day by which it is due", "the address where it waits"
_SAMPLE_DAY = dt.date(2026, 6, 3)
_SAMPLE_LINK = "https://portal.example.org/…"


@dataclass(frozen=True)
class MailKind:
    """`template` is the e-mail itself, `facts` what its paragraph may name, `sample` fills the preview."""

    slug: str
    title: str
    template: str
    facts: Mapping[str, str]
    sample: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """Every fact that may be named, with what it is."""
        return {**EVERYWHERE, **self.facts}

    def preview(self) -> str:
        """The e-mail as it would go out, about nothing real."""
        shared = {"link": _SAMPLE_LINK, "due": _SAMPLE_DAY}
        return render_to_string(self.template, {**in_templates(), **shared, **self.sample})


_FIGURES = {
    "quarter": Quarter.parse("2026-27 Q1"),
    "state": {"owed": 12, "missing": 3, "is_late": False},
}

MAILS: tuple[MailKind, ...] = (
    MailKind(
        "invitation",
        "Invitation to the portal",
        "accounts/email/invitation.txt",
        {"name": "the person’s name", "link": LINK},
        {
            "invitation": {
                "name": "Alex Example",
                "role_class": {"title": "Agency lead"},
                "where": ", an agency",
                "expires_at": dt.datetime.combine(_SAMPLE_DAY, dt.time(12), tzinfo=dt.UTC),
            }
        },
    ),
    MailKind(
        "digest",
        "What is due or late, once a day or week",
        "home/email/digest.txt",
        {"things": "how many things wait", "link": LINK},
        {"things": "3 things wait", "late": 1, "told": ["A return (late)"], "untold": 2, "how_often": "daily"},
    ),
    MailKind(
        "challenge", "A challenge waits for a response", "boards/email/challenge_waits.txt", {"due": DUE, "link": LINK}
    ),
    MailKind(
        "library",
        "Something in the library is new",
        "boards/email/library.txt",
        {"kind": "what kind of document it is", "link": LINK},
        {"kind": "policy"},
    ),
    MailKind(
        "survey",
        "A survey asks for answers",
        "boards/email/survey.txt",
        {"link": LINK},
        {"survey": {"audience": "", "closes_on": _SAMPLE_DAY}},
    ),
    MailKind(
        "return",
        "A return waits, or is late",
        "audits/email/return.txt",
        {"due": DUE, "link": LINK},
        {"sentence": "A return of your agency waits for you."},
    ),
    MailKind(
        "audit_returns_asked",
        "An audit asks for returns",
        "audits/email/audit_returns_asked.txt",
        {"due": DUE, "link": LINK},
    ),
    MailKind(
        "audit_returns_chased",
        "Returns to an audit are missing",
        "audits/email/audit_returns_chased.txt",
        {"due": DUE, "link": LINK},
    ),
    MailKind("briefing", "A learning briefing waits", "casereviews/email/briefing_waits.txt", {"link": LINK}),
    MailKind(
        "figures_asked",
        "Figures of a quarter can be entered",
        "dataset/email/figures_asked.txt",
        {"quarter": "the quarter", "due": DUE, "link": LINK},
        _FIGURES,
    ),
    MailKind(
        "figures_missing",
        "Figures of a quarter are missing",
        "dataset/email/figures_missing.txt",
        {"quarter": "the quarter", "due": DUE, "link": LINK},
        _FIGURES,
    ),
    MailKind(
        "training",
        "About a booking of training",
        "training/email/letter.txt",
        {"course": "the title of the course", "link": LINK},
        {
            "course": "Safeguarding children, level 3",
            "facts": ["3 June 2026, 9.30 to 16.30", "Civic Centre"],
            "words": ["Your place is confirmed."],
        },
    ),
)


def kind_of_mail(slug: str) -> MailKind:
    """Raises Http404 for one that there is not."""
    found = next((mail for mail in MAILS if mail.slug == slug), None)
    if found is None:
        raise Http404
    return found


def refused_facts(text: str, mail: MailKind) -> str:
    """The sentence that refuses a paragraph; empty when it names only what this e-mail knows."""
    for match in NAMED_FACT.finditer(text):
        if match[1].strip() not in mail.named:
            known = ", ".join(f"{{{{ {name} }}}}" for name in mail.named)
            return f"This e-mail does not know “{match[1].strip()}”. It knows {known}."
    rest = NAMED_FACT.sub("", text)
    if any(mark in rest for mark in ("{{", "}}", "{%", "%}")):
        return "Name a fact like this: {{ board_name }}. Other braces have no meaning here; take them out."
    return ""
