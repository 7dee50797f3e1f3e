"""Where a visit at a provider begins and ends; allauth includes these for the providers of this package."""

from django.urls import path

from . import views

urlpatterns = [
    path("sign-on/<slug:provider_id>/", views.Begin.as_view(), name="openid_connect_login"),
    path("sign-on/<slug:provider_id>/back/", views.back, name="openid_connect_callback"),
]
