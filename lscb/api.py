"""The API: the same records through the same `visible_to` as the pages. Every app's endpoints are named here."""

from django.urls import URLPattern, URLResolver

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = []
