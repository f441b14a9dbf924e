"""The upload's own rules: what is kept before what, when it waits, and who may begin one."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from backend.app.accounts.sealing import Seal
from backend.app.errors import (
    AlreadyPublished,
    NotBefore,
    ReconnectNeeded,
    UploadUncertain,
    YouTubeUnreachable,
)
from backend.app.publishing.pace import CHUNK_UNIT, Pace
from backend.app.publishing.quota_day import quota_day
from backend.app.publishing.youtube_client import AuthorizedHttp

from .uploading import CHUNK, CHUNKS, KEY, LAST, VIDEO, Line, line_to_youtube
from .youtube_faults import Fault

DROPPED = Fault("chunk", LAST, "drop", store=1.0)
LONG_GONE = Fault("chunk", LAST, "drop", forget=True)


@pytest.fixture(scope="module")
def the_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with line_to_youtube(tmp_path_factory.mktemp("line")) as line:
        yield line


@pytest.fixture
def line(the_line: Line) -> Line:
    the_line.renew()
    return the_line


def watch(line: Line, kind: str, look) -> None:
    """Call ``look`` before each request of a kind is answered."""
    line.youtube.on_request = lambda seen: look() if seen == kind else None


@pytest.fixture(autouse=True)
def nobody_watches(the_line: Line) -> Iterator[None]:
    yield
    the_line.youtube.on_request = lambda kind: None


def test_a_real_chunk_is_8_mib_in_whole_units():
    assert Pace().chunk_bytes == 8 * 1024**2
    assert Pace().chunk_bytes % CHUNK_UNIT == 0


def test_at_their_real_size_chunks_are_what_youtube_takes(line: Line):
    line.youtube.channel.unit_bytes = CHUNK_UNIT
    hurried, line.http = line.http, AuthorizedHttp(line._token)
    pace, line.pace = line.pace, Pace()
    video = random.Random(8).randbytes(2 * Pace().chunk_bytes + 12_345)
    try:
        line.attempt(video=video)
    finally:
        line.http.close()
        line.http, line.pace = hurried, pace
    line.expect_one_video(video)
    assert line.youtube.script.counts == {"open": 1, "chunk": 3}


def test_the_address_is_kept_and_sealed_before_the_first_byte(line: Line):
    kept: list[str | None] = []
    watch(line, "chunk", lambda: kept.append(line.store.state(line.job_id).sealed_session))
    line.attempt()
    assert len(kept) == CHUNKS
    opened = {line.seal.open(sealed or "", user_id="ann", purpose="upload") for sealed in kept}
    assert len(opened) == 1
    address = opened.pop()
    assert address.startswith(line.youtube.url)
    assert "upload_id=session-1" in address


def test_the_address_stands_in_no_table_in_clear(line: Line):
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt()
    path = line.rows.url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert line.job_id in dump
    assert "session-1" not in dump


def test_what_youtube_has_is_written_down_after_each_chunk(line: Line):
    line.attempt()
    assert line.told == [n * CHUNK / len(VIDEO) for n in range(1, CHUNKS)]


def test_an_undisturbed_upload_asks_for_nothing_it_need_not_know(line: Line):
    line.attempt()
    assert line.youtube.script.counts == {"open": 1, "chunk": CHUNKS}
    assert line.slept_s == []


def test_a_published_video_is_not_uploaded_again_by_its_own_job(line: Line):
    first = line.attempt()
    line.youtube.script.counts.clear()
    assert line.attempt() == first
    assert line.youtube.script.counts == {}


def test_the_next_attempt_goes_on_from_the_last_byte(line: Line):
    line.youtube.script.faults = [Fault("chunk", 4, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt()
    line.youtube.script.counts.clear()
    line.youtube.script.faults = []
    line.attempt()
    line.expect_one_video()
    assert line.youtube.script.counts == {"query": 1, "chunk": 2}


def test_a_spent_quota_waits_for_midnight_in_pacific_time(line: Line):
    line.youtube.script.faults = [Fault("open", 1, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore) as caught:
        line.attempt()
    assert caught.value.until_s == quota_day(datetime.now(UTC))[1].timestamp()


def test_the_channels_own_limit_waits_for_a_day(line: Line):
    limit = Fault("open", 1, "status", status=400, reason="uploadLimitExceeded")
    line.youtube.script.faults = [limit]
    with pytest.raises(NotBefore) as caught:
        line.attempt()
    # a few seconds: what the attempt itself takes
    assert caught.value.until_s == pytest.approx(time.time() + 24 * 3600, abs=5)


def test_waits_double_up_to_a_minute_with_jitter_and_end_after_ten_failures(line: Line):
    line.youtube.script.faults = [Fault("chunk", 2, "status", 1000), Fault("query", 1, "drop", 99)]
    with pytest.raises(YouTubeUnreachable):
        line.attempt()
    backoffs = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0, 64.0]
    assert len(line.slept_s) == len(backoffs)
    assert all(b / 2 <= s <= b for s, b in zip(line.slept_s, backoffs, strict=True))
    assert len({s / b for s, b in zip(line.slept_s, backoffs, strict=True)}) > 1


def test_failures_are_counted_in_a_row(line: Line):
    """Nine failures a chunk are many; none of them is the tenth in a row."""
    line.youtube.script.faults = [
        Fault("chunk", 1 + 10 * n, "status", times=9) for n in range(CHUNKS)
    ]
    line.attempt()
    line.expect_one_video()


def test_retry_after_is_waited_for(line: Line):
    line.youtube.script.faults = [Fault("chunk", 2, "status", status=429, retry_after="33")]
    line.attempt()
    assert line.slept_s == [33.0]


@pytest.mark.parametrize("asked", ["99999999999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_whoever_asks_for_an_endless_pause_gets_a_day(line: Line, asked: str):
    line.youtube.script.faults = [Fault("chunk", 2, "status", status=503, retry_after=asked)]
    with pytest.raises(NotBefore) as caught:
        line.attempt()
    assert caught.value.until_s <= time.time() + 24 * 3600


def test_where_youtube_wants_a_long_pause_the_job_is_handed_back(line: Line):
    line.youtube.script.faults = [Fault("chunk", 2, "status", status=503, retry_after="3600")]
    with pytest.raises(NotBefore) as caught:
        line.attempt()
    assert caught.value.until_s == pytest.approx(time.time() + 3600, abs=5)
    line.attempt()
    line.expect_one_video()


def test_an_expired_token_is_renewed_and_the_chunk_goes_once_more(line: Line):
    line.youtube.tokens = {"good-1"}

    def expire() -> None:
        if line.youtube.script.counts["chunk"] == 2:
            line.youtube.tokens = {"good-2"}

    watch(line, "chunk", expire)
    line.attempt()
    line.expect_one_video()
    assert line.renewals == 1
    assert "query" not in line.youtube.script.counts


def test_a_revoked_token_says_reconnect_and_the_upload_is_kept(line: Line):
    line.youtube.tokens = {"good-1"}

    def revoke() -> None:
        if line.youtube.script.counts["chunk"] == 2:
            line.youtube.tokens = {"of another consent"}

    watch(line, "chunk", revoke)
    with pytest.raises(ReconnectNeeded):
        line.attempt()
    line.youtube.on_request = lambda kind: None
    line.youtube.tokens = None
    line.attempt()
    line.expect_one_video()
    assert len(line.youtube.channel.sessions) == 1


def test_doubt_ends_the_attempt_and_only_who_asks_for_another_gets_one(line: Line):
    line.youtube.script.faults = [LONG_GONE]
    for looked in (1, 2):  # the second as after a kill: nobody has asked for it
        with pytest.raises(UploadUncertain):
            line.attempt()
        assert len(line.youtube.channel.sessions) == 1
        looks = line.youtube.script.counts["playlistItems.list"]
        assert looks == looked * len(line.pace.looks_s)
    line.ask_anew()
    line.attempt()
    assert line.youtube.script.counts["playlistItems.list"] == 3 * len(line.pace.looks_s)
    line.expect_one_video()


def test_a_later_attempt_finds_what_has_appeared_meanwhile(line: Line):
    line.renew(appears_after=5)
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", store=1.0, forget=True)]
    with pytest.raises(UploadUncertain):
        line.attempt()
    line.attempt()
    line.expect_one_video()
    assert len(line.youtube.channel.sessions) == 1


def test_an_attempt_cut_short_while_it_looked_does_not_begin_anew(line: Line):
    line.youtube.script.faults = [LONG_GONE, Fault("channels.list", 1, "status", times=99)]
    with pytest.raises(YouTubeUnreachable):
        line.attempt()
    line.youtube.script.faults = []
    with pytest.raises(UploadUncertain):
        line.attempt()
    assert len(line.youtube.channel.sessions) == 1


def test_another_file_is_not_sent_into_an_upload_that_was_begun(line: Line):
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt()
    other = random.Random(6).randbytes(len(VIDEO))
    line.attempt(video=other)
    line.expect_one_video(other)


def test_another_file_does_not_become_a_second_video(line: Line):
    line.youtube.script.faults = [DROPPED, Fault("query", 1, "status", times=99)]
    with pytest.raises(YouTubeUnreachable):
        line.attempt()
    line.youtube.script.faults = []
    line.attempt(video=random.Random(6).randbytes(len(VIDEO) + 7))
    line.expect_one_video()


def test_an_address_that_no_key_opens_is_none(line: Line):
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt()
    line.store._set(
        line.job_id, sealed_session=line.seal.seal("x", user_id="bob", purpose="upload")
    )
    line.attempt()
    line.expect_one_video()


def test_an_old_key_may_go_and_the_upload_goes_on_under_the_new_one(line: Line):
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt()
    line.store.seal_anew(Seal(["a new key 0123456789abcdef", KEY]).renewed)
    line.seal = Seal(["a new key 0123456789abcdef"])
    line.youtube.script.replace([])
    line.attempt()
    line.expect_one_video()
    assert "open" not in line.youtube.script.counts, "it goes on where it was"


def of_one_source(line: Line, *, again: bool = False) -> tuple[str, str]:
    """Two jobs for the same mix."""
    first, second = f"first {line.job_id}", f"second {line.job_id}"
    mix = f"mix of {line.job_id}"
    line.begin(first, mix)
    line.begin(second, mix, again=again)
    return first, second


def test_a_mix_that_is_online_is_not_uploaded_by_another_job(line: Line):
    first, second = of_one_source(line)
    line.attempt(first)
    with pytest.raises(AlreadyPublished):
        line.attempt(second)
    assert len(line.videos) == 1


def test_nor_is_one_that_may_be_online(line: Line):
    first, second = of_one_source(line)
    line.youtube.script.faults = [LONG_GONE]
    with pytest.raises(UploadUncertain):
        line.attempt(first)
    with pytest.raises(AlreadyPublished):
        line.attempt(second)


def test_again_means_again(line: Line):
    first, second = of_one_source(line, again=True)
    line.attempt(first)
    line.attempt(second)
    assert len(line.videos) == 2


def test_an_upload_that_was_left_is_given_up_for_that_of_another_job(line: Line):
    first, second = of_one_source(line)
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt(first)
    line.youtube.script.faults = []
    line.attempt(second)
    with pytest.raises(AlreadyPublished):
        line.attempt(first)
    assert len(line.videos) == 1


def test_an_upload_that_runs_is_not_disturbed(line: Line):
    first, second = of_one_source(line)
    line.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="quotaExceeded")]
    with pytest.raises(NotBefore):
        line.attempt(first)
    claim = line.rows.queue.claim("me", 30.0, "net")
    while claim is not None and claim.job_id != first:
        claim = line.rows.queue.claim("me", 30.0, "net")
    with pytest.raises(AlreadyPublished):
        line.attempt(second)
    line.attempt(first)
    assert len(line.videos) == 1


def test_two_processes_that_believe_to_have_the_job_make_one_video(line: Line):
    """One that lost its lease unawares goes on while another has begun."""
    state = line.store.state(line.job_id)

    def another() -> None:
        line.youtube.on_request = lambda kind: None
        line.kept(line.job_id).opened(
            "http://127.0.0.1:9/x", sha256="-", size_bytes=1, nth=state.sessions + 1
        )

    watch(line, "open", another)
    with pytest.raises(AlreadyPublished):
        line.attempt()
    assert line.videos == []


# --- faults by chance

CHANCES = 200


def faults_by_chance(chance: random.Random) -> list[Fault]:
    """One to six faults, of any kind, anywhere."""

    def one() -> Fault:
        kind = chance.choice(["open", "chunk", "chunk", "chunk", "query", "query"])
        lists = ["channels.list", "playlistItems.list", "videos.list"]
        kind = chance.choice(lists) if chance.random() < 0.15 else kind
        answer = chance.choice(["honest", "status", "drop", "html", "cut", "empty", "range"])
        return Fault(
            kind,  # type: ignore[arg-type]
            chance.randint(1, CHUNKS + 2),
            answer if kind in ("chunk", "query") or answer != "range" else "drop",  # type: ignore[arg-type]
            times=chance.choice([1, 1, 1, 2, 5]),
            store=chance.choice([None, 0.0, 0.3, 1.0, 1.0]),
            status=chance.choice([408, 429, 500, 502, 503, 504]),
            reason=chance.choice(["", f"bytes=0-{chance.randrange(len(VIDEO))}"])
            if answer == "range"
            else "",
            forget=chance.random() < 0.2,
            cut_back_to=chance.choice([None, None, None, 0, CHUNK]),
        )

    return [one() for _ in range(chance.randint(1, 6))]


@pytest.mark.parametrize("seeds", [*pairwise(range(0, CHANCES + 1, 25))], ids=str)
def test_faults_by_chance_make_one_video_at_most_and_one_in_the_end(the_line: Line, seeds):
    line = the_line
    for seed in range(*seeds):
        chance = random.Random(seed)
        line.renew(appears_after=chance.choice([0, 0, 1, 3]))
        line.youtube.script.faults = faults_by_chance(chance)
        for _ in range(4):
            if (ended := line.outcome()) == "video":
                break
            assert ended in ("youtube_unreachable", "upload_uncertain"), (seed, ended)
            line.expect_no_duplicate()
        line.youtube.script.faults = []
        while line.outcome() != "video":
            line.expect_no_duplicate()
        line.expect_one_video()
