"""Imports and foreign keys only point down (docs/architecture.md)."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain
from pathlib import Path

from django.apps import apps
from django.conf import settings

FLOORS: tuple[tuple[str, ...], ...] = (
    ("trail",),
    ("accounts",),
    ("files", "jobs"),
    ("actions",),
    ("boards",),
    ("audits", "casereviews", "cdop", "training", "dataset"),
    ("home", "records", "reports", "installation", "demo"),
)
FLOOR_OF = {app: floor for floor, names in enumerate(FLOORS) for app in names}


def test_imports_only_point_down() -> None:
    # In a process of its own, because it switches off the loggers of this one.
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_foreign_keys_only_point_down() -> None:
    pointing_up = [
        f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}"
        for model in chain.from_iterable(apps.get_app_config(app).get_models() for app in FLOOR_OF)
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.is_relation
        and field.related_model
        and not _may_point(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert pointing_up == []


def test_every_app_of_the_portal_has_a_floor() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.path and _is_ours(config.name)}
    assert ours - {"common"} == set(FLOOR_OF)


def _is_ours(name: str) -> bool:
    return name.startswith("lscb.") or name in {"boards", "audits", "casereviews", "cdop", "training", "dataset"}


def _may_point(from_app: str, to_app: str) -> bool:
    if to_app not in FLOOR_OF:
        return False
    return from_app == to_app or FLOOR_OF[to_app] < FLOOR_OF[from_app]
