"""Replayed stems are cached, complete, and reproducible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.contract.stems import FOUR_STEMS
from backend.app.dsp.samples import Samples
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.restyle import performances, replay
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.sounds import noise

from ..restyle_jobs import (
    BELL_HZ,
    cached_stems,
    files_of,
    job_of,
    melody_harness,
    pipeline_of,
    put_sound,
    restyled,
    stem_of,
    tones,
    whole,
)
from ..stems_harness import Oracle, StemsHarness


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=4.3))


@pytest.fixture
def melody(tmp_path: Path) -> StemsHarness:
    return melody_harness(tmp_path)


def test_nothing_is_analysed_or_replayed_twice(
    melody: StemsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = melody
    bell = put_sound(harness, "bell", tones([BELL_HZ], 1.0))
    knock = put_sound(harness, "knock", noise(0.3, seed=2))
    analysed, played = counted(monkeypatch)
    track = harness.put(whole(harness))
    restyled(harness, track, {"vocals": bell, "drums": bell})
    assert len(analysed) == 2 + 1 + 2  # the stems, the sound, the replayed stems
    assert len(played) == 2
    for fields in ({"config": {"vocals": {"volume": 0.3}}}, {"format": "mp3"}, {}):
        assert restyled(harness, track, {"vocals": bell, "drums": bell}, **fields).done
    assert harness.separator.asked == 1
    assert (len(analysed), len(played)) == (5, 2)
    restyled(harness, track, {"vocals": bell, "drums": knock})
    assert (len(analysed), len(played)) == (7, 3)
    restyled(harness, track, {"vocals": bell}, settings={"grain_duration_ms": 80})
    assert (len(analysed), len(played)) == (8, 4)


def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[list[None], list[None]]:
    """Two lists that grow with every sound analysed and every stem replayed."""
    analysed: list[None] = []
    played: list[None] = []
    analyse_performance, make_replay = performances.analyse_performance, replay.Replay

    def count_analysis(*arguments, **options):
        analysed.append(None)
        return analyse_performance(*arguments, **options)

    def count_replay(*arguments):
        played.append(None)
        return make_replay(*arguments)

    monkeypatch.setattr(performances, "analyse_performance", count_analysis)
    monkeypatch.setattr(replay, "Replay", count_replay)
    return analysed, played


def test_deleted_stem_is_replayed_again(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    first = restyled(melody, track, {"vocals": bell})
    for path in cached_stems(melody, track):
        if "grains" in path.name:
            path.unlink()
    assert files_of(restyled(melody, track, {"vocals": bell})) == files_of(first)


def test_same_restyle_gives_the_same_bytes(tmp_path: Path, song: Song) -> None:
    runs = []
    for folder in ("one", "two"):
        harness = StemsHarness(tmp_path / folder, Oracle(song.stems))
        bell = put_sound(harness, "bell", tones([BELL_HZ, 440.0], 0.7))
        track = harness.put(song.samples)
        runs.append(files_of(restyled(harness, track, {"vocals": bell, "other": bell})))
    assert len(runs[0]) == 11
    assert runs[0] == runs[1]


def test_kill_between_steps_changes_no_file(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    uninterrupted = files_of(melody.run(pipeline_of(job), job.inputs))
    for steps in range(2, 6):  # the first step, fetching_weights, is skipped
        clear_cache(melody, track)
        killed = melody.run(pipeline_of(job, steps), job.inputs)
        assert [step.name for step in killed.finished] == killed.steps
        made = inodes(melody, track)
        resumed = melody.run(pipeline_of(job), job.inputs, after=killed)
        assert resumed.done
        # Cached files stay, and finished steps do not run again.
        assert made.items() <= inodes(melody, track).items()
        written = {step.name for step in killed.finished if step.files}
        assert not written & {step.name for step in resumed.finished}
        assert files_of(resumed) == uninterrupted


def test_cache_deleted_between_attempts_is_rebuilt(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    uninterrupted = files_of(melody.run(pipeline_of(job), job.inputs))
    killed = melody.run(pipeline_of(job, 4), job.inputs)
    clear_cache(melody, track)
    resumed = melody.run(pipeline_of(job), job.inputs, after=killed)
    assert resumed.done
    assert files_of(resumed) == uninterrupted


def clear_cache(harness: StemsHarness, track: TrackRef) -> None:
    for kept in harness.store.derived(track.content_hash, "x").parent.iterdir():
        kept.unlink()


def inodes(harness: StemsHarness, track: TrackRef) -> dict[str, int]:
    """The inode of each cached file of the track: a rebuilt file has another one."""
    kept = harness.store.derived(track.content_hash, "x").parent.iterdir()
    return {path.name: path.stat().st_ino for path in kept}


def test_partial_stem_of_a_killed_job_is_not_used(
    melody: StemsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    play = replay.Replay.play

    def killed(*arguments) -> Iterator[Samples]:
        yield next(play(*arguments))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(replay.Replay, "play", killed)
        melody.run(pipeline_of(job), job.inputs)
    ran = restyled(melody, track, {"vocals": bell})
    assert ran.sound("stems/vocals.wav").shape[1] == track.n_samples
    assert stem_of(ran, "vocals").onset_agreement == 1.0


def test_cache_has_only_complete_files_named_by_stem(tmp_path: Path, song: Song) -> None:
    harness = StemsHarness(tmp_path, Oracle(song.stems))
    bell = put_sound(harness, "bell", tones([BELL_HZ], 0.5))
    track = harness.put(song.samples)
    restyled(harness, track, {"bass": bell})
    names = [path.name for path in cached_stems(harness, track)]
    assert sorted(name.rsplit("-", 1)[1] for name in names) == sorted(
        [*(f"{stem}.flac" for stem in FOUR_STEMS), "bass.flac"]
    )
    assert not list(harness.root.rglob("*.part"))
