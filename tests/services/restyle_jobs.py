"""Run restyles in the test's process, with a song's true stems as separated ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from backend.app.contract.jobs import RestyleRequest
from backend.app.contract.restyles import RestyledStemView, RestyleReport
from backend.app.contract.stems import StemName
from backend.app.dsp.samples import Samples
from backend.app.jobs.pipeline import Pipeline
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.media.normal_form import write_normal_form
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.restyle import pipeline
from backend.app.services.restyle.inputs import RestyleInputs, StyleSound
from backend.app.services.restyle.job import RestyleJob
from backend.app.services.separators import Separators
from tests.sounds import SR, noise

from .stems_harness import JobRun, Oracle, StemsHarness


def tones(hz: Sequence[float], each_s: float, *, rests_s: float = 0.0) -> Samples:
    """Successive notes with a sharp attack and three decaying harmonics."""
    t = np.arange(round(each_s * SR)) / SR
    shape = np.minimum(t / 0.005, 1.0) * np.exp(-1.5 * t) * np.minimum((each_s - t) / 0.02, 1.0)
    rest = np.zeros(round(rests_s * SR))
    notes = [
        np.append(shape * sum(0.3 / k * np.sin(2 * np.pi * k * f * t) for k in (1, 2, 3)), rest)
        for f in hz
    ]
    wave = np.concatenate(notes)
    return np.stack([wave, wave]).astype(np.float32)


def put_sound(harness: StemsHarness, name: str, sound: Samples) -> StyleSound:
    """Store a sound of the library."""
    content_hash = f"{'5':0<32}{sum(name.encode()):032x}"
    path = harness.store.path(content_hash)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_normal_form(path, sound)
    return StyleSound(sound_id=name, content_hash=content_hash, name=name, n_samples=sound.shape[1])


def job_of(
    harness: StemsHarness,
    track: TrackRef,
    sounds: Mapping[StemName, StyleSound],
    config: Mapping[StemName, Mapping[str, object]] | None = None,
    **fields: object,
) -> RestyleJob:
    """A restyle job on a track; each of these stems is played by its sound."""
    styles = {stem: {"sound_id": sound.sound_id} for stem, sound in sounds.items()}
    for stem, style in (config or {}).items():
        styles[stem] = {**styles.get(stem, {}), **style}
    body = {"track_id": track.track_id, "config": styles, **fields}
    request = RestyleRequest.model_validate(body)
    inputs = RestyleInputs(
        request=request, title="Restyled", model="draft", track=track, sounds=dict(sounds)
    )
    separators = Separators("draft", None, harness.root / "models")
    return RestyleJob(inputs, harness.store, separators, harness.separator, find_ffmpeg(None), 2)


def pipeline_of(job: RestyleJob, steps: int | None = None) -> Pipeline[RestyleJob]:
    """The steps of a restyle, or the first few of them."""
    return Pipeline(lambda _: job, pipeline.STEPS[:steps])


def restyled(
    harness: StemsHarness, track: TrackRef, sounds: Mapping[StemName, StyleSound], **fields: object
) -> JobRun:
    """Run a restyle to its end."""
    job = job_of(harness, track, sounds, **fields)
    return harness.run(pipeline_of(job), job.inputs)


def report_of(ran: JobRun) -> RestyleReport:
    """The report of a restyle."""
    return RestyleReport.model_validate_json((ran.folder / "report.json").read_text())


def stem_of(ran: JobRun, stem: StemName) -> RestyledStemView:
    """The report on one stem."""
    [found] = [one for one in report_of(ran).stems if one.stem == stem]
    return found


def cached_stems(harness: StemsHarness, track: TrackRef) -> list[Path]:
    """The cached stems of a track, including replayed ones."""
    folder = harness.store.derived(track.content_hash, "x").parent
    return sorted(folder.glob("stem-*.flac"))


NOTES_HZ = (196.0, 247.0, 220.0)
BELL_HZ = 330.0


def melody_harness(root: Path) -> StemsHarness:
    """A song of three sung notes with rests, over quiet noise."""
    voice = tones(NOTES_HZ, 0.8, rests_s=0.2)
    rest = noise(voice.shape[1] / SR, seed=1, rms_db=-50)
    return StemsHarness(root, Oracle({"drums": rest, "vocals": voice}, ("drums", "vocals")))


def whole(harness: StemsHarness) -> Samples:
    """The sum of the stems."""
    return np.sum(list(harness.separator.stems.values()), axis=0)


def files_of(ran: JobRun) -> dict[str, bytes]:
    """All files of a job."""
    paths = (path for path in ran.folder.rglob("*.*") if path.is_file())
    return {str(path.relative_to(ran.folder)): path.read_bytes() for path in paths}
