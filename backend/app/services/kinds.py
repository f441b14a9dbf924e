"""The kinds of jobs there are: how a request of each is settled, and where its recipe is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

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
from ..publishing.written import template_of
from .dj_rules import HouseRules
from .earlier import EarlierMixes
from .jobs import Prepared
from .library import Library
from .mashup_inputs import MashupInputs
from .mashup_settling import settle_mashup
from .mixtape_inputs import duration_of
from .publish_settling import PublishSettling
from .restyle_inputs import RestyleInputs
from .restyle_settling import settle_restyle
from .separators import Separators
from .settling import settle, settle_analysis, settle_preview
from .sounds import Sounds
from .stems_inputs import StemMixInputs, StemsInputs
from .stems_settling import EarlierStems, settle_stem_mix, settle_stems

# By name, for only the process that runs a job loads what its kind needs.
PIPELINES: Mapping[str, str] = {
    "mixtape": "backend.app.services.mixtape:mixtape_pipeline",
    "analysis": "backend.app.services.crate_analysis:analysis_pipeline",
    "preview": "backend.app.services.preview:preview_pipeline",
    "stems": "backend.app.services.stems:stems_pipeline",
    "mashup": "backend.app.services.mashup:mashup_pipeline",
    "restyle": "backend.app.services.restyle:restyle_pipeline",
    "stem_mix": "backend.app.services.stem_mix:stem_mix_pipeline",
    "publish": "backend.app.services.publish:publish_pipeline",
}


@dataclass(frozen=True, slots=True)
class Preparer:
    """What settles a request of any kind before it becomes a job."""

    library: Library
    sounds: Sounds
    rules: HouseRules
    mixes: EarlierMixes
    separators: Separators
    publishing: PublishSettling

    def __call__(self, user_id: str, request: JobRequest) -> Prepared:
        """Look up what the request names, and refuse what makes no sense."""
        match request:
            case MixtapeRequest():
                return self._mixtape(user_id, request)
            case AnalysisRequest():
                return self._analysis(user_id, request)
            case PreviewRequest():
                return self._preview(user_id, request)
            case StemsRequest():
                return _prepared(settle_stems(self.library, self.separators, user_id, request))
            case StemMixRequest():
                earlier = EarlierStems(self.mixes.store)
                return _prepared(settle_stem_mix(earlier, self.separators, user_id, request))
            case MashupRequest():
                template_of(request.description)
                return _prepared(settle_mashup(self.library, self.separators, user_id, request))
            case RestyleRequest():
                return _prepared(
                    settle_restyle(self.library, self.separators, self.sounds, user_id, request)
                )
            case PublishRequest():
                return self.publishing.settle(user_id, request)

    def _mixtape(self, user_id: str, request: MixtapeRequest) -> Prepared:
        template_of(request.description)
        sounds = self.sounds.all(user_id)
        inputs = settle(self.library, user_id, request, self.rules.current(), sounds)
        if request.stem_model is not None:
            accepted = request.weights_notice_accepted
            self.separators.settled(request.stem_model, accepted=accepted)
        earlier = self.mixes.base_for(user_id, inputs)
        kept = inputs.model_copy(update={"earlier": earlier}).model_dump_json()
        title, work_s, wanted = inputs.title, duration_of(inputs), request.publish
        then = None
        if wanted is not None:
            self.publishing.preflight.expect_clear(user_id, wanted, title, None)
            then = partial(self.publishing.along_with, user_id, wanted, title, work_s)
        return Prepared(title, kept, work_s, then=then)

    def _analysis(self, user_id: str, request: AnalysisRequest) -> Prepared:
        inputs = settle_analysis(self.library, user_id, request)
        return Prepared("What is in the tracks", inputs.model_dump_json(), inputs.duration_s)

    def _preview(self, user_id: str, request: PreviewRequest) -> Prepared:
        inputs = settle_preview(self.mixes, user_id, request)
        start_s, end_s = inputs.stretch_s
        return Prepared(inputs.title, inputs.model_dump_json(), end_s - start_s)


def _prepared(inputs: StemsInputs | StemMixInputs | MashupInputs | RestyleInputs) -> Prepared:
    return Prepared(inputs.title, inputs.model_dump_json(), inputs.duration_s)
