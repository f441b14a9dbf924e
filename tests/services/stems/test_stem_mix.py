"""Stem mixes: levels follow the faders, nothing clips, requests are resolved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio_checks.levels import true_peak_db
from backend.app.contract.jobs import StemMixRequest, StemsRequest
from backend.app.contract.stems import FOUR_STEMS
from backend.app.dsp.samples import gain_of_db
from backend.app.errors import InvalidRequest, NotFound
from backend.app.jobs.queue import ExpectedStep
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.separators import Separators
from backend.app.services.stems.inputs import StemMixInputs, StemsInputs
from backend.app.services.stems.resolve import resolve_stem_mix
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.jobs.rows import Rows

from ..stems_harness import Oracle, StemsHarness, difference_db

ALL_UP = dict.fromkeys(FOUR_STEMS, 0.0)


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=4.3))


def harness_of(folder: Path, song: Song, peak: float) -> tuple[StemsHarness, TrackRef]:
    """A harness with the song at a sample peak."""
    gain = np.float32(peak / np.abs(song.samples).max())
    harness = StemsHarness(folder, Oracle({stem: gain * one for stem, one in song.stems.items()}))
    return harness, harness.put(gain * song.samples)


@pytest.mark.parametrize("peak", [0.25, 0.95, 0.99999])
@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_mix_with_all_faders_up_equals_the_song(
    tmp_path: Path, song: Song, peak: float, kind: str
) -> None:
    harness, track = harness_of(tmp_path, song, peak)
    assert harness.separate(track).done
    ran = harness.mix(track, ALL_UP, kind)
    assert ran.done, ran.failure
    assert ran.steps == ["planning", "mixing"]
    gains_db = {clip.gain_db for clip in ran.timeline.clips}
    [gain_db] = gains_db
    # The song is mastered to full scale: its inter-sample peaks, plus 0.1 dB.
    assert -1.5 < gain_db <= 0.0
    assert gain_db == 0.0 or peak > 0.9
    reference = np.float32(gain_of_db(gain_db)) * mastered(song, peak)
    assert difference_db(ran.sound(f"mix.{kind}"), reference) < -80


def mastered(song: Song, peak: float) -> np.ndarray:
    return np.float32(peak / np.abs(song.samples).max()) * song.samples


def test_faders_set_the_level_of_stems(tmp_path: Path, song: Song) -> None:
    harness, track = harness_of(tmp_path, song, 0.3)
    harness.separate(track, format="mp3")
    ran = harness.mix(track, {"vocals": 3.0, "bass": -12.5})
    stems = harness.separator.stems
    expected = gain_of_db(3.0) * stems["vocals"] + gain_of_db(-12.5) * stems["bass"]
    assert difference_db(ran.sound("mix.flac"), expected.astype(np.float32)) < -80
    clips = {clip.stem: clip for clip in ran.timeline.clips}
    assert {stem: clip.gain_db for stem, clip in clips.items()} == {"vocals": 3.0, "bass": -12.5}
    assert {(clip.role, clip.content) for clip in clips.values()} == {("stem", track.content_hash)}


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_raised_faders_are_limited(tmp_path: Path, song: Song, kind: str) -> None:
    harness, track = harness_of(tmp_path, song, 0.6)
    harness.separate(track)
    mixed = harness.mix(track, dict.fromkeys(FOUR_STEMS, 12.0), kind).sound(f"mix.{kind}")
    assert mixed.shape == song.samples.shape
    # MP3 raises peaks by up to 1 dB, for which its ceiling leaves room.
    ceiling_db = -1.0 if kind == "mp3" else CEILINGS_DBTP[kind] + 0.15
    assert true_peak_db(mixed) <= ceiling_db


def test_deleted_stems_are_separated_again(tmp_path: Path, song: Song) -> None:
    harness, track = harness_of(tmp_path, song, 0.3)
    ran = harness.mix(track, ALL_UP)
    assert ran.steps == ["separating_stems", "planning", "mixing"]
    assert difference_db(ran.sound("mix.flac"), mastered(song, 0.3)) < -80


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    rows = Rows(tmp_path)
    rows.user("ann")
    rows.user("bob")
    yield rows
    rows.database.close()


TRACK = TrackRef(
    track_id="t", content_hash="a" * 64, title="Sun", artist="Ada", n_samples=1, has_cover=False
)


def stems_job(rows: Rows, *, kind: str = "stems", succeeded: bool = True, stems=()) -> str:
    inputs = StemsInputs(
        request=StemsRequest(track_id="t"), title="S", model="draft", stems=stems, tracks=(TRACK,)
    )
    job_id = rows.job("ann", kind=kind, inputs=inputs.model_dump_json())
    claim = rows.claim()
    rows.queue.planned(claim, [ExpectedStep("writing", 1.0, kept=False)])
    if succeeded:
        rows.queue.step_finished(claim, "writing", [], 1.0)
        rows.queue.succeeded(claim)
    return job_id


def resolve(rows: Rows, job_id: str, user: str = "ann", **fields: object) -> StemMixInputs:
    request = StemMixRequest.model_validate(
        {"job_id": job_id, "track_id": "t", "faders": [{"stem": "vocals", "gain_db": 0}], **fields}
    )
    separators = Separators("draft", None, Path("models"))
    return resolve_stem_mix(rows.jobs, separators, user, request)


def test_track_of_a_finished_stems_job_is_resolved(rows: Rows) -> None:
    inputs = resolve(rows, stems_job(rows))
    assert (inputs.track, inputs.model, inputs.title) == (TRACK, "draft", "Sun (stem mix)")


def test_other_users_jobs_and_other_jobs_tracks_are_not_found(rows: Rows) -> None:
    job_id = stems_job(rows)
    for fields in ({"user": "bob"}, {"track_id": "u"}):
        with pytest.raises(NotFound):
            resolve(rows, job_id, **fields)


@pytest.mark.parametrize(
    ("job", "faders", "said"),
    [
        ({"succeeded": False}, ["vocals"], "not finished"),
        ({"kind": "mixtape"}, ["vocals"], "no stems"),
        ({"stems": ("drums", "bass")}, ["vocals"], "no stem “vocals”"),
        ({}, ["guitar"], "no stem “guitar”"),
        ({}, ["vocals", "vocals"], "two faders"),
    ],
)
def test_invalid_mixes_are_rejected_with_a_reason(rows: Rows, job, faders, said: str) -> None:
    listed = [{"stem": stem, "gain_db": 0.0} for stem in faders]
    with pytest.raises(InvalidRequest, match=said):
        resolve(rows, stems_job(rows, **job), faders=listed)
