"""The open data as everybody may read it."""

from django.urls import URLPattern, path

from .views import opendata as views

app_name = "opendata"
urlpatterns: list[URLPattern] = [
    path("", views.PublicDatasets.as_view(), name="datasets"),
    path("<str:quarter>/", views.PublicDataset.as_view(), name="dataset"),
    path("<str:quarter>/dataset.csv", views.PublicCsv.as_view(), name="csv"),
    path("<str:quarter>/dataset.csv-metadata.json", views.PublicMetadata.as_view(), name="metadata"),
]
