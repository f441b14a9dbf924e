"""Stretched segments follow their tempo map and continue in the track without a seam."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backend.app.dj.timeline import Clip, Echo, Timeline
from backend.app.dsp.samples import Samples
from backend.app.media.normal_form import TrackReader
from backend.app.render.player import stretched_segments
from backend.app.render.player.stretched_segments import (
    PART,
    SEAM,
    StretchedSegment,
    blend,
    parts_of,
    stretch_segment,
    stretched_segment_of,
)
from tests.render.dj_mixes import BEAT, Crate, bend, clip, played
from tests.sounds import SR, noise, peak_db, rms_db, sine


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return Crate(tmp_path_factory.mktemp("crate"))


def bent(name: str, speed: float, *, start: int = 0, beats: int = 6) -> Clip:
    return clip(name, start, 11 * SR, warp=bend(0, start, speed, beats))


def stretched(one: Clip) -> StretchedSegment:
    segment = stretched_segment_of(one)
    assert segment is not None
    return segment


def onset_near(wave: Samples, at: int) -> int:
    """The start of a drum hit: the largest step in its envelope within 15 ms."""
    near = np.abs(wave[:, at - 660 : at + 661]).max(axis=0)
    envelope = np.lib.stride_tricks.sliding_window_view(near, 44).max(axis=1)
    return at - 660 + int(np.argmax(envelope[44:] - envelope[:-44])) + 44


@pytest.mark.parametrize("speed", [1.05, 0.96])
def test_beats_fall_where_the_tempo_map_puts_them(crate: Crate, speed: float) -> None:
    one = bent("drums", speed)
    out = played(crate.player(Timeline((one,))))
    dry = crate.track("drums")
    late = [
        onset_near(out, mix) - mix - (onset_near(dry, source) - source)
        for source, mix in one.warp[1:-1]
    ]
    # 1.5 ms on average: two drums 10 ms apart begin to be heard as two.
    assert np.abs(late).mean() < 0.0015 * SR
    assert np.abs(late).max() < 0.003 * SR


@pytest.mark.parametrize("name", ["chords", "noise", "drums", "tone"])
@pytest.mark.parametrize("speed", [1.05, 0.96])
def test_seam_to_the_track_has_no_click_and_no_dip(crate: Crate, name: str, speed: float) -> None:
    one = bent(name, speed)
    out, end = played(crate.player(Timeline((one,)))), one.stretched_end
    body = crate.track(name)[:, end - SR + one.body_offset :][:, : 2 * SR]
    sharpest = peak_db(np.diff(out[:, end - SEAM - 8 : end + 8], n=4))
    # At the ends of a crossfade a tone has edges of -93 dB, at a hard cut of -20 dB.
    assert sharpest < max(peak_db(np.diff(body, n=4)) + 1.0, -70)
    level = rms_db(out[:, end - SEAM : end]) - rms_db(body[:, SR - SEAM : SR])
    assert abs(level) < 1.0
    assert np.array_equal(out[:, end : end + SR], body[:, SR:])


def test_segment_ends_aligned_with_the_tracks_own_samples(crate: Crate, tmp_path: Path) -> None:
    one = stretched(replace(bent("chords", 0.96, beats=11), length=23 * SR // 2))
    stretch_segment(one, crate.open, tmp_path / "segment.flac")
    with TrackReader(tmp_path / "segment.flac") as reader:
        end = reader.read(one.length - SEAM, SEAM)[0]
    own = crate.track("chords")[0, one.points[-1][0] - SEAM :][:SEAM]
    # Measured: 0.98 with the crossfade; 0.89 without stretching beyond the end.
    assert np.corrcoef(end, own)[0, 1] > 0.95


def test_segment_is_independent_of_its_clips_place(crate: Crate) -> None:
    first, later = bent("chords", 1.03), bent("chords", 1.03, start=2 * SR)
    assert stretched(first) == stretched(replace(later, title="Other", gain_db=-3.0))
    assert stretched(first).key != stretched(bent("chords", 1.04)).key
    assert stretched(first).key != stretched(bent("noise", 1.03)).key


def test_clips_with_equal_sound_share_a_segment() -> None:
    timeline = Timeline(
        (bent("chords", 1.03), bent("chords", 1.03, start=SR), clip("noise", SR, SR))
    )
    assert stretched_segments.stretched_segments_of(timeline) == (stretched(timeline.clips[0]),)


def test_unstretched_clip_has_no_segment() -> None:
    assert stretched_segment_of(clip("noise", 0, SR)) is None


def test_pitch_shifted_clip_is_one_segment_until_its_sound_stops() -> None:
    raised = clip("noise", SR, 9 * SR, source_start=SR, pitch_semitones=1, warp=bend(SR, SR, 1.02))
    echoing = replace(raised, echo=Echo(8 * SR, SR, SR, 0.5))
    assert stretched(raised).length == 9 * SR
    assert stretched(echoing).length == 7 * SR
    assert not stretched(echoing).plays_on


def test_stored_segment_is_complete_and_not_clipped(crate: Crate, tmp_path: Path) -> None:
    one = stretched(bent("drums", 1.04))
    stretch_segment(one, crate.open, tmp_path / "segment.flac")
    with TrackReader(tmp_path / "segment.flac") as reader:
        assert reader.n_samples == one.length
        assert np.abs(reader.read(0, one.length)).max() < 0.99
    assert [path.name for path in tmp_path.iterdir()] == ["segment.flac"]


def test_cancelled_segment_leaves_no_file(crate: Crate, tmp_path: Path) -> None:
    def cancel(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stretch_segment(
            stretched(bent("noise", 1.04)), crate.open, tmp_path / "segment.flac", cancel
        )
    assert list(tmp_path.iterdir()) == []


def test_long_segment_is_cut_into_parts_of_two_minutes_at_most() -> None:
    length = 30 * 60 * SR
    points = tuple((beat * BEAT, round(beat * BEAT / 1.03)) for beat in range(length // BEAT))
    parts = list(parts_of(points))
    assert max(part[-1][1] - part[0][1] for part in parts) <= PART * 1.25 + SEAM
    assert (parts[0][0], parts[-1][-1]) == (points[0], points[-1])
    for before, after in pairwise(parts):
        assert before[-1][1] - after[0][1] == SEAM
        # a cut is rounded to a sample, 11 us
        assert abs(after[0][0] - after[0][1] * 1.03) <= 1


def test_parts_follow_the_tempo_map_of_the_whole(
    crate: Crate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bent("drums", 1.04)
    stretch_segment(stretched(one), crate.open, tmp_path / "whole.flac")
    monkeypatch.setattr(stretched_segments, "PART", 2 * SR)
    monkeypatch.setattr(stretched_segments, "_LAST_PART", SR)
    stretch_segment(stretched(one), crate.open, tmp_path / "parts.flac")
    with TrackReader(tmp_path / "whole.flac") as a, TrackReader(tmp_path / "parts.flac") as b:
        whole, joined = a.read(0, a.n_samples), b.read(0, b.n_samples)
    assert whole.shape == joined.shape
    late = [onset_near(joined, at) - onset_near(whole, at) for _, at in one.warp[1:-1]]
    assert np.abs(late).max() < 0.003 * SR


def test_parts_join_without_a_click(
    crate: Crate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretched_segments, "PART", 2 * SR)
    monkeypatch.setattr(stretched_segments, "_LAST_PART", SR)
    stretch_segment(stretched(bent("tone", 1.04)), crate.open, tmp_path / "parts.flac")
    with TrackReader(tmp_path / "parts.flac") as reader:
        joined = reader.read(SR, reader.n_samples - 2 * SR)
    assert peak_db(np.diff(joined, n=4)) < -70


@pytest.mark.parametrize(
    "incoming",
    [sine(0.02, 500.0), sine(0.02, 500.0, phase=1.2), noise(0.02, seed=3, rms_db=-9.0)],
    ids=["the same", "another phase", "unrelated"],
)
def test_blend_keeps_the_level_for_any_correlation(incoming: Samples) -> None:
    outgoing = sine(0.02, 500.0)
    # Linear fades lose 3 dB for unrelated sound, equal-power fades gain 3 dB for equal sound.
    assert rms_db(blend(outgoing, incoming)) == pytest.approx(rms_db(outgoing), abs=0.7)


def test_blend_of_silence_is_silence() -> None:
    quiet = np.zeros((2, SEAM), np.float32)
    assert not blend(quiet, quiet).any()
