"""The queue in a folder (the demonstration, quick tests), with messages that are whole when they can be read.

kombu's own transport opens the file under its final name and then writes; a worker that looks in between reads half a
message and stops for good.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu names it twice
        """Write under a name that nobody reads, then give the file its name."""
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns() // 1_000_000}_{uuid.uuid4()}"
        half = folder / f"{name}.half"
        half.write_bytes(str_to_bytes(dumps(payload)))
        os.rename(half, folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel
