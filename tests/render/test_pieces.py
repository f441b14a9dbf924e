from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backend.app.dj.timeline import Clip, Echo, Timeline
from backend.app.dsp.samples import Samples
from backend.app.media.normal_form import TrackReader
from backend.app.render import pieces
from backend.app.render.pieces import PART, SEAM, Piece, led_over, make_piece, parts_of, piece_of
from tests.render.dj_mixes import BEAT, Crate, bend, clip, played
from tests.sounds import SR, noise, peak_db, rms_db, sine


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return Crate(tmp_path_factory.mktemp("crate"))


def bent(name: str, speed: float, *, start: int = 0, beats: int = 6) -> Clip:
    return clip(name, start, 11 * SR, warp=bend(0, start, speed, beats))


def stretched(one: Clip) -> Piece:
    piece = piece_of(one)
    assert piece is not None
    return piece


def onset_near(wave: Samples, at: int) -> int:
    """Where a drum begins: the loudest step in its envelope, 15 ms round a place."""
    near = np.abs(wave[:, at - 660 : at + 661]).max(axis=0)
    envelope = np.lib.stride_tricks.sliding_window_view(near, 44).max(axis=1)
    return at - 660 + int(np.argmax(envelope[44:] - envelope[:-44])) + 44


@pytest.mark.parametrize("speed", [1.05, 0.96])
def test_beats_are_heard_where_the_map_says(crate: Crate, speed: float) -> None:
    one = bent("drums", speed)
    out = played(crate.player(Timeline((one,))))
    dry = crate.track("drums")
    late = [
        onset_near(out, mix) - mix - (onset_near(dry, source) - source)
        for source, mix in one.warp[1:-1]
    ]
    # 1.5 ms in the mean, and no flam: two drums 10 ms apart begin to be heard as two
    assert np.abs(late).mean() < 0.0015 * SR
    assert np.abs(late).max() < 0.003 * SR


@pytest.mark.parametrize("name", ["chords", "noise", "drums", "tone"])
@pytest.mark.parametrize("speed", [1.05, 0.96])
def test_the_seam_to_the_body_is_neither_a_click_nor_a_dip(
    crate: Crate, name: str, speed: float
) -> None:
    one = bent(name, speed)
    out, end = played(crate.player(Timeline((one,)))), one.stretched_end
    body = crate.track(name)[:, end - SR + one.body_offset :][:, : 2 * SR]
    sharpest = peak_db(np.diff(out[:, end - SEAM - 8 : end + 8], n=4))
    # A crossfade gives a tone edges of -93 dB, a hard cut of -20
    assert sharpest < max(peak_db(np.diff(body, n=4)) + 1.0, -70)
    level = rms_db(out[:, end - SEAM : end]) - rms_db(body[:, SR - SEAM : SR])
    assert abs(level) < 1.0
    assert np.array_equal(out[:, end : end + SR], body[:, SR:])


