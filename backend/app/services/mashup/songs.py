"""Analyse the songs of a mashup and their stems."""

from __future__ import annotations

from ...dj.deck import MashupTrack
from ...jobs.pipeline import StepContext
from ..library.track_ref import TrackRef
from ..stems.stem_analysis import StemRecording, analyse_stems, stem_facts
from ..tracks.analyse import analyse_all
from ..tracks.decks import deck_of
from .job import MashupJob

#: Share of the step: on one core a song takes 0.9 % of its duration, each of four stems 0.35 %.
_SONGS_SHARE = 0.4


def analyse_songs(ctx: StepContext[MashupJob]) -> None:
    """Analyse every song and every stem that is not cached."""
    job, tracks = ctx.job, ctx.job.inputs.tracks
    analyse_all(ctx.part(0.0, _SONGS_SHARE), job.store, job.workers, tracks, whole=True)
    stems = [(stem, track.n_samples) for track in tracks for stem in _stems(job, track)]
    analyse_stems(ctx.part(_SONGS_SHARE, 1.0), job.store, job.workers, stems)


def mashup_tracks(job: MashupJob) -> list[MashupTrack]:
    """The songs with their stems, as the planner needs them."""
    return [
        MashupTrack(
            deck=deck_of(job.store, track, whole=True),
            stems={stem[0]: stem_facts(job.store, stem) for stem in _stems(job, track)},
            made={stem: job.stem_file(stem) for stem in job.needed},
            draft=job.separator.draft,
        )
        for track in job.inputs.tracks
    ]


def _stems(job: MashupJob, track: TrackRef) -> list[StemRecording]:
    return [(stem, f"{track.content_hash}/{job.stem_file(stem)}") for stem in job.needed]
