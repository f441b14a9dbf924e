"""Restyles run in the test's own process, on songs whose true stems stand for separation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from backend.app.contract.jobs import RestyleRequest
from backend.app.contract.restyles import RestyledStemView, RestyleReport
from backend.app.contract.stems import StemName
from backend.app.dsp.samples import Samples
from backend.app.jobs.pipeline import Pipeline
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.media.normal_form import write_normal_form
from backend.app.services import restyle
from backend.app.services.restyle_inputs import RestyleInputs, RestyleJob, StyleSound
from backend.app.services.separators import Separators
from backend.app.services.stems_inputs import StemTrack
from tests.sounds import SR, noise

from .stem_house import Oracle, Ran, StemHouse


def tones(hz: Sequence[float], each_s: float, *, rests_s: float = 0.0) -> Samples:
    """Notes one after the other, of three harmonics that fall off, each struck and held."""
    t = np.arange(round(each_s * SR)) / SR
    shape = np.minimum(t / 0.005, 1.0) * np.exp(-1.5 * t) * np.minimum((each_s - t) / 0.02, 1.0)
    rest = np.zeros(round(rests_s * SR))
    notes = [
        np.append(shape * sum(0.3 / k * np.sin(2 * np.pi * k * f * t) for k in (1, 2, 3)), rest)
        for f in hz
    ]
    wave = np.concatenate(notes)
    return np.stack([wave, wave]).astype(np.float32)


def put_sound(house: StemHouse, name: str, sound: Samples) -> StyleSound:
    """Keep a sound of the library."""
    content = f"{'5':0<32}{sum(name.encode()):032x}"
    path = house.content.path(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_normal_form(path, sound)
    return StyleSound(sound_id=name, content=content, name=name, n_samples=sound.shape[1])


def job_of(
    house: StemHouse,
    track: StemTrack,
    sounds: Mapping[StemName, StyleSound],
    config: Mapping[StemName, Mapping[str, object]] | None = None,
    **wishes: object,
) -> RestyleJob:
    """A restyle of a track, each of these stems played by its sound."""
    styles = {stem: {"sound_id": sound.sound_id} for stem, sound in sounds.items()}
    for stem, style in (config or {}).items():
        styles[stem] = {**styles.get(stem, {}), **style}
    told = {"track_id": track.track_id, "config": styles, **wishes}
    request = RestyleRequest.model_validate(told)
    inputs = RestyleInputs(
        request=request, title="Restyled", model="draft", track=track, sounds=dict(sounds)
    )
    separators = Separators("draft", None, house.root / "models")
    return RestyleJob(inputs, house.content, separators, house.separator, find_ffmpeg(None), 2)


def pipeline_of(job: RestyleJob, steps: int | None = None) -> Pipeline[RestyleJob]:
    """The steps of a restyle, or the first few of them."""
    return Pipeline(lambda _: job, restyle.STEPS[:steps])


def restyled(
    house: StemHouse, track: StemTrack, sounds: Mapping[StemName, StyleSound], **wishes: object
) -> Ran:
    """Run a restyle to its end."""
    job = job_of(house, track, sounds, **wishes)
    return house.run(pipeline_of(job), job.inputs)


def report_of(ran: Ran) -> RestyleReport:
    """What a restyle says of itself."""
    return RestyleReport.model_validate_json((ran.folder / "report.json").read_text())


def stem_of(ran: Ran, stem: StemName) -> RestyledStemView:
    """What a restyle says of one of its stems."""
    [found] = [one for one in report_of(ran).stems if one.stem == stem]
    return found


def kept_stems(house: StemHouse, track: StemTrack) -> list[Path]:
    """The stems that are kept of a track, re-played ones too."""
    folder = house.content.derived(track.content, "x").parent
    return sorted(folder.glob("stem-*.flac"))


NOTES_HZ = (196.0, 247.0, 220.0)
BELL_HZ = 330.0


def melody_house(root: Path) -> StemHouse:
    """A voice that is three tones with rests, and next to nothing beside it."""
    voice = tones(NOTES_HZ, 0.8, rests_s=0.2)
    rest = noise(voice.shape[1] / SR, seed=1, rms_db=-50)
    return StemHouse(root, Oracle({"drums": rest, "vocals": voice}, ("drums", "vocals")))


def whole(house: StemHouse) -> Samples:
    """The song that its stems add up to."""
    return np.sum(list(house.separator.stems.values()), axis=0)


def files_of(ran: Ran) -> dict[str, bytes]:
    """All that a job has left."""
    paths = (path for path in ran.folder.rglob("*.*") if path.is_file())
    return {str(path.relative_to(ran.folder)): path.read_bytes() for path in paths}
