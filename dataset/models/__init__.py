"""The multi-agency dataset: what is measured, how it was defined when, what was sent, and what was compiled of it.

A figure is never changed: a correction is its next revision, so that what was known on a date can always be shown.
An edition is never changed either: it is a document frozen with its hash.
"""

from .collection import AgencyReturn, Collection, Entry, Upload
from .comparator import Against, Comparator, ComparatorSet
from .disclosure import Audience, DisclosurePolicy, Lift, PublishedDataset
from .edition import BoardPack, Edition, PackItem
from .figure import Absence, Figure, Status
from .indicator import (
    CODE,
    POLARITIES,
    DefinitionVersion,
    DisclosureClass,
    Frequency,
    Indicator,
    IndicatorRevision,
    Kind,
    Unit,
)

__all__ = [
    "CODE",
    "POLARITIES",
    "Absence",
    "Against",
    "AgencyReturn",
    "Audience",
    "BoardPack",
    "Collection",
    "Comparator",
    "ComparatorSet",
    "DefinitionVersion",
    "DisclosureClass",
    "DisclosurePolicy",
    "Edition",
    "Entry",
    "Figure",
    "Frequency",
    "Indicator",
    "IndicatorRevision",
    "Kind",
    "Lift",
    "PackItem",
    "PublishedDataset",
    "Status",
    "Unit",
    "Upload",
]
