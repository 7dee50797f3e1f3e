"""A real browser on a real server: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, and Django would refuse the test's own queries because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Journey:
    """A person's way through the portal, counted: pages loaded and clicks made. Typing and ticking are free."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.pages = 0
        self.clicks = 0
        self.complaints: list[str] = []
        page.on("load", lambda _: self._loaded())
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _loaded(self) -> None:
        self.pages += 1

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def click(self, target: str | Locator) -> None:
        self.clicks += 1
        (self.page.locator(target) if isinstance(target, str) else target).click()

    def press(self, target: str | Locator) -> None:
        """A click by keyboard that leads to another page: focus, then Enter."""
        self.clicks += 1
        locator = self.page.locator(target) if isinstance(target, str) else target
        locator.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def faults(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, what the browser complained of, and whether the page scrolls sideways."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "async () => (await axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],"
            " resultTypes: ['violations']})).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(', '))"
        )
        sideways = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return [*found, *self.complaints, *(["the page scrolls sideways"] if sideways else [])]

    def dead_error_links(self) -> list[str]:
        """Links of the error summary that do not lead to a field that can be focused."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('.govuk-error-summary a[href^="#"]')]
            .filter(a => { const t = document.getElementById(a.hash.slice(1));
                           if (!t) return true; t.focus(); return document.activeElement !== t; })
            .map(a => a.hash)"""
        )


@pytest.fixture
def journey(chromium: Browser, live_server: Any, client: Any) -> Iterator[Callable[..., Journey]]:
    """`journey(user, javascript=True, screen=DESKTOP)`: a browser of its own, signed in as `user` when given."""
    contexts: list[BrowserContext] = []

    def start(user: Any = None, *, javascript: bool = True, screen: dict[str, int] = DESKTOP) -> Journey:
        context = chromium.new_context(viewport=screen, java_script_enabled=javascript)
        contexts.append(context)
        if user is not None:
            client.force_login(user)
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                        "url": live_server.url,
                    }
                ]
            )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return Journey(page, live_server.url)

    yield start
    for context in contexts:
        context.close()
