"""What the board team chose for this installation: the names of things, its look, its own words in e-mails."""

from __future__ import annotations

from django.db import models

from .querysets import InstallationQuerySet


class Installation(models.Model):
    """One row. An empty field means that the team has not chosen: the environment or the law of 2004 gives the word."""

    only = models.BooleanField(primary_key=True, default=True)
    board_name = models.CharField("name of the board", max_length=120, blank=True)
    board_short_name = models.CharField("short name of the board", max_length=40, blank=True)
    board_email = models.EmailField("address of the board team", blank=True)
    board = models.CharField("word for the board", max_length=40, blank=True)
    case_review = models.CharField("word for a serious case review", max_length=80, blank=True)
    death_panel = models.CharField("name of those who review child deaths", max_length=80, blank=True)
    death_panel_short = models.CharField("short name of those who review child deaths", max_length=20, blank=True)
    brand_colour = models.CharField("colour", max_length=7, blank=True)
    logo = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the picture")
    logo_alt = models.CharField("what the logo shows", max_length=120, blank=True)
    logo_png = models.BinaryField(null=True, editable=False)
    mail = models.JSONField("own words in e-mails", default=dict, blank=True, help_text="kind of e-mail: paragraph")
    version = models.PositiveIntegerField(default=0)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="one_installation"),
            models.CheckConstraint(
                condition=models.Q(brand_colour="") | models.Q(brand_colour__regex=r"^#[0-9A-F]{6}$"),
                name="brand_colour_is_six_hexadecimal_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(logo="", logo_alt="", logo_png__isnull=True)
                | (~models.Q(logo="") & ~models.Q(logo_alt="") & models.Q(logo_png__isnull=False)),
                name="logo_has_a_picture_and_a_text_alternative",
            ),
        ]

    def __str__(self) -> str:
        return "Settings of the portal"
