"""The navigation: what a person may use, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission as P
from lscb.common.words import worded
from lscb.records.access import KEEPERS, TAKERS


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    current: bool


# label, route, prefix of its pages, any of these permissions
ENTRIES: tuple[tuple[str, str, str, tuple[P, ...]], ...] = (
    (worded("{Board}"), "boards:structure", "/board/", (P.READ_BOARD,)),
    (
        "Meetings",
        "boards:meeting_list",
        "/board/meetings/",
        (P.READ_BOARD, P.READ_CASE_REVIEWS, P.READ_CHILD_DEATHS),
    ),
    ("Challenges", "boards:challenge_list", "/board/challenges/", (P.READ_CHALLENGES, P.READ_OWN_CHALLENGES)),
    ("Actions", "actions:mine", "/actions/", (P.READ_ACTIONS, P.UPDATE_OWN_ACTIONS)),
    ("Section 11", "audits:round_list", "/audits/", (P.READ_RETURNS,)),
    ("Our returns", "audits:return_list", "/audits/returns/", (P.READ_OWN_RETURNS,)),
    ("Audits", "audits:audit_list", "/audits/multi-agency/", (P.READ_AUDITS,)),
    ("Returns to audits", "audits:audit_return_list", "/audits/multi-agency/returns/", (P.READ_OWN_RETURNS,)),
    ("Library", "boards:library", "/board/library/", tuple(P)),
    ("Case reviews", "casereviews:portfolio", "/reviews/", (P.READ_CASE_REVIEWS,)),
    ("Learning", "casereviews:briefings", "/reviews/briefings/", (P.READ_BOARD, P.UPDATE_OWN_ACTIONS)),
    ("Training", "training:programme", "/training/", (P.BOOK_TRAINING,)),
    ("Dataset", "dataset:edition_list", "/dataset/", (P.READ_DATASET, P.READ_FIGURES)),
    ("Our figures", "dataset:return_list", "/dataset/", (P.SUBMIT_FIGURES,)),
    ("Child deaths", "cdop:death_list", "/child-deaths/", (P.READ_CHILD_DEATHS,)),
    ("Child death reports", "cdop:report_list", "/child-deaths/", (P.ANSWER_CHILD_DEATHS,)),
    ("Annual report", "reports:report_list", "/report/", (P.READ_REPORT,)),
    ("Records", "records:classes", "/records/", KEEPERS),
    ("Take-out", "records:take_out", "/records/take-out/", TAKERS),
    ("People", "accounts:person_list", "/people/", (P.MANAGE_ACCOUNTS,)),
    ("Settings", "installation:settings", "/settings/", (P.MANAGE_INSTALLATION,)),
    ("Jobs", "jobs:job_list", "/jobs/", (P.READ_JOBS,)),
)


def navigation(request: HttpRequest, user: User) -> list[Entry]:
    """The entries for `user`."""
    own = [Entry("Home", reverse("home"), request.path == reverse("home"))]
    prefixes = [reverse("accounts:account"), *(prefix for _, _, prefix, _ in ENTRIES)]  # one's account is no “People”
    here = max((prefix for prefix in prefixes if request.path.startswith(prefix)), key=len, default="")
    return own + [
        Entry(label, reverse(route), prefix == here)
        for label, route, prefix, permissions in ENTRIES
        if any(user.may(permission) for permission in permissions)
    ]
