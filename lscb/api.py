"""The API: the same records through the same `visible_to` as the pages. Every app's endpoints are named here."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from audits.multiagency import api as audits
from audits.returns import api as returns
from boards import api as boards
from boards.challenges import api as challenges
from boards.engagement import api as engagement
from boards.library import api as library
from boards.surveys import api as surveys
from casereviews import api as casereviews
from dataset import api as dataset
from lscb.accounts import api as accounts
from lscb.actions import api as actions
from lscb.reports import api as reports
from training import api as training


class Schema(SpectacularAPIView):
    """The OpenAPI description, for everybody who is signed in."""

    open_to_signed_in = True


router = SimpleRouter()
router.register("agencies", accounts.Agencies, basename="agency")
router.register("groups", boards.Groups, basename="group")
router.register("seats", boards.Seats, basename="seat")
router.register("meetings", boards.Meetings, basename="meeting")
router.register("contributions", boards.Contributions, basename="contribution")
router.register("surveys", surveys.Surveys, basename="survey")
router.register("events", engagement.Events, basename="event")
router.register("library", library.LibraryItems, basename="library")
router.register("challenges", challenges.Challenges, basename="challenge")
router.register("rounds", returns.Rounds, basename="round")
router.register("returns", returns.Returns, basename="return")
router.register("frameworks", returns.Frameworks, basename="framework")
router.register("plans", actions.Plans, basename="plan")
router.register("actions", actions.Actions, basename="action")
router.register("audits", audits.Audits, basename="audit")
router.register("audit-returns", audits.AuditReturns, basename="audit-return")
router.register("case-reviews", casereviews.CaseReviews, basename="case-review")
router.register("briefings", casereviews.Briefings, basename="briefing")
router.register("sessions", training.Sessions, basename="session")
router.register("bookings", training.Bookings, basename="booking")
router.register("indicators", dataset.Indicators, basename="indicator")
router.register("figures", dataset.Figures, basename="figure")
router.register("collections", dataset.Collections, basename="collection")
router.register("editions", dataset.Editions, basename="edition")
router.register("reports", reports.AnnualReports, basename="report")

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="schema"),
    *router.urls,
]
