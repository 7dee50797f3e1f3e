"""What an invariant says when it does not hold."""

from __future__ import annotations

from django.db import models


class Fault(str):
    """A sentence, and the record that it speaks of where there is one. Who may not see that record is not told it."""

    about: models.Model | None

    def __new__(cls, sentence: str, about: models.Model | None = None) -> Fault:
        fault = super().__new__(cls, sentence)
        fault.about = about
        return fault
