"""Plain crossfades of unusual tracks: what plays, and what the plan notes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import TimelineView
from backend.app.dj.timeline import Timeline
from backend.app.dj.timeline_json import timeline_of
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.render.measure.finished_file import measure
from backend.app.services.files.check_finished import peak_notes
from backend.app.services.files.names import TIMELINE
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.measure import finished_notes, shown_name
from backend.app.services.mixtape.planning.plan import analyse_tracks, plan_mix
from backend.app.services.mixtape.render import player_for
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from tests.services.stored_tracks import put_track
from tests.sounds import clicks, noise, silence, sine


def song(duration_s: float, *, seed: int = 1) -> Samples:
    sound = noise(duration_s, seed=seed, rms_db=-30.0) + clicks(duration_s, 0.25, seed=seed)
    return np.asarray(sound, np.float32)


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts, axis=1)


class Mix:
    """A planned mix of some sounds, its notes, and its rendered sound."""

    def __init__(self, folder: Path, *sounds: Samples, transition_ms: int, album: str = "") -> None:
        store = ContentStore(folder / "storage")
        tracks = [
            put_track(store, folder, letter, sound).model_copy(update={"album": album})
            for letter, sound in zip("abcdef", sounds, strict=False)
        ]
        request = MixtapeRequest(
            tracks_upload_id="crate", transitions="crossfade", transition_ms=transition_ms
        )
        inputs = MixtapeInputs(request=request, title="Mix", tracks=tuple(tracks))
        settings = Settings(_env_file=None, storage_root=folder / "storage")
        self.job: MixtapeJob = build_mixtape_pipeline(settings).open(inputs.model_dump_json())
        self.notes: list[str] = []
        ctx = StepContext(self.job, Workspace(folder / "job"), lambda _: None, self.notes.append)
        analyse_tracks(ctx)
        plan_mix(ctx)
        view = ctx.workspace.read_shape(TIMELINE, TimelineView)
        self.timeline: Timeline = timeline_of(view)

    def sound(self) -> Samples:
        player = player_for(self.job, self.timeline, "flac")
        return np.concatenate(list(player.play(0, self.timeline.length)), axis=1)


@pytest.mark.parametrize("hiss_db", [None, -58.0])
def test_no_dead_air_between_tracks_with_silent_ends(tmp_path: Path, hiss_db) -> None:
    sounds = [joined(song(30.0), silence(25.0)), joined(silence(15.0), song(30.0, seed=2))]
    if hiss_db is not None:
        sounds = [s + noise(s.shape[1] / SAMPLE_RATE, seed=9, rms_db=hiss_db) for s in sounds]
    mix = Mix(tmp_path, *sounds, transition_ms=8000)
    assert mix.timeline.duration_s == pytest.approx(52.0, abs=0.3)
    # The chapter begins while both tracks play.
    assert mix.timeline.chapters[1].start / SAMPLE_RATE == pytest.approx(26.0, abs=0.3)


def test_hidden_track_is_left_out_with_a_note(tmp_path: Path) -> None:
    hidden = joined(song(30.0), silence(60.0), song(20.0, seed=3))
    mix = Mix(tmp_path, hidden, song(30.0, seed=4), transition_ms=8000)
    assert mix.timeline.duration_s == pytest.approx(52.0, abs=0.3)
    (note,) = [note for note in mix.notes if "silence" in note]
    assert "“A” has 1:00 of silence inside" in note
    assert "0:00 to 0:30, is played; the other 0:20 of music is left out" in note


def test_short_track_between_two_is_noted_once(tmp_path: Path) -> None:
    mix = Mix(tmp_path, song(30.0), song(5.0, seed=2), song(40.0, seed=3), transition_ms=30_000)
    first, second = mix.timeline.transitions
    assert first.end <= second.start  # three tracks never play at once
    starts = [chapter.start for chapter in mix.timeline.chapters]
    assert len(set(starts)) == 3
    assert len([note for note in mix.notes if "“B” has only 5.0 s" in note]) == 1


@pytest.mark.parametrize("album", ["", "Live"])
def test_recording_cut_in_two_plays_on_sample_for_sample(tmp_path: Path, album: str) -> None:
    whole = 0.2 * sine(20.0, 110.0, peak_db=0.0) + 0.1 * sine(20.0, 523.0, peak_db=0.0)
    whole[:, 11 * SAMPLE_RATE :] *= 1.2  # separate tracks would get different gains
    whole = np.asarray(whole + noise(20.0, seed=1, rms_db=-80.0), np.float32)
    cut = 401_017
    mix = Mix(tmp_path, whole[:, :cut], whole[:, cut:], transition_ms=0, album=album)
    first, second = mix.timeline.clips
    assert first.gain_db == second.gain_db
    assert "Gapless" in mix.timeline.transitions[0].reason
    gain = np.float32(10 ** (first.gain_db / 20))
    # Half a step of the 16-bit file, raised by the gain.
    assert np.abs(mix.sound() - gain * whole).max() < gain / 2**15


def test_unrelated_tracks_are_cut_without_a_click(tmp_path: Path) -> None:
    out, into = sine(10.0, 110.0, phase=np.pi / 2), sine(10.0, 310.0, phase=-np.pi / 2)
    mix = Mix(tmp_path, out[:, : 10 * SAMPLE_RATE - 100], into, transition_ms=0)
    assert mix.timeline.transitions[0].reason == "A hard cut, as requested."
    assert np.abs(np.diff(mix.sound())).max() < 0.05  # at the joint the two waves are 1.0 apart


def test_quiet_track_that_stays_quiet_is_noted(tmp_path: Path) -> None:
    quiet = np.asarray(song(20.0) * 10 ** (-45 / 20), np.float32)
    mix = Mix(tmp_path, song(60.0, seed=2), quiet, transition_ms=2000)
    (note,) = [note for note in mix.notes if "softer" in note]
    assert note.startswith("“B” stays about")


@pytest.mark.parametrize(
    ("formats", "named"), [(["mp3"], "mix.mp4 has a true peak"), (["m4a"], "mix.m4a has a true")]
)
def test_note_on_the_films_sound_names_what_was_asked_for(tmp_path: Path, formats, named) -> None:
    mix = Mix(tmp_path, song(10.0), transition_ms=0)
    request = mix.job.request.model_copy(update={"formats": formats})
    job = replace(mix.job, inputs=mix.job.inputs.model_copy(update={"request": request}))
    (note,) = peak_notes(shown_name(job, "mix.m4a"), -0.4)
    assert note.startswith(named)


def test_missed_loudness_is_noted_once(tmp_path: Path) -> None:
    peaky = np.asarray(0.001 * noise(20.0, seed=1, rms_db=-20.0), np.float32)
    peaky[:, SAMPLE_RATE] = 0.9
    mix = Mix(tmp_path, peaky, transition_ms=0)
    (noted,) = [note for note in mix.notes if "instead of -14.0" in note]
    came_out = float(noted.split("at ")[1].split(" LUFS")[0])
    as_planned = replace(measure([mix.sound()], lambda _: None), loudness_lufs=came_out)
    assert finished_notes(mix.job, mix.timeline, {"mix.flac": as_planned}) == []
