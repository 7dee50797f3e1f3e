"""A scanner for FILE_SCANNER: asks a ClamAV daemon (clamd) at CLAMAV_ADDRESS, as `host:port`."""

from __future__ import annotations

import socket
from typing import IO, Final

from django.conf import settings

PIECE: Final = 64 * 1024
PATIENCE: Final = 60
"""Seconds for each piece and for the answer."""


def found_in(file: IO[bytes]) -> str:
    """What clamd found in `file`, empty for nothing.

    Any other answer than "nothing" or "this" raises, and so the file is refused: one that was not scanned is not taken.
    """
    host, _, port = settings.CLAMAV_ADDRESS.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            clamd.sendall(len(piece).to_bytes(4, "big") + piece)
        clamd.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and (more := clamd.recv(4096)):
            answer += more
    said = answer.rstrip(b"\0").decode("ascii", "replace")
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise OSError("clamd did not scan the file")
