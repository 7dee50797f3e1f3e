from django.urls import path

from . import views

app_name = "files"
urlpatterns = [path("<uuid:pk>/", views.AttachmentDownload.as_view(), name="attachment_download")]
