"""The queue in a folder: whoever looks finds whole messages only."""

from __future__ import annotations

import os
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from lscb.jobs import folder_queue

SETTINGS = ("data_folder_in", "data_folder_out")


def test_the_portal_s_queue_of_files_is_this_one(tmp_path: Path) -> None:
    from lscb.celery import app

    options = dict.fromkeys(SETTINGS, str(tmp_path))
    with app.connection_for_write("filesystem://", transport_options=options) as connection:
        assert type(connection.transport) is folder_queue.Transport


def test_a_message_that_is_half_written_is_not_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = dict.fromkeys(SETTINGS, str(tmp_path))
    with Connection("filesystem://", transport_options=options) as connection:
        channel: Any = connection.channel()
        looked: list[str] = []

        def look_then_rename(old: Any, new: Any) -> None:
            monkeypatch.undo()
            looked.extend(os.listdir(tmp_path))
            with pytest.raises(Empty):
                channel._get("work")
            os.rename(old, new)

        monkeypatch.setattr(folder_queue.os, "rename", look_then_rename)
        channel._put("work", {"body": "whole"})
        assert len(looked) == 1, "the message is written by then, and cannot be read"
        assert channel._get("work") == {"body": "whole"}
        with pytest.raises(Empty):
            channel._get("work")
