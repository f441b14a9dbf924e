"""Replay the stems of a restyle with grains of sounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...analysis.result_files import load_json, save_json
from ...analysis.sources.performance_similarity import (
    envelope_correlation,
    onset_agreement,
    pitch_agreement,
)
from ...contract.base import Shape
from ...contract.stems import StemName
from ...dsp.granular.grains import Grains, cut_grains
from ...dsp.granular.loudness_follower import FOLLOW, FOLLOW_LOW
from ...dsp.granular.performance import Performance
from ...dsp.granular.score import Parts, extract_notes
from ...dsp.granular.synthesis import GrainCounts, Replay, ReplaySettings
from ...dsp.samples import Samples, db_of_gain
from ...errors import SilentStem
from ...jobs.pipeline import StepContext
from ...media.normal_form import TrackReader
from ...media.stem_file_format import DerivedWriter
from ...render.progress_pool import ProgressPool
from ...store.files.atomic_write import atomic_write
from ..jobs.parallel import run_parallel
from ..stems.files import SILENT_DBFS
from ..tracks.analyse import profile_of
from ..tracks.recordings import CountSamples, open_recording
from .job import RestyleJob
from .performances import is_cached, parts_of, performance_of


class ReplayFigures(Shape):
    """Figures of a replayed stem, cached beside it; None for a figure that does not apply."""

    grains: int
    sources: int
    pitched: bool
    onset_agreement: float
    pitch_agreement: float | None
    envelope_correlation: float | None


def analyse_parts(ctx: StepContext[RestyleJob]) -> None:
    """Analyse the notes of replayed stems and of their sounds, unless cached.

    Raise :class:`SilentStem` if one of those stems is silent.
    """
    job = ctx.job
    lengths: dict[tuple[str, Parts | None], int] = {}
    for stem, sound in job.inputs.sounds.items():
        lengths[job.recording(job.stem_file(stem)), parts_of(stem)] = job.track.n_samples
        lengths[sound.content_hash, None] = sound.n_samples
    missing = [one for one in lengths.items() if not is_cached(job.store, *one[0])]

    def analyse(one: tuple[str, Parts | None], count: CountSamples) -> None:
        performance_of(job.store, *one, count)

    run_parallel(ctx, job.workers, missing, analyse, "sound")
    for stem in job.inputs.sounds:
        _require_sound(job, stem)


def replay_stems(ctx: StepContext[RestyleJob]) -> None:
    """Replay the stems that are not cached, in parallel."""
    job = ctx.job
    missing = [stem for stem in job.inputs.sounds if cached_figures(job, stem) is None]
    with ProgressPool(job.workers, ctx.progress) as pool:
        pool.plan(2 * len(missing) * job.track.n_samples)
        running = [pool.submit(_replay, job, stem, pool.add) for stem in missing]
        for stem, future in zip(missing, running, strict=True):
            ctx.say(f"the {stem}, played by “{job.inputs.sounds[stem].name}”")
            future.result()
    for note in _notes(job):
        ctx.note(note)


def cached_figures(job: RestyleJob, stem: StemName) -> ReplayFigures | None:
    """The cached figures of a replayed stem; None if it must be replayed."""
    figures = load_json(ReplayFigures, _figures_path(job, stem))
    file = job.store.derived(job.track.content_hash, job.restyled_file(stem))
    return figures if file.is_file() else None


def is_silent(job: RestyleJob, file: str) -> bool:
    """Whether a derived stem is silent, by the rule for stems jobs."""
    peaks = profile_of(job.store, job.recording(file)).peaks
    return db_of_gain(float(peaks.max(initial=0.0))) < SILENT_DBFS


def _require_sound(job: RestyleJob, stem: StemName) -> None:
    if is_silent(job, job.stem_file(stem)):
        raise SilentStem(
            f"The {stem} of “{job.track.title}” can't be re-played: the stem is silent.",
            hint="Keep that stem as it is, or leave it out.",
        )


def _replay(job: RestyleJob, stem: StemName, count: CountSamples) -> None:
    """Replay a stem, measure it, and cache both results."""
    recording = job.recording(job.stem_file(stem))
    original = performance_of(job.store, recording, parts_of(stem))
    replay = _prepare(job, stem, original)
    path = job.store.derived(job.track.content_hash, job.restyled_file(stem))
    with open_recording(job.store, recording) as sound:
        _write(path, replay.play(extract_notes(original, parts_of(stem)), sound), count)
    job.store.persist(path)
    figures = _figures_path(job, stem)
    save_json(_figures(job, stem, original, replay.counts, count), figures)
    job.store.persist(figures)


def _prepare(job: RestyleJob, stem: StemName, original: Performance) -> Replay:
    settings = job.request.settings
    with TrackReader(job.store.path(job.inputs.sounds[stem].content_hash)) as reader:
        sound = np.ascontiguousarray(reader.read(0, reader.n_samples))
    replay_settings = ReplaySettings(
        grain=job.grain,
        transposes=settings.use_pitch_mapping and parts_of(stem) != "hits",
        follows_loudness=settings.use_envelope,
        follow_samples=FOLLOW_LOW if stem == "bass" else FOLLOW,
    )
    return Replay(sound, _grains(job, stem), replay_settings, original.loud_power)


def _grains(job: RestyleJob, stem: StemName) -> Grains:
    """The grains of the sound that plays a stem."""
    sound = job.inputs.sounds[stem]
    return cut_grains(performance_of(job.store, sound.content_hash), job.grain)


def _write(path: Path, blocks: Iterator[Samples], count: CountSamples) -> None:
    with atomic_write(path, durable=True) as part, DerivedWriter(part) as writer:
        for block in blocks:
            writer.push(block)
            count(block.shape[1])


def _figures(
    job: RestyleJob, stem: StemName, original: Performance, counts: GrainCounts, count: CountSamples
) -> ReplayFigures:
    """Compare a replayed stem with the original."""
    parts, recording = parts_of(stem), job.recording(job.restyled_file(stem))
    replayed = performance_of(job.store, recording, parts, count)
    pitched = _grains(job, stem).pitched
    mapped = pitched and job.request.settings.use_pitch_mapping
    return ReplayFigures(
        grains=counts.grains,
        sources=counts.sources,
        pitched=pitched,
        onset_agreement=round(onset_agreement(original, replayed), 4),
        pitch_agreement=_rounded(pitch_agreement(original, replayed, parts) if mapped else None),
        envelope_correlation=_rounded(envelope_correlation(original, replayed)),
    )


def _notes(job: RestyleJob) -> list[str]:
    """Notes on sounds that cannot follow the pitch of their stem."""
    if not job.request.settings.use_pitch_mapping:
        return []
    unpitched = [
        f"“{sound.name}” has no pitch that could follow the {stem}: it plays their"
        " rhythm and their loudness."
        for stem, sound in job.inputs.sounds.items()
        if parts_of(stem) != "hits" and not _is_pitched(job, stem)
    ]
    return list(dict.fromkeys(unpitched))


def _is_pitched(job: RestyleJob, stem: StemName) -> bool:
    figures = cached_figures(job, stem)
    assert figures is not None  # this step has just cached them
    return figures.pitched


def _figures_path(job: RestyleJob, stem: StemName) -> Path:
    name = job.restyled_file(stem).removesuffix(".flac")
    return job.store.derived(job.track.content_hash, f"{name}.json")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
