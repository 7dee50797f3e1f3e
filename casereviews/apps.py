from django.apps import AppConfig


class CaseReviewsConfig(AppConfig):
    name = "casereviews"
    label = "casereviews"
    verbose_name = "case reviews"
