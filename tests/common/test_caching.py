"""While Redis is away, what asks the cache goes on."""

from __future__ import annotations

from lscb.common.caching import ForgivingRedisCache

AWAY = ForgivingRedisCache("redis://127.0.0.1:1/0", {})


def test_an_absent_redis_reads_as_an_empty_cache_and_loses_what_is_written() -> None:
    AWAY.set("key", 1)
    assert AWAY.get("key") is None
    assert AWAY.get("key", 7) == 7
    assert AWAY.get_many(["key"]) == {}
    assert "key" not in AWAY
    assert AWAY.add("key", 1)
    assert AWAY.incr("key") == 1
    assert not AWAY.delete("key")
    assert not AWAY.touch("key")
