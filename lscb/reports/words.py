"""The board's own words: facts named in them are put in; `lscb.common.markdown` makes a page of them.

Words are never a template: `{{ dataset.looked_after }}` is looked up in a dictionary of facts and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lscb.common.chapters import Fact
from lscb.common.errors import RuleBroken

NAMED_FACT = re.compile(r"\{\{([^{}]*)\}\}")  # spaces are taken off afterwards: in here they would cost cubic time
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|!~])")


def with_facts(words: str, facts: Mapping[str, Fact], *, chapter: str) -> str:
    """`words` with every named fact replaced by its printed form.

    Raises RuleBroken with a sentence naming the chapter and the fact when a fact does not exist.
    """

    def shown(match: re.Match[str]) -> str:
        name = match[1].strip()
        fact = facts.get(name)
        if fact is None:
            raise RuleBroken(
                f"The words of “{chapter}” name the fact “{name}”, which this year does not have. "
                "Choose one from the list of facts beside the words, or take it out."
            )
        return _SPECIAL.sub(r"\\\1", fact.in_words)

    return NAMED_FACT.sub(shown, words)


def facts_named_in(words: str) -> list[str]:
    """The names of facts in `words`, in order, each once."""
    return list(dict.fromkeys(match[1].strip() for match in NAMED_FACT.finditer(words)))
