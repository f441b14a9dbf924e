"""ffmpeg opens nothing but the upload, even if its format is recognised wrongly."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import pytest

from backend.app.errors import RejectedFile, ToolFailed
from backend.app.media.ffmpeg.confinement import Confinement
from backend.app.media.ffmpeg.ffmpeg import run_ffmpeg
from backend.app.media.gate.decode import Decoding
from backend.app.media.gate.formats import FLAC, M4A, MP3, VORBIS, WAV, SniffedFormat
from backend.app.media.gate.probe import ProbedStream

from ..cases import Case
from ..files_that_reach_out import REACHING, concat_list_to_an_absolute_path, hls_to_http
from ..media_factory import MediaFactory, strace_works

needs_strace = pytest.mark.skipif(
    not strace_works() and os.environ.get("CI") != "true",  # in CI a missing tool is a failure
    reason="system calls can't be watched here",
)


@pytest.fixture
def watched(shop: MediaFactory, tmp_path: Path) -> tuple[Path, Path]:
    """An ffmpeg whose opened files and connections are logged, and that log."""
    log, script = tmp_path / "calls.log", tmp_path / "watched-ffmpeg"
    script.write_text(
        f'#!/bin/sh\nexec strace -f -qq -A -s 4096 -e trace=open,openat,connect -o "{log}" '
        f'"{shop.ffmpeg}" "$@"\n'
    )
    script.chmod(0o755)
    return script, log


def reached(log: Path, shop: MediaFactory) -> list[str]:
    """Logged calls to the other tenant's folder or a network."""
    theirs = re.compile(re.escape(str(shop.tenant)) + "|AF_INET|tenant/canary")
    return [line for line in log.read_text().splitlines() if theirs.search(line)]


def decode_as(kind: SniffedFormat, ffmpeg: Path, source: Path) -> int:
    """Decode the file as ``kind``; return the number of samples."""
    stream = ProbedStream("any", 44_100, 2)
    # default limits, because strace needs more than the decoder alone
    decoding = Decoding(ffmpeg, source, kind, stream, 30.0, Confinement())
    n_samples = 0
    with suppress(RejectedFile):
        for block in decoding.blocks():
            n_samples += len(block)
    return n_samples


# SVG and AVI are not lists of files; the MP4's reference is tried with its own demuxer below.
LISTS = [case for case in REACHING if case.verdicts == ("not_audio",)]


@needs_strace
@pytest.mark.parametrize("kind", [MP3, WAV, FLAC, VORBIS, M4A], ids=lambda kind: kind.name)
def test_playlist_forced_through_a_demuxer_opens_no_other_file(
    kind: SniffedFormat, shop: MediaFactory, job: Path, watched: tuple[Path, Path]
) -> None:
    script, log = watched
    hits = shop.server.hits
    (job / "canary.mp3").write_bytes(b"a neighbour's file")
    for case in LISTS:
        source = job / case.make.__name__
        source.write_bytes(case.make(shop))
        assert decode_as(kind, script, source) == 0, case
    opened = log.read_text()
    assert LISTS[-1].make.__name__ in opened  # the log contains the opened upload
    assert reached(log, shop) == []
    assert "canary.mp3" not in opened
    assert shop.server.hits == hits


@needs_strace
@pytest.mark.parametrize("case", [c for c in REACHING if c.id in ("a21", "a22")], ids=str)
def test_sound_with_references_opens_only_itself(
    case: Case, shop: MediaFactory, job: Path, watched: tuple[Path, Path]
) -> None:
    script, log = watched
    source = job / "0f1e"
    source.write_bytes(case.make(shop))
    for kind in (MP3, M4A):
        decode_as(kind, script, source)
    assert str(source) in log.read_text()
    assert reached(log, shop) == []


@needs_strace
def test_control_without_the_options_opens_the_file(
    shop: MediaFactory, job: Path, watched: tuple[Path, Path]
) -> None:
    """Without the gate's options the same list opens the canary."""
    script, log = watched
    source = job / "list"
    source.write_bytes(concat_list_to_an_absolute_path(shop))
    run_ffmpeg(
        script, ["-f", "concat", "-safe", "0", "-i", str(source), "-f", "null", "-"], timeout_s=30
    )
    assert reached(log, shop)


def test_control_with_http_allowed_connects(shop: MediaFactory, job: Path) -> None:
    """A decoder with the list's demuxer and HTTP allowed connects to the server."""
    hits = shop.server.hits
    source = job / "list.m3u8"
    source.write_bytes(hls_to_http(shop))
    allow = ("-protocol_whitelist", "file,http,tcp")
    with suppress(ToolFailed):
        run_ffmpeg(
            shop.ffmpeg, [*allow, "-f", "hls", "-i", str(source), "-f", "null", "-"], timeout_s=30
        )
    assert shop.server.hits > hits
