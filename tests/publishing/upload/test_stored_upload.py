"""Searching the channel for a video, and uploads on other channels."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.errors import (
    AlreadyPublished,
    NotBefore,
    OtherChannel,
    UploadUncertain,
    YouTubeRefused,
)
from backend.app.publishing.upload.stored_upload import marker_of

from ..stand_ins.youtube_faults import Fault
from ..uploading import LAST, VIDEO, UploadSetup, channel_view

GONE = Fault("chunk", LAST, "drop", store=1.0, forget=True)
NO_MORE = Fault("chunk", 3, "status", status=403, reason="quotaExceeded")


# --- which of the channel's videos


def upload_others(setup: UploadSetup, n: int) -> None:
    """Add videos that the owner uploads meanwhile."""
    channel = setup.youtube.channel
    setup.strangers |= {channel.holds(tags=["sea", marker_of(f"job {i}")]) for i in range(n)}


def n_searches(setup: UploadSetup) -> int:
    return setup.youtube.script.counts["playlistItems.list"]


@pytest.mark.parametrize("n", [1, 60, 449])
def test_own_video_is_found_behind_newer_uploads(setup: UploadSetup, n: int):
    setup.youtube.script.faults = [GONE]

    def meanwhile(kind: str) -> None:
        if kind == "chunk" and setup.youtube.script.counts[kind] == LAST:
            upload_others(setup, n)

    setup.youtube.on_done = meanwhile
    assert setup.outcome() == "video"
    setup.assert_one_video()
    assert n_searches(setup) == -(-(n + 1) // 50)


def test_videos_older_than_the_publication_are_skipped(setup: UploadSetup):
    long_ago = datetime.now(UTC) - timedelta(days=3)
    channel = setup.youtube.channel
    setup.strangers |= {channel.holds(tags=[], uploaded_at=long_ago) for _ in range(120)}
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        setup.attempt()
    assert n_searches(setup) == len(setup.retry_policy.looks_s), "one page a look"


def test_search_ends_after_ten_pages(setup: UploadSetup):
    upload_others(setup, 1000)
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        setup.attempt()
    assert n_searches(setup) == 10 * len(setup.retry_policy.looks_s)


def test_channel_without_uploads_has_no_video(setup: UploadSetup):
    setup.renew(has_no_uploads=True)
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]
    with pytest.raises(UploadUncertain):
        setup.attempt()
    setup.retry_job()
    setup.attempt()
    setup.assert_one_video()


def test_other_refusals_are_not_an_empty_channel(setup: UploadSetup):
    refusal = Fault("playlistItems.list", 1, "status", 99, status=403, reason="forbidden")
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True), refusal]
    with pytest.raises(YouTubeRefused):
        setup.attempt()


# --- which channel


def cut_short(setup: UploadSetup, *faults: Fault) -> None:
    setup.youtube.script.faults = list(faults)
    with pytest.raises((NotBefore, UploadUncertain)):
        setup.attempt()
    setup.retry_job()
    setup.youtube.script.replace([])


@pytest.mark.parametrize("other", [channel_view("other"), None], ids=["other", "unknown"])
@pytest.mark.parametrize(
    "fault", [NO_MORE, Fault("chunk", LAST, "drop", forget=True)], ids=["half done", "in doubt"]
)
def test_upload_never_continues_on_another_channel(setup: UploadSetup, fault: Fault, other):
    cut_short(setup, fault)
    setup.connected = other
    with pytest.raises(OtherChannel) as caught:
        setup.attempt()
    assert caught.value.code == "other_channel"
    assert "“Channel one”" in caught.value.message
    assert "“Channel one”" in caught.value.hint
    assert setup.youtube.script.counts == {}, "no other channel is asked"
    setup.connected = channel_view("one")
    setup.attempt()
    setup.assert_one_video()


def test_incomplete_lost_upload_may_restart_on_another_channel(setup: UploadSetup):
    cut_short(setup, Fault("chunk", 3, "status", status=403, reason="quotaExceeded"))
    first = setup.store.state(setup.job_id)
    setup.store.session_gone(setup.job_id, first.sessions)
    setup.connected = channel_view("other")
    setup.attempt()
    assert setup.store.state(setup.job_id).channel_id == "UC-other"
    setup.assert_one_video()


def test_unknown_channel_may_become_known_later(setup: UploadSetup):
    """A user who allowed only uploads must connect again, so that the channel can be searched."""
    setup.connected = None
    cut_short(setup, NO_MORE)
    setup.connected = channel_view("one")
    setup.attempt()
    setup.assert_one_video()


def test_channel_change_between_searches_is_noticed(setup: UploadSetup):
    setup.youtube.script.faults = [Fault("chunk", LAST, "drop", forget=True)]

    def connect_another(kind: str) -> None:
        if kind == "playlistItems.list":
            setup.connected = channel_view("other")

    setup.youtube.on_done = connect_another
    with pytest.raises(OtherChannel):
        setup.attempt()
    assert n_searches(setup) == 1


# --- whose upload


def test_replaced_upload_sends_no_last_byte(setup: UploadSetup):
    """Its process lost the job without noticing, and continues."""
    mix, first, second = (f"{what} {setup.job_id}" for what in ("mix", "first", "second"))
    setup.begin(first, mix)
    setup.begin(second, mix)

    def take_over(kind: str) -> None:
        if kind == "chunk" and setup.youtube.script.counts["chunk"] == LAST - 1:
            setup.stored(second).opened("http://127.0.0.1:9/x", sha256="-", size_bytes=1, nth=1)

    setup.youtube.on_done = take_over
    with pytest.raises(AlreadyPublished):
        setup.attempt(first)
    assert setup.videos == []
    assert setup.youtube.script.counts["chunk"] == LAST - 1
    assert not setup.store.state(first).all_sent


def test_lost_upload_does_not_end_its_replacement(setup: UploadSetup):
    cut_short(setup, NO_MORE)
    state = setup.store.state(setup.job_id)
    setup.store.session_gone(setup.job_id, state.sessions - 1)
    setup.store.given_up(setup.job_id, state.sessions - 1)
    assert setup.store.state(setup.job_id).sealed_session == state.sealed_session


# --- another file


def test_changed_file_waits_for_a_complete_uploads_outcome(setup: UploadSetup):
    """YouTube may still be processing it, so it must first report that there is no video."""
    full = f"bytes=0-{len(VIDEO) - 1}"
    setup.youtube.script.faults = [
        Fault("chunk", LAST, "range", reason=full, store=1.0),
        Fault("query", 1, "range", 99, reason=full),
    ]
    assert setup.outcome() == "youtube_unreachable"
    other = random.Random(6).randbytes(len(VIDEO) + 7)
    with pytest.raises(UploadUncertain):
        setup.attempt(video=other)
    assert setup.store.state(setup.job_id).all_sent
    assert len(setup.youtube.channel.sessions) == 1
    setup.youtube.script.replace([])
    setup.attempt(video=other)
    setup.assert_one_video()
