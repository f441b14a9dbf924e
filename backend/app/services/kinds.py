"""Resolve a request of any job kind, or reject it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from ..contract.base import Shape
from ..contract.jobs import (
    AnalysisRequest,
    JobRequest,
    MashupRequest,
    MixtapeRequest,
    PreviewRequest,
    PublishRequest,
    RestyleRequest,
    StemMixRequest,
    StemsRequest,
)
from ..contract.listening_request import ListeningRequest
from ..contract.publishing import DescriptionOptions
from ..contract.stems import DRAFT, StemName
from ..jobs.queue import ANALYSIS, GPU, INTERACTIVE, WORK
from ..publishing.metadata.metadata_writer import template_of
from ..store.dj_rules import DjRulesStore
from .analysis.inputs import AnalysisInputs
from .analysis.resolve import resolve_analysis
from .jobs.new_jobs import ResolvedRequest
from .library.library import Library
from .library.sounds import Sounds
from .listening.inputs import ListeningInputs
from .listening.resolve import resolve_listening
from .mashup.inputs import MashupInputs
from .mashup.resolve import resolve_mashup
from .metadata.kept import KeptDescriptions
from .mixtape.base import BaseMixes
from .mixtape.inputs import MixtapeInputs
from .mixtape.resolve import resolve_mixtape
from .preview.inputs import PreviewInputs
from .preview.resolve import resolve_preview
from .publish.inputs import PublishInputs
from .publish.preflight import Preflight
from .publish.resolve import resolve_publish, resolve_publish_with_mix
from .restyle.inputs import RestyleInputs, audible_stems
from .restyle.resolve import resolve_restyle
from .separators import Separators
from .stems.inputs import StemMixInputs, StemsInputs
from .stems.resolve import resolve_stem_mix, resolve_stems
from .stems.uncached import uncached_s

INPUTS: Mapping[str, type[Shape]] = {
    "mixtape": MixtapeInputs,
    "analysis": AnalysisInputs,
    "preview": PreviewInputs,
    "listening": ListeningInputs,
    "stems": StemsInputs,
    "mashup": MashupInputs,
    "restyle": RestyleInputs,
    "stem_mix": StemMixInputs,
    "publish": PublishInputs,
}
"""The stored inputs of each job kind."""


ResolvedInputs: TypeAlias = (
    MixtapeInputs
    | AnalysisInputs
    | PreviewInputs
    | ListeningInputs
    | StemsInputs
    | StemMixInputs
    | MashupInputs
    | RestyleInputs
)


@dataclass(frozen=True, slots=True)
class RequestResolver:
    """Resolves requests before their jobs are queued."""

    library: Library
    sounds: Sounds
    rules: DjRulesStore
    mixes: BaseMixes
    separators: Separators
    preflight: Preflight
    kept: KeptDescriptions

    def __call__(self, user_id: str, request: JobRequest) -> ResolvedRequest:
        """Look up the ids that a request names, or reject it."""
        match request:
            case MixtapeRequest():
                return self._mixtape(user_id, request)
            case AnalysisRequest():
                return _resolved(resolve_analysis(self.library, user_id, request), ANALYSIS)
            case PreviewRequest():
                return _resolved(resolve_preview(self.mixes, user_id, request), INTERACTIVE)
            case ListeningRequest():
                return _resolved(resolve_listening(self.mixes, user_id, request), INTERACTIVE)
            case StemsRequest():
                stems = resolve_stems(self.library, self.separators, user_id, request)
                return self._separated(stems, stems.stems)
            case StemMixRequest():
                jobs = self.mixes.store
                return _resolved(resolve_stem_mix(jobs, self.separators, user_id, request))
            case MashupRequest():
                request = request.model_copy(update=self._description(user_id, request))
                mashup = resolve_mashup(self.library, self.separators, user_id, request)
                return self._separated(mashup)
            case RestyleRequest():
                restyle = resolve_restyle(
                    self.library, self.separators, self.sounds, user_id, request
                )
                return self._separated(restyle, audible_stems(restyle, self.separators))
            case PublishRequest():
                return resolve_publish(self.preflight, user_id, request)

    def _mixtape(self, user_id: str, request: MixtapeRequest) -> ResolvedRequest:
        request = request.model_copy(update=self._description(user_id, request))
        sounds = self.sounds.all(user_id)
        inputs = resolve_mixtape(self.library, user_id, request, self.rules.current(), sounds)
        if request.stem_model is not None:
            accepted = request.weights_notice_accepted
            self.separators.resolve(request.stem_model, accepted=accepted)
        resolved = _resolved(self.mixes.with_base(user_id, inputs))
        publication = request.publish
        if publication is None:
            return resolved
        self.preflight.require_clear(user_id, publication, inputs.title, None)
        with_mix = (user_id, publication, inputs.title, inputs.duration_s)
        return replace(resolved, then=partial(resolve_publish_with_mix, *with_mix))

    def _separated(
        self, inputs: StemsInputs | MashupInputs | RestyleInputs, stems: Sequence[StemName] = ()
    ) -> ResolvedRequest:
        """For a job that separates stems: a network gains from a GPU, the draft does not."""
        resolved = _resolved(inputs, WORK if inputs.model == DRAFT else GPU)
        store, tracks = self.library.store, inputs.tracks
        seconds = uncached_s(store, self.separators, inputs.model, tracks, stems)
        return replace(resolved, separation_s=seconds)

    def _description(
        self, user_id: str, request: MixtapeRequest | MashupRequest
    ) -> dict[str, DescriptionOptions]:
        """The request's description with the lines that the user keeps, once it is checked."""
        template_of(request.description)
        return {"description": self.kept.with_lines(user_id, request.description)}


def _resolved(inputs: ResolvedInputs, lane: str = WORK) -> ResolvedRequest:
    return ResolvedRequest(inputs.title, inputs.model_dump_json(), inputs.duration_s, lane)
