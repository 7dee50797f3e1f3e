"""What can be done with an action: each a form that ends in one verb."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.common.templatetags.portal import day

from .. import forms, services
from ..access import may_manage, may_sign_off, may_update, must, own_parts
from ..models import Action
from ..rows import asked, crumbs
from .finding import find_action, look_at


class OfAction(Change):
    """A form of an action, for who `may`; in the plan of another it does not exist."""

    template_name = "actions/form.html"
    warning: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    action: Action

    def may(self, action: Action) -> bool:
        return may_manage(self.user, action.plan)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.action = find_action(self.user, kwargs["pk"])
        must(self.may(self.action))
        look_at(self.action.plan, request, self.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today, "submit_label": self.submit}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"breadcrumbs": crumbs(self.action), "warning": self.warning, "action": self.action}
        return super().get_context_data(**words | kwargs)

    def call(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def do(self, data: dict[str, Any]) -> Any:
        self.call({**data, "by": self.user, "today": self.today})
        return self.action


# ---- Words and days -------------------------------------------------------------------------------------------------


class ChangeAction(OfAction, Versioned):
    form_class, title, done = forms.ChangeActionForm, "Change an action", "The action is changed."

    @property
    def record(self) -> Action:
        return self.action

    def values(self, record: Action) -> dict[str, Any]:
        return forms.as_typed(record)

    def do(self, data: dict[str, Any]) -> Any:
        owners = {entry.agency: entry.owner for entry in self.action.entries.all()}
        services.change_action(
            action=self.action,
            version=data["version"],
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            asked=forms.asked_again(asked(data), data["team"], owners),
            by=self.user,
        )
        return self.action


class MoveDueDate(OfAction, Versioned):
    """What was read is the day itself."""

    form_class, title, done = forms.MoveForm, "Move the due date", "The due date is moved."
    version_field = "seen"

    @property
    def record(self) -> Action:
        return self.action

    def values(self, record: Action) -> dict[str, Any]:
        return {}

    def version_of(self, record: Action) -> str:
        return record.due.isoformat()

    def call(self, data: dict[str, Any]) -> None:
        services.move_due_date(action=self.action, **data)

    def theirs(self, form: Any, current: Action) -> list[dict[str, str]]:
        move = current.moves.latest("on", "pk")
        return [
            {"id": "theirs-to", "label": "New due date", "text": day(current.due)},
            {"id": "theirs-reason", "label": "Why it moves", "text": move.reason},
        ]


# ---- Telling --------------------------------------------------------------------------------------------------------


class ForWhoDoesIt(OfAction):
    """Of the own part; who manages the plan says whose it is."""

    def may(self, action: Action) -> bool:
        return may_update(self.user, action)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"parts": own_parts(self.user, self.action)}


class AddNote(ForWhoDoesIt):
    form_class, title, done = forms.NoteForm, "Report progress", "The progress is reported."

    def call(self, data: dict[str, Any]) -> None:
        services.add_note(action=self.action, **data)


class Propose(ForWhoDoesIt):
    form_class, title = forms.ProposeForm, "Propose as complete"
    done = "The action is proposed as complete. The group decides at its next review."

    def call(self, data: dict[str, Any]) -> None:
        services.propose_complete(action=self.action, **data)


# ---- Deciding -------------------------------------------------------------------------------------------------------


class ForWhoSignsOff(OfAction):
    def may(self, action: Action) -> bool:
        return may_sign_off(self.user, action.plan)


class SignOff(ForWhoSignsOff):
    form_class, title, done = forms.SignOffForm, "Sign off an action", "The action is signed off."
    warning = "It leaves the live plan. Sign off only what all members present agreed is achieved."

    def call(self, data: dict[str, Any]) -> None:
        services.sign_off_actions(plan=self.action.plan, actions=[self.action], **data)


class SendBack(ForWhoSignsOff):
    form_class, title, submit = forms.ReasonForm, "Send an action back", "Send back"
    done = "The action is open again."

    def call(self, data: dict[str, Any]) -> None:
        services.send_back(action=self.action, **data)


class Reopen(ForWhoSignsOff):
    form_class, title, submit = forms.ReasonForm, "Re-open an action", "Re-open"
    done = "The action is open again."
    warning = "It counts as added again from that day. The days on which it was signed off stay in every count."

    def call(self, data: dict[str, Any]) -> None:
        services.reopen_action(action=self.action, **data)


class Withdraw(OfAction):
    form_class, title, submit = forms.ReasonForm, "Withdraw an action", "Withdraw"
    done = "The action is withdrawn."
    warning = "It counts as withdrawn, not as done."

    def call(self, data: dict[str, Any]) -> None:
        services.withdraw_action(action=self.action, **data)


class Supersede(OfAction):
    form_class, title, submit = forms.SupersedeForm, "Replace an action by another", "Replace"
    done = "The other action takes its place."
    warning = "It leaves the live plan for good and counts as withdrawn. The other action is the live one."

    def get_form_kwargs(self) -> dict[str, Any]:
        others = self.action.plan.actions.live().exclude(pk=self.action.pk).order_by("number")
        return super().get_form_kwargs() | {"others": others}

    def call(self, data: dict[str, Any]) -> None:
        services.supersede_action(action=self.action, **data)


class AnswerImpact(OfAction):
    form_class, title = forms.ImpactForm, "Did it make a difference for children?"
    done = "The answer is kept."

    def call(self, data: dict[str, Any]) -> None:
        services.answer_impact(action=self.action, **data)
