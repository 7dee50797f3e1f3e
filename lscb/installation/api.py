"""The settings for programs, to read: what the team chose, and where it chose nothing, the first words."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.common.words import Words, naming

from .models import Installation


class SettingsSerializer(serializers.Serializer[Words]):
    """As they are in force."""

    version = serializers.SerializerMethodField()
    board_name = serializers.CharField()
    board_short_name = serializers.CharField()
    board_email = serializers.EmailField()
    board = serializers.CharField()
    case_review = serializers.CharField()
    death_panel = serializers.CharField()
    death_panel_short = serializers.CharField()
    brand_colour = serializers.CharField()
    logo_alt = serializers.CharField()
    mail = serializers.DictField(child=serializers.CharField(), help_text="Own words by kind of e-mail")

    def get_version(self, words: Words) -> int:
        """How often they were changed."""
        visible = Installation.objects.visible_to(person(self.context["request"]))
        return visible.values_list("version", flat=True).first() or 0


class Settings(RetrieveAPIView[Any]):
    """The names of things, the look, and own words in e-mails."""

    scope: ClassVar = (Permission.MANAGE_INSTALLATION,)
    serializer_class = SettingsSerializer
    http_method_names = ["get", "head", "options"]

    def get_object(self) -> Words:
        return naming()
