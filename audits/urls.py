from django.urls import URLPattern, path

from .views import frameworks, rounds, sections, signing
from .views import multiagency as audits
from .views import multiagency_cases as cases
from .views import multiagency_changes as changes
from .views import multiagency_files as files
from .views import multiagency_returns as returns
from .views import multiagency_tools as tools
from .views import panel as panels
from .views import returns as own_returns

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
    path(f"{MULTIAGENCY}/returns/<uuid:pk>/files/<uuid:file>/", returns.ReturnFile.as_view(), name="audit_return_file"),
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
    # Rounds
    path("", rounds.RoundList.as_view(), name="round_list"),
    path("rounds/open/", rounds.OpenRound.as_view(), name="round_open"),
    path("rounds/schools/", rounds.ImportSchools.as_view(), name="school_import"),
    path("rounds/<uuid:pk>/", rounds.RoundPage.as_view(), name="round"),
    path("rounds/<uuid:pk>/ask/", rounds.AskAgency.as_view(), name="round_ask"),
    path("rounds/<uuid:pk>/dates/", rounds.MoveDates.as_view(), name="round_dates"),
    path("rounds/<uuid:pk>/close/", rounds.CloseRound.as_view(), name="round_close"),
    path("rounds/<uuid:pk>/chase/", rounds.Chase.as_view(), name="round_chase"),
    path("rounds/<uuid:pk>/panel/<int:number>/", panels.RoundPanel.as_view(), name="round_panel"),
    path("analysis/<slug:year>/<slug:audience>/", rounds.Analysis.as_view(), name="analysis"),
    # Frameworks
    path("frameworks/", frameworks.FrameworkList.as_view(), name="framework_list"),
    path("frameworks/import/", frameworks.ImportFramework.as_view(), name="framework_import"),
    path("frameworks/delivered/<slug:audience>/", frameworks.DeliveredFramework.as_view(), name="framework_delivered"),
    path("frameworks/<uuid:pk>/", frameworks.FrameworkPage.as_view(), name="framework"),
    path("frameworks/<uuid:pk>/export/", frameworks.ExportFramework.as_view(), name="framework_export"),
    path("frameworks/<uuid:pk>/new-version/", frameworks.NewVersion.as_view(), name="framework_copy"),
    path("frameworks/<uuid:pk>/change/", frameworks.ChangeFramework.as_view(), name="framework_change"),
    path("frameworks/<uuid:pk>/standards/add/", frameworks.AddStandard.as_view(), name="standard_add"),
    path("frameworks/<uuid:pk>/standards/<int:number>/", frameworks.ChangeStandard.as_view(), name="standard_change"),
    path(
        "frameworks/<uuid:pk>/standards/<int:number>/questions/add/",
        frameworks.AddQuestion.as_view(),
        name="question_add",
    ),
    path("frameworks/<uuid:pk>/questions/<int:question>/", frameworks.ChangeQuestion.as_view(), name="question_change"),
    path("frameworks/<uuid:pk>/scale/add/", frameworks.AddOption.as_view(), name="option_add"),
    path("frameworks/<uuid:pk>/scale/<int:order>/", frameworks.ChangeOption.as_view(), name="option_change"),
    path(
        "frameworks/<uuid:pk>/remove/<slug:kind>/<int:key>/", frameworks.RemovePart.as_view(), name="framework_remove"
    ),
    # Returns: the agency
    path("returns/", own_returns.ReturnList.as_view(), name="return_list"),
    path("returns/<uuid:pk>/", own_returns.ReturnPage.as_view(), name="return"),
    path("returns/<uuid:pk>/standards/<int:number>/", sections.SectionPage.as_view(), name="return_section"),
    path("returns/<uuid:pk>/standards/<int:number>/save/", sections.SectionAutosave.as_view(), name="return_autosave"),
    path("returns/<uuid:pk>/check/", own_returns.CheckReturn.as_view(), name="return_check"),
    path("returns/<uuid:pk>/ready/", own_returns.Ready.as_view(), name="return_ready"),
    path("returns/<uuid:pk>/take-back/", own_returns.TakeBack.as_view(), name="return_take_back"),
    path("returns/<uuid:pk>/done/", own_returns.ReturnDone.as_view(), name="return_done"),
    path("returns/<uuid:pk>/changes/", own_returns.Changes.as_view(), name="return_changes"),
    path("returns/<uuid:pk>/return.pdf", own_returns.ReturnPdf.as_view(), name="return_pdf"),
    path("returns/<uuid:pk>/feedback.<slug:format>", own_returns.Letter.as_view(), name="return_letter"),
    path("returns/<uuid:pk>/invite/", own_returns.Invite.as_view(), name="return_invite"),
    path(
        "returns/<uuid:pk>/helpers/<uuid:contributor>/end/",
        own_returns.EndInvitation.as_view(),
        name="return_invite_end",
    ),
    path("returns/<uuid:pk>/files/<uuid:file>/", own_returns.EvidenceFile.as_view(), name="evidence_file"),
    path("returns/<uuid:pk>/files/<uuid:file>/remove/", sections.RemoveEvidence.as_view(), name="evidence_remove"),
    path("returns/<uuid:pk>/queries/<int:query>/", own_returns.Reply.as_view(), name="return_reply"),
    path("returns/<uuid:pk>/queries/send/", own_returns.Resubmit.as_view(), name="return_resubmit"),
    # Returns: the panel
    path("returns/<uuid:pk>/panel/<int:number>/", panels.PanelStandard.as_view(), name="return_panel"),
    path("returns/<uuid:pk>/panel/overall/", panels.OverallFeedback.as_view(), name="return_feedback"),
    path("returns/<uuid:pk>/moderated/", panels.FinishModeration.as_view(), name="return_moderated"),
    path("returns/<uuid:pk>/issue/", panels.IssueFeedback.as_view(), name="return_issue"),
    path("returns/<uuid:pk>/close/", panels.CloseReturn.as_view(), name="return_close"),
    path("returns/<uuid:pk>/requests/<int:asked>/remove/", panels.RemoveRequest.as_view(), name="request_remove"),
    path("returns/<uuid:pk>/defer/", panels.Defer.as_view(), name="return_defer"),
    path("returns/<uuid:pk>/excuse/", panels.Excuse.as_view(), name="return_excuse"),
    path("returns/<uuid:pk>/require/", panels.Require.as_view(), name="return_require"),
    # By a link
    path("by-link/<str:token>/help/", sections.ContributePage.as_view(), name="contribute"),
    path("by-link/<str:token>/help/save/", sections.ContributeAutosave.as_view(), name="contribute_autosave"),
    path("by-link/<str:token>/sign/", signing.Countersign.as_view(), name="countersign"),
]
