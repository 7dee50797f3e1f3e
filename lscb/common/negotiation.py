"""In which form the API takes and gives.

`rest_framework.views` reads the settings, which name these classes: nothing here may import views.
"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser


class AlwaysJson(DefaultContentNegotiation):
    """Whatever a program says that it would rather have, it gets JSON (a feed gives CSV by its address)."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Json(JSONParser):
    """What is nested so deeply that nobody can have meant it is refused like any other text that is not JSON."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("This is nested too deeply.") from None