def test_where_it_leads_over_a_piece_has_come_to_the_tracks_own_samples(
    crate: Crate, tmp_path: Path
) -> None:
    one = stretched(replace(bent("chords", 0.96, beats=11), length=23 * SR // 2))
    make_piece(one, crate.open, tmp_path / "piece.flac")
    with TrackReader(tmp_path / "piece.flac") as reader:
        heard = reader.read(one.length - SEAM, SEAM)[0]
    own = crate.track("chords")[0, one.points[-1][0] - SEAM :][:SEAM]
    # 0.98, crossfade included; 0.89 without the look past its end
    assert np.corrcoef(heard, own)[0, 1] > 0.95


def test_a_piece_is_the_same_wherever_its_clip_lies(crate: Crate) -> None:
    first, later = bent("chords", 1.03), bent("chords", 1.03, start=2 * SR)
    assert stretched(first) == stretched(replace(later, title="Other", gain_db=-3.0))
    assert stretched(first).key != stretched(bent("chords", 1.04)).key
    assert stretched(first).key != stretched(bent("noise", 1.03)).key


def test_a_piece_is_shared_by_the_clips_that_play_it() -> None:
    timeline = Timeline(
        (bent("chords", 1.03), bent("chords", 1.03, start=SR), clip("noise", SR, SR))
    )
    assert pieces.pieces_of(timeline) == (stretched(timeline.clips[0]),)


def test_a_clip_at_its_own_tempo_and_pitch_has_no_piece() -> None:
    assert piece_of(clip("noise", 0, SR)) is None


def test_a_clip_at_another_pitch_is_one_piece_to_where_its_sound_stops() -> None:
    raised = clip("noise", SR, 9 * SR, source_start=SR, pitch_semitones=1, warp=bend(SR, SR, 1.02))
    echoing = replace(raised, echo=Echo(8 * SR, SR, SR, 0.5))
    assert stretched(raised).length == 9 * SR
    assert stretched(echoing).length == 7 * SR
    assert not stretched(echoing).plays_on


def test_a_kept_piece_is_whole_and_loud_sound_in_it_is_not_clipped(
    crate: Crate, tmp_path: Path
) -> None:
    one = stretched(bent("drums", 1.04))
    make_piece(one, crate.open, tmp_path / "piece.flac")
    with TrackReader(tmp_path / "piece.flac") as reader:
        assert reader.n_samples == one.length
        assert np.abs(reader.read(0, one.length)).max() < 0.99
    assert [path.name for path in tmp_path.iterdir()] == ["piece.flac"]


def test_a_piece_that_is_given_up_leaves_nothing(crate: Crate, tmp_path: Path) -> None:
    def give_up(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_piece(stretched(bent("noise", 1.04)), crate.open, tmp_path / "piece.flac", give_up)
    assert list(tmp_path.iterdir()) == []


def test_half_an_hour_is_stretched_in_parts_of_two_minutes_at_most() -> None:
    length = 30 * 60 * SR
    points = tuple((beat * BEAT, round(beat * BEAT / 1.03)) for beat in range(length // BEAT))
    parts = list(parts_of(points))
    assert max(part[-1][1] - part[0][1] for part in parts) <= PART * 1.25 + SEAM
    assert (parts[0][0], parts[-1][-1]) == (points[0], points[-1])
    for before, after in pairwise(parts):
        assert before[-1][1] - after[0][1] == SEAM
        # A cut is rounded to a sample: 11 us
        assert abs(after[0][0] - after[0][1] * 1.03) <= 1


def test_parts_are_on_the_map_of_the_whole(
    crate: Crate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bent("drums", 1.04)
    make_piece(stretched(one), crate.open, tmp_path / "whole.flac")
    monkeypatch.setattr(pieces, "PART", 2 * SR)
    monkeypatch.setattr(pieces, "_LAST_PART", SR)
    make_piece(stretched(one), crate.open, tmp_path / "parts.flac")
    with TrackReader(tmp_path / "whole.flac") as a, TrackReader(tmp_path / "parts.flac") as b:
        whole, joined = a.read(0, a.n_samples), b.read(0, b.n_samples)
    assert whole.shape == joined.shape
    late = [onset_near(joined, at) - onset_near(whole, at) for _, at in one.warp[1:-1]]
    assert np.abs(late).max() < 0.003 * SR


def test_parts_join_without_a_click(
    crate: Crate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PART", 2 * SR)
    monkeypatch.setattr(pieces, "_LAST_PART", SR)
    make_piece(stretched(bent("tone", 1.04)), crate.open, tmp_path / "parts.flac")
    with TrackReader(tmp_path / "parts.flac") as reader:
        joined = reader.read(SR, reader.n_samples - 2 * SR)
    assert peak_db(np.diff(joined, n=4)) < -70


@pytest.mark.parametrize(
    "incoming",
    [sine(0.02, 500.0), sine(0.02, 500.0, phase=1.2), noise(0.02, seed=3, rms_db=-9.0)],
    ids=["the same", "another phase", "unlike"],
)
def test_a_seam_keeps_the_level_whatever_the_likeness(incoming: Samples) -> None:
    outgoing = sine(0.02, 500.0)
    # Straight lines dip 3 dB in the unlike case, equal-power curves swell 3 dB in the same one
    assert rms_db(led_over(outgoing, incoming)) == pytest.approx(rms_db(outgoing), abs=0.7)


def test_silence_leads_over_into_silence() -> None:
    quiet = np.zeros((2, SEAM), np.float32)
    assert not led_over(quiet, quiet).any()
