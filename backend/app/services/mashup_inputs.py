"""What a mashup is made of, settled when it is asked for and kept on the job's row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..contract.base import Shape
from ..contract.jobs import MashupRequest
from ..contract.stems import StemName
from ..dj.timeline import Timeline
from ..dj.vibes import VIBES, VibeTreatment
from ..dsp.samples import seconds
from ..errors import NotFound
from ..media.made_form import stem_file
from ..media.names import safe_title
from ..stems.separator import Separator
from ..store.blobs import ContentStore
from .mixtape_inputs import MixTrack
from .separators import Separators

MOST_TRACKS = 4


class MashupInputs(Shape):
    """The request, with the tracks and the separator that it came to mean.

    ``title`` is the job's; of the songs that it names one may be left out in the end.
    """

    request: MashupRequest
    title: str
    model: str
    tracks: tuple[MixTrack, ...]

    @property
    def duration_s(self) -> float:
        """How many seconds of music go in."""
        return seconds(sum(track.n_samples for track in self.tracks))


@dataclass(frozen=True, slots=True)
class MashupJob:
    """What the steps of a mashup work with."""

    inputs: MashupInputs
    content: ContentStore
    separators: Separators
    separator: Separator
    ffmpeg: Path
    workers: int

    @property
    def request(self) -> MashupRequest:
        """What was asked for."""
        return self.inputs.request

    @property
    def model(self) -> str:
        """The separator's name."""
        return self.inputs.model

    @property
    def songs(self) -> list[str]:
        """The tracks' contents, each once."""
        return list(dict.fromkeys(track.content for track in self.inputs.tracks))

    @property
    def needed(self) -> tuple[StemName, ...]:
        """All of them: what is not heard tells how much room there is."""
        return self.sources

    @property
    def treatment(self) -> VibeTreatment:
        """What the vibe does."""
        return VIBES[self.request.vibe]

    @property
    def loudness_lufs(self) -> float:
        """The loudness asked for, or else the vibe's."""
        asked = self.request.loudness_lufs
        return self.treatment.loudness_lufs if asked is None else asked

    @property
    def sources(self) -> tuple[StemName, ...]:
        """The stems that every track is taken apart into: together they are the track."""
        return self.separator.sources

    def made(self, stem: StemName) -> str:
        """The file of a stem of a track, among what was derived from its content."""
        return stem_file(self.separator.key, stem)

    def heard(self, timeline: Timeline) -> tuple[MixTrack, ...]:
        """The songs that are in the mashup: one that fits nobody is left out."""
        playing = {clip.track_id for clip in timeline.clips}
        return tuple(track for track in self.inputs.tracks if track.track_id in playing)

    def title(self, timeline: Timeline) -> str:
        """The finished mashup's: the one asked for, or one made of what is heard."""
        asked = safe_title(self.request.title)
        return mashup_title(asked, self.heard(timeline), self.request.vibe)

    def artist(self, timeline: Timeline) -> str:
        """The finished mashup's: the one asked for, or all who are heard."""
        return mashup_artist(safe_title(self.request.artist), self.heard(timeline))

    def expect_files(self) -> None:
        """Make sure that every track is still there; else :class:`NotFound`."""
        for track in self.inputs.tracks:
            if not self.content.path(track.content).is_file():
                raise NotFound(
                    f"“{track.title}” is no longer there.",
                    hint="Upload it again and start a new mashup.",
                )


def mashup_title(asked: str, tracks: tuple[MixTrack, ...], vibe: str) -> str:
    """The title asked for, or one made of what is heard: ``A × B (dark mashup)``."""
    if asked:
        return asked
    titles = " × ".join(dict.fromkeys(track.title for track in tracks))
    return f"{titles} ({vibe} {'edit' if len(tracks) == 1 else 'mashup'})"


def mashup_artist(asked: str, tracks: tuple[MixTrack, ...]) -> str:
    """Who is named as the artist: the one asked for, or all that are heard."""
    return asked or ", ".join(dict.fromkeys(track.artist for track in tracks if track.artist))
