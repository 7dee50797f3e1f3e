"""What is done with a challenge: logged, worded, answered, accepted, escalated, ended; actions that follow from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from boards.challenges import forms, services
from boards.challenges.querysets import answering
from boards.challenges.services import FACTS, PUBLIC_WORDING
from boards.models import Challenge, Group, GroupKind, Happened, Meeting, Priority, Theme
from lscb.accounts.access import check_access
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned, printed
from lscb.actions.views import asked
from lscb.common.words import say

from .challenges import RAISER, ReadsChallenges, crumb, due_words, readable_responses

LONGEST_NAME = Challenge._meta.get_field("meeting").max_length or 0


class ManagesChallenges(ReadsChallenges, Change):
    """A form for who runs the log."""

    right = Permission.MANAGE_CHALLENGES


def _choices(user: User, today: dt.date, *, chosen: Challenge | None = None) -> dict[str, QuerySet[Any]]:
    """What the form offers: what runs today, and what is chosen already."""
    groups, agencies = Group.objects.visible_to(user).running(today), Agency.objects.visible_to(user).active(today)
    if chosen:
        past = Q(pk=chosen.group_id) | Q(pk=chosen.raised_by_group_id)
        groups = groups | Group.objects.visible_to(user).filter(past)
        asked = Q(pk__in=[agency.pk for agency in chosen.agencies.all()]) | Q(pk=chosen.raised_by_agency_id)
        agencies = agencies | Agency.objects.visible_to(user).filter(asked)
    return {
        "groups": groups,
        "agencies": agencies,
        "themes": Theme.objects.visible_to(user).order_by("-year", "number"),
        "priorities": Priority.objects.visible_to(user).order_by("-first_year", "number"),
    }


class LogChallenge(ManagesChallenges):
    """`?title=`, `?issue=` and `?agency=` fill in the question that somebody has about a figure."""

    form_class = forms.LogForm
    title = "Log a challenge"
    done = "The challenge is logged. The leads of the agencies are told that it waits."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | _choices(self.user, self.today) | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET
        initial: dict[str, Any] = {name: given[name] for name in ("title", "issue") if given.get(name)}
        if given.get("agency", "").isdecimal():
            initial["agencies"] = list(Agency.objects.visible_to(self.user).filter(pk=given["agency"][:9]))
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": [crumb()], **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return services.raise_challenge(by=self.user, today=self.today, **data)


class RaiseAtMeeting(LogChallenge):
    """From the page of a meeting that was held: forum and date are filled in."""

    title = "Raise a challenge"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        held = Meeting.objects.visible_to(self.user).held().select_related("group")
        self.meeting = get_object_or_404(held, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = Group.objects.visible_to(self.user).filter(pk=self.meeting.group_id)
        kwargs = super().get_form_kwargs()
        return kwargs | {"groups": kwargs["groups"] | own}

    def get_initial(self) -> dict[str, Any]:
        meeting = self.meeting
        return {
            "raised_on": meeting.day,
            "met_on": meeting.day,
            "group": meeting.group,
            "meeting": "" if meeting.is_confidential else meeting.theme[:LONGEST_NAME],
            "due": meeting.day + forms.ANSWERED_WITHIN,
            "raised_by": forms.BOARD if meeting.group.kind == GroupKind.BOARD else f"group-{meeting.group_id}",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = [("Meetings", reverse("boards:meeting_list")), (str(self.meeting), self.meeting.get_absolute_url())]
        return super().get_context_data(breadcrumbs=above, **kwargs)


class _OfChallenge(ReadsChallenges, Change):
    """A form about one challenge. First whether it exists for this person (404), then whether it is theirs (403)."""

    warning: ClassVar[str] = ""

    @cached_property
    def challenge(self) -> Challenge:
        visible = Challenge.objects.visible_to(self.user).select_related("group", "plan")
        return get_object_or_404(visible.prefetch_related("agencies"), pk=self.kwargs["pk"])

    def may(self) -> bool:
        return self.user.may(Permission.MANAGE_CHALLENGES)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        if self.challenge and not self.may():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.challenge.reference, self.challenge.get_absolute_url())
        words = {"breadcrumbs": [crumb(), own], "warning": self.warning, "challenge": self.challenge}
        return super().get_context_data(**words | kwargs)


class _Versioned(_OfChallenge, Versioned):
    @property
    def record(self) -> Challenge:
        return self.challenge


class ChangeChallenge(_Versioned):
    form_class = forms.ChangeForm
    title = "Change a challenge"
    done = "The challenge is changed. What the public reads stays as it is until it is published again."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | _choices(self.user, self.today, chosen=self.challenge)

    def values(self, challenge: Challenge) -> dict[str, Any]:
        texts = {name: getattr(challenge, name) for name in (*FACTS, *services.ENDING)}
        own = {"raised_by": forms.raiser_key(challenge), "agencies": list(challenge.agencies.all())}
        return texts | own

    def printed(self, form: Any, name: str, value: Any) -> str:
        if name == RAISER:
            return str((form.raisers.get(value) if isinstance(value, str) else value) or say("The {board}"))
        return printed(form.fields[name], value)

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_challenge(challenge=self.challenge, by=self.user, today=self.today, **data)


class WritePublicWording(_Versioned):
    form_class = forms.WordingForm
    title = "Public wording"
    done = "The public wording is saved. It is public when the quarter is published."

    def values(self, challenge: Challenge) -> dict[str, Any]:
        return {name: getattr(challenge, name) for name in PUBLIC_WORDING}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            hint="Write for everybody who lives here: no name, no case, nothing by which a child could be known.",
            inside=[
                ("The issue", self.challenge.issue),
                ("Asked for", self.challenge.asked),
                ("Outcome", self.challenge.outcome),
                ("Impact for children", self.challenge.impact),
            ],
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        return services.write_public_wording(challenge=self.challenge, by=self.user, today=self.today, **data)


# ---- What happens to it ---------------------------------------------------------------------------------------------


class _Event(_OfChallenge):
    """Something that happens to a challenge on a day."""

    call: ClassVar[Callable[..., Any]]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        type(self).call(challenge=self.challenge, by=self.user, today=self.today, **data)
        return self.challenge


class Respond(_Event):
    """The response of an agency, by its lead; an e-mail links here."""

    template_name = "boards/challenge_respond.html"
    form_class = forms.RespondForm
    title = "Respond to a challenge"
    done = "The response is sent."
    call = services.respond

    def may(self) -> bool:
        return answering(self.challenge, self.user).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": answering(self.challenge, self.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        challenge = self.challenge
        said = readable_responses(challenge, self.user)
        question = [
            {"key": "The question", "value": challenge.title},
            {"key": "The issue", "value": challenge.issue},
            {"key": "Asked for", "value": challenge.asked},
            {"key": "Response due", "value": due_words(challenge)},
        ]
        again = challenge.events.filter(happened__in=(Happened.ASKED_AGAIN, Happened.ESCALATED)).first()
        if again:
            question.append({"key": again.get_happened_display(), "value": again.text})
        return super().get_context_data(rows=question, responses=said, takes_answers=challenge.takes_answers, **kwargs)


class Accept(_Event):
    form_class, title, call = forms.AcceptForm, "Accept the response", services.accept_response
    done = "The response is accepted. Resolve the challenge when its impact for children is known."


class AskAgain(_Event):
    form_class, title, call = forms.AskAgainForm, "Ask again", services.ask_again
    done = "The agencies are asked again."


class Escalate(_Event):
    form_class, title, call = forms.EscalateForm, "Escalate a challenge", services.escalate
    done = "The challenge is escalated."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"above": self.challenge.escalation}


class MoveDueDate(_Event):
    form_class, title, call = forms.MoveForm, "Move the due date", services.move_due_date
    done = "The due date is moved."


class Close(_Event):
    form_class, title, call = forms.CloseForm, "Close without change", services.close_without_change
    done = "The challenge is closed."
    warning = "A challenge that is closed is not opened again. A question that comes up again is a new challenge."


class Resolve(_Versioned):
    form_class, title = forms.ResolveForm, "Resolve a challenge"
    done = "The challenge is resolved."
    warning = "A challenge that is resolved is not opened again. Its texts and its public wording can still be changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def values(self, challenge: Challenge) -> dict[str, Any]:
        return {name: getattr(challenge, name) for name in services.ENDING}

    def do(self, data: dict[str, Any]) -> Any:
        return services.resolve(challenge=self.challenge, by=self.user, today=self.today, **data)


class AddChallengeAction(_OfChallenge):
    form_class = forms.ChallengeActionForm
    title = "Add an action from this challenge"
    done = "The action is added."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.plan_from_challenge(
            challenge=self.challenge,
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            on=self.today,
            today=self.today,
            by=self.user,
        )
        return self.challenge
