"""Tests that only a real server can answer run where it is, and are named at the end where it is not."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()


def missing_servers() -> dict[str, str]:
    """Marker and name of each server this run does not have."""
    there = {
        "needs_postgres": ("PostgreSQL", settings.DATABASES["default"]["ENGINE"].endswith("postgresql")),
        "needs_redis": ("Redis", bool(settings.REDIS_URL)),
    }
    return {marker: name for marker, (name, is_there) in there.items() if not is_there}


def pytest_configure(config: pytest.Config) -> None:
    if not settings.TESTING:
        raise pytest.UsageError("Tests run with PORTAL_MODE=test in the environment; `make test` sets it.")


def pytest_report_header() -> str:
    missing = [f"without {name}" for name in missing_servers().values()]
    return f"servers: {', '.join(missing) or 'PostgreSQL and Redis'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = missing_servers()
    left_out = {
        item: " and ".join(needed)
        for item in items
        if (needed := [name for marker, name in missing.items() if item.get_closest_marker(marker)])
    }
    if left_out and os.environ.get("CI") == "true":
        raise pytest.UsageError(f"CI needs {' and '.join(missing.values())}: set DATABASE_URL and REDIS_URL.")
    names: dict[str, list[str]] = {}
    for item, servers in left_out.items():
        names.setdefault(servers, []).append(item.nodeid)
    config.stash[LEFT_OUT] = names
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for server, tests in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.section(f"Not run: these need a real {server}", sep="-")
        for test in sorted(tests):
            terminalreporter.line(test)
