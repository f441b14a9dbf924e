"""The order of storing and sending, waits, and when a new upload may begin."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backend.app.accounts.sealing import Seal
from backend.app.errors import (
    AlreadyPublished,
    NotBefore,
    ReconnectNeeded,
    UploadUncertain,
    YouTubeUnreachable,
)
from backend.app.publishing.upload.retry_policy import CHUNK_UNIT, RetryPolicy
from backend.app.publishing.youtube.client import AuthorizedHttp
from backend.app.publishing.youtube.quota_day import quota_day

from ..stand_ins.youtube_faults import Fault
from ..uploading import CHUNK, CHUNKS, KEY, LAST, VIDEO, UploadSetup

DROPPED = Fault("chunk", LAST, "drop", store=1.0)
LONG_GONE = Fault("chunk", LAST, "drop", forget=True)


def watch(setup: UploadSetup, kind: str, look) -> None:
    """Call ``look`` before each answer to a request of this kind."""
    setup.youtube.on_request = lambda seen: look() if seen == kind else None


@pytest.fixture(autouse=True)
def no_watchers(shared_setup: UploadSetup) -> Iterator[None]:
    yield
    shared_setup.youtube.on_request = lambda kind: None


def test_default_chunk_is_8_mib_in_whole_units():
    assert RetryPolicy().chunk_bytes == 8 * 1024**2
    assert RetryPolicy().chunk_bytes % CHUNK_UNIT == 0


def test_default_chunks_are_accepted(setup: UploadSetup):
    setup.youtube.channel.unit_bytes = CHUNK_UNIT
    test_http, setup.http = setup.http, AuthorizedHttp(setup._token)
    retry_policy, setup.retry_policy = setup.retry_policy, RetryPolicy()
    video = random.Random(8).randbytes(2 * RetryPolicy().chunk_bytes + 12_345)
    try:
        setup.attempt(video=video)
    finally:
        setup.http.close()
        setup.http, setup.retry_policy = test_http, retry_policy
    setup.assert_one_video(video)
    assert setup.youtube.script.counts == {"open": 1, "chunk": 3}


def test_address_is_stored_sealed_before_the_first_byte(setup: UploadSetup):
    kept: list[str | None] = []
    watch(setup, "chunk", lambda: kept.append(setup.store.state(setup.job_id).sealed_session))
    setup.attempt()
    assert len(kept) == CHUNKS
    opened = {setup.seal.open(sealed or "", user_id="ann", purpose="upload") for sealed in kept}
    assert len(opened) == 1
    address = opened.pop()
    assert address.startswith(setup.youtube.url)
    assert "upload_id=session-1" in address


def test_address_is_never_stored_in_clear(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt()
    path = setup.rows.url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert setup.job_id in dump
    assert "session-1" not in dump


def test_progress_is_stored_after_each_chunk(setup: UploadSetup):
    setup.attempt()
    assert setup.progress == [n * CHUNK / len(VIDEO) for n in range(1, CHUNKS)]


def test_undisturbed_upload_sends_no_extra_requests(setup: UploadSetup):
    setup.attempt()
    assert setup.youtube.script.counts == {"open": 1, "chunk": CHUNKS}
    assert setup.slept_s == []


def test_published_video_is_not_uploaded_again(setup: UploadSetup):
    first = setup.attempt()
    setup.youtube.script.counts.clear()
    assert setup.attempt() == first
    assert setup.youtube.script.counts == {}


def test_next_attempt_resumes_at_the_last_byte(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 4, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt()
    setup.youtube.script.counts.clear()
    setup.youtube.script.faults = []
    setup.attempt()
    setup.assert_one_video()
    assert setup.youtube.script.counts == {"query": 1, "chunk": 2}


def test_used_up_quota_waits_until_pacific_midnight(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("open", 1, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore) as caught:
        setup.attempt()
    assert caught.value.until_s == quota_day(datetime.now(UTC))[1].timestamp()


def test_channel_upload_limit_waits_a_day(setup: UploadSetup):
    limit = Fault("open", 1, "status", status=400, reason="uploadLimitExceeded")
    setup.youtube.script.faults = [limit]
    before_s = time.time()
    with pytest.raises(NotBefore) as caught:
        setup.attempt()
    assert before_s <= caught.value.until_s - 24 * 3600 <= time.time()


def test_waits_double_with_jitter_until_ten_failures(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 2, "status", 1000), Fault("query", 1, "drop", 99)]
    with pytest.raises(YouTubeUnreachable):
        setup.attempt()
    backoffs = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0, 64.0]
    assert len(setup.slept_s) == len(backoffs)
    assert all(b / 2 <= s <= b for s, b in zip(setup.slept_s, backoffs, strict=True))
    assert len({s / b for s, b in zip(setup.slept_s, backoffs, strict=True)}) > 1


def test_only_consecutive_failures_count(setup: UploadSetup):
    """Nine failures per chunk, but never ten in a row."""
    setup.youtube.script.faults = [
        Fault("chunk", 1 + 10 * n, "status", times=9) for n in range(CHUNKS)
    ]
    setup.attempt()
    setup.assert_one_video()


def test_retry_after_is_respected(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 2, "status", status=429, retry_after="33")]
    setup.attempt()
    assert setup.slept_s == [33.0]


@pytest.mark.parametrize("asked", ["99999999999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_is_limited_to_a_day(setup: UploadSetup, asked: str):
    setup.youtube.script.faults = [Fault("chunk", 2, "status", status=503, retry_after=asked)]
    with pytest.raises(NotBefore) as caught:
        setup.attempt()
    assert caught.value.until_s <= time.time() + 24 * 3600


def test_long_pause_returns_the_job_to_the_queue(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 2, "status", status=503, retry_after="3600")]
    before_s = time.time()
    with pytest.raises(NotBefore) as caught:
        setup.attempt()
    assert before_s <= caught.value.until_s - 3600 <= time.time()
    setup.attempt()
    setup.assert_one_video()


def test_expired_token_is_refreshed_and_the_chunk_resent(setup: UploadSetup):
    setup.youtube.tokens = {"good-1"}

    def expire() -> None:
        if setup.youtube.script.counts["chunk"] == 2:
            setup.youtube.tokens = {"good-2"}

    watch(setup, "chunk", expire)
    setup.attempt()
    setup.assert_one_video()
    assert setup.renewals == 1
    assert "query" not in setup.youtube.script.counts


def test_revoked_token_needs_reconnect_and_keeps_the_upload(setup: UploadSetup):
    setup.youtube.tokens = {"good-1"}

    def revoke() -> None:
        if setup.youtube.script.counts["chunk"] == 2:
            setup.youtube.tokens = {"of another consent"}

    watch(setup, "chunk", revoke)
    with pytest.raises(ReconnectNeeded):
        setup.attempt()
    setup.youtube.on_request = lambda kind: None
    setup.youtube.tokens = None
    setup.attempt()
    setup.assert_one_video()
    assert len(setup.youtube.channel.sessions) == 1


def test_uncertain_upload_restarts_only_after_a_retry(setup: UploadSetup):
    setup.youtube.script.faults = [LONG_GONE]
    for looked in (1, 2):  # the second attempt comes after a crash, without a retry by the user
        with pytest.raises(UploadUncertain):
            setup.attempt()
        assert len(setup.youtube.channel.sessions) == 1
        looks = setup.youtube.script.counts["playlistItems.list"]
        assert looks == looked * len(setup.retry_policy.looks_s)
    setup.retry_job()
    setup.attempt()
    assert setup.youtube.script.counts["playlistItems.list"] == 3 * len(setup.retry_policy.looks_s)
    setup.assert_one_video()


def test_later_attempt_finds_the_video(setup: UploadSetup):
    setup.renew(appears_after=5)
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", store=1.0, forget=True)]
    with pytest.raises(UploadUncertain):
        setup.attempt()
    setup.attempt()
    setup.assert_one_video()
    assert len(setup.youtube.channel.sessions) == 1


def test_attempt_interrupted_while_searching_does_not_restart(setup: UploadSetup):
    setup.youtube.script.faults = [LONG_GONE, Fault("channels.list", 1, "status", times=99)]
    with pytest.raises(YouTubeUnreachable):
        setup.attempt()
    setup.youtube.script.faults = []
    with pytest.raises(UploadUncertain):
        setup.attempt()
    assert len(setup.youtube.channel.sessions) == 1


def test_changed_file_starts_a_new_upload(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt()
    other = random.Random(6).randbytes(len(VIDEO))
    setup.attempt(video=other)
    setup.assert_one_video(other)


def test_changed_file_makes_no_second_video(setup: UploadSetup):
    setup.youtube.script.faults = [DROPPED, Fault("query", 1, "status", times=99)]
    with pytest.raises(YouTubeUnreachable):
        setup.attempt()
    setup.youtube.script.faults = []
    setup.attempt(video=random.Random(6).randbytes(len(VIDEO) + 7))
    setup.assert_one_video()


def test_undecryptable_address_starts_a_new_upload(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt()
    setup.store._set(
        setup.job_id, sealed_session=setup.seal.seal("x", user_id="bob", purpose="upload")
    )
    setup.attempt()
    setup.assert_one_video()


def test_upload_resumes_after_key_rotation(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt()
    setup.store.reencrypt(Seal(["a new key 0123456789abcdef", KEY]).reencrypt)
    setup.seal = Seal(["a new key 0123456789abcdef"])
    setup.youtube.script.replace([])
    setup.attempt()
    setup.assert_one_video()
    assert "open" not in setup.youtube.script.counts, "it goes on where it was"


def of_one_source(setup: UploadSetup, *, again: bool = False) -> tuple[str, str]:
    """Two jobs for the same mix."""
    first, second = f"first {setup.job_id}", f"second {setup.job_id}"
    mix = f"mix of {setup.job_id}"
    setup.begin(first, mix)
    setup.begin(second, mix, again=again)
    return first, second


def test_published_mix_is_not_uploaded_by_another_job(setup: UploadSetup):
    first, second = of_one_source(setup)
    setup.attempt(first)
    with pytest.raises(AlreadyPublished):
        setup.attempt(second)
    assert len(setup.videos) == 1


def test_uncertain_mix_is_not_uploaded_by_another_job(setup: UploadSetup):
    first, second = of_one_source(setup)
    setup.youtube.script.faults = [LONG_GONE]
    with pytest.raises(UploadUncertain):
        setup.attempt(first)
    with pytest.raises(AlreadyPublished):
        setup.attempt(second)


def test_requesting_again_uploads_again(setup: UploadSetup):
    first, second = of_one_source(setup, again=True)
    setup.attempt(first)
    setup.attempt(second)
    assert len(setup.videos) == 2


def test_abandoned_upload_is_replaced_by_another_jobs(setup: UploadSetup):
    first, second = of_one_source(setup)
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt(first)
    setup.youtube.script.faults = []
    setup.attempt(second)
    with pytest.raises(AlreadyPublished):
        setup.attempt(first)
    assert len(setup.videos) == 1


def test_running_upload_is_not_disturbed(setup: UploadSetup):
    first, second = of_one_source(setup)
    setup.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        setup.attempt(first)
    claim = setup.rows.queue.claim("me", 30.0, "net")
    while claim is not None and claim.job_id != first:
        claim = setup.rows.queue.claim("me", 30.0, "net")
    with pytest.raises(AlreadyPublished):
        setup.attempt(second)
    setup.attempt(first)
    assert len(setup.videos) == 1


def test_two_processes_with_the_same_job_make_one_video(setup: UploadSetup):
    """A process that lost its lease unnoticed continues while another has started."""
    state = setup.store.state(setup.job_id)

    def another() -> None:
        setup.youtube.on_request = lambda kind: None
        setup.stored(setup.job_id).opened(
            "http://127.0.0.1:9/x", sha256="-", size_bytes=1, nth=state.sessions + 1
        )

    watch(setup, "open", another)
    with pytest.raises(AlreadyPublished):
        setup.attempt()
    assert setup.videos == []


# --- faults by chance

CHANCES = 200


def faults_by_chance(chance: random.Random) -> list[Fault]:
    """One to six faults of any kind, anywhere."""

    def one() -> Fault:
        kind = chance.choice(["open", "chunk", "chunk", "chunk", "query", "query"])
        lists = ["channels.list", "playlistItems.list", "videos.list"]
        kind = chance.choice(lists) if chance.random() < 0.15 else kind
        answers = ["honest", "status", "drop", "html", "cut", "empty", "range", "video"]
        answer = chance.choice(answers)
        return Fault(
            kind,  # type: ignore[arg-type]
            chance.randint(1, CHUNKS + 2),
            answer if kind in ("chunk", "query") or answer not in ("range", "video") else "drop",  # type: ignore[arg-type]
            times=chance.choice([1, 1, 1, 2, 5]),
            store=chance.choice([None, 0.0, 0.3, 1.0, 1.0]),
            status=chance.choice([408, 429, 500, 502, 503, 504]),
            reason=chance.choice(["", f"bytes=0-{chance.randrange(len(VIDEO))}"])
            if answer == "range"
            else chance.choice(["", "video-1", "video-2", "video-3", "no-video"])
            if answer == "video"
            else "",
            forget=chance.random() < 0.2,
            cut_back_to=chance.choice([None, None, None, 0, CHUNK]),
        )

    return [one() for _ in range(chance.randint(1, 6))]


def test_random_faults_end_in_exactly_one_video(setup: UploadSetup):
    upload_with_faults(setup, range(50))


@pytest.mark.soak
def test_many_random_faults_end_in_exactly_one_video(setup: UploadSetup):
    upload_with_faults(setup, range(50, CHANCES))


def upload_with_faults(setup: UploadSetup, seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        setup.renew(appears_after=chance.choice([0, 0, 1, 3]))
        setup.youtube.script.faults = faults_by_chance(chance)
        for _ in range(4):
            if (ended := setup.outcome()) == "video":
                break
            assert ended in ("youtube_unreachable", "upload_uncertain"), (seed, ended)
            setup.assert_no_duplicate()
        setup.youtube.script.faults = []
        while setup.outcome() != "video":
            setup.assert_no_duplicate()
        setup.assert_one_video()
