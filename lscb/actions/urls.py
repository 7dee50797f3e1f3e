from django.urls import URLPattern, path

from .views import changes, evidence, files, lists, plan, record, review

app_name = "actions"
urlpatterns: list[URLPattern] = [
    path("", lists.MyActions.as_view(), name="mine"),
    path("counts/", lists.Counts.as_view(), name="counts"),
    path("plans/", lists.PlanList.as_view(), name="plan_list"),
    path("plans/<uuid:pk>/", plan.PlanPage.as_view(), name="plan"),
    path("plans/<uuid:pk>/add/", plan.AddAction.as_view(), name="add"),
    path("plans/<uuid:pk>/plan.xlsx", files.PlanAsXlsx.as_view(), name="plan_xlsx"),
    path("plans/<uuid:pk>/plan.pdf", files.PlanAsPdf.as_view(), name="plan_pdf"),
    path("plans/<uuid:pk>/review/", review.HoldReview.as_view(), name="review"),
    path("plans/<uuid:pk>/reviews/<str:held_on>/", review.ReviewPage.as_view(), name="reviewed"),
    path("plans/<uuid:pk>/reviews/<str:held_on>/minutes.docx", files.ReviewAsDocx.as_view(), name="reviewed_docx"),
    path("<uuid:pk>/", record.ActionPage.as_view(), name="action"),
    path("<uuid:pk>/change/", changes.ChangeAction.as_view(), name="change"),
    path("<uuid:pk>/note/", changes.AddNote.as_view(), name="note"),
    path("<uuid:pk>/move/", changes.MoveDueDate.as_view(), name="move"),
    path("<uuid:pk>/propose/", changes.Propose.as_view(), name="propose"),
    path("<uuid:pk>/send-back/", changes.SendBack.as_view(), name="send_back"),
    path("<uuid:pk>/sign-off/", changes.SignOff.as_view(), name="sign_off"),
    path("<uuid:pk>/withdraw/", changes.Withdraw.as_view(), name="withdraw"),
    path("<uuid:pk>/replace/", changes.Supersede.as_view(), name="supersede"),
    path("<uuid:pk>/re-open/", changes.Reopen.as_view(), name="reopen"),
    path("<uuid:pk>/impact/", changes.AnswerImpact.as_view(), name="impact"),
    path("<uuid:pk>/parts/<int:entry>/evidence/", evidence.WriteEvidence.as_view(), name="evidence"),
    path("<uuid:pk>/parts/<int:entry>/person/", evidence.GiveTo.as_view(), name="give"),
    path("<uuid:pk>/files/<int:file>/", evidence.EvidenceDownload.as_view(), name="file"),
    path("<uuid:pk>/files/<int:file>/remove/", evidence.RemoveFile.as_view(), name="file_remove"),
]
