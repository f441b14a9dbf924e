"""Messages to Celery workers, with a real Redis server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.app.jobs.celery import dispatcher as dispatching
from backend.app.jobs.celery.dispatcher import CeleryDispatcher
from backend.app.jobs.celery.messages import Broker, make_celery
from backend.app.jobs.messages import Task
from backend.app.jobs.queue import ANALYSIS, INTERACTIVE, NET, WORK
from backend.app.store.jobs.tasks import SqlTaskQueue
from tests import redis_server
from tests.jobs.rows import Rows
from tests.patience import wait_until


@pytest.fixture
def broker(redis: redis_server.Server) -> Iterator[Broker]:
    app = make_celery(redis.url)
    redis.client().flushall()
    yield Broker(app)
    app.close()


@pytest.fixture
def dispatcher(rows: Rows, broker: Broker) -> CeleryDispatcher:
    return CeleryDispatcher(rows.queue, broker, SqlTaskQueue(rows.database))


def counts(broker: Broker) -> dict[str, int]:
    return {queue: broker.waiting(queue) for queue in dispatching.QUEUES}


def test_each_waiting_job_has_one_message_in_the_queue_of_its_lane(
    rows: Rows, dispatcher: CeleryDispatcher, broker: Broker
):
    for lane in (WORK, WORK, INTERACTIVE, ANALYSIS, NET):
        rows.job(lane=lane)
    for _ in range(2):
        dispatcher.send_missing()
        assert counts(broker) == {"interactive": 2, "cpu": 2, "gpu": 0, "net": 1}


def test_job_that_waits_for_another_gets_no_message(
    rows: Rows, dispatcher: CeleryDispatcher, broker: Broker
):
    rows.job(after=rows.job())
    dispatcher.send_missing()
    assert counts(broker)["cpu"] == 1


def test_each_open_task_has_a_message(rows: Rows, dispatcher: CeleryDispatcher, broker: Broker):
    rows.job()
    tasks = [Task(str(number), 1.0) for number in range(3)]
    dispatcher.tasks.planned(rows.claim(), "mixing", tasks)
    for _ in range(2):
        dispatcher.send_missing()
        assert counts(broker)["cpu"] == 3


def test_message_carries_nothing_but_a_job_id(
    rows: Rows, dispatcher: CeleryDispatcher, redis: redis_server.Server
):
    job_id = rows.job(inputs='{"secret": "plan"}')
    dispatcher.send_missing()
    [message] = redis.client().lrange("cpu", 0, -1)
    assert b"plan" not in message
    assert b"ann" not in message
    assert job_id not in rows.claim().inputs


def test_messages_that_redis_lost_are_sent_again(
    rows: Rows, dispatcher: CeleryDispatcher, broker: Broker, redis: redis_server.Server
):
    rows.job()
    dispatcher.send_missing()
    redis.client().flushall()
    assert counts(broker)["cpu"] == 0
    dispatcher.send_missing()
    assert counts(broker)["cpu"] == 1


def test_long_queue_gets_a_limited_number_of_messages(
    rows: Rows, dispatcher: CeleryDispatcher, broker: Broker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dispatching, "MOST_MESSAGES", 3)
    for _ in range(5):
        rows.job()
    dispatcher.send_missing()
    assert counts(broker)["cpu"] == 3


def test_new_job_is_announced_after_redis_comes_back(
    rows: Rows,
    dispatcher: CeleryDispatcher,
    broker: Broker,
    redis: redis_server.Server,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(dispatching, "_SWEEP_S", 0.1)
    dispatcher.start()
    redis.kill()
    rows.job()
    dispatcher.wake()  # neither waits nor fails
    redis.start()
    wait_until(lambda: counts(broker)["cpu"] == 1)
    dispatcher.stop()
