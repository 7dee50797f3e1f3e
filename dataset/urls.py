from django.urls import path

from . import views

app_name = "dataset"
urlpatterns = [
    path("", views.EditionList.as_view(), name="edition_list"),
    path("compile/", views.EditionCompile.as_view(), name="edition_compile"),
    path("editions/<str:quarter>/<int:number>/", views.EditionDetail.as_view(), name="edition_detail"),
    path(
        "editions/<str:quarter>/<int:number>/scorecard.<str:format>",
        views.EditionExport.as_view(),
        name="edition_export",
    ),
    path("indicators/", views.IndicatorList.as_view(), name="indicator_list"),
    path("indicators/add/", views.IndicatorAdd.as_view(), name="indicator_add"),
    path("indicators/<slug:code>/", views.IndicatorDetail.as_view(), name="indicator_detail"),
    path("indicators/<slug:code>/change/", views.IndicatorChange.as_view(), name="indicator_change"),
    path("indicators/<slug:code>/redefine/", views.IndicatorRedefine.as_view(), name="indicator_redefine"),
    path("indicators/<slug:code>/comparator/", views.ComparatorSet.as_view(), name="comparator_set"),
    path("figures/", views.FigureList.as_view(), name="figure_list"),
    path("figures/record/", views.FigureRecord.as_view(), name="figure_record"),
    path("figures/import/", views.FigureImport.as_view(), name="figure_import"),
    path("figures/import/template.csv", views.FigureTemplate.as_view(), name="figure_template"),
]
