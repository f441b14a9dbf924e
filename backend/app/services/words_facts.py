"""The facts of a mix for its words, off its timeline and what was heard in its tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..analysis.manual import with_fix
from ..contract.analysis import TrackAnalysis
from ..contract.mashups import MashupReport
from ..contract.mixes import TimelineView
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of
from ..publishing.chapters import listed_chapters
from ..publishing.offered import Words
from ..store.blobs import ContentStore
from .hearing import analysis_of
from .mixtape_inputs import MixTrack

REPORT = "report.json"


def mixtape_facts(
    timeline: Timeline, title: str, tracks: Sequence[MixTrack], content: ContentStore
) -> Words:
    """Those of a mixtape; its tempo and keys where its tracks were listened to for them."""
    heard = [analysis for track in tracks if (analysis := _analysis(content, track))]
    tempi = [round(one.rhythm.tempo_bpm) for one in heard if one.rhythm.beats_s]
    keys = [one.harmony.key for one in heard if one.harmony.key]
    facts = _facts(timeline, title, ("mixtape", "djmix"))
    return _with_sound(facts, tempi, keys)


def _with_sound(facts: Words, tempi: Sequence[int], keys: Sequence[str]) -> Words:
    """The facts, and what was heard: tempi in BPM, and keys, in the tracks' order."""
    tempo = ""
    if tempi:
        slowest, fastest = min(tempi), max(tempi)
        tempo = f"{slowest} BPM" if slowest == fastest else f"{slowest}–{fastest} BPM"
    return replace(facts, tempo=tempo, keys=tuple(dict.fromkeys(keys)))


def mashup_facts(view: TimelineView, title: str, report: MashupReport | None) -> Words:
    """Those of a mashup, whose chapters are its parts; its sound once it has its report."""
    facts = _facts(timeline_of(view), report.title if report else title, ("mashup",))
    facts = replace(facts, duration_s=view.duration_s)  # in which it rings out
    if report is None:
        return facts
    return _with_sound(facts, [round(report.tempo_bpm)], [report.key] if report.key else [])


def _facts(timeline: Timeline, title: str, hashtags: tuple[str, ...]) -> Words:
    songs = [clip for clip in timeline.clips if clip.role != "overlay"]
    return Words(
        title=title,
        intro=title,
        hashtags=hashtags,
        chapters=tuple(listed_chapters(timeline)),
        credits=tuple(dict.fromkeys(clip.artist for clip in songs if clip.artist)),
        duration_s=timeline.duration_s,
        n_tracks=len({clip.track_id for clip in songs}),
    )


def _analysis(content: ContentStore, track: MixTrack) -> TrackAnalysis | None:
    """What was heard in a track, put right where a person did."""
    heard = analysis_of(content, track.content)
    return with_fix(heard, track.grid_fix) if heard and track.grid_fix else heard
