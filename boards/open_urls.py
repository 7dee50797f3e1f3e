"""What people reach without an account: the board as published, its library, and surveys by link."""

from django.urls import URLPattern, path

from .views import public_board, public_surveys

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("board/", public_board.PublicBoard.as_view(), name="board"),
    path("library/", public_board.PublicLibrary.as_view(), name="library"),
    path("library/<uuid:pk>/<int:number>/", public_board.PublicLibraryFile.as_view(), name="library_file"),
    path("survey/by-link/<str:token>/", public_surveys.AnswerByOwnLink.as_view(), name="survey"),
    path("survey/open/by-link/<str:token>/", public_surveys.AnswerByOpenLink.as_view(), name="survey_open"),
    path("survey/done/", public_surveys.Thanks.as_view(), name="survey_done"),
]
