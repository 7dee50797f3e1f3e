from django.urls import URLPattern, path

from .views import contributions, groups, plan, structure

app_name = "boards"
urlpatterns: list[URLPattern] = [
    path("", structure.Structure.as_view(), name="structure"),
    path("membership/", structure.Membership.as_view(), name="membership"),
    path("groups/", structure.GroupList.as_view(), name="group_list"),
    path("groups/add/", groups.AddGroup.as_view(), name="group_add"),
    path("groups/<slug:code>/", groups.GroupPage.as_view(), name="group"),
    path("groups/<slug:code>/change/", groups.ChangeGroup.as_view(), name="group_change"),
    path("groups/<slug:code>/close/", groups.CloseGroup.as_view(), name="group_close"),
    path("groups/<slug:code>/seats/add/", groups.AddSeat.as_view(), name="seat_add"),
    path("seats/<int:pk>/", groups.SeatPage.as_view(), name="seat"),
    path("seats/<int:pk>/fill/", groups.FillSeat.as_view(), name="seat_fill"),
    path("seats/<int:pk>/end/", groups.EndSeat.as_view(), name="seat_end"),
    path("holders/<int:pk>/end/", groups.EndHolding.as_view(), name="holding_end"),
    path("plan/", plan.LatestPlan.as_view(), name="business_plan_latest"),
    path("plan/<slug:year>/", plan.BusinessPlanPage.as_view(), name="business_plan"),
    path("plan/<slug:year>/add/", plan.PlanAction.as_view(), name="plan_action"),
    path("plan/<slug:year>/theme/", plan.SetTheme.as_view(), name="theme_set"),
    path("plan/<slug:year>/priority/", plan.SetPriority.as_view(), name="priority_set"),
    path("contributions/", contributions.ContributionList.as_view(), name="contribution_list"),
    path("contributions/add/", contributions.AddContribution.as_view(), name="contribution_add"),
    path("contributions/<int:pk>/", contributions.ContributionPage.as_view(), name="contribution"),
    path("contributions/<int:pk>/change/", contributions.ChangeContribution.as_view(), name="contribution_change"),
    path("contributions/<int:pk>/invoice/", contributions.RecordInvoice.as_view(), name="contribution_invoice"),
    path("contributions/<int:pk>/payment/", contributions.RecordPayment.as_view(), name="contribution_payment"),
]
