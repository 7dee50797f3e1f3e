"""Puts a named fact in the place of a number that was typed by hand."""

from __future__ import annotations

import re

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import FinancialYear
from lscb.reports.models import ReportWords
from lscb.reports.services import save_words

_NAME = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")


@transaction.atomic
def name_fact(
    *, year: FinancialYear, chapter: str, version: int, start: int, end: int, typed: str, name: str, by: Actor
) -> ReportWords:
    """Name the fact `name` where the words of `chapter`, in `version`, have `typed` at `start` to `end`.

    Raises Overtaken when the words were changed since.
    """
    words = ReportWords.objects.select_for_update().filter(year=year, chapter=chapter).first()
    if words is None or words.version != version or words.markdown[start:end] != typed:
        raise Overtaken("The words were changed meanwhile, so nothing was replaced. Look at them again.", current=words)
    if not _NAME.fullmatch(name):
        raise RuleBroken("There is no fact of that name.")
    markdown = f"{words.markdown[:start]}{{{{ {name} }}}}{words.markdown[end:]}"
    return save_words(year=year, chapter=chapter, markdown=markdown, version=version, by=by)
