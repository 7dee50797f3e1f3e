"""The annual reports as everybody may read them."""

from django.urls import URLPattern, path

from .views import public as views

app_name = "published"
urlpatterns: list[URLPattern] = [
    path("", views.PublishedReports.as_view(), name="list"),
    path("<str:year>/", views.PublishedReport.as_view(), name="latest"),
    path("<str:year>/<int:number>/", views.PublishedReport.as_view(), name="report"),
    path("<str:year>/<int:number>/report.pdf", views.PublishedPdf.as_view(), name="pdf"),
    path("<str:year>/<int:number>/report.<str:format>", views.PublishedFile.as_view(), name="file"),
    path("<str:year>/<int:number>/figures/", views.PublishedFigures.as_view(), name="figures"),
    path("<str:year>/<int:number>/facts.json", views.PublishedFacts.as_view(), name="facts"),
]
