"""Addresses of the records room."""

from django.urls import URLPattern, path

from .views import destroying, keeping, search, subject_access, take_out

app_name = "records"
urlpatterns: list[URLPattern] = [
    path("", keeping.Classes.as_view(), name="classes"),
    path("classes/<slug:slug>/", keeping.ClassPage.as_view(), name="class"),
    path("classes/<slug:slug>/rule/", keeping.ChangeRule.as_view(), name="rule"),
    path("classes/<slug:slug>/hold/", keeping.PlaceHold.as_view(), name="hold"),
    path("classes/<slug:slug>/<uuid:key>/hold/", keeping.PlaceHold.as_view(), name="hold_one"),
    path("classes/<slug:slug>/<uuid:key>/keep/", keeping.KeepOne.as_view(), name="keep"),
    path("holds/<uuid:pk>/lift/", keeping.LiftHold.as_view(), name="lift"),
    path("classes/<slug:slug>/destroy/", destroying.Propose.as_view(), name="propose"),
    path("destructions/<uuid:pk>/", destroying.DestructionPage.as_view(), name="destruction"),
    path("destructions/<uuid:pk>/approve/", destroying.Approve.as_view(), name="approve"),
    path("destructions/<uuid:pk>/withdraw/", destroying.Withdraw.as_view(), name="withdraw"),
    path("destructions/<uuid:pk>/certificate/", destroying.Certificate.as_view(), name="certificate"),
    path("search/", search.Search.as_view(), name="search"),
    path("access/", subject_access.Requests.as_view(), name="access_list"),
    path("access/new/", subject_access.Receive.as_view(), name="access_new"),
    path("access/<uuid:pk>/", subject_access.RequestPage.as_view(), name="access"),
    path("access/<uuid:pk>/find/", subject_access.Find.as_view(), name="access_find"),
    path("access/<uuid:pk>/answer/", subject_access.Answer.as_view(), name="access_answer"),
    path("access/<uuid:pk>/texts/<int:item>/", subject_access.Withhold.as_view(), name="access_text"),
    path("access/<uuid:pk>/texts/<int:item>/leave-out/", subject_access.LeaveOut.as_view(), name="access_leave_out"),
    path("access/<uuid:pk>/<slug:step>/", subject_access.Step.as_view(), name="access_step"),
    path("take-out/", take_out.TakeOutPage.as_view(), name="take_out"),
    path("take-out/<uuid:pk>/", take_out.TakeOutDetail.as_view(), name="take_out_detail"),
    path("take-out/<uuid:pk>/file/", take_out.TakeOutFile.as_view(), name="take_out_file"),
]
