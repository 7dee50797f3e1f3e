from django.urls import path

from .views import Mail, People

app_name = "demo"
urlpatterns = [
    path("people/", People.as_view(), name="people"),
    path("mail/", Mail.as_view(), name="mail"),
]
