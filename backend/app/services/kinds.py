"""The kinds of jobs there are: how a request of each is settled, and where its recipe is."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract.jobs import (
    AnalysisRequest,
    JobRequest,
    MashupRequest,
    MixtapeRequest,
    PreviewRequest,
    RestyleRequest,
    StemMixRequest,
    StemsRequest,
)
from .dj_rules import HouseRules
from .earlier import EarlierMixes
from .jobs import Prepare, Prepared
from .library import Library
from .mashup_settling import settle_mashup
from .mixtape_inputs import duration_of
from .restyle_settling import settle_restyle
from .separators import Separators
from .settling import settle, settle_analysis, settle_preview
from .sounds import Sounds
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
}


def preparer(
    library: Library,
    sounds: Sounds,
    rules: HouseRules,
    mixes: EarlierMixes,
    separators: Separators,
) -> Prepare:
    """What settles a request of any kind before it becomes a job."""

    def mixtape(user_id: str, request: MixtapeRequest) -> Prepared:
        inputs = settle(library, user_id, request, rules.current(), sounds.all(user_id))
        if request.stem_model is not None:
            separators.settled(request.stem_model, accepted=request.weights_notice_accepted)
        earlier = mixes.base_for(user_id, inputs)
        kept = inputs.model_copy(update={"earlier": earlier}).model_dump_json()
        return Prepared(inputs.title, kept, duration_of(inputs))

    def analysis(user_id: str, request: AnalysisRequest) -> Prepared:
        inputs = settle_analysis(library, user_id, request)
        return Prepared("What is in the tracks", inputs.model_dump_json(), inputs.duration_s)

    def preview(user_id: str, request: PreviewRequest) -> Prepared:
        inputs = settle_preview(mixes, user_id, request)
        start_s, end_s = inputs.stretch_s
        return Prepared(inputs.title, inputs.model_dump_json(), end_s - start_s)

    def stems(user_id: str, request: StemsRequest) -> Prepared:
        inputs = settle_stems(library, separators, user_id, request)
        return Prepared(inputs.title, inputs.model_dump_json(), inputs.duration_s)

    def stem_mix(user_id: str, request: StemMixRequest) -> Prepared:
        inputs = settle_stem_mix(EarlierStems(mixes.store), separators, user_id, request)
        return Prepared(inputs.title, inputs.model_dump_json(), inputs.duration_s)

    def mashup(user_id: str, request: MashupRequest) -> Prepared:
        inputs = settle_mashup(library, separators, user_id, request)
        return Prepared(inputs.title, inputs.model_dump_json(), inputs.duration_s)

    def restyle(user_id: str, request: RestyleRequest) -> Prepared:
        inputs = settle_restyle(library, separators, sounds, user_id, request)
        return Prepared(inputs.title, inputs.model_dump_json(), inputs.duration_s)

    def prepare(user_id: str, request: JobRequest) -> Prepared:
        match request:
            case MixtapeRequest():
                return mixtape(user_id, request)
            case AnalysisRequest():
                return analysis(user_id, request)
            case PreviewRequest():
                return preview(user_id, request)
            case StemsRequest():
                return stems(user_id, request)
            case StemMixRequest():
                return stem_mix(user_id, request)
            case MashupRequest():
                return mashup(user_id, request)
            case RestyleRequest():
                return restyle(user_id, request)

    return prepare
