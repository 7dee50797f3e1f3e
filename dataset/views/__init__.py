from .editions import EditionCompile, EditionDetail, EditionExport, EditionList
from .figures import FigureImport, FigureList, FigureRecord, FigureTemplate
from .grid import Grid, GridCheck, GridSave, GridSent, GridTemplate, GridUpload
from .indicators import (
    ComparatorSet,
    IndicatorAdd,
    IndicatorChange,
    IndicatorDetail,
    IndicatorList,
    IndicatorRedefine,
)
from .returns import CollectionClose, CollectionMove, CollectionOpen, CollectionPage, CollectionRemind, ReturnList
from .uploads import UploadPage

__all__ = [
    "CollectionClose",
    "CollectionMove",
    "CollectionOpen",
    "CollectionPage",
    "CollectionRemind",
    "ComparatorSet",
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
    "ReturnList",
    "UploadPage",
]
