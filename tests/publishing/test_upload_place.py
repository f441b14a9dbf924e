"""Where a video is looked for, on which channel, and what may not be taken for it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.errors import (
    AlreadyPublished,
    NotBefore,
    OtherChannel,
    UploadUncertain,
    YouTubeRefused,
)
from backend.app.publishing.kept_upload import marker_of

from .uploading import LAST, VIDEO, Line, channel_view, line_to_youtube
from .youtube_faults import Fault

GONE = Fault("chunk", LAST, "drop", store=1.0, forget=True)
NO_MORE = Fault("chunk", 3, "status", status=403, reason="quotaExceeded")


@pytest.fixture(scope="module")
def the_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with line_to_youtube(tmp_path_factory.mktemp("line")) as line:
        yield line


@pytest.fixture
def line(the_line: Line) -> Iterator[Line]:
    the_line.renew()
    yield the_line
    the_line.youtube.on_request = lambda kind: None
    the_line.youtube.on_done = lambda kind: None


# --- which of the channel's videos


def upload_others(line: Line, n: int) -> None:
    """What the owner uploads meanwhile."""
    channel = line.youtube.channel
    line.strangers |= {channel.holds(tags=["sea", marker_of(f"job {i}")]) for i in range(n)}


def looked_at(line: Line) -> int:
    return line.youtube.script.counts["playlistItems.list"]


@pytest.mark.parametrize("n", [1, 60, 449])
def test_ours_is_found_behind_whatever_was_uploaded_since(line: Line, n: int):
    line.youtube.script.faults = [GONE]

    def meanwhile(kind: str) -> None:
        if kind == "chunk" and line.youtube.script.counts[kind] == LAST:
            upload_others(line, n)

    line.youtube.on_done = meanwhile
    assert line.outcome() == "video"
    line.expect_one_video()
    assert looked_at(line) == -(-(n + 1) // 50)


def test_nothing_is_looked_at_that_was_uploaded_before_the_publication_began(line: Line):
    long_ago = datetime.now(UTC) - timedelta(days=3)
    channel = line.youtube.channel
    line.strangers |= {channel.holds(tags=[], uploaded_at=long_ago) for _ in range(120)}
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        line.attempt()
    assert looked_at(line) == len(line.pace.looks_s), "one page a look"


def test_ten_pages_are_enough(line: Line):
    upload_others(line, 1000)
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        line.attempt()
    assert looked_at(line) == 10 * len(line.pace.looks_s)


def test_a_channel_without_any_upload_shows_none(line: Line):
    line.renew(has_no_uploads=True)
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        line.attempt()
    line.ask_anew()
    line.attempt()
    line.expect_one_video()


def test_another_refusal_to_look_is_no_empty_channel(line: Line):
    refusal = Fault("playlistItems.list", 1, "status", 99, status=403, reason="forbidden")
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True), refusal]
    with pytest.raises(YouTubeRefused):
        line.attempt()


# --- which channel


def cut_short(line: Line, *faults: Fault) -> None:
    line.youtube.script.faults = list(faults)
    with pytest.raises((NotBefore, UploadUncertain)):
        line.attempt()
    line.ask_anew()
    line.youtube.script.replace([])


@pytest.mark.parametrize("other", [channel_view("other"), None], ids=["other", "not told"])
@pytest.mark.parametrize(
    "fault", [NO_MORE, Fault("chunk", LAST, "drop", forget=True)], ids=["half done", "in doubt"]
)
def test_no_other_channel_gets_what_was_begun_on_one(line: Line, fault: Fault, other):
    cut_short(line, fault)
    line.connected = other
    with pytest.raises(OtherChannel) as caught:
        line.attempt()
    assert caught.value.code == "other_channel"
    assert "“Channel one”" in caught.value.message
    assert "“Channel one”" in caught.value.hint
    assert line.youtube.script.counts == {}, "nobody is asked in its place"
    line.connected = channel_view("one")
    line.attempt()
    line.expect_one_video()


def test_what_never_got_its_last_byte_may_begin_on_another_channel(line: Line):
    cut_short(line, Fault("chunk", 3, "status", status=403, reason="quotaExceeded"))
    first = line.store.state(line.job_id)
    line.store.session_gone(line.job_id, first.sessions)
    line.connected = channel_view("other")
    line.attempt()
    assert line.store.state(line.job_id).channel_id == "UC-other"
    line.expect_one_video()


def test_a_channel_that_was_not_told_may_be_told_later(line: Line):
    """Who allowed only uploads is told to connect once more, so that Segue can look."""
    line.connected = None
    cut_short(line, NO_MORE)
    line.connected = channel_view("one")
    line.attempt()
    line.expect_one_video()


def test_another_channel_that_comes_between_two_looks_is_noticed(line: Line):
    line.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]

    def connect_another(kind: str) -> None:
        if kind == "playlistItems.list":
            line.connected = channel_view("other")

    line.youtube.on_done = connect_another
    with pytest.raises(OtherChannel):
        line.attempt()
    assert looked_at(line) == 1


# --- whose upload


def test_an_upload_whose_place_is_taken_sends_no_last_byte(line: Line):
    """Its process has lost the job unawares, and goes on."""
    mix, first, second = (f"{what} {line.job_id}" for what in ("mix", "first", "second"))
    line.begin(first, mix)
    line.begin(second, mix)

    def take_over(kind: str) -> None:
        if kind == "chunk" and line.youtube.script.counts["chunk"] == LAST - 1:
            line.kept(second).opened("http://127.0.0.1:9/x", sha256="-", size_bytes=1, nth=1)

    line.youtube.on_done = take_over
    with pytest.raises(AlreadyPublished):
        line.attempt(first)
    assert line.videos == []
    assert line.youtube.script.counts["chunk"] == LAST - 1
    assert not line.store.state(first).all_sent


def test_an_upload_that_was_lost_does_not_end_the_one_in_its_place(line: Line):
    cut_short(line, NO_MORE)
    state = line.store.state(line.job_id)
    line.store.session_gone(line.job_id, state.sessions - 1)
    line.store.given_up(line.job_id, state.sessions - 1)
    assert line.store.state(line.job_id).sealed_session == state.sealed_session


# --- another file


def test_where_all_bytes_are_there_another_file_waits_for_what_becomes_of_them(line: Line):
    """YouTube is at work on it: to be told that there is none one has to hear so."""
    full = f"bytes=0-{len(VIDEO) - 1}"
    line.youtube.script.faults = [
        Fault("chunk", LAST, "range", reason=full, store=1.0),
        Fault("query", 1, "range", 99, reason=full),
    ]
    assert line.outcome() == "youtube_unreachable"
    other = random.Random(6).randbytes(len(VIDEO) + 7)
    with pytest.raises(UploadUncertain):
        line.attempt(video=other)
    assert line.store.state(line.job_id).all_sent
    assert len(line.youtube.channel.sessions) == 1
    line.youtube.script.replace([])
    line.attempt(video=other)
    line.expect_one_video()
