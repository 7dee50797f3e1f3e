"""The API: the same records through the same `visible_to`, the same services as the pages.

Every app's endpoints are named here: `docs/api.md` tells how programs use them.
"""

from functools import lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from audits.frameworks import api as frameworks
from audits.multiagency import api as audits
from audits.returns import api as returns
from boards import api as boards
from boards.challenges import api as challenges
from boards.engagement import api as engagement
from boards.library import api as library
from boards.meetings import api as meetings
from boards.surveys import api as surveys
from casereviews import api as casereviews
from dataset import api as dataset
from lscb.accounts import api as accounts
from lscb.accounts.access import Guarded
from lscb.actions import api as actions
from lscb.common.describing import read_schema
from lscb.common.words import NAMES, naming
from lscb.installation import api as installation
from lscb.jobs import api as jobs
from lscb.records import api as records
from lscb.reports import api as reports
from training import api as training


def description() -> dict[str, Any]:
    """The OpenAPI description, the same for everybody until things get other names."""
    now = naming()
    return _described(tuple(getattr(now, name) for name in NAMES))


@lru_cache(maxsize=1)
def _described(names: tuple[str, ...]) -> dict[str, Any]:
    """`names` are those in force: some choices are told by them."""
    return SchemaGenerator().get_schema(request=None, public=True)


class Schema(APIView):
    """The description for tools, for everybody who is signed in."""

    open_to_signed_in = True
    schema = None

    def get(self, request: Request) -> Response:
        return Response(description())


class Guide(Guarded, TemplateView):
    """The same description as a page of our own: every endpoint, what it takes, what it answers."""

    template_name = "api/guide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="API for programs", parts=read_schema(description()), **kwargs)


router = SimpleRouter()
router.register("agencies", accounts.Agencies, basename="agency")
router.register("groups", boards.Groups, basename="group")
router.register("seats", boards.Seats, basename="seat")
router.register("priorities", boards.Priorities, basename="priority")
router.register("themes", boards.Themes, basename="theme")
router.register("meetings", meetings.Meetings, basename="meeting")
router.register("contributions", boards.Contributions, basename="contribution")
router.register("surveys", surveys.Surveys, basename="survey")
router.register("events", engagement.Events, basename="event")
router.register("library", library.LibraryItems, basename="library")
router.register("challenges", challenges.Challenges, basename="challenge")
router.register("rounds", returns.Rounds, basename="round")
router.register("returns", returns.Returns, basename="return")
router.register("frameworks", frameworks.Frameworks, basename="framework")
router.register("plans", actions.Plans, basename="plan")
router.register("actions", actions.Actions, basename="action")
router.register("audits", audits.Audits, basename="audit")
router.register("audit-tools", audits.AuditTools, basename="audit-tool")
router.register("audit-cases", audits.AuditCases, basename="audit-case")
router.register("audit-returns", audits.AuditReturns, basename="audit-return")
router.register("case-reviews", casereviews.CaseReviews, basename="case-review")
router.register("learning-themes", casereviews.LearningThemes, basename="learning-theme")
router.register("briefings", casereviews.Briefings, basename="briefing")
router.register("programmes", training.Programmes, basename="programme")
router.register("courses", training.Courses, basename="course")
router.register("trainers", training.Trainers, basename="trainer")
router.register("charge-policies", training.ChargePolicies, basename="charge-policy")
router.register("charges", training.Charges, basename="charge")
router.register("evaluation-questions", training.EvaluationQuestions, basename="evaluation-question")
router.register("evaluations", training.Evaluations, basename="evaluation")
router.register("sessions", training.Sessions, basename="session")
router.register("bookings", training.Bookings, basename="booking")
router.register("indicators", dataset.Indicators, basename="indicator")
router.register("figures", dataset.Figures, basename="figure")
router.register("collections", dataset.Collections, basename="collection")
router.register("editions", dataset.Editions, basename="edition")
router.register("jobs", jobs.Jobs, basename="job")
router.register("take-outs", records.TakeOuts, basename="take-out")
router.register("report-words", reports.Words, basename="report-words")
router.register("reports", reports.AnnualReports, basename="report")

public = SimpleRouter()
public.register("challenges", challenges.PublicChallenges, basename="public-challenge")
public.register("reports", reports.PublicReports, basename="public-report")
public.register("sessions", training.PublicSessions, basename="public-session")
public.register("datasets", dataset.PublicDatasets, basename="public-dataset")

FEED: dict[str, Any] = {"get": "feed"}
feeds: list[URLPattern | URLResolver] = [
    path("challenges.csv", challenges.Challenges.as_view(FEED), name="challenge-feed"),
    path("actions.csv", actions.Actions.as_view(FEED), name="action-feed"),
    path("training.csv", training.Bookings.as_view(FEED), name="training-feed"),
    path("figures.csv", dataset.Figures.as_view(FEED), name="figure-feed"),
    path("dataset.csv", dataset.Editions.as_view(FEED), name="dataset-feed"),
]

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", installation.Settings.as_view(), name="settings"),
    path("schema/", Schema.as_view(), name="schema"),
    path("feeds/", include(feeds)),
    path("public/", include(public.urls)),
    *router.urls,
]
