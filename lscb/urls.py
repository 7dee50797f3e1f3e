"""Every address of the portal. Each app owns the addresses below its name."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lscb.accounts.views.sessions import own_sessions
from lscb.api import Guide
from lscb.home.views import (
    CheckData,
    DataHealth,
    EmergencyAccess,
    EndEmergency,
    Health,
    Home,
    Metrics,
    Page,
    PublicPages,
    Ready,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
    path("health/", Health.as_view(), name="health"),
    path("health/ready/", Ready.as_view(), name="ready"),
    path("metrics/", Metrics.as_view(), name="metrics"),
    path("emergency/", EmergencyAccess.as_view(), name="emergency"),
    path("emergency/<int:pk>/end/", EndEmergency.as_view(), name="emergency_end"),
    path("data-health/", DataHealth.as_view(), name="data_health"),
    path("data-health/check/", CheckData.as_view(), name="data_check"),
    path("about/<slug:page>/", Page.as_view(), name="page"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", own_sessions, name="usersessions_list"),
    path("account/", include("lscb.accounts.sign_on.urls")),
    path("people/", include("lscb.accounts.urls")),
    path("settings/", include("lscb.installation.urls")),
    path("files/", include("lscb.files.urls")),
    path("jobs/", include("lscb.jobs.urls")),
    path("actions/", include("lscb.actions.urls")),
    path("board/", include("boards.urls")),
    path("challenges/", include("boards.public_urls")),
    path("public/", PublicPages.as_view(), name="public"),
    path("public/", include("boards.open_urls")),
    path("audits/", include("audits.urls")),
    path("reviews/", include("casereviews.urls")),
    path("learning/", include("casereviews.public_urls")),
    path("training/", include("training.urls")),
    path("child-deaths/", include("cdop.urls")),
    path("notify-child-death/", include("cdop.public_urls")),
    path("dataset/", include("dataset.urls")),
    path("data/", include("dataset.public_urls")),
    path("reports/", include("lscb.reports.public_urls")),
    path("report/", include("lscb.reports.urls")),
    path("records/", include("lscb.records.urls")),
    path("api/guide/", Guide.as_view(), name="api_guide"),
    path("api/", include("lscb.api")),
]
if settings.DEMONSTRATION or settings.TESTING:
    urlpatterns.append(path("demonstration/", include("lscb.demo.urls")))

handler403 = "lscb.home.views.forbidden"
handler404 = "lscb.home.views.not_found"
handler500 = "lscb.home.views.server_error"
