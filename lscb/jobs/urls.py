from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobList.as_view(), name="job_list"),
    path("emails/", views.EmailList.as_view(), name="email_list"),
    path("<uuid:pk>/", views.JobDetail.as_view(), name="job_detail"),
    path("<uuid:pk>/progress/", views.JobProgress.as_view(), name="job_progress"),
    path("<uuid:pk>/result/", views.JobResult.as_view(), name="job_result"),
    path("<uuid:pk>/retry/", views.JobRetry.as_view(), name="job_retry"),
    path("<uuid:pk>/cancel/", views.JobCancel.as_view(), name="job_cancel"),
]
