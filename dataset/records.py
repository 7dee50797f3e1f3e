"""How indicators are found, and which figures are an agency's."""

from __future__ import annotations

from lscb.common.records import Searched, Taken

from .models import AgencyReturn, DefinitionVersion, Entry, Figure, Indicator, Upload

SEARCHED = (
    Searched(
        "Indicators",
        lambda user: Indicator.objects.visible_to(user),
        words=("title", "code"),
    ),
)

TAKEN = (
    Taken(lambda lead, agency: Indicator.objects.visible_to(lead)),
    Taken(lambda lead, agency: DefinitionVersion.objects.visible_to(lead)),
    Taken(
        lambda lead, agency: Figure.objects.visible_to(lead),
        also={"code": "indicator__code", "title": "indicator__title"},
    ),
    Taken(lambda lead, agency: AgencyReturn.objects.visible_to(lead), also={"quarter": "collection__quarter"}),
    Taken(lambda lead, agency: Entry.objects.visible_to(lead), also={"code": "indicator__code"}),
    Taken(lambda lead, agency: Upload.objects.visible_to(lead)),
)
