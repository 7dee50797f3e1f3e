"""The cache counts attempts and nothing else: while Redis is away it forgets, and the portal goes on."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Redis as a cache that nobody waits for: an error reads as a miss and a write that was lost."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._forgive(default, super().get, key, default, version=version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._forgive({}, super().get_many, keys, version=version)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._forgive(False, super().has_key, key, version=version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._forgive(None, super().set, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return self._forgive(True, super().add, key, value, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._forgive(False, super().delete, key, version=version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._forgive(delta, super().incr, key, delta, version=version)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return self._forgive(False, super().touch, key, *args, **kwargs)

    def _forgive(self, otherwise: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except RedisError as error:
            log.warning("cache.away", error=type(error).__name__)
            return otherwise
