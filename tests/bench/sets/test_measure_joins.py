"""Measurements of rendered sets, on cases with known results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import NormalFormWriter, TrackReader, write_normal_form
from bench.sets.crate import SetSong, decks_of, set_specs, sung_in
from bench.sets.measure_joins import measure_joins, stretch_percent
from bench.sets.measure_levels import join_levels
from bench.sets.measure_sound import SoundMeasured, measure_sound
from bench.sets.mix import PlayedSet, play_set
from composer.compose import compose_song
from composer.song import SongSpec


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedSet:
    """Two house songs, analysed and mixed."""
    folder: Path = tmp_path_factory.mktemp("set")
    songs = [written(folder, seed, tempo) for seed, tempo in ((3, 122.0), (4, 124.0))]
    rules = DjRules(allowed_kinds=["blend", "sweep"])
    return play_set("two", songs, decks_of(songs, 1), rules, folder, check_joins="off")


def written(folder: Path, seed: int, tempo_bpm: float) -> SetSong:
    song = compose_song(SongSpec(tempo_bpm=tempo_bpm, key="A minor", seed=seed, bars=24))
    path = folder / f"song{seed}.flac"
    write_normal_form(path, song.samples)
    times = [part.tolist() for part in (song.beats, song.downbeats, song.phrases)]
    sung = sung_in(song.stems["vocals"])
    return SetSong(path.stem, path, "house", song.key, song.duration_s, *times, sung)


@pytest.fixture(scope="module")
def sound(played: PlayedSet) -> SoundMeasured:
    return measure_sound(played)


def test_good_mix_has_good_measurements(played: PlayedSet, sound: SoundMeasured) -> None:
    (join,) = measure_joins(played, sound.energies)
    assert join.downbeats_meet
    assert np.median(join.errors_ms) < 5.0  # the goal for rendered joins
    assert (sound.clicks_s, sound.gaps_s, sound.body_differs) == ([], [], [])
    assert sound.body_s > 20.0


def test_measured_beats_come_from_the_truth(played: PlayedSet, sound: SoundMeasured) -> None:
    late = [at + 0.020 for at in played.songs[1].beats_s]
    songs = (played.songs[0], SetSong(**{**fields(played.songs[1]), "beats_s": late}))
    other = PlayedSet(**{**fields(played), "songs": songs})
    (join,) = measure_joins(other, sound.energies)
    assert np.median(join.errors_ms) == pytest.approx(20.0, abs=3.0)


def test_clicks_gaps_and_changed_tracks_are_found(played: PlayedSet, tmp_path: Path) -> None:
    spoilt = PlayedSet(**{**fields(played), "folder": tmp_path})
    for file in played.folder.glob("stretch-*"):
        (tmp_path / file.name).symlink_to(file)
    with TrackReader(played.mix) as mix:
        sound = mix.read(0, mix.n_samples).copy()
    sound[:, 12 * SAMPLE_RATE : 12 * SAMPLE_RATE + SAMPLE_RATE // 4] = 0.0
    sound[:, 20 * SAMPLE_RATE] += 0.5
    with NormalFormWriter(tmp_path / "mix.flac") as writer:
        writer.write(sound.T)
    found = measure_sound(spoilt)
    assert any(at == pytest.approx(12.0, abs=0.01) for at in found.gaps_s)
    assert any(at == pytest.approx(20.0, abs=0.01) for at in found.clicks_s)


def fields(one: SetSong | PlayedSet) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_loudness_of_a_join_is_compared_with_its_sides() -> None:
    # twenty seconds each; the join is in the middle
    levels_db = np.repeat([-20.0, -3.0, -24.0, -18.5], [200, 100, 100, 200])
    levels = join_levels(10 ** (levels_db / 10), (20.0, 40.0))
    assert levels is not None
    assert levels.step == pytest.approx(1.5, abs=0.01)
    assert levels.dip == pytest.approx(4.0, abs=0.01)
    assert levels.bump == pytest.approx(15.5, abs=0.01)


def test_music_without_truth_has_levels_but_no_beats(
    played: PlayedSet, sound: SoundMeasured
) -> None:
    nothing = {"beats_s": [], "downbeats_s": [], "phrases_s": [], "vocals_s": None}
    songs = tuple(SetSong(**{**fields(song), **nothing}) for song in played.songs)
    truth = next(measure_joins(played, sound.energies))
    join = next(measure_joins(PlayedSet(**{**fields(played), "songs": songs}), sound.energies))
    assert (len(join.errors_ms), join.downbeats_meet) == (0, None)
    assert (join.levels, join.bass_both_share) == (truth.levels, truth.bass_both_share)


def test_shares_left_out_are_of_the_tracks_music(played: PlayedSet, sound: SoundMeasured) -> None:
    (join,) = measure_joins(played, sound.energies)
    out, into = played.plan.timeline.clips
    music_s = [deck.music_end_s - deck.music_start_s for deck in played.decks]
    end_s = float(out.sources_at(np.array([out.end]))[0]) / SAMPLE_RATE
    lost = played.decks[0].music_end_s - end_s
    assert join.left_out[0] == pytest.approx(lost / music_s[0], abs=0.001)  # a tenth of a second
    start_s = into.source_start / SAMPLE_RATE - played.decks[1].music_start_s
    assert join.left_out[1] == pytest.approx(max(start_s, 0.0) / music_s[1], abs=0.001)


def test_largest_stretch_is_reported() -> None:
    points = ((0, 0), (200_000, 200_000), (410_000, 400_000), (610_000, 600_000))
    bent = Clip("a", "a", "a", "", 0, 700_000, warp=points)
    assert stretch_percent(bent) == pytest.approx(5.0)


def test_larger_crate_keeps_earlier_songs() -> None:
    assert set_specs("mixed", "held_out", 5) == set_specs("mixed", "held_out", 9)[:5]
    assert set_specs("club", "tuning", 3) != set_specs("club", "held_out", 3)


@pytest.fixture(scope="module")
def looped(tmp_path_factory: pytest.TempPathFactory) -> PlayedSet:
    """Two house songs; the first has no outro, and its last bars are looped for the blend."""
    folder: Path = tmp_path_factory.mktemp("looped")
    songs = [written(folder, seed, tempo) for seed, tempo in ((3, 122.0), (4, 124.0))]
    rules = DjRules(allowed_kinds=["blend"])
    return play_set(
        "two", songs, decks_of(songs, 1), rules, folder, wishes=[LOOP], given_order=True
    )


LOOP = JoinWish(JoinConstraints(kind="blend", bars=16, loops=True), "you")


def test_looped_bars_are_on_the_incoming_tracks_beats(looped: PlayedSet) -> None:
    energies = measure_sound(looped).energies
    loop = looped.plan.timeline.clips[0].loop
    assert loop is not None
    (join,) = measure_joins(looped, energies)
    (overlap,) = looped.plan.timeline.transitions
    # every beat of the overlap is measured, those of the repeats too
    n_beats = (overlap.end - overlap.start) / SAMPLE_RATE * 122.0 / 60.0
    assert len(join.errors_ms) == pytest.approx(n_beats, abs=2)
    assert np.percentile(join.errors_ms, 95) < 10.0
    assert join.downbeats_meet
    assert join.blind is not None and join.blind.beats_apart_ms < 10.0
