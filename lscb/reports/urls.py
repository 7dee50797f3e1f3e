"""Addresses of the annual report."""

from django.urls import URLPattern, path

from . import views

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("", views.ReportList.as_view(), name="report_list"),
    path("start/", views.ReportStart.as_view(), name="report_start"),
    path("words/<str:year>/<slug:chapter>/", views.WordsEdit.as_view(), name="words_edit"),
    path("<uuid:pk>/", views.ReportDetail.as_view(), name="report_detail"),
    path("<uuid:pk>/build/", views.ReportBuild.as_view(), name="report_build"),
    path("<uuid:pk>/preview/", views.ReportPreview.as_view(), name="report_preview"),
    path("<uuid:pk>/approve/", views.ReportApprove.as_view(), name="report_approve"),
    path("<uuid:pk>/download/", views.ReportDownload.as_view(), name="report_download"),
]
