"""The stems of a restyle, heard and re-played with the grains of sounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from ..analysis.agreement import envelope_correlation, onset_agreement, pitch_agreement
from ..contract.base import Shape
from ..contract.stems import StemName
from ..dsp.grains import grains_of
from ..dsp.granular import Laid, Manner, Replay
from ..dsp.loudness_follower import FOLLOW, FOLLOW_LOW
from ..dsp.performance import Performance
from ..dsp.samples import Samples, db_of_gain
from ..dsp.score import Parts, score_of
from ..errors import SilentStem
from ..jobs.pipeline import StepContext
from ..media.made_form import MadeWriter
from ..media.normal_form import TrackReader
from ..render.effort import Effort, crew
from ..store.aside import made_aside
from .hearing import profile_of
from .performances import is_known, performance_of
from .recordings import open_recording
from .restyle_inputs import RestyleJob, StyleSound
from .stems import SILENT_DBFS


class Replayed(Shape):
    """What a re-played stem is known by, kept beside it; None where it has no meaning."""

    grains: int
    sources: int
    pitched: bool
    onset_agreement: float
    pitch_agreement: float | None
    envelope_correlation: float | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A stem and the sound that plays it."""

    stem: StemName
    sound: StyleSound


def parts_of(stem: StemName) -> Parts:
    """What a stem consists of."""
    if stem == "drums":
        return "hits"
    return "voice" if stem in ("bass", "vocals") else "chords"


def hear_parts(ctx: StepContext[RestyleJob]) -> None:
    """Listen to the stems that are re-played, and to the sounds, where nobody has before.

    Raises
    ------
    SilentStem
        If there is nothing in one of those stems.
    """
    job = ctx.job
    wanted: dict[tuple[str, Parts | None], int] = {}
    for stem, sound in job.inputs.sounds.items():
        wanted[f"{job.track.content}/{job.base(stem)}", parts_of(stem)] = job.track.n_samples
        wanted[sound.content, None] = sound.n_samples
    unheard = {one: n for one, n in wanted.items() if not is_known(job.content, *one)}
    effort = Effort(ctx.progress)
    effort.plan(sum(unheard.values()))
    with crew(job.workers, effort) as pool:
        hearing = [
            pool.submit(effort.guard, partial(performance_of, job.content, *one, effort.add))
            for one in unheard
        ]
        for count, future in enumerate(hearing, start=1):
            ctx.say(f"{count} of {len(hearing)}")
            future.result()
    for stem in job.inputs.sounds:
        _expect_sound(job, stem)


def replay_stems(ctx: StepContext[RestyleJob]) -> None:
    """Re-play what nobody has re-played in this very way before; several stems at once."""
    job = ctx.job
    pairs = [_Pair(stem, sound) for stem, sound in job.inputs.sounds.items()]
    unmade = [pair for pair in pairs if kept_figures(job, pair.stem) is None]
    effort = Effort(ctx.progress)
    effort.plan(2 * len(unmade) * job.track.n_samples)
    with crew(job.workers, effort) as pool:
        playing = [
            pool.submit(effort.guard, partial(_replay, job, pair, effort)) for pair in unmade
        ]
        for pair, future in zip(unmade, playing, strict=True):
            ctx.say(f"the {pair.stem}, played by “{pair.sound.name}”")
            future.result()
    for note in _notes(job, pairs):
        ctx.note(note)


