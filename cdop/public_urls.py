"""The notification of a child's death: everybody may send it, without an account."""

from django.urls import URLPattern, path

from .views import notification as views

app_name = "notify"
urlpatterns: list[URLPattern] = [
    path("", views.Type.as_view(), name="start"),
    path("check/", views.Check.as_view(), name="check"),
    path("done/", views.Done.as_view(), name="done"),
    path("<slug:page>/", views.Type.as_view(), name="page"),
]
