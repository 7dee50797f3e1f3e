from .editions import EditionCompile, EditionDetail, EditionExport, EditionList
from .figures import FigureImport, FigureList, FigureRecord, FigureTemplate
from .indicators import (
    ComparatorSet,
    IndicatorAdd,
    IndicatorChange,
    IndicatorDetail,
    IndicatorList,
    IndicatorRedefine,
)

__all__ = [
    "ComparatorSet",
    "EditionCompile",
    "EditionDetail",
    "EditionExport",
    "EditionList",
    "FigureImport",
    "FigureList",
    "FigureRecord",
    "FigureTemplate",
    "IndicatorAdd",
    "IndicatorChange",
    "IndicatorDetail",
    "IndicatorList",
    "IndicatorRedefine",
]