def kept_figures(job: RestyleJob, stem: StemName) -> Replayed | None:
    """What a re-played stem is known by; None where it has not been made, or is gone."""
    try:
        told = Replayed.model_validate_json(_figures_path(job, stem).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    made = job.content.derived(job.track.content, job.made(stem))
    return told if made.is_file() else None


def nothing_in(job: RestyleJob, made: str) -> bool:
    """Whether there is nothing in a stem, kept under that name: as a stems job would tell it."""
    peaks = profile_of(job.content, f"{job.track.content}/{made}").peaks
    return db_of_gain(float(peaks.max(initial=0.0))) < SILENT_DBFS


def _expect_sound(job: RestyleJob, stem: StemName) -> None:
    if nothing_in(job, job.base(stem)):
        raise SilentStem(
            f"There is nothing in the {stem} of “{job.track.title}” to be played again.",
            hint="Keep that stem as it is, or leave it out.",
        )


def _replay(job: RestyleJob, pair: _Pair, effort: Effort) -> None:
    """Make one stem, listen to it, and keep both."""
    base = _base(job, pair.stem)
    replay = _prepared(job, pair, base)
    path = job.content.derived(job.track.content, job.made(pair.stem))
    notes = score_of(base, parts_of(pair.stem))
    with open_recording(job.content, f"{job.track.content}/{job.base(pair.stem)}") as stem:
        _write(path, replay.play(notes, stem), effort)
    figures = _figures(job, pair, base, replay.laid, effort)
    with made_aside(_figures_path(job, pair.stem)) as part:
        part.write_text(figures.model_dump_json(), encoding="utf-8")


def _prepared(job: RestyleJob, pair: _Pair, base: Performance) -> Replay:
    settings = job.request.settings
    parts = parts_of(pair.stem)
    with TrackReader(job.content.path(pair.sound.content)) as reader:
        sound = np.ascontiguousarray(reader.read(0, reader.n_samples))
    manner = Manner(
        grain=job.grain,
        moves=settings.use_pitch_mapping and parts != "hits",
        follows=settings.use_envelope,
        follow=FOLLOW_LOW if pair.stem == "bass" else FOLLOW,
    )
    grains = grains_of(performance_of(job.content, pair.sound.content), job.grain)
    return Replay(sound, grains, manner, base.loud_power)


def _write(path: Path, blocks: Iterator[Samples], effort: Effort) -> None:
    with made_aside(path, lasting=True) as part, MadeWriter(part) as writer:
        for block in blocks:
            writer.push(block)
            effort.add(block.shape[1])


def _figures(
    job: RestyleJob, pair: _Pair, base: Performance, laid: Laid, effort: Effort
) -> Replayed:
    """Listen to a stem that was made, and hold it against the one that it was made after."""
    parts = parts_of(pair.stem)
    made = f"{job.track.content}/{job.made(pair.stem)}"
    heard = performance_of(job.content, made, parts, effort.add)
    pitched = grains_of(performance_of(job.content, pair.sound.content), job.grain).pitched
    moved = pitched and job.request.settings.use_pitch_mapping
    return Replayed(
        grains=laid.grains,
        sources=laid.sources,
        pitched=pitched,
        onset_agreement=round(onset_agreement(base, heard), 4),
        pitch_agreement=_rounded(pitch_agreement(base, heard, parts) if moved else None),
        envelope_correlation=_rounded(envelope_correlation(base, heard)),
    )


def _notes(job: RestyleJob, pairs: list[_Pair]) -> list[str]:
    """What a person should know of the sounds."""
    if not job.request.settings.use_pitch_mapping:
        return []
    unpitched = [
        f"“{pair.sound.name}” has no pitch that could follow the {pair.stem}: it plays their"
        " rhythm and their loudness."
        for pair in pairs
        if parts_of(pair.stem) != "hits" and not _known(job, pair.stem).pitched
    ]
    return list(dict.fromkeys(unpitched))


def _known(job: RestyleJob, stem: StemName) -> Replayed:
    told = kept_figures(job, stem)
    assert told is not None  # it has just been made
    return told


def _base(job: RestyleJob, stem: StemName) -> Performance:
    return performance_of(job.content, f"{job.track.content}/{job.base(stem)}", parts_of(stem))


def _figures_path(job: RestyleJob, stem: StemName) -> Path:
    return job.content.derived(job.track.content, f"{job.made(stem).removesuffix('.flac')}.json")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
