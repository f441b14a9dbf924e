"""What a restyle makes is made once, kept whole, and is the same whenever it is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.contract.stems import FOUR_STEMS
from backend.app.dsp.samples import Samples
from backend.app.services import performances, restyle_grains
from backend.app.services.stems_inputs import StemTrack
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.sounds import noise

from .restyles import (
    BELL_HZ,
    files_of,
    job_of,
    kept_stems,
    melody_house,
    pipeline_of,
    put_sound,
    restyled,
    stem_of,
    tones,
    whole,
)
from .stem_house import Oracle, StemHouse


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=4.3))


@pytest.fixture
def melody(tmp_path: Path) -> StemHouse:
    return melody_house(tmp_path)


def test_nothing_is_heard_or_re_played_twice(
    melody: StemHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = melody
    bell = put_sound(house, "bell", tones([BELL_HZ], 1.0))
    knock = put_sound(house, "knock", noise(0.3, seed=2))
    heard, played = counted(monkeypatch)
    track = house.put(whole(house))
    restyled(house, track, {"vocals": bell, "drums": bell})
    assert len(heard) == 2 + 1 + 2  # the stems, the sound, what was made of them
    assert len(played) == 2
    for wishes in ({"config": {"vocals": {"volume": 0.3}}}, {"format": "mp3"}, {}):
        assert restyled(house, track, {"vocals": bell, "drums": bell}, **wishes).done
    assert house.separator.asked == 1
    assert (len(heard), len(played)) == (5, 2)
    restyled(house, track, {"vocals": bell, "drums": knock})
    assert (len(heard), len(played)) == (7, 3)
    restyled(house, track, {"vocals": bell}, settings={"grain_duration_ms": 80})
    assert (len(heard), len(played)) == (8, 4)


def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[list[None], list[None]]:
    """Grows with every sound that is listened to, and with every stem that is re-played."""
    heard: list[None] = []
    played: list[None] = []
    hear, replay = performances.hear_performance, restyle_grains.Replay

    def hearing(*arguments):
        heard.append(None)
        return hear(*arguments)

    def replaying(*arguments):
        played.append(None)
        return replay(*arguments)

    monkeypatch.setattr(performances, "hear_performance", hearing)
    monkeypatch.setattr(restyle_grains, "Replay", replaying)
    return heard, played


def test_a_re_played_stem_that_went_since_is_made_again(melody: StemHouse) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    first = restyled(melody, track, {"vocals": bell})
    for path in kept_stems(melody, track):
        if "grains" in path.name:
            path.unlink()
    assert files_of(restyled(melody, track, {"vocals": bell})) == files_of(first)


def test_the_same_restyle_is_the_same_bytes_on_another_day(tmp_path: Path, song: Song) -> None:
    runs = []
    for folder in ("one", "two"):
        house = StemHouse(tmp_path / folder, Oracle(song.stems))
        bell = put_sound(house, "bell", tones([BELL_HZ, 440.0], 0.7))
        track = house.put(song.samples)
        runs.append(files_of(restyled(house, track, {"vocals": bell, "other": bell})))
    assert len(runs[0]) == 10
    assert runs[0] == runs[1]


def test_after_a_kill_between_any_steps_the_files_are_the_same(melody: StemHouse) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    undisturbed = files_of(melody.run(pipeline_of(job), job.inputs))
    for steps in range(2, 6):  # fetching_weights, the first one, has nothing to do
        forget(melody, track)
        killed = melody.run(pipeline_of(job, steps), job.inputs)
        assert [step.name for step in killed.finished] == killed.steps
        made = inodes(melody, track)
        gone_on = melody.run(pipeline_of(job), job.inputs, after=killed)
        assert gone_on.done
        # What was kept is found again, and what was written is not written again
        assert made.items() <= inodes(melody, track).items()
        written = {step.name for step in killed.finished if step.files}
        assert not written & {step.name for step in gone_on.finished}
        assert files_of(gone_on) == undisturbed


def test_what_goes_while_a_job_waits_for_its_next_attempt_is_made_again(melody: StemHouse) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    undisturbed = files_of(melody.run(pipeline_of(job), job.inputs))
    killed = melody.run(pipeline_of(job, 4), job.inputs)
    forget(melody, track)
    gone_on = melody.run(pipeline_of(job), job.inputs, after=killed)
    assert gone_on.done
    assert files_of(gone_on) == undisturbed


def forget(house: StemHouse, track: StemTrack) -> None:
    for kept in house.content.derived(track.content, "x").parent.iterdir():
        kept.unlink()


def inodes(house: StemHouse, track: StemTrack) -> dict[str, int]:
    """What is kept of the track, and which file each is: made again, it is another one."""
    kept = house.content.derived(track.content, "x").parent.iterdir()
    return {path.name: path.stat().st_ino for path in kept}


def test_a_stem_that_was_being_re_played_at_a_kill_is_not_taken_for_whole(
    melody: StemHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    job = job_of(melody, track, {"vocals": bell})
    play = restyle_grains.Replay.play

    def killed(*arguments) -> Iterator[Samples]:
        yield next(play(*arguments))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(restyle_grains.Replay, "play", killed)
        melody.run(pipeline_of(job), job.inputs)
    ran = restyled(melody, track, {"vocals": bell})
    assert ran.sound("stems/vocals.wav").shape[1] == track.n_samples
    assert stem_of(ran, "vocals").onset_agreement == 1.0


def test_all_that_is_kept_is_kept_under_names_of_four_stems(tmp_path: Path, song: Song) -> None:
    house = StemHouse(tmp_path, Oracle(song.stems))
    bell = put_sound(house, "bell", tones([BELL_HZ], 0.5))
    track = house.put(song.samples)
    restyled(house, track, {"bass": bell})
    names = [path.name for path in kept_stems(house, track)]
    assert sorted(name.rsplit("-", 1)[1] for name in names) == sorted(
        [*(f"{stem}.flac" for stem in FOUR_STEMS), "bass.flac"]
    )
    assert not list(house.root.rglob("*.part"))
