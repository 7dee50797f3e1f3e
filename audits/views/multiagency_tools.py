"""Tools of audits: questions and grades."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from audits.models import AuditTool
from audits.multiagency import forms, services
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, ListPage

from .multiagency import crumbs


def _way(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs(("Tools", reverse("audits:audit_tool_list")), *more)


class ReadsTools(Guarded):
    scope = (Permission.READ_RETURNS,)


class ToolList(ReadsTools, ListPage):
    title = "Tools of audits"
    nouns = ("tool", "tools")
    default_sort = "tool"
    empty_text = "There is no tool yet."
    columns = (
        ListColumn("Tool", "title", sort="title", link=True),
        ListColumn("Questions", "asks", sort="asks", numeric=True),
        ListColumn("Audits", "used", sort="used", numeric=True),
    )

    def get_queryset(self) -> QuerySet[AuditTool]:
        counted = {"asks": Count("questions", distinct=True), "used": Count("audits", distinct=True)}
        return AuditTool.objects.visible_to(self.user).annotate(**counted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_AUDITS):
            kwargs |= {"start_url": reverse("audits:audit_tool_add"), "start_label": "Make a tool"}
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)


class ToolPage(ReadsTools, TemplateView):
    template_name = "audits/multiagency/tool.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tool = get_object_or_404(AuditTool.objects.visible_to(self.user), pk=self.kwargs["pk"])
        return super().get_context_data(
            title=tool.title,
            tool=tool,
            breadcrumbs=_way(),
            questions=tool.questions.all(),
            grades=tool.grades.all(),
            audits=tool.audits.visible_to(self.user),
            may_change=self.user.may(Permission.MANAGE_AUDITS) and not services.is_used(tool),
            **kwargs,
        )


class MakeTool(ReadsTools, Change):
    right = Permission.MANAGE_AUDITS
    form_class = forms.ToolForm
    title = "Make a tool"
    done = "The tool is made."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=_way(), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.make_tool(by=self.user, **data)


class ChangeTool(ReadsTools, AsRead):
    right = Permission.MANAGE_AUDITS
    form_class = forms.ToolForm
    title = "Change a tool"
    done = "The tool is changed."

    @cached_property
    def tool(self) -> AuditTool:
        return get_object_or_404(AuditTool.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @property
    def record(self) -> AuditTool:
        return self.tool

    def values(self, record: AuditTool) -> dict[str, Any]:
        return {
            "title": record.title,
            "questions": "\n".join(record.questions.values_list("text", flat=True)),
            "grades": "\n".join(record.grades.values_list("label", flat=True)),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = _way((self.tool.title, self.tool.get_absolute_url()))
        return super().get_context_data(breadcrumbs=above, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.change_tool(tool=self.tool, by=self.user, **data)
        return self.tool
