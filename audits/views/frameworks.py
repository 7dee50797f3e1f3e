"""Frameworks: read them, change a version that no round uses, begin a new one, take them out and in as a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from audits.frameworks import files, services
from audits.frameworks.forms import FrameworkForm, ImportForm, OptionForm, QuestionForm, StandardForm
from audits.models import Framework, Option, Question, Standard
from lscb.accounts.views.versioned import AsRead
from lscb.common.errors import RuleBroken
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import ChangesRounds, RunsRounds
from .returns import download


def crumb() -> tuple[str, str]:
    return "Frameworks", reverse("audits:framework_list")


def state_tag(framework: Framework) -> Tag:
    return Tag("in use", "green") if framework.is_locked else Tag("draft", "blue")


class FrameworkList(RunsRounds, ListPage):
    template_name = "audits/framework_list.html"
    title = "Frameworks"
    nouns = ("framework", "frameworks")
    exportable = False
    columns = (
        ListColumn("Framework", "title", link=True),
        ListColumn("For", "get_audience_display"),
        ListColumn("Version", "version", numeric=True),
        ListColumn("Law", "duty"),
        ListColumn("State", state_tag, tag=True),
    )

    def get_queryset(self) -> QuerySet[Framework]:
        return Framework.objects.visible_to(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        manages = self.user.may(ChangesRounds.right)
        return super().get_context_data(manages=manages, breadcrumbs=[rounds_crumb()], **kwargs)


def rounds_crumb() -> tuple[str, str]:
    return "Section 11 and school audits", reverse("audits:round_list")


class FrameworkPage(RunsRounds, TemplateView):
    """Everything of a version; with links to change it as long as no round uses it."""

    template_name = "audits/framework.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        framework = get_object_or_404(Framework.objects.visible_to(self.user).with_content(), pk=self.kwargs["pk"])
        manages = self.user.may(ChangesRounds.right)
        return super().get_context_data(
            title=framework.title,
            framework=framework,
            state=state_tag(framework),
            manages=manages,
            changes=manages and not framework.is_locked,
            rows=[
                {"key": "Law", "value": framework.duty},
                {"key": "Guidance", "value": framework.edition},
                {"key": "Declaration", "value": framework.declaration},
            ],
            breadcrumbs=[rounds_crumb(), crumb()],
            history=timeline(framework, limit=20),
            **kwargs,
        )


class ExportFramework(RunsRounds, View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        framework = get_object_or_404(Framework.objects.visible_to(self.user).with_content(), pk=self.kwargs["pk"])
        with transaction.atomic():
            record(verb="exported a framework", by=self.user, target=framework)
        return download(files.write(framework), name=files.filename(framework), content_type="application/json")


class NewVersion(ChangesRounds, View):
    """A copy to change; the version that is in use stays as it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        framework = get_object_or_404(Framework.objects.visible_to(self.user).with_content(), pk=self.kwargs["pk"])
        copy = services.add_framework(content=files.content_of(framework), by=self.user)
        messages.success(request, f"Version {copy.version} is begun. Change it before a round uses it.")
        return redirect(copy)


class DeliveredFramework(ChangesRounds, View):
    """The content that comes with the portal, as a new version."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = services.add_framework(content=files.delivered(self.kwargs["audience"]), by=self.user)
        messages.success(request, f"Version {copy.version} is begun. Change it before a round uses it.")
        return redirect(copy)


class ImportFramework(ChangesRounds):
    form_class = ImportForm
    title = "Import a framework"
    done = "The framework is imported as a new version."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[rounds_crumb(), crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.add_framework(content=files.read(data["file"].read(files.LARGEST + 1)), by=self.user)


# ---- Changing a version ---------------------------------------------------------------------------------------------


class _OfFramework(ChangesRounds, AsRead):
    """A form about a framework or a part of it; `part` is None where something is added."""

    names: tuple[str, ...] = ()
    part: Any = None

    @cached_property
    def framework(self) -> Framework:
        return get_object_or_404(Framework.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @property
    def record(self) -> Any:
        return self.part

    def values(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (str(self.framework), self.framework.get_absolute_url())
        return super().get_context_data(**{"breadcrumbs": [rounds_crumb(), crumb(), own]} | kwargs)


class ChangeFramework(_OfFramework):
    form_class, title, done, names = FrameworkForm, "Change a framework", "The framework is changed.", services.WORDS

    @property
    def part(self) -> Framework:
        return self.framework

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_framework(framework=self.framework, by=self.user, **data)


class AddStandard(_OfFramework):
    form_class, title, done = StandardForm, "Add a standard", "The standard is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_standard(framework=self.framework, by=self.user, **data)
        return self.framework


class ChangeStandard(_OfFramework):
    form_class, title, done = StandardForm, "Change a standard", "The standard is changed."
    names = services.STANDARD

    @cached_property
    def part(self) -> Standard:
        return get_object_or_404(self.framework.standards, number=self.kwargs["number"])

    def do(self, data: dict[str, Any]) -> Any:
        services.change_standard(standard=self.part, by=self.user, **data)
        return self.framework


class AddQuestion(_OfFramework):
    form_class, title, done = QuestionForm, "Add a question", "The question is added."

    def do(self, data: dict[str, Any]) -> Any:
        standard = get_object_or_404(self.framework.standards, number=self.kwargs["number"])
        services.add_question(standard=standard, by=self.user, **data)
        return self.framework


class ChangeQuestion(_OfFramework):
    form_class, title, done = QuestionForm, "Change a question", "The question is changed."
    names = services.QUESTION

    @cached_property
    def part(self) -> Question:
        questions = Question.objects.filter(standard__framework=self.framework).select_related("standard__framework")
        return get_object_or_404(questions, pk=self.kwargs["question"])

    def do(self, data: dict[str, Any]) -> Any:
        services.change_question(question=self.part, by=self.user, **data)
        return self.framework


class AddOption(_OfFramework):
    form_class, title, done = OptionForm, "Add a grade", "The grade is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_option(framework=self.framework, by=self.user, **data)
        return self.framework


class ChangeOption(_OfFramework):
    form_class, title, done = OptionForm, "Change a grade", "The grade is changed."
    names = services.OPTION

    @cached_property
    def part(self) -> Option:
        return get_object_or_404(self.framework.options, order=self.kwargs["order"])

    def do(self, data: dict[str, Any]) -> Any:
        services.change_option(option=self.part, by=self.user, **data)
        return self.framework


class RemovePart(ChangesRounds, View):
    """Take a standard, a question or a grade out of a version that no round uses."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        framework = get_object_or_404(Framework.objects.visible_to(self.user), pk=self.kwargs["pk"])
        try:
            self.remove(framework)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, "It is taken out.")
        return redirect(framework)

    def remove(self, framework: Framework) -> None:
        kind, key = self.kwargs["kind"], self.kwargs["key"]
        if kind == "standard":
            standard = get_object_or_404(framework.standards, pk=key)
            services.remove_standard(standard=standard, by=self.user)
        elif kind == "question":
            question = get_object_or_404(Question, standard__framework=framework, pk=key)
            services.remove_question(question=question, by=self.user)
        else:
            services.remove_option(option=get_object_or_404(framework.options, pk=key), by=self.user)
