"""One part of an action: its evidence as text and files, and who sees to it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.generic import View

from lscb.accounts.access import Guarded
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead, Versioned
from lscb.files.views import download

from .. import forms, services
from ..access import may_tell_of, must
from ..models import ActionEntry, EvidenceFile
from ..rows import crumbs
from ..services.telling import who_can_see_to
from .finding import find_entry, look_at


class OfEntry(Change):
    """A form of one part, for its own agency and for who manages the plan."""

    template_name = "actions/form.html"
    entry: ActionEntry

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.entry = find_entry(self.user, kwargs["pk"], kwargs["entry"])
        must(may_tell_of(self.user, self.entry))
        look_at(self.entry.action.plan, request, self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"breadcrumbs": crumbs(self.entry.action), "action": self.entry.action, "part": self.entry}
        return super().get_context_data(**words | kwargs)


class WriteEvidence(OfEntry, Versioned):
    form_class, title, done = forms.EvidenceForm, "Evidence", "The evidence is saved."

    @property
    def record(self) -> ActionEntry:
        return self.entry

    def values(self, record: ActionEntry) -> dict[str, Any]:
        return {"evidence": record.evidence}

    @transaction.atomic
    def do(self, data: dict[str, Any]) -> Any:
        services.write_evidence(entry=self.entry, version=data["version"], evidence=data["evidence"], by=self.user)
        if data["upload"]:
            services.add_evidence_file(
                entry=self.entry, upload=data["upload"], on=self.today, by=self.user, today=self.today
            )
        return self.entry.action


class GiveTo(OfEntry, AsRead):
    form_class, title, done = forms.GiveForm, "Who sees to it", "It is said who sees to it."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": who_can_see_to(self.entry)}

    @property
    def record(self) -> ActionEntry:
        return self.entry

    def values(self, record: ActionEntry) -> dict[str, Any]:
        return {"person": record.person}

    def do(self, data: dict[str, Any]) -> Any:
        services.give_to(entry=self.entry, person=data["person"], by=self.user)
        return self.entry.action


def find_file(user: Any, pk: Any, file: Any) -> EvidenceFile:
    files = EvidenceFile.objects.visible_to(user).select_related("attachment", "entry__action__plan__agency")
    return get_object_or_404(files, entry__action=pk, pk=file)


class EvidenceDownload(Guarded, View):
    """For who reads the action, and nobody else."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: Any, file: Any) -> FileResponse:
        return download(find_file(self.user, pk, file).attachment, by=self.user)


class RemoveFile(Change):
    template_name = "actions/form.html"
    form_class, title, done = forms.RemoveForm, "Remove a file", "The file is removed."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.file = find_file(self.user, kwargs["pk"], kwargs["file"])
        must(may_tell_of(self.user, self.file.entry))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        action = self.file.entry.action
        warning = f"{self.file} is gone for good. The history keeps your reason."
        words = {"breadcrumbs": crumbs(action), "action": action, "warning": warning}
        return super().get_context_data(**words | kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        action = self.file.entry.action
        services.remove_evidence_file(file=self.file, by=self.user, **data)
        return action
