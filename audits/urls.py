from django.urls import URLPattern, path

from .views import multiagency as audits
from .views import multiagency_cases as cases
from .views import multiagency_changes as changes
from .views import multiagency_files as files
from .views import multiagency_returns as returns
from .views import multiagency_tools as tools

app_name = "audits"

MULTIAGENCY = "multi-agency"
urlpatterns: list[URLPattern] = [
    path(f"{MULTIAGENCY}/", audits.AuditList.as_view(), name="audit_list"),
    path(f"{MULTIAGENCY}/schedule/", files.SchedulePage.as_view(), name="audit_schedule"),
    path(f"{MULTIAGENCY}/plan/", changes.PlanAudit.as_view(), name="audit_plan"),
    path(f"{MULTIAGENCY}/tools/", tools.ToolList.as_view(), name="audit_tool_list"),
    path(f"{MULTIAGENCY}/tools/add/", tools.MakeTool.as_view(), name="audit_tool_add"),
    path(f"{MULTIAGENCY}/tools/<uuid:pk>/", tools.ToolPage.as_view(), name="audit_tool"),
    path(f"{MULTIAGENCY}/tools/<uuid:pk>/change/", tools.ChangeTool.as_view(), name="audit_tool_change"),
    path(f"{MULTIAGENCY}/returns/", returns.ReturnList.as_view(), name="audit_return_list"),
    path(f"{MULTIAGENCY}/returns/<uuid:pk>/", returns.ReturnPage.as_view(), name="audit_return"),
    path(f"{MULTIAGENCY}/returns/<uuid:pk>/answer/", returns.AnswerReturn.as_view(), name="audit_return_answer"),
    path(
        f"{MULTIAGENCY}/returns/<uuid:pk>/no-involvement/",
        returns.NoInvolvement.as_view(),
        name="audit_return_no_involvement",
    ),
    path(f"{MULTIAGENCY}/returns/<uuid:pk>/send-back/", returns.SendBack.as_view(), name="audit_return_send_back"),
    path(f"{MULTIAGENCY}/cases/<uuid:pk>/", cases.CasePage.as_view(), name="audit_case"),
    path(f"{MULTIAGENCY}/cases/<uuid:pk>/change/", cases.ChangeCase.as_view(), name="audit_case_change"),
    path(f"{MULTIAGENCY}/cases/<uuid:pk>/moderate/", cases.ModerateCase.as_view(), name="audit_case_moderate"),
    path(f"{MULTIAGENCY}/findings/<int:pk>/change/", changes.ChangeFinding.as_view(), name="audit_finding_change"),
    path(f"{MULTIAGENCY}/findings/<int:pk>/remove/", changes.RemoveFinding.as_view(), name="audit_finding_remove"),
    path(
        f"{MULTIAGENCY}/recommendations/<int:pk>/action/",
        changes.PlanRecommendedAction.as_view(),
        name="audit_recommendation_action",
    ),
    path(f"{MULTIAGENCY}/<uuid:pk>/", audits.AuditPage.as_view(), name="audit"),
    path(f"{MULTIAGENCY}/<uuid:pk>/change/", changes.ChangeAudit.as_view(), name="audit_change"),
    path(f"{MULTIAGENCY}/<uuid:pk>/case/", changes.AddCase.as_view(), name="audit_case_add"),
    path(f"{MULTIAGENCY}/<uuid:pk>/ask/", changes.AskAgencies.as_view(), name="audit_ask"),
    path(f"{MULTIAGENCY}/<uuid:pk>/chase/", changes.ChaseAgencies.as_view(), name="audit_chase"),
    path(f"{MULTIAGENCY}/<uuid:pk>/begin/", changes.BeginFieldwork.as_view(), name="audit_begin"),
    path(f"{MULTIAGENCY}/<uuid:pk>/close-returns/", changes.CloseReturns.as_view(), name="audit_close_returns"),
    path(f"{MULTIAGENCY}/<uuid:pk>/report/", changes.ReportFindings.as_view(), name="audit_report"),
    path(f"{MULTIAGENCY}/<uuid:pk>/close/", changes.CloseAudit.as_view(), name="audit_close"),
    path(f"{MULTIAGENCY}/<uuid:pk>/cancel/", changes.CancelAudit.as_view(), name="audit_cancel"),
    path(f"{MULTIAGENCY}/<uuid:pk>/small-numbers/", changes.SmallNumbers.as_view(), name="audit_small_numbers"),
    path(f"{MULTIAGENCY}/<uuid:pk>/workshop/", changes.AddWorkshop.as_view(), name="audit_workshop_add"),
    path(f"{MULTIAGENCY}/<uuid:pk>/finding/", changes.AddFinding.as_view(), name="audit_finding_add"),
    path(f"{MULTIAGENCY}/<uuid:pk>/recommendation/", changes.Recommend.as_view(), name="audit_recommendation_add"),
    path(f"{MULTIAGENCY}/<uuid:pk>/report.pdf", files.ReportAsPdf.as_view(), name="audit_report_pdf"),
    path(f"{MULTIAGENCY}/<uuid:pk>/report.xlsx", files.ReportAsXlsx.as_view(), name="audit_report_xlsx"),
]
