"""From written to sent: helpers are invited, the lead signs, what is sent is frozen, queries are answered."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from lscb.accounts import links
from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.common.periods import end_of_day
from lscb.common.words import naming, say
from lscb.trail.services import record

from ..access import may_fill, may_submit, must
from ..models import (
    Answer,
    Capacity,
    Contributor,
    PanelQuery,
    Return,
    ReturnState,
    ReturnStep,
    Signature,
    Standard,
    Submission,
)
from ..rounds.mail import send, tell_leads
from .answering import Fault, missing
from .document import content_of, digest
from .moving import Writer, locked, move

HELP, SIGN = "return-help", "return-sign"
"""Purposes of links: to fill in one standard, to sign as the second person."""

LINK_LASTS = dt.timedelta(days=60)


# ---- Who helps ------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_contributor(
    *, of_return: Return, standard: Standard, name: str, email: str, by: User | None, at: dt.datetime
) -> Contributor:
    """Ask somebody to fill in one standard. The link is for them alone, needs no account and shows nothing else."""
    of_return = locked(of_return)
    must(may_fill(by, of_return.agency))
    if not of_return.is_writable:
        raise RuleBroken("The return is signed or submitted, so nobody can help with it any more.")
    if standard.framework_id != of_return.round.framework_id:
        raise RuleBroken("Choose a standard of this return.", field="standard")
    if not name.strip():
        raise RuleBroken("Enter the name of the person.", field="name")
    email = email.strip().lower()
    contributor, _ = Contributor.objects.get_or_create(
        of_return=of_return,
        standard=standard,
        email=email,
        ended_at=None,
        defaults={"name": name.strip(), "invited_at": at, "invited_by": by},
    )
    who = by.name if by else say("The {board}")
    sentence = f"{who} asks you to help with a return of your agency to the {naming().board}."
    _mail_link(contributor, HELP, "audits:contribute", sentence, "your help is asked for", by, at)
    record(verb="invited somebody to help", by=by, target=of_return, changes={"standard": (None, standard.number)})
    return contributor


@transaction.atomic
def end_contributor(*, contributor: Contributor, by: User | None, at: dt.datetime) -> None:
    """Take a link back: it stops working at once. What was written stays."""
    of_return = locked(contributor.of_return)
    must(may_fill(by, of_return.agency))
    _end(contributor, at, by)
    record(verb="took back a link of a helper", by=by, target=of_return)


def _end(contributor: Contributor, at: dt.datetime, by: User | None) -> None:
    purpose = HELP if contributor.standard_id else SIGN
    links.revoke_links(target=contributor, purpose=purpose, by=by, at=at)
    Contributor.objects.filter(pk=contributor.pk, ended_at=None).update(ended_at=at)


def _mail_link(
    contributor: Contributor, purpose: str, route: str, sentence: str, subject: str, by: User | None, at: dt.datetime
) -> None:
    until = max(end_of_day(contributor.of_return.due_on), at) + LINK_LASTS
    link = links.issue_link(
        purpose=purpose,
        target=contributor,
        email=contributor.email,
        name=contributor.name,
        expires_at=until,
        by=by,
        at=at,
    )
    send(
        to=contributor.email,
        key=f"{purpose} {contributor.pk} {at.isoformat()}",
        subject=subject,
        sentence=sentence,
        link=settings.PORTAL_URL + reverse(route, args=[links.token_of(link)]),
        due=contributor.of_return.due_on,
        by_link=True,
        until=link.expires_at,
    )


# ---- Signing and sending --------------------------------------------------------------------------------------------


def faults_of(of_return: Return) -> list[Fault]:
    """What is missing before the return can be signed."""
    answers = Answer.objects.filter(of_return=of_return).select_related("option", "question__standard")
    return [fault for answer in answers for fault in missing(answer)]


@transaction.atomic
def tell_lead_it_is_ready(*, of_return: Return, by: User | None, at: dt.datetime) -> Return:
    """Who filled it in says that it can be signed. Answers rest until it is signed or taken back."""
    of_return = locked(of_return)
    must(may_fill(by, of_return.agency))
    _check_complete(of_return)
    who = of_return.agency.short_name
    of_return = move(of_return, ReturnStep.READY, at=at, by=by, who=who, verb="called a return ready")
    sentence = "The return of your agency is filled in and waits to be signed."
    subject = "a return waits for your signature"
    tell_leads(of_return, what=sentence, occasion=f"ready {at}", subject=subject, today=at.date())
    return of_return


@transaction.atomic
def take_back(*, of_return: Return, by: User | None, at: dt.datetime) -> Return:
    """Change something after all, before it is sent. Signatures go: they were for what stood there."""
    of_return = locked(of_return)
    must(may_fill(by, of_return.agency))
    of_return.signatures.all().delete()
    for contributor in of_return.contributors.open().filter(standard=None):
        _end(contributor, at, by)
    who = of_return.agency.short_name
    return move(of_return, ReturnStep.TAKEN_BACK, at=at, by=by, who=who, verb="took a return back to change it")


@transaction.atomic
def sign(
    *,
    of_return: Return,
    name: str,
    position: str,
    governor_name: str = "",
    governor_email: str = "",
    by: User | None,
    at: dt.datetime,
) -> Return:
    """The declaration by the agency's lead, which sends the return. It is never too late: late is marked.

    In a school the head signs first; the safeguarding governor gets a link and sends it by signing, too.
    """
    of_return = locked(of_return)
    must(may_submit(by, of_return.agency))
    _check_complete(of_return)
    schools = of_return.round.framework.is_for_schools
    if of_return.status == ReturnState.NOT_STARTED:  # everything was carried forward and confirmed
        raise RuleBroken("Confirm or change an answer before you submit.")
    _sign(of_return, Capacity.HEAD if schools else Capacity.LEAD, name, position, by, at)
    if not schools:
        return _send(of_return, by, at)
    if not governor_name.strip() or not governor_email.strip():
        raise RuleBroken("Enter name and email address of the safeguarding governor.", field="governor_name")
    if governor_name.strip().lower() == name.strip().lower() or (by and governor_email.lower() == by.email):
        raise RuleBroken("The governor must be somebody else than the head.", field="governor_name")
    if of_return.status != ReturnState.AWAITING:
        who = of_return.agency.short_name
        of_return = move(of_return, ReturnStep.READY, at=at, by=by, who=who, verb="signed as head teacher")
    governor = Contributor.objects.create(
        of_return=of_return,
        name=governor_name.strip(),
        email=governor_email.strip().lower(),
        invited_at=at,
        invited_by=by,
    )
    sentence = "The head teacher signed your school’s safeguarding audit. It is sent when you sign it, too."
    _mail_link(governor, SIGN, "audits:countersign", sentence, "an audit waits for your signature", by, at)
    return of_return


@transaction.atomic
def countersign(*, governor: Contributor, position: str, at: dt.datetime) -> Return:
    """The second signature, by link: it sends the school's audit."""
    of_return = locked(governor.of_return)
    must(governor.standard_id is None and governor.ended_at is None)
    _sign(of_return, Capacity.GOVERNOR, governor.name, position, governor, at)
    Contributor.objects.filter(pk=governor.pk).update(ended_at=at)
    return _send(of_return, governor, at)


