"""Finds the servers the tests run on, says which, and runs pytest: `python tests/servers.py [pytest's arguments]`.

DATABASE_URL and REDIS_URL say which; without them those on the standard ports of this machine are taken; without those
the tests run on SQLite and leave out what only a real server can show. Where CI is true a missing server is a failure.
This runs before Django reads its settings, because the settings come from the environment.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
MOST_AT_ONCE = 4
"""The whole suite runs in one process more than there are processors, up to so many: some always wait for a browser or
for a worker that was killed. A part of the suite starts sooner in one.

Without both servers there is one: only that one can name at the end what it left out.
"""
NOTHING_OUTLIVES_A_POWER_CUT = "-c synchronous_commit=off"
"""The tests commit thousands of times on PostgreSQL, and wait for no disk."""
STANDARD_REDIS = "redis://127.0.0.1:6379/15"


def database() -> str:
    """The address of the PostgreSQL or other database to test on, empty when there is none."""
    named = os.environ.get("DATABASE_URL", "")
    if named:
        if named.startswith(("postgres", "pgsql")) and not _may_create_databases(named):
            sys.exit("DATABASE_URL names a PostgreSQL that does not answer, or whose user may not create databases.")
        return named
    for user in ("postgres", getpass.getuser()):
        url = f"postgres://{user}@127.0.0.1:5432/portal"
        if _may_create_databases(url):
            return url
    return ""


def queue() -> str:
    """The address of the Redis to test with, empty when there is none."""
    named = os.environ.get("REDIS_URL", "")
    if _answers(named or STANDARD_REDIS):
        return named or STANDARD_REDIS
    if named:
        sys.exit("REDIS_URL names a Redis that does not answer.")
    return ""


def _may_create_databases(url: str) -> bool:
    """Tests make a database of their own beside the one that is named, which need not exist."""
    try:
        connection = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl(), connect_timeout=3)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def main(arguments: list[str]) -> int:
    found = {"DATABASE_URL": database(), "REDIS_URL": queue()}
    print("Database:", _without_password(found["DATABASE_URL"]) or "SQLite, no PostgreSQL was found")
    print("Queue:   ", _without_password(found["REDIS_URL"]) or "files, no Redis was found", flush=True)
    if IN_CI and not (found["DATABASE_URL"].startswith(("postgres", "pgsql")) and found["REDIS_URL"]):
        sys.exit("CI runs on a real PostgreSQL and a real Redis: name them with DATABASE_URL and REDIS_URL.")
    hosts = {"127.0.0.1", "::1", "localhost", *(urlsplit(url).hostname or "localhost" for url in found.values())}
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "DATA_DIR": data, **{name: url for name, url in found.items() if url}}
        environment["PGOPTIONS"] = NOTHING_OUTLIVES_A_POWER_CUT
        command = [sys.executable, "-m", "pytest", f"--allow-hosts={','.join(sorted(hosts))}", *arguments]
        if not arguments and all(found.values()):
            command += ["-n", str(min((os.cpu_count() or 1) + 1, MOST_AT_ONCE)), "--dist", "worksteal"]
        return subprocess.call(command, env=environment, cwd=Path(__file__).parent.parent)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
