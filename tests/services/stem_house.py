"""Stems jobs run in the test's own process, on songs and separators of the test's own."""

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
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.media.normal_form import write_normal_form
from backend.app.services import stem_mix, stems
from backend.app.services.separators import Separators
from backend.app.services.stems_inputs import StemMixInputs, StemsInputs, StemTrack
from backend.app.stems.separator import Progress, Separator, Song, StemBlocks
from backend.app.store.blobs import ContentStore

BLOCK = 1 << 15


@dataclass
class Oracle:
    """Knows the stems of songs; counts how often it is asked."""

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
class Ran:
    """A job that has ended: its folder, and what was said."""

    folder: Path
    said: list[Message]

    @property
    def done(self) -> bool:
        return isinstance(self.said[-1], Done)

    @property
    def failure(self) -> str:
        last = self.said[-1]
        return last.failure.code if isinstance(last, Failed) else ""

    @property
    def notes(self) -> list[str]:
        return [message.text for message in self.said if isinstance(message, Noted)]

    @property
    def steps(self) -> list[str]:
        [planned] = [message for message in self.said if isinstance(message, Planned)]
        return [step.name for step in planned.steps]

    @property
    def finished(self) -> list[FinishedStep]:
        told = [message for message in self.said if isinstance(message, StepFinished)]
        return [FinishedStep(one.step, tuple(one.files)) for one in told]

    @property
    def stems(self) -> StemsView:
        return StemsView.model_validate_json((self.folder / stems.STEMS).read_text())

    @property
    def timeline(self) -> TimelineView:
        return TimelineView.model_validate_json((self.folder / "timeline.json").read_text())

    def sound(self, name: str) -> Samples:
        return soundfile.read(self.folder / name, dtype="float32", always_2d=True)[0].T


@dataclass
class StemHouse:
    """A content store with tracks, and somebody who takes them apart."""

    root: Path
    separator: Separator
    tracks: list[StemTrack] = field(default_factory=list)
    jobs: int = 0

    @property
    def content(self) -> ContentStore:
        return ContentStore(self.root)

    def put(self, song: Samples, title: str = "Song", artist: str = "Ada") -> StemTrack:
        """Keep a song, of 24 bits so that nothing but the stems' own rounding is heard."""
        content = f"{len(self.tracks):064x}"
        path = self.content.path(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_normal_form(path, song, bits=24)
        track = StemTrack(
            track_id=f"t{len(self.tracks)}",
            content=content,
            title=title,
            artist=artist,
            n_samples=song.shape[1],
            has_cover=False,
        )
        self.tracks.append(track)
        return track

    def take_apart(self, *tracks: StemTrack, **wishes: object) -> Ran:
        request = StemsRequest.model_validate({"tracks_upload_id": "-", **wishes})
        wanted = request.stems or self.separator.sources
        inputs = StemsInputs(
            request=request, title="Stems", model="draft", stems=tuple(wanted), tracks=tracks
        )
        job = stems.StemsJob(
            inputs, self.content, self._separators(), self.separator, find_ffmpeg(None), 2
        )
        return self.run(Pipeline(lambda _: job, stems.STEPS), inputs)

    def mix(self, track: StemTrack, faders: Mapping[StemName, float], kind: str = "flac") -> Ran:
        listed = [{"stem": stem, "gain_db": gain_db} for stem, gain_db in faders.items()]
        request = StemMixRequest.model_validate(
            {"job_id": "j", "track_id": track.track_id, "faders": listed, "format": kind}
        )
        inputs = StemMixInputs(request=request, model="draft", track=track)
        job = stem_mix.StemMixJob(
            inputs, self.content, self._separators(), self.separator, find_ffmpeg(None), 2
        )
        return self.run(Pipeline(lambda _: job, stem_mix.STEPS), inputs)

    def run(self, pipeline: Pipeline[JobT], inputs: Shape, after: Ran | None = None) -> Ran:
        """Run a job to its end, in a folder of its own; or go on with one, ``after`` an attempt."""
        self.jobs += after is None
        folder = after.folder if after else self.root / f"job{self.jobs}"
        finished = after.finished if after else []
        said: list[Message] = []
        text = inputs.model_dump_json()
        order = Order(folder.name, "", text, 1.0, str(folder), 2 if after else 1, finished)
        run_order(order, pipeline, said.append)
        return Ran(folder, said)

    def _separators(self) -> Separators:
        return Separators("draft", None, self.root / "models")


def difference_db(sound: Samples, reference: Samples) -> float:
    """How much two sounds of one length differ, relative to the second."""
    assert sound.shape == reference.shape
    left = np.sum(np.square(sound - reference, dtype=np.float64))
    return float(10 * np.log10(left / np.sum(np.square(reference, dtype=np.float64)) + 1e-20))
