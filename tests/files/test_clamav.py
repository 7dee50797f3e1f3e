"""The scanner that asks ClamAV, tried against a daemon that speaks its language and knows one virus."""

from __future__ import annotations

import io
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lscb.files.clamav import PIECE, found_in

from . import crafting as c
from .test_attachments import store

EICAR = b"X5O!P%@AP-EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Clamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        if b"too large" in content:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif b"silent" not in content:
            self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        settings.FILE_SCANNER = "lscb.files.clamav.found_in"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield
        server.shutdown()


def test_clamav_is_asked_in_its_own_language(clamd: None) -> None:
    assert found_in(io.BytesIO(b"a" * (3 * PIECE + 1))) == ""
    assert found_in(io.BytesIO(b"a" * (PIECE - 9) + EICAR)) == "Eicar-Signature"


@pytest.mark.parametrize("content", [b"too large", b"silent"])
def test_an_answer_that_is_none_refuses(content: bytes, clamd: None) -> None:
    with pytest.raises(OSError, match="did not scan"):
        found_in(io.BytesIO(content))


@pytest.mark.django_db
def test_a_file_that_clamav_found_nothing_in_comes_in_and_another_does_not(clamd: None) -> None:
    assert store("good.pdf", c.pdf()).size
    with pytest.raises(Exception, match="The virus scanner found something"):
        store("bad.txt", EICAR)
