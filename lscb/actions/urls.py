from django.urls import URLPattern, path

from . import views

app_name = "actions"
urlpatterns: list[URLPattern] = [
    path("", views.MyActions.as_view(), name="mine"),
    path("plans/", views.PlanList.as_view(), name="plan_list"),
    path("plans/<uuid:pk>/", views.PlanPage.as_view(), name="plan"),
    path("plans/<uuid:pk>/add/", views.AddAction.as_view(), name="add"),
    path("<uuid:pk>/", views.ActionPage.as_view(), name="action"),
    path("<uuid:pk>/note/", views.AddNote.as_view(), name="note"),
    path("<uuid:pk>/move/", views.MoveDueDate.as_view(), name="move"),
    path("<uuid:pk>/propose/", views.Propose.as_view(), name="propose"),
    path("<uuid:pk>/send-back/", views.SendBack.as_view(), name="send_back"),
    path("<uuid:pk>/sign-off/", views.SignOff.as_view(), name="sign_off"),
    path("<uuid:pk>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("<uuid:pk>/re-open/", views.Reopen.as_view(), name="reopen"),
]