def _sign(of_return: Return, capacity: Capacity, name: str, position: str, by: Writer, at: dt.datetime) -> None:
    if not name.strip():
        raise RuleBroken("Enter your name.", field="name")
    if not position.strip():
        raise RuleBroken("Enter your position.", field="position")
    if of_return.signatures.filter(capacity=capacity).exists():
        raise RuleBroken("This is signed already.")
    Signature.objects.create(
        of_return=of_return,
        capacity=capacity,
        name=name.strip(),
        position=position.strip(),
        signed_at=at,
        signed_by=by if isinstance(by, User) else None,
    )


def _send(of_return: Return, by: Writer, at: dt.datetime) -> Return:
    of_return.submitted_at = at
    who = of_return.agency.short_name
    text = "After the deadline." if of_return.came_late else ""
    of_return = move(of_return, ReturnStep.SUBMITTED, at=at, by=by, who=who, verb="submitted a return", text=text)
    for contributor in of_return.contributors.open():
        _end(contributor, at, by if isinstance(by, User) else None)
    _freeze(of_return, at)
    return of_return


def _freeze(of_return: Return, at: dt.datetime) -> Submission:
    content = content_of(of_return, sent_at=at)
    number = of_return.submissions.count() + 1
    return Submission.objects.create(
        of_return=of_return, number=number, sent_at=at, content=content, digest=digest(content)
    )


def _check_complete(of_return: Return) -> None:
    faults = faults_of(of_return)
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise RuleBroken(f"Something is missing. {faults[0].sentence}{more}.")


# ---- Queries --------------------------------------------------------------------------------------------------------


@transaction.atomic
def reply_to_query(*, query: PanelQuery, reply: str, by: User | None, at: dt.datetime) -> PanelQuery:
    """Answer a query of the panel, in place. The return itself stays as it was submitted."""
    of_return = locked(query.of_return)
    must(may_fill(by, of_return.agency))
    query = PanelQuery.objects.select_for_update(of=("self",)).get(pk=query.pk)
    if of_return.status != ReturnState.QUERIED:
        raise RuleBroken("The panel does not wait for replies any more.", field="reply")
    if not reply.strip():
        raise RuleBroken("Enter the reply.", field="reply")
    query.reply, query.replied_at = reply.strip(), at
    query.save(update_fields=["reply", "replied_at"])
    record(verb="replied to a query", by=by, target=of_return)
    return query


@transaction.atomic
def resubmit(*, of_return: Return, by: User | None, at: dt.datetime) -> Return:
    """Send the replies to the panel, when every query has one."""
    of_return = locked(of_return)
    must(may_submit(by, of_return.agency))
    if of_return.queries.unanswered().exists():
        raise RuleBroken("A query has no reply yet. Reply to each of them first.")
    who = of_return.agency.short_name
    of_return = move(of_return, ReturnStep.RESUBMITTED, at=at, by=by, who=who, verb="answered the queries")
    _freeze(of_return, at)
    return of_return
