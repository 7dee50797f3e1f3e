"""What may be kept for a while: attempts, counted in a cache that nobody waits for, and public pages."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


KEPT_FOR = 300
"""Seconds for which browsers and proxies may keep a public page."""


class Cacheable:
    """A view mixin: public and the same for everybody. Pages of people who are signed in are kept by no cache."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=KEPT_FOR)
        return response


class ForgivingRedisCache(RedisCache):
    """Redis as a cache that counts attempts: while it is away an error reads as a miss, a write is lost."""

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
