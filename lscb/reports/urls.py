"""Addresses of the annual report."""

from django.urls import URLPattern, path

from .views import editions, figures, publishing, reviewing, words

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("", editions.ReportList.as_view(), name="report_list"),
    path("start/", editions.ReportStart.as_view(), name="report_start"),
    path("compare/", publishing.ReportCompare.as_view(), name="report_compare"),
    path("words/<str:year>/", words.Arrange.as_view(), name="arrange"),
    path("words/<str:year>/<slug:chapter>/", words.WordsEdit.as_view(), name="words_edit"),
    path("words/<str:year>/<slug:chapter>/last-year/", words.TakeOver.as_view(), name="words_take_over"),
    path("words/<str:year>/<slug:chapter>/still-true/", words.Confirm.as_view(), name="words_confirm"),
    path("words/<str:year>/<slug:chapter>/fact/", figures.NameFact.as_view(), name="words_name_fact"),
    path("<uuid:pk>/", editions.ReportDetail.as_view(), name="report_detail"),
    path("<uuid:pk>/build/", editions.ReportBuild.as_view(), name="report_build"),
    path("<uuid:pk>/preview/", editions.ReportPreview.as_view(), name="report_preview"),
    path("<uuid:pk>/figures/", figures.ReportFigures.as_view(), name="report_figures"),
    path("<uuid:pk>/approve/", editions.ReportApprove.as_view(), name="report_approve"),
    path("<uuid:pk>/download/", editions.ReportDownload.as_view(), name="report_download"),
    path("<uuid:pk>/publish/", publishing.ReportPublish.as_view(), name="report_publish"),
    path("<uuid:pk>/withdraw/", publishing.ReportWithdraw.as_view(), name="report_withdraw"),
    path("<uuid:pk>/moved/", publishing.ReportMoved.as_view(), name="report_moved"),
    path("<uuid:pk>/moved/<str:fact>/", publishing.CorrectionNote.as_view(), name="correction_note"),
    path("<uuid:pk>/comment/<slug:chapter>/", reviewing.CommentAdd.as_view(), name="comment_add"),
    path("<uuid:pk>/comments/<int:comment>/settle/", reviewing.CommentSettle.as_view(), name="comment_settle"),
]
