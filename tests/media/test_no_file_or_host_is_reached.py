"""Were the sniff ever fooled, the forced demuxer would still open nothing but the upload."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import pytest

from backend.app.errors import RejectedFile, ToolFailed
from backend.app.media.confinement import Confinement
from backend.app.media.decoding import Decoding
from backend.app.media.ffmpeg import run_ffmpeg
from backend.app.media.probe import ProbedStream
from backend.app.media.sniff import FLAC, M4A, MP3, VORBIS, WAV, SniffedFormat

from .cases import Case
from .reaching import REACHING, concat_list_to_an_absolute_path, hls_to_http
from .workshop import Workshop, strace_works

needs_strace = pytest.mark.skipif(
    not strace_works() and os.environ.get("CI") != "true",  # there, a missing tool is a failure
    reason="system calls can't be watched here",
)


@pytest.fixture
def watched(shop: Workshop, tmp_path: Path) -> tuple[Path, Path]:
    """An ffmpeg whose opened files and connections are written down, and where."""
    log, script = tmp_path / "calls.log", tmp_path / "watched-ffmpeg"
    script.write_text(
        f'#!/bin/sh\nexec strace -f -qq -A -s 4096 -e trace=open,openat,connect -o "{log}" '
        f'"{shop.ffmpeg}" "$@"\n'
    )
    script.chmod(0o755)
    return script, log


def reached(log: Path, shop: Workshop) -> list[str]:
    """Calls that touched the other tenant's folder, or a network."""
    theirs = re.compile(re.escape(str(shop.tenant)) + "|AF_INET|tenant/canary")
    return [line for line in log.read_text().splitlines() if theirs.search(line)]


def decode_as(kind: SniffedFormat, ffmpeg: Path, source: Path) -> int:
    """Decode whatever the file is; return how many samples came out."""
    stream = ProbedStream("any", 44_100, 2)
    # strace needs a little more than the decoder alone, hence no tighter limits here
    decoding = Decoding(ffmpeg, source, kind, stream, 30.0, Confinement())
    n_samples = 0
    with suppress(RejectedFile):
        for block in decoding.blocks():
            n_samples += len(block)
    return n_samples


# SVG and AVI are no lists of files; the MP4's reference is tried through its own demuxer below.
LISTS = [case for case in REACHING if case.verdicts == ("not_audio",)]


@needs_strace
@pytest.mark.parametrize("kind", [MP3, WAV, FLAC, VORBIS, M4A], ids=lambda kind: kind.name)
def test_a_list_of_files_forced_through_a_demuxer_opens_none_of_them(
    kind: SniffedFormat, shop: Workshop, job: Path, watched: tuple[Path, Path]
) -> None:
    script, log = watched
    hits = shop.server.hits
    (job / "canary.mp3").write_bytes(b"a neighbour's file")
    for case in LISTS:
        source = job / case.make.__name__
        source.write_bytes(case.make(shop))
        assert decode_as(kind, script, source) == 0, case
    opened = log.read_text()
    assert LISTS[-1].make.__name__ in opened  # the log saw the upload itself being opened
    assert reached(log, shop) == []
    assert "canary.mp3" not in opened
    assert shop.server.hits == hits


@needs_strace
@pytest.mark.parametrize("case", [c for c in REACHING if c.id in ("a21", "a22")], ids=str)
def test_a_sound_that_points_elsewhere_opens_only_itself(
    case: Case, shop: Workshop, job: Path, watched: tuple[Path, Path]
) -> None:
    script, log = watched
    source = job / "0f1e"
    source.write_bytes(case.make(shop))
    for kind in (MP3, M4A):
        decode_as(kind, script, source)
    assert str(source) in log.read_text()
    assert reached(log, shop) == []


@needs_strace
def test_the_trap_sees_a_file_that_is_opened(
    shop: Workshop, job: Path, watched: tuple[Path, Path]
) -> None:
    """The control: without the gate's options the same list does open the canary."""
    script, log = watched
    source = job / "list"
    source.write_bytes(concat_list_to_an_absolute_path(shop))
    run_ffmpeg(
        script, ["-f", "concat", "-safe", "0", "-i", str(source), "-f", "null", "-"], timeout_s=30
    )
    assert reached(log, shop)


def test_the_trap_sees_a_connection(shop: Workshop, job: Path) -> None:
    """The control: a naive decoder that is told of the list's kind does visit the server."""
    hits = shop.server.hits
    source = job / "list.m3u8"
    source.write_bytes(hls_to_http(shop))
    allow = ("-protocol_whitelist", "file,http,tcp")
    with suppress(ToolFailed):
        run_ffmpeg(
            shop.ffmpeg, [*allow, "-f", "hls", "-i", str(source), "-f", "null", "-"], timeout_s=30
        )
    assert shop.server.hits > hits
