"""Collect the facts of a mix for its metadata: chapters, credits, tempo, keys, genres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contract.analysis import TrackAnalysis
from ...contract.mashups import MashupReport
from ...contract.mixes import TimelineView
from ...dj.timeline import Timeline
from ...dj.timeline_json import timeline_of
from ...publishing.metadata.chapters import listed_chapters
from ...publishing.metadata.credits import credited_artists
from ...publishing.metadata.genres import MAX_HASHTAGS, genre_hashtags, main_genres
from ...publishing.metadata.template_context import MixFacts
from ...store.files.blobs import ContentStore
from ..library.track_ref import TrackRef
from ..tracks.analyse import cached_analysis


def mixtape_facts(
    timeline: Timeline, title: str, tracks: Sequence[TrackRef], store: ContentStore
) -> MixFacts:
    """The facts of a mixtape, with tempo and keys of its analysed tracks, and their genres."""
    analyses = [analysis for track in tracks if (analysis := _analysis(store, track))]
    tempi = [round(one.rhythm.tempo_bpm) for one in analyses if one.rhythm.beats_s]
    keys = [one.harmony.key for one in analyses if one.harmony.key]
    hashtags = genre_hashtags([track.genre for track in tracks]) or ("mixtape", "djmix")
    facts = replace(
        _facts(timeline, title, hashtags), genres=main_genres([track.genre for track in tracks])
    )
    return _with_tempo_and_keys(facts, tempi, keys)


def mashup_facts(
    view: TimelineView, title: str, report: MashupReport | None, tracks: Sequence[TrackRef]
) -> MixFacts:
    """The facts of a mashup, with its parts as chapters.

    Tempo and key are known once it has a report; so is the vibe, which is one of its hashtags.
    """
    timeline = timeline_of(view)
    used = {clip.track_id for clip in timeline.clips}
    tags = [track.genre for track in tracks if track.track_id in used]
    vibe = (report.vibe,) if report else ()
    hashtags = ("mashup", *vibe, *genre_hashtags(tags))[:MAX_HASHTAGS]
    facts = _facts(timeline, report.title if report else title, hashtags)
    names = (" – ".join(filter(None, (clip.artist, clip.title))) for clip in timeline.clips)
    songs = tuple(dict.fromkeys(names))
    facts = replace(facts, genres=main_genres(tags), has_parts=True, songs=songs)
    # the view's length includes the reverb's tail
    facts = replace(facts, duration_s=view.duration_s)
    if report is None:
        return facts
    keys = [report.key] if report.key else []
    return _with_tempo_and_keys(facts, [round(report.tempo_bpm)], keys)


def _with_tempo_and_keys(facts: MixFacts, tempi: Sequence[int], keys: Sequence[str]) -> MixFacts:
    """Add tempi in BPM and keys, in the tracks' order."""
    tempo = ""
    if tempi:
        slowest, fastest = min(tempi), max(tempi)
        tempo = f"{slowest} BPM" if slowest == fastest else f"{slowest}–{fastest} BPM"
    return replace(facts, tempo=tempo, keys=tuple(dict.fromkeys(keys)))


def _facts(timeline: Timeline, title: str, hashtags: tuple[str, ...]) -> MixFacts:
    songs = [clip for clip in timeline.clips if clip.role != "overlay"]
    return MixFacts(
        title=title,
        intro=title,
        hashtags=hashtags,
        chapters=tuple(listed_chapters(timeline)),
        credits=credited_artists(clip.artist for clip in songs),
        duration_s=timeline.duration_s,
        n_tracks=len({clip.track_id for clip in songs}),
    )


def _analysis(store: ContentStore, track: TrackRef) -> TrackAnalysis | None:
    """A track's cached analysis with the user's corrections."""
    analysis = cached_analysis(store, track.content_hash)
    return track.corrected(analysis) if analysis else None
