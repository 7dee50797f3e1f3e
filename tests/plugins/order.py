"""Where tests run side by side, what takes long begins first: at the end no process waits for another's last test."""

from __future__ import annotations

import os

import pytest


def takes_long(item: pytest.Item) -> bool:
    """In a browser, with a real worker, or marked so."""
    marked = item.get_closest_marker("browser") or item.get_closest_marker("long")
    return bool(marked) or "worker" in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each process is given a slice of the tests, one after the other: every slice begins with its part of the long."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes == 1:
        return
    slices: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for some in ([one for one in items if takes_long(one)], [one for one in items if not takes_long(one)]):
        for place, item in enumerate(some):
            slices[place % processes].append(item)
    items[:] = [item for part in slices for item in part]
