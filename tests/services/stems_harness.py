"""Run stems jobs in the test's process, with the test's songs and separators."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from backend.app.contract.base import Shape
from backend.app.contract.jobs import StemMixRequest, StemsRequest
from backend.app.contract.mixes import TimelineView
from backend.app.contract.stems import FOUR_STEMS, StemName, StemsView
from backend.app.dsp.samples import Samples
from backend.app.jobs.messages import (
    Done,
    Failed,
    Message,
    Noted,
    Order,
    Planned,
    StepFinished,
)
from backend.app.jobs.pipeline import JobT, Pipeline
from backend.app.jobs.runner import run_order
from backend.app.jobs.states import FinishedStep
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.media.normal_form import write_normal_form
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.separators import Separators
from backend.app.services.stems import pipeline as stems
from backend.app.services.stems import stem_mix
from backend.app.services.stems.inputs import StemMixInputs, StemsInputs
from backend.app.stems.separator import Progress, Separator, Song, StemBlocks
from backend.app.store.files.blobs import ContentStore

BLOCK = 1 << 15


@dataclass
class Oracle:
    """A separator that returns known stems; ``asked`` counts its calls."""

    stems: Mapping[StemName, Samples]
    sources: tuple[StemName, ...] = FOUR_STEMS
    key: str = "oracle1"
    draft: bool = False
    label: str = "Oracle"
    device: str = "tripod"
    asked: int = 0

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        return self.sources

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        self.asked += 1
        for start in range(*stretch, BLOCK):
            end = min(start + BLOCK, stretch[1])
            yield {stem: self.stems[stem][:, start:end] for stem in self.sources}
            progress((end - stretch[0]) / (stretch[1] - stretch[0]))


@dataclass
class JobRun:
    """A finished job: its folder and messages."""

    folder: Path
    messages: list[Message]

    @property
    def done(self) -> bool:
        return isinstance(self.messages[-1], Done)

    @property
    def failure(self) -> str:
        last = self.messages[-1]
        return last.failure.code if isinstance(last, Failed) else ""

    @property
    def notes(self) -> list[str]:
        return [message.text for message in self.messages if isinstance(message, Noted)]

    @property
    def steps(self) -> list[str]:
        [planned] = [message for message in self.messages if isinstance(message, Planned)]
        return [step.name for step in planned.steps]

    @property
    def finished(self) -> list[FinishedStep]:
        steps = [message for message in self.messages if isinstance(message, StepFinished)]
        return [FinishedStep(one.step, tuple(one.files)) for one in steps]

    @property
    def stems(self) -> StemsView:
        return StemsView.model_validate_json((self.folder / stems.STEMS).read_text())

    @property
    def timeline(self) -> TimelineView:
        return TimelineView.model_validate_json((self.folder / "timeline.json").read_text())

    def sound(self, name: str) -> Samples:
        return soundfile.read(self.folder / name, dtype="float32", always_2d=True)[0].T


@dataclass
class StemsHarness:
    """A content store with tracks, and a separator; runs jobs on them."""

    root: Path
    separator: Separator
    tracks: list[TrackRef] = field(default_factory=list)
    jobs: int = 0

    @property
    def store(self) -> ContentStore:
        return ContentStore(self.root)

    def put(self, song: Samples, title: str = "Song", artist: str = "Ada") -> TrackRef:
        """Store a song with 24 bits, so that only the stems' rounding is measured."""
        content_hash = f"{len(self.tracks):064x}"
        path = self.store.path(content_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_normal_form(path, song, bits=24)
        track = TrackRef(
            track_id=f"t{len(self.tracks)}",
            content_hash=content_hash,
            title=title,
            artist=artist,
            n_samples=song.shape[1],
            has_cover=False,
        )
        self.tracks.append(track)
        return track

    def separate(self, *tracks: TrackRef, **fields: object) -> JobRun:
        request = StemsRequest.model_validate({"tracks_upload_id": "-", **fields})
        names = request.stems or self.separator.sources
        inputs = StemsInputs(
            request=request, title="Stems", model="draft", stems=tuple(names), tracks=tracks
        )
        job = stems.StemsJob(
            inputs, self.store, self._separators(), self.separator, find_ffmpeg(None), 2
        )
        return self.run(Pipeline(lambda _: job, stems.STEPS), inputs)

    def mix(self, track: TrackRef, faders: Mapping[StemName, float], kind: str = "flac") -> JobRun:
        listed = [{"stem": stem, "gain_db": gain_db} for stem, gain_db in faders.items()]
        request = StemMixRequest.model_validate(
            {"job_id": "j", "track_id": track.track_id, "faders": listed, "format": kind}
        )
        inputs = StemMixInputs(request=request, model="draft", track=track)
        job = stem_mix.StemMixJob(
            inputs, self.store, self._separators(), self.separator, find_ffmpeg(None), 2
        )
        return self.run(Pipeline(lambda _: job, stem_mix.STEPS), inputs)

    def run(self, pipeline: Pipeline[JobT], inputs: Shape, after: JobRun | None = None) -> JobRun:
        """Run a job to its end in a new folder, or continue one ``after`` an attempt."""
        self.jobs += after is None
        folder = after.folder if after else self.root / f"job{self.jobs}"
        finished = after.finished if after else []
        messages: list[Message] = []
        text = inputs.model_dump_json()
        order = Order(folder.name, "", text, 1.0, str(folder), 2 if after else 1, finished)
        run_order(order, pipeline, messages.append)
        return JobRun(folder, messages)

    def _separators(self) -> Separators:
        return Separators("draft", None, self.root / "models")


def difference_db(sound: Samples, reference: Samples) -> float:
    """Power of the difference of two sounds, relative to the second, in dB."""
    assert sound.shape == reference.shape
    left = np.sum(np.square(sound - reference, dtype=np.float64))
    return float(10 * np.log10(left / np.sum(np.square(reference, dtype=np.float64)) + 1e-20))
