"""The challenge log as everybody may read it."""

from django.urls import URLPattern, path

from .views import public_challenges as views

app_name = "challenges"
urlpatterns: list[URLPattern] = [
    path("", views.PublicLog.as_view(), name="log"),
    path("challenges.csv", views.PublicCsv.as_view(), name="csv"),
    path("feed/", views.PublicFeed.as_view(), name="feed"),
    path("<slug:year>/<int:number>/", views.PublicChallenge.as_view(), name="challenge"),
]
