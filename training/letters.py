"""E-mails of training: rows of the outbox, written in the transaction of what they tell of.

Each says what happened, when and where the session is, and holds one link to the booking (or to what is asked for). A
calendar entry comes along where a place was given, changed or taken. Needs, comments and other people stand in none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from lscb.accounts import links
from lscb.accounts.models import Actor, Link
from lscb.common.templatetags.portal import day as show_day
from lscb.common.templatetags.portal import moment as show_moment
from lscb.common.words import in_templates
from lscb.jobs.services import queue_email

from . import calendar
from .models import Booking, Message, Moment, Participant, Session, SessionDay, Trainer

BOOKING, APPROVAL, ADDRESS, FEED = "training-booking", "training-approval", "training-address", "training-feed"
REGISTER = "training-register"
EVALUATION = {moment: f"training-{moment}" for moment in Moment.values}
"""What a link of training opens. Links of one purpose do not open the page of another."""

BOOKING_LINK_LASTS = dt.timedelta(days=400)
"""After the session: certificate and evaluations stay within reach."""
FEED_LINK_LASTS = dt.timedelta(days=3 * 365)
APPROVAL_LASTS = dt.timedelta(days=30)
EVALUATION_LASTS = dt.timedelta(days=42)
REGISTER_LASTS = dt.timedelta(days=7)
"""After the last day, so that a tick can still be put right."""
BY_PORTAL = "Training"


# ---- Links ----------------------------------------------------------------------------------------------------------


def booking_token(booking: Booking, *, at: dt.datetime) -> str:
    """Opens the page of this one booking, without an account: cancel, accept, pass on, certificate."""
    link = links.issue_link(
        purpose=BOOKING,
        target=booking,
        email=booking.participant.email,
        name=booking.name,
        expires_at=max(booking.session.ends_at, at) + BOOKING_LINK_LASTS,
        by=BY_PORTAL,
        at=at,
    )
    return links.token_of(link)


def feed_link(participant: Participant, *, by: Actor, at: dt.datetime) -> Link:
    """The calendar of everything that this person booked, until it is taken back."""
    return links.issue_link(
        purpose=FEED,
        target=participant,
        email=participant.email,
        name=participant.name,
        expires_at=at + FEED_LINK_LASTS,
        by=by,
        at=at,
    )


def feed_address(link: Link) -> str:
    return _address("own_feed", links.token_of(link))


def _address(route: str, token: str) -> str:
    return settings.PORTAL_URL + reverse(f"training:{route}", args=[token])


def _link(
    booking: Booking, purpose: str, route: str, *, email: str, name: str, until: dt.datetime, at: dt.datetime
) -> str:
    link = links.issue_link(
        purpose=purpose, target=booking, email=email, name=name, expires_at=until, by=BY_PORTAL, at=at
    )
    return _address(route, links.token_of(link))


# ---- To who books ---------------------------------------------------------------------------------------------------


def confirm_address(booking: Booking, *, until: dt.datetime, at: dt.datetime) -> None:
    """To an address that somebody typed: nothing is booked before the link is used. At most one in ten minutes."""
    to = booking.participant.email
    link = _link(booking, ADDRESS, "confirm_address", email=to, name=booking.name, until=until, at=at)
    _send(
        booking,
        f"address {int(at.timestamp()) // 600}",
        "Confirm your booking",
        [
            "Somebody, most likely you, asked for a place in this session with your e-mail address.",
            f"Nothing is booked yet. Open this link and confirm it by {show_moment(until)}:",
        ],
        link,
        after=["If it was not you, do nothing: it lapses by itself."],
    )


def requested(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "requested",
        "Your manager is asked",
        at=at,
        words=[
            "You asked for a place in this session. Your manager was sent an e-mail to approve it.",
            "You hear from us when they have decided. No place is held until then.",
        ],
    )


def asked_manager(booking: Booking, *, at: dt.datetime) -> None:
    """To the manager, who needs no account."""
    until = min(booking.session.starts_at, at + APPROVAL_LASTS)
    to = booking.manager_email
    link = _link(booking, APPROVAL, "approve", email=to, name="Manager", until=until, at=at)
    _send(
        booking,
        "approval",
        "A booking waits for you",
        [
            "A colleague asked for a place in this session and named you as the manager who approves it.",
            "Read who it is and decide with one click:",
        ],
        link,
        to=to,
        after=["If this is not for you, do nothing."],
    )


def declined(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "declined",
        "Your booking was declined",
        at=at,
        words=[
            "Your manager declined your booking of this session. Ask them if you think that is a mistake.",
        ],
    )


def confirmed(booking: Booking, *, at: dt.datetime) -> None:
    """With an entry for the calendar, and the link to join where there is one."""
    words = ["You have a place in this session."]
    if booking.session.link:
        words.append(f"Join here: {booking.session.link}")
    if booking.session.practical:
        words.append(booking.session.practical)
    words.append("The attached entry puts it into your calendar. Cannot come? Give your place up or on here:")
    _to_booker(booking, "confirmed", "You have a place", at=at, words=words, entries=calendar.REQUEST)


def waiting(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "waiting",
        "You are on the waiting list",
        at=at,
        words=[
            "All places of this session are taken, and you are on its waiting list.",
            "When a place gets free you are sent an offer, in the order of the list. See where you stand here:",
        ],
    )


def offered(booking: Booking, *, at: dt.datetime) -> None:
    until = calendar.deadline(booking.offered_until)
    _to_booker(
        booking,
        "offered",
        "A place is free for you",
        at=at,
        words=[
            f"A place in this session got free and is held for you until {until}.",
            "Accept or decline it here. If you do neither, it goes to the next person:",
        ],
    )


def offer_lapsed(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "lapsed",
        "Your offer is over",
        at=at,
        words=[
            "The place that was held for you went to the next person, because the offer was not accepted in time.",
            "You can join the waiting list again on the page of the session.",
        ],
    )


def cancelled(booking: Booking, *, at: dt.datetime) -> None:
    words = ["You gave up your place in this session. It goes to the next person who waits."]
    if charge := getattr(booking, "charge", None):
        words.append(f"It was given up late, so your agency is charged £{charge.amount}.")
    _to_booker(booking, "cancelled", "Your place is cancelled", at=at, words=words, entries=calendar.CANCEL)


def left(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "left",
        "You are off the list",
        at=at,
        words=[
            "You do not wait for a place in this session any more, and none is offered to you.",
        ],
    )


def substituted(booking: Booking, *, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "substituted",
        "Your colleague has your place",
        at=at,
        words=[
            "You gave your place in this session to a colleague, who was sent an e-mail about it.",
        ],
        entries=calendar.CANCEL,
    )


# ---- To everybody of a session --------------------------------------------------------------------------------------


def changed(booking: Booking, *, gone: Sequence[SessionDay] = (), at: dt.datetime) -> None:
    """Another time or place. `gone` are days that there are no more: their entries leave the calendar."""
    words = ["This session has changed. When and where it is now stands above."]
    if booking.session.link:
        words.append(f"Join here: {booking.session.link}")
    _to_booker(
        booking,
        f"changed {booking.session.version}",
        "A session has changed",
        at=at,
        words=words,
        entries=calendar.REQUEST,
        gone=gone,
    )


def called_off(booking: Booking, *, had_place: bool, at: dt.datetime) -> None:
    _to_booker(
        booking,
        "called off",
        "A session is cancelled",
        at=at,
        words=[
            "This session does not take place. We are sorry. Nothing is charged for it.",
            "Find another one in the programme.",
        ],
        entries=calendar.CANCEL if had_place else "",
    )


def wrote(booking: Booking, message: Message, *, at: dt.datetime) -> None:
    """What staff wrote, as they wrote it."""
    _to_booker(booking, f"message {message.pk}", message.subject, at=at, words=[message.text])


def reminded(booking: Booking, *, at: dt.datetime) -> None:
    """A week before, with the questions to answer before it."""
    words = ["A reminder: you have a place in this session."]
    if booking.session.link:
        words.append(f"Join here: {booking.session.link}")
    words += [
        "Please tell us beforehand how sure you feel about its subject. It takes a minute:",
        evaluation_link(booking, Moment.BEFORE, at=at),
        "If you cannot come, give your place up or on here:",
    ]
    _to_booker(booking, "reminder", "Your training is soon", at=at, words=words)


def asked_to_evaluate(booking: Booking, moment: str, *, at: dt.datetime) -> None:
    """Straight after, and three months on."""
    after = "You were at this session. Please tell us what it was worth to you. It takes a minute:"
    later = "You were at this session three months ago. What of it do you use? It takes a minute:"
    words = [after if moment == Moment.AFTER else later, evaluation_link(booking, moment, at=at)]
    words.append("Your booking, with your certificate as soon as it is ready, is here:")
    _to_booker(booking, f"evaluation {moment}", "How was your training?", at=at, words=words)


def evaluation_link(booking: Booking, moment: str, *, at: dt.datetime) -> str:
    start = booking.session.starts_at if moment == Moment.BEFORE else at + EVALUATION_LASTS
    to = booking.participant.email
    return _link(booking, EVALUATION[moment], f"evaluate_{moment}", email=to, name=booking.name, until=start, at=at)


# ---- To who teaches -------------------------------------------------------------------------------------------------


def take_register(session: Session, trainer: Trainer, *, at: dt.datetime) -> None:
    """The link to the register, to a trainer who needs no account. At most one in ten minutes."""
    link = links.issue_link(
        purpose=REGISTER,
        target=session,
        email=trainer.email,
        name=trainer.name,
        expires_at=max(session.ends_at, at) + REGISTER_LASTS,
        by=BY_PORTAL,
        at=at,
    )
    words = [
        "You teach this session. On the day, tick here who is there, and add who comes without a booking.",
        "The link opens the list of names, so please do not pass it on:",
    ]
    queue_email(
        unique_key=f"{register_key(session, trainer)} {int(at.timestamp()) // 600}",
        to=trainer.email,
        subject=f"The register of your session: {session.course.title}",
        body=_text(session, words, _address("register_by_link", links.token_of(link))),
    )


def register_key(session: Session, trainer: Trainer) -> str:
    return f"training register {session.pk.hex} {trainer.pk}"


# ---- How a letter is made -------------------------------------------------------------------------------------------


def _to_booker(
    booking: Booking,
    occasion: str,
    subject: str,
    *,
    words: Iterable[str],
    at: dt.datetime,
    entries: str = "",
    gone: Sequence[SessionDay] = (),
) -> None:
    """To the person of the booking, with the link to it. `entries` is the method of the calendar entries along."""
    files = []
    if entries:
        booking.invitation += 1
        booking.save(update_fields=["invitation"])
        files = calendar.invitations(booking, method=entries, at=at)
        files += calendar.invitations(booking, method=calendar.CANCEL, at=at, days=gone) if gone else []
    _send(
        booking, occasion, subject, words, _address("booking_by_link", booking_token(booking, at=at)), attachments=files
    )


def _send(
    booking: Booking,
    occasion: str,
    subject: str,
    words: Iterable[str],
    link: str,
    *,
    to: str = "",
    after: Sequence[str] = (),
    attachments: Iterable[tuple[str, str, str]] = (),
) -> None:
    session = booking.session
    queue_email(
        unique_key=key_of(booking, occasion),
        to=to or booking.participant.email,
        subject=f"{subject}: {session.course.title}",
        body=_text(session, words, link, after),
        attachments=attachments,
    )


def _text(session: Session, words: Iterable[str], link: str, after: Sequence[str] = ()) -> str:
    return render_to_string(
        "training/email/letter.txt",
        {
            "words": list(words),
            "course": session.course.title,
            "facts": facts(session),
            "link": link,
            "after": after,
            **in_templates(),
        },
    )


def key_of(booking: Booking, occasion: str) -> str:
    """What names an e-mail for ever: a second one of this name is not written."""
    return f"training {booking.pk.hex} {occasion}"


def facts(session: Session) -> list[str]:
    """When and where, a line per day."""
    days = [f"{show_day(one.starts_at)}, {calendar.hours(one)}" for one in session.days.all()]
    return [*days, session.place or "Online"]
