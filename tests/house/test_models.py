"""Habits that hold for every model of the portal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from lscb.home.checking import RULES

from .test_floors import FLOOR_OF

MODELS = [model for app in FLOOR_OF for model in apps.get_app_config(app).get_models()]


def names(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=names)
def test_says_who_may_see_it(model: type[models.Model]) -> None:
    queryset = model._default_manager.all()
    assert callable(getattr(queryset, "visible_to", None)), f"{names(model)} has no visible_to(user)"


@pytest.mark.parametrize("model", MODELS, ids=names)
def test_when_and_who_are_kept_together(model: type[models.Model]) -> None:
    """For every pair such as approved_at and approved_by that may be empty, a constraint keeps both or neither."""
    fields = {field.name: field for field in model._meta.fields}
    constraints = [_fields_of(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    for name, when in fields.items():
        pair = re.fullmatch(r"(.+)_(at|on)", name)
        who = fields.get(f"{pair[1]}_by") if pair else None
        if who is None or not (when.null and who.null):
            continue
        together = {name, who.name}
        assert any(together <= found for found in constraints), f"{names(model)}: {sorted(together)}"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def _fields_of(condition: Any) -> set[str]:
    found: set[str] = set()
    for child in getattr(condition, "children", []):
        found |= _fields_of(child) if hasattr(child, "children") else {child[0].split("__")[0]}
    return found


def test_the_data_check_asks_every_app() -> None:
    asked = {rule.__module__ for rule in RULES}
    offered = {
        f"{config.name}.invariants"
        for config in apps.get_app_configs()
        if (Path(config.path) / "invariants.py").exists()
    }
    assert asked == offered
