"""A progress bar for commands that take their time."""

from __future__ import annotations

import sys
from typing import TextIO

WIDTH = 32


class Bar:
    """One line that fills: redrawn in place on a terminal, printed once per step elsewhere (a log keeps its lines)."""

    def __init__(self, title: str, out: TextIO | None = None) -> None:
        self.title = title
        self.out = out or sys.stdout
        self.live = self.out.isatty()
        self.last = ""

    def show(self, step: str, percent: int) -> None:
        """`percent` is 0 to 100."""
        if self.live:
            filled = WIDTH * percent // 100
            line = f"\r{self.title:<28} {'█' * filled}{'░' * (WIDTH - filled)} {percent:>3}%  {step[:36]:<36}"
            self.out.write(line)
        elif step != self.last:
            self.out.write(f"{self.title}: {percent:>3}%  {step}\n")
        self.last = step
        self.out.flush()

    def done(self, result: str) -> None:
        self.show(result, 100)
        if self.live:
            self.out.write("\n")
