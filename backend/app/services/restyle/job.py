"""The object that a restyle's steps work with."""

from __future__ import annotations

from ...contract.jobs import RestyleRequest
from ...contract.restyles import StemStyle
from ...contract.stems import StemName
from ...dsp.samples import samples
from ...errors import NotFound
from ...media.stem_file_format import stem_file
from ..library.track_ref import TrackRef
from ..stems.separation_job import SeparationJob
from .cache_keys import restyle_key
from .inputs import UNCHANGED, RestyleInputs, is_audible, no_audible_stem


class RestyleJob(SeparationJob[RestyleInputs]):
    """A restyle job while it runs in its process."""

    __slots__ = ()

    @property
    def request(self) -> RestyleRequest:
        """The user's request."""
        return self.inputs.request

    @property
    def track(self) -> TrackRef:
        """The song."""
        return self.inputs.track

    @property
    def needed(self) -> tuple[StemName, ...]:
        """The audible stems, in the separator's order; requires its weights."""
        stems = [stem for stem in self.separator.sources if is_audible(self.style(stem))]
        if not stems:
            raise no_audible_stem()
        return tuple(stems)

    @property
    def grain(self) -> int:
        """Length of a grain in samples."""
        return samples(self.request.settings.grain_duration_ms / 1000.0)

    def style(self, stem: StemName) -> StemStyle:
        """The requested style of a stem."""
        return self.request.config.get(stem, UNCHANGED)

    def restyled_file(self, stem: StemName) -> str:
        """File name of a stem as it is mixed: replayed, or unchanged."""
        sound = self.inputs.sounds.get(stem)
        if sound is None:
            return self.stem_file(stem)
        key = restyle_key(self.separator.key, sound.content_hash, self.request.settings)
        return stem_file(key, stem)

    def recording(self, file: str) -> str:
        """Name of a recording derived from the song, by its file."""
        return f"{self.track.content_hash}/{file}"

    def require_files(self) -> None:
        """Raise :class:`NotFound` if the track or a sound was deleted since the request."""
        super().require_files()
        for sound in self.inputs.sounds.values():
            if not self.store.path(sound.content_hash).is_file():
                raise NotFound(
                    f"The sound “{sound.name}” is no longer there.",
                    hint="Choose another one and start again.",
                )
