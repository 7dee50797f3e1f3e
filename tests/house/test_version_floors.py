"""The locks: nothing below a version with known holes, everything with its hash, no host named."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("base", "dev", "node")}
FLOORS = {
    "django": "5.2.19",
    "djangorestframework": "3.18.3",  # older ignores the limit of a body
    "weasyprint": "70.0",
    "celery": "5.7.0",
    "kombu": "5.7.0",
}


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==([^ ;\\]+)", LOCKS[lock], re.MULTILINE))


@pytest.mark.parametrize("package", FLOORS)
def test_no_version_below_its_floor_is_locked_or_installed(package: str) -> None:
    floor = numbers(FLOORS[package])
    assert numbers(pins("base")[package]) >= floor
    assert numbers(pins("dev")[package]) >= floor
    assert numbers(version(package)) >= floor


def test_tests_run_on_the_versions_that_are_deployed() -> None:
    assert pins("base").items() <= pins("dev").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_that_is_asked_for_is_locked_with_a_hash(lock: str) -> None:
    asked = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / "requirements" / f"{lock}.in").read_text(), re.MULTILINE)
    locked = re.findall(
        r"^([a-z0-9-]+)(?:\[[^]]*\])?==[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", LOCKS[lock], re.MULTILINE
    )
    assert {re.sub(r"[_.]", "-", name).lower() for name in asked} <= set(locked)
    assert set(pins(lock)) == set(locked)


def test_no_lock_names_a_host() -> None:
    npm = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in npm
    for name, lock in LOCKS.items():
        assert "://" not in lock, f"requirements/{name}.txt"
        assert not re.search(r"^-(?!c |r )", lock, re.MULTILINE), f"requirements/{name}.txt has an option"
