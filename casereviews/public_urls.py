"""What everybody may read of case reviews."""

from django.urls import URLPattern, path

from .views import public

app_name = "learning"
urlpatterns: list[URLPattern] = [
    path("", public.PublicReviews.as_view(), name="reviews"),
    path("<uuid:pk>/", public.PublicReview.as_view(), name="review"),
]
