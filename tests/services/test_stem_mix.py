"""A mix of stems: the song itself with all faders up, else what they say, and never clipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import StemMixRequest, StemsRequest
from backend.app.contract.stems import FOUR_STEMS
from backend.app.dj.levels import CEILINGS_DBTP
from backend.app.dsp.samples import gain_of_db
from backend.app.errors import InvalidRequest, NotFound
from backend.app.jobs.queue import ExpectedStep
from backend.app.services.separators import Separators
from backend.app.services.stems_inputs import StemMixInputs, StemsInputs, StemTrack
from backend.app.services.stems_settling import EarlierStems, settle_stem_mix
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.jobs.rows import Rows
from tests.journey.checks import true_peak_db

from .stem_house import Oracle, StemHouse, difference_db

ALL_UP = dict.fromkeys(FOUR_STEMS, 0.0)


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=9.3))


def house_of(folder: Path, song: Song, peak: float) -> tuple[StemHouse, StemTrack]:
    """A house with the song mastered to a peak of its samples."""
    gain = np.float32(peak / np.abs(song.samples).max())
    house = StemHouse(folder, Oracle({stem: gain * one for stem, one in song.stems.items()}))
    return house, house.put(gain * song.samples)


@pytest.mark.parametrize("peak", [0.25, 0.95, 0.99999])
@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_with_all_faders_up_the_mix_is_the_song(
    tmp_path: Path, song: Song, peak: float, kind: str
) -> None:
    house, track = house_of(tmp_path, song, peak)
    assert house.take_apart(track).done
    ran = house.mix(track, ALL_UP, kind)
    assert ran.done, ran.failure
    assert ran.steps == ["planning", "mixing"]
    gains_db = {clip.gain_db for clip in ran.timeline.clips}
    [gain_db] = gains_db
    # What a song mastered to the last bit has between its samples, and a tenth to be sure
    assert -1.5 < gain_db <= 0.0
    assert gain_db == 0.0 or peak > 0.9
    reference = np.float32(gain_of_db(gain_db)) * house_song(song, peak)
    assert difference_db(ran.sound(f"mix.{kind}"), reference) < -80


def house_song(song: Song, peak: float) -> np.ndarray:
    return np.float32(peak / np.abs(song.samples).max()) * song.samples


def test_each_stem_is_as_loud_as_its_fader_says(tmp_path: Path, song: Song) -> None:
    house, track = house_of(tmp_path, song, 0.3)
    house.take_apart(track, format="mp3")
    ran = house.mix(track, {"vocals": 3.0, "bass": -12.5})
    stems = house.separator.stems
    wanted = gain_of_db(3.0) * stems["vocals"] + gain_of_db(-12.5) * stems["bass"]
    assert difference_db(ran.sound("mix.flac"), wanted.astype(np.float32)) < -80
    clips = {clip.stem: clip for clip in ran.timeline.clips}
    assert {stem: clip.gain_db for stem, clip in clips.items()} == {"vocals": 3.0, "bass": -12.5}
    assert {(clip.role, clip.content) for clip in clips.values()} == {("stem", track.content)}


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_faders_far_up_are_limited_and_never_clip(tmp_path: Path, song: Song, kind: str) -> None:
    house, track = house_of(tmp_path, song, 0.6)
    house.take_apart(track)
    mixed = house.mix(track, dict.fromkeys(FOUR_STEMS, 12.0), kind).sound(f"mix.{kind}")
    assert mixed.shape == song.samples.shape
    # MP3 moves peaks by up to 1 dB, which its ceiling leaves room for
    ceiling_db = -1.0 if kind == "mp3" else CEILINGS_DBTP[kind] + 0.15
    assert true_peak_db(mixed) <= ceiling_db


def test_a_mix_does_not_need_the_stems_to_be_there_still(tmp_path: Path, song: Song) -> None:
    house, track = house_of(tmp_path, song, 0.3)
    ran = house.mix(track, ALL_UP)
    assert ran.steps == ["separating_stems", "planning", "mixing"]
    assert difference_db(ran.sound("mix.flac"), house_song(song, 0.3)) < -80


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    rows = Rows(tmp_path)
    rows.user("ann")
    rows.user("bob")
    yield rows
    rows.database.close()


TRACK = StemTrack(
    track_id="t", content="a" * 64, title="Sun", artist="Ada", n_samples=1, has_cover=False
)


def stems_job(rows: Rows, *, kind: str = "stems", through: bool = True, stems=()) -> str:
    inputs = StemsInputs(
        request=StemsRequest(track_id="t"), title="S", model="draft", stems=stems, tracks=(TRACK,)
    )
    job_id = rows.job("ann", kind=kind, inputs=inputs.model_dump_json())
    claim = rows.claim()
    rows.queue.planned(claim, [ExpectedStep("writing", 1.0, kept=False)])
    if through:
        rows.queue.step_finished(claim, "writing", [], 1.0)
        rows.queue.succeeded(claim)
    return job_id


def settled(rows: Rows, job_id: str, user: str = "ann", **wishes: object) -> StemMixInputs:
    request = StemMixRequest.model_validate(
        {"job_id": job_id, "track_id": "t", "faders": [{"stem": "vocals", "gain_db": 0}], **wishes}
    )
    separators = Separators("draft", None, Path("models"))
    return settle_stem_mix(EarlierStems(rows.jobs), separators, user, request)


def test_a_mix_is_of_a_track_of_a_finished_stems_job(rows: Rows) -> None:
    inputs = settled(rows, stems_job(rows))
    assert (inputs.track, inputs.model, inputs.title) == (TRACK, "draft", "Sun (stem mix)")


def test_a_strangers_stems_and_a_track_of_another_job_are_not_found(rows: Rows) -> None:
    job_id = stems_job(rows)
    for wishes in ({"user": "bob"}, {"track_id": "u"}):
        with pytest.raises(NotFound):
            settled(rows, job_id, **wishes)


@pytest.mark.parametrize(
    ("job", "faders", "said"),
    [
        ({"through": False}, ["vocals"], "not finished"),
        ({"kind": "mixtape"}, ["vocals"], "no stems"),
        ({"stems": ("drums", "bass")}, ["vocals"], "no stem “vocals”"),
        ({}, ["guitar"], "no stem “guitar”"),
        ({}, ["vocals", "vocals"], "two faders"),
    ],
)
def test_what_cannot_be_mixed_is_refused_in_words(rows: Rows, job, faders, said: str) -> None:
    listed = [{"stem": stem, "gain_db": 0.0} for stem in faders]
    with pytest.raises(InvalidRequest, match=said):
        settled(rows, stems_job(rows, **job), faders=listed)
