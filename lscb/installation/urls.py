from django.urls import URLPattern, path

from . import views

app_name = "installation"
urlpatterns: list[URLPattern] = [
    path("", views.Settings.as_view(), name="settings"),
    path("names/", views.Names.as_view(), name="names"),
    path("colour/", views.Colour.as_view(), name="colour"),
    path("logo/", views.Logo.as_view(), name="logo"),
    path("logo/take-down/", views.TakeDownLogo.as_view(), name="logo_take_down"),
    path("logo/<str:digest>.png", views.LogoPicture.as_view(), name="logo_picture"),
    path("mail/<slug:kind>/", views.Mail.as_view(), name="mail"),
]
