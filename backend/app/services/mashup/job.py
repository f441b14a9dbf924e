"""The object that a mashup's steps work with."""

from __future__ import annotations

from ...contract.jobs import MashupRequest
from ...contract.stems import StemName
from ...dj.mashup.vibes import VIBES, VibeTreatment
from ...dj.timeline import Timeline
from ...media.tags.display_names import safe_title
from ..library.track_ref import TrackRef
from ..stems.separation_job import SeparationJob
from .inputs import MashupInputs, mashup_title


class MashupJob(SeparationJob[MashupInputs]):
    """A mashup job while it runs in its process."""

    __slots__ = ()

    @property
    def request(self) -> MashupRequest:
        """The user's request."""
        return self.inputs.request

    @property
    def needed(self) -> tuple[StemName, ...]:
        """All stems: also those that the mashup leaves out are analysed."""
        return self.separator.sources

    @property
    def treatment(self) -> VibeTreatment:
        """The vibe's effects."""
        return VIBES[self.request.vibe]

    @property
    def loudness_lufs(self) -> float:
        """The requested loudness, or else the vibe's."""
        requested = self.request.loudness_lufs
        return self.treatment.loudness_lufs if requested is None else requested

    def used_tracks(self, timeline: Timeline) -> tuple[TrackRef, ...]:
        """The songs in the mashup; a song that fits no other is left out."""
        used = {clip.track_id for clip in timeline.clips}
        return tuple(track for track in self.inputs.tracks if track.track_id in used)

    def title(self, timeline: Timeline) -> str:
        """The finished mashup's title."""
        requested = safe_title(self.request.title)
        return mashup_title(requested, self.used_tracks(timeline), self.request.vibe)

    def artist(self, timeline: Timeline) -> str:
        """The requested artist, or the artists of all songs in the finished mashup."""
        artists = dict.fromkeys(one.artist for one in self.used_tracks(timeline) if one.artist)
        return safe_title(self.request.artist) or ", ".join(artists)
