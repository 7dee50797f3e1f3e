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
    path("collections/", views.ReturnList.as_view(), name="return_list"),
    path("collections/open/", views.CollectionOpen.as_view(), name="collection_open"),
    path("collections/<str:quarter>/", views.CollectionPage.as_view(), name="collection"),
    path("collections/<str:quarter>/due/", views.CollectionMove.as_view(), name="collection_move"),
    path("collections/<str:quarter>/remind/", views.CollectionRemind.as_view(), name="collection_remind"),
    path("collections/<str:quarter>/close/", views.CollectionClose.as_view(), name="collection_close"),
    path("collections/<str:quarter>/<int:agency>/", views.Grid.as_view(), name="grid"),
    path("collections/<str:quarter>/<int:agency>/save/", views.GridSave.as_view(), name="grid_save"),
    path("collections/<str:quarter>/<int:agency>/check/", views.GridCheck.as_view(), name="grid_check"),
    path("collections/<str:quarter>/<int:agency>/sent/", views.GridSent.as_view(), name="grid_sent"),
    path("collections/<str:quarter>/<int:agency>/upload/", views.GridUpload.as_view(), name="grid_upload"),
    path(
        "collections/<str:quarter>/<int:agency>/template.<str:format>",
        views.GridTemplate.as_view(),
        name="grid_template",
    ),
    path("uploads/<uuid:pk>/", views.UploadPage.as_view(), name="upload"),
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
