from .compare import EditionCompare
from .disclosure import ComparatorSetChoose, ComparatorSets, DisclosurePage, LiftAdd, LiftEnd, PolicySet
from .editions import EditionCompile, EditionDetail, EditionExport, EditionList
from .figures import FigureImport, FigureList, FigureRecord, FigureTemplate
from .grid import Grid, GridCheck, GridSave, GridSent, GridTemplate, GridUpload
from .indicators import (
    ComparatorRecord,
    IndicatorAdd,
    IndicatorChange,
    IndicatorDetail,
    IndicatorList,
    IndicatorRedefine,
)
from .opendata import OpenDataPublish
from .packs import PackMake, PackPage, PackPdf, PackQuestions
from .returns import CollectionClose, CollectionMove, CollectionOpen, CollectionPage, CollectionRemind, ReturnList
from .uploads import UploadPage

__all__ = [
    "CollectionClose",
    "CollectionMove",
    "CollectionOpen",
    "CollectionPage",
    "CollectionRemind",
    "ComparatorRecord",
    "ComparatorSetChoose",
    "ComparatorSets",
    "DisclosurePage",
    "EditionCompare",
    "EditionCompile",
    "EditionDetail",
    "EditionExport",
    "EditionList",
    "FigureImport",
    "FigureList",
    "FigureRecord",
    "FigureTemplate",
    "Grid",
    "GridCheck",
    "GridSave",
    "GridSent",
    "GridTemplate",
    "GridUpload",
    "IndicatorAdd",
    "IndicatorChange",
    "IndicatorDetail",
    "IndicatorList",
    "IndicatorRedefine",
    "LiftAdd",
    "LiftEnd",
    "OpenDataPublish",
    "PackMake",
    "PackPage",
    "PackPdf",
    "PackQuestions",
    "PolicySet",
    "ReturnList",
    "UploadPage",
]
