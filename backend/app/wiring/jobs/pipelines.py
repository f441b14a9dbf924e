"""Build the pipelines of job kinds that make files, in the jobs' child processes.

The publish job's pipeline is in ``publish_pipeline.py``, so that a new interpreter for another kind
does not load Google's client.
"""

from __future__ import annotations

from ...dj.llm.strategist import LlmStrategist
from ...jobs.pipeline import Pipeline
from ...services.analysis.pipeline import AnalysisJob, analysis_pipeline
from ...services.listening.pipeline import ListeningJob, listening_pipeline
from ...services.mashup.job import MashupJob
from ...services.mashup.pipeline import mashup_pipeline
from ...services.mixtape.job import MixtapeJob
from ...services.mixtape.pipeline import mixtape_pipeline
from ...services.preview.pipeline import PreviewJob, preview_pipeline
from ...services.restyle.job import RestyleJob
from ...services.restyle.pipeline import restyle_pipeline
from ...services.stems.pipeline import StemsJob, stems_pipeline
from ...services.stems.stem_mix import StemMixJob, stem_mix_pipeline
from ...settings import Settings
from ..metadata import language_model, metadata_writer
from .job_resources import job_resources


def build_mixtape_pipeline(settings: Settings) -> Pipeline[MixtapeJob]:
    """Build a mixtape's pipeline; the language model, if there is one, is its strategist."""
    model = language_model(settings)
    strategist = LlmStrategist(model) if model else None
    return mixtape_pipeline(job_resources(settings), metadata_writer(settings), strategist)


def build_analysis_pipeline(settings: Settings) -> Pipeline[AnalysisJob]:
    """Build the pipeline of a crate analysis."""
    return analysis_pipeline(job_resources(settings))


def build_preview_pipeline(settings: Settings) -> Pipeline[PreviewJob]:
    """Build the pipeline of a join preview."""
    return preview_pipeline(job_resources(settings))


def build_listening_pipeline(settings: Settings) -> Pipeline[ListeningJob]:
    """Build the pipeline of a listening trial."""
    return listening_pipeline(job_resources(settings))


def build_stems_pipeline(settings: Settings) -> Pipeline[StemsJob]:
    """Build the pipeline of a stems job."""
    return stems_pipeline(job_resources(settings))


def build_stem_mix_pipeline(settings: Settings) -> Pipeline[StemMixJob]:
    """Build the pipeline of a stem mix."""
    return stem_mix_pipeline(job_resources(settings))


def build_mashup_pipeline(settings: Settings) -> Pipeline[MashupJob]:
    """Build the pipeline of a mashup, with a writer for its description."""
    return mashup_pipeline(job_resources(settings), metadata_writer(settings))


def build_restyle_pipeline(settings: Settings) -> Pipeline[RestyleJob]:
    """Build the pipeline of a restyle."""
    return restyle_pipeline(job_resources(settings))
