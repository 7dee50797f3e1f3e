"""Pages of background work: the list, one job with its progress, and the e-mails that wait."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import DetailView, View

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.lists import ListColumn, ListPage
from lscb.common.templatetags.portal import moment

from . import services
from .models import Email, EmailState, Job, JobState

TONES = {
    JobState.QUEUED: "grey",
    JobState.RUNNING: "blue",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "grey",
}
EMAIL_TONES = {
    EmailState.WAITING: "grey",
    EmailState.SENDING: "blue",
    EmailState.SENT: "green",
    EmailState.FAILED: "red",
}


class JobList(Guarded, ListPage):
    """The jobs a person may see."""

    template_name = "jobs/job_list.html"
    title = "Background jobs"
    nouns = ("job", "jobs")
    exportable = False
    default_sort = "-asked-for"
    columns = (
        ListColumn("Job", "title", link=True),
        ListColumn("State", "get_state_display", sort="state", tag=lambda job: TONES[job.state]),
        ListColumn("Asked for by", lambda job: job.requested_by or "The portal"),
        ListColumn("Asked for", "queued_at", sort="queued_at"),
        ListColumn("Ended", "finished_at", sort="finished_at"),
    )

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(self.user).select_related("requested_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reads_emails=self.user.may(Permission.READ_JOBS), **kwargs)


class EmailList(Guarded, ListPage):
    """What the outbox holds. Neither addresses nor texts are shown: they may hold links that open something."""

    scope = (Permission.READ_JOBS,)
    title = "E-mails"
    nouns = ("e-mail", "e-mails")
    exportable = False
    default_sort = "-written"
    columns = (
        ListColumn("Subject", "subject"),
        ListColumn("State", "get_state_display", sort="state", tag=lambda email: EMAIL_TONES[email.state]),
        ListColumn("Written", "queued_at", sort="queued_at"),
        ListColumn("Sent", "sent_at", sort="sent_at"),
        ListColumn("Tries", "attempts", sort="attempts", numeric=True),
        ListColumn("Last failure", "failure"),
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[("Background jobs", reverse("jobs:job_list"))], **kwargs)

    def get_queryset(self) -> QuerySet[Email]:
        return Email.objects.visible_to(self.user).defer("body", "attachments", "to")


class OfJob(Guarded):
    """A page of one job that the person may see."""

    kwargs: dict[str, Any]

    @property
    def visible(self) -> QuerySet[Job]:
        return Job.objects.visible_to(self.user).select_related("requested_by")


class JobDetail(OfJob, DetailView):
    """What runs, how far it is, and what came out. Loads itself again until the job has ended."""

    template_name = "jobs/job_detail.html"

    def get_queryset(self) -> QuerySet[Job]:
        return self.visible

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        services.mark_seen(job=self.object, by=self.user)
        return super().get_context_data(
            title=self.object.title,
            breadcrumbs=[("Background jobs", reverse("jobs:job_list"))],
            tone=TONES[JobState(self.object.state)],
            runs_it=self.object.is_run_by(self.user),
            has_result=bool(self.object.result) and self.object.result_is_for(self.user),
            facts=_facts(self.object),
            **kwargs,
        )


class JobProgress(JobDetail):
    """The part of the page that changes, fetched every second while the job lives.

    `?shown=` is the state the page shows: once the job has moved on, everything below the title comes anew.
    `?said=` is the step it told of last: a screen reader hears each step once.
    """

    template_name = "jobs/job_progress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moved = self.request.GET.get("shown", "") != self.object.state
        news = moved or self.request.GET.get("said", "") != self.object.step
        return super().get_context_data(moved=moved, news=news, **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if context["moved"]:
            response["HX-Retarget"], response["HX-Reswap"] = "#job", "outerHTML"
        return response


class JobResult(OfJob, View):
    """The file that came out, for who may read its matter."""

    def get(self, request: HttpRequest, pk: Any) -> FileResponse:
        job = get_object_or_404(self.visible, pk=pk)
        if not job.result or not job.result_is_for(self.user):
            raise Http404
        response = FileResponse(job.result.open("rb"), as_attachment=True, filename=job.result_name)
        response["X-Content-Type-Options"] = "nosniff"
        return response


class JobRetry(OfJob, View):
    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        job = get_object_or_404(self.visible, pk=pk)
        try:
            services.retry(job=job, by=self.user)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(job)


class JobCancel(OfJob, View):
    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        job = get_object_or_404(self.visible, pk=pk)
        try:
            services.cancel(job=job, by=self.user)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(job)


def _facts(job: Job) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": "Asked for by", "value": job.requested_by or "The portal"},
        {"key": "Asked for", "value": moment(job.queued_at)},
    ]
    if job.started_at:
        facts.append({"key": "Started", "value": moment(job.started_at)})
    if job.finished_at:
        facts.append({"key": "Ended", "value": moment(job.finished_at)})
    if job.attempts > 1:
        facts.append({"key": "Tries", "value": job.attempts})
    return facts
