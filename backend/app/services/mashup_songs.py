"""The steps of a mashup before anything is decided: songs taken apart, songs and stems heard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..dj.mashup_deck import MashupTrack
from ..jobs.pipeline import StepContext
from .decks import deck_of
from .hearing import hear_all
from .mashup_inputs import MashupJob
from .mixtape_inputs import MixTrack
from .stem_hearing import MadeStem, hear_stems, stem_facts

_WHOLE_SHARE = 0.4
"""Of the time that analysing takes: 0.9 % of real time a song, and 0.35 % each of its four stems,
on one core."""


def hear_songs(ctx: StepContext[MashupJob]) -> None:
    """Listen to every song and to every one of its stems, where nobody has before."""
    job, tracks = ctx.job, ctx.job.inputs.tracks
    hear_all(
        job.content,
        {track.content: track.n_samples for track in tracks},
        whole=True,
        workers=job.workers,
        progress=partial(_share, ctx.progress, 0.0, _WHOLE_SHARE),
        say=ctx.say,
    )
    hear_stems(
        job.content,
        [(stem, track.n_samples) for track in tracks for stem in _made_stems(job, track)],
        workers=job.workers,
        progress=partial(_share, ctx.progress, _WHOLE_SHARE, 1.0),
        say=ctx.say,
    )


def mashup_tracks(job: MashupJob) -> list[MashupTrack]:
    """The songs as the planner sees them, taken apart."""
    return [
        MashupTrack(
            deck=deck_of(job.content, track, whole=True),
            stems={made[1]: stem_facts(job.content, made) for made in _made_stems(job, track)},
            made={stem: job.made(stem) for stem in job.sources},
        )
        for track in job.inputs.tracks
    ]


def _made_stems(job: MashupJob, track: MixTrack) -> list[MadeStem]:
    return [(track.content, stem, job.made(stem)) for stem in job.sources]


def _share(progress: Callable[[float], None], begin: float, end: float, done: float) -> None:
    progress(begin + (end - begin) * done)
