"""Convert a mix to a picture's data: decks, tempo changes, filters, echoes, joins."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.mixes import ClipView, EffectView, TimelineView, TransitionView

from ...labels import dj, transitions
from ...labels.figures import counted

FILTERED = {"high_pass": "lows", "low_pass": "highs", "low_shelf": "bass", "high_shelf": "treble"}


def mix_picture(timeline: TimelineView) -> dict[str, object]:
    """Place the mix's clips on two decks, with the joins between them."""
    places = track_places(timeline)
    return {
        "duration_s": timeline.duration_s,
        "clips": [clip(one, places.get(index)) for index, one in enumerate(timeline.clips)],
        "joins": [
            {
                "start_s": join.start_s,
                "end_s": join.end_s,
                "description": describe_join(timeline, join),
            }
            for join in timeline.transitions
        ],
    }


def track_places(timeline: TimelineView) -> dict[int, int]:
    """Map clip indices to the tracks' places in the mix, from 0; overlays have no place."""
    tracks = (index for index, one in enumerate(timeline.clips) if one.role == "track")
    return {index: place for place, index in enumerate(tracks)}


def clip(view: ClipView, place: int | None) -> dict[str, object]:
    """Convert a clip; adjacent tracks are on different decks."""
    return {
        "title": view.title or "Untitled",
        "number": None if place is None else place + 1,
        "deck": (place or 0) % 2,
        "overlay": place is None,
        **view.model_dump(include={"start_s", "end_s", "fade_in_s", "fade_out_s"}),
        "tempo_changes": [
            {"start_s": start, "end_s": end, "percent": percent}
            for start, end, percent in dj.changed_tempos(view)
        ],
        "effects": filters(view.effects),
        "echo_s": view.echo.start_s if view.echo else None,
    }


def filters(effects: Sequence[EffectView]) -> list[dict[str, object]]:
    """List what is filtered out of a clip, and how much over time.

    Filters with the same course are merged.
    """
    by_course: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for effect in effects:
        if effect.kind in FILTERED:  # a gain removes no frequencies
            by_course.setdefault(tuple(course(effect)), []).append(FILTERED[effect.kind])
    return [
        {"label": f"{' and '.join(names)} out", "points": list(points)}
        for points, names in by_course.items()
    ]


def course(effect: EffectView) -> list[tuple[float, float]]:
    """Sample an effect's share from its start to its end; the outer values hold beyond."""
    first, last = effect.shares[0][1], effect.shares[-1][1]
    inside = [point for point in effect.shares if effect.start_s < point[0] < effect.end_s]
    return [(effect.start_s, first), *inside, (effect.end_s, last)]


def describe_join(timeline: TimelineView, join: TransitionView) -> str:
    """Describe a join: both tracks, kind, length, and the incoming track's change of tempo."""
    outgoing, incoming = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    length = f", {counted(join.bars, 'bar')}" if join.bars else ""
    kind = transitions.kind(join.kind).lower()
    sentence = f"{outgoing.title} into {incoming.title}: {kind}{length}."
    tempo = dj.clip_tempo(incoming)
    return f"{sentence} {incoming.title} plays {tempo}." if tempo else sentence
