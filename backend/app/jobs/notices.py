"""Tell other processes through Redis which jobs have changed.

A notice only makes a listener look at the rows sooner: one that is lost, or comes twice, changes
nothing but the time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from threading import Condition
from typing import TYPE_CHECKING

from .background import Background

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub

log = logging.getLogger(__name__)

_CHANNEL = "segue:jobs"
# Changes within this time are one notice: a progress bar needs no more.
_GATHER_S = 0.1
# Ids that wait at most, while Redis is away; rows are polled anyway.
_MOST_WAITING = 1000
_ANSWER_S = 1.0
_RETRY_S = 5.0
_TICK_S = 0.5  # a stop is noticed after this long
_PING_S = 10.0
# A connection without an answer to two pings is broken.
_SILENT_S = 25.0
_STOP_S = 2.0


class Notices:
    """Sends and receives the ids of changed jobs in threads; callers never wait for Redis.

    The methods may be called from any thread.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._changed: set[str] = set()
        self._waiting = Condition()
        self._threads = Background()

    def publish(self, job_id: str) -> None:
        """Announce soon that a job has changed; returns at once."""
        with self._waiting:
            if len(self._changed) < _MOST_WAITING:
                self._changed.add(job_id)
                self._waiting.notify()

    def send(self) -> None:
        """Start the thread that sends what :meth:`publish` announces."""
        self._threads.begin("notices-sender", partial(self._keep_trying, self._send))

    def follow(self, call: Callable[[set[str]], None]) -> None:
        """Start a thread that calls ``call`` with each notice's ids; it must return at once."""
        self._threads.begin("notices-listener", partial(self._keep_trying, self._listen, call))

    def stop(self) -> None:
        """Stop the threads."""
        self._threads.join(_STOP_S)

    def _keep_trying(self, work: Callable[..., None], *args: object) -> None:
        """Do the work with one connection after the other, until the stop."""
        from redis import Redis, RedisError  # not installed in the smallest setup

        stopping, is_lost = self._threads.stopping, False
        while not stopping.is_set():
            try:
                options = {"socket_connect_timeout": _ANSWER_S, "socket_timeout": _ANSWER_S}
                with Redis.from_url(self._url, **options) as redis:
                    work(redis, *args)
            except (RedisError, OSError) as error:
                if not is_lost:
                    log.warning("no notices of jobs: Redis is away (%s)", type(error).__name__)
                is_lost = True
                stopping.wait(_RETRY_S)

    def _send(self, redis: Redis) -> None:
        while not self._threads.stopping.is_set():
            with self._waiting:
                self._waiting.wait_for(lambda: self._changed, _TICK_S)
                ids, self._changed = self._changed, set()
            if ids:
                redis.publish(_CHANNEL, ",".join(ids))
                self._threads.stopping.wait(_GATHER_S)

    def _listen(self, redis: Redis, call: Callable[[set[str]], None]) -> None:
        with redis.pubsub() as channel:  # type: ignore[no-untyped-call]  # redis lacks the type
            channel.subscribe(_CHANNEL)
            self._receive(channel, call)

    def _receive(self, channel: PubSub, call: Callable[[set[str]], None]) -> None:
        heard_s = asked_s = time.monotonic()
        while not self._threads.stopping.is_set():
            message = channel.get_message(timeout=_TICK_S)
            now_s = time.monotonic()
            if message is not None:
                heard_s = now_s
                if message["type"] == "message":
                    call(set(message["data"].decode("ascii", "replace").split(",")))
            elif now_s - heard_s > _SILENT_S:
                raise ConnectionError("Redis answers no ping")
            if now_s - asked_s > _PING_S:
                channel.ping()
                asked_s = now_s
