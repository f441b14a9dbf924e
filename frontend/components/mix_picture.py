"""A timeline as the picture of a mix takes it: two decks, bends, filters, echoes, words."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.mixes import ClipView, EffectView, TimelineView, TransitionView

from .. import dj_words

FILTERED = {
    "high_pass": "lows",
    "low_pass": "highs",
    "low_shelf": "bass",
    "high_shelf": "treble",
}


def mix_picture(timeline: TimelineView) -> dict[str, object]:
    """Clips on their decks in the order they are heard, and the joins between them."""
    places = track_places(timeline)
    return {
        "duration_s": timeline.duration_s,
        "clips": [clip(one, places.get(index)) for index, one in enumerate(timeline.clips)],
        "joins": [
            {"start_s": join.start_s, "end_s": join.end_s, "said": join_said(timeline, join)}
            for join in timeline.transitions
        ],
    }


def track_places(timeline: TimelineView) -> dict[int, int]:
    """Index of a clip to its track's place in the mix, from 0; overlays have none."""
    tracks = (index for index, one in enumerate(timeline.clips) if one.role == "track")
    return {index: place for place, index in enumerate(tracks)}


def clip(view: ClipView, place: int | None) -> dict[str, object]:
    """One clip; neighbours lie on different decks."""
    bends = [piece for piece in dj_words.bent_pieces(view) if is_bent(piece[2])]
    return {
        "title": view.title or "Untitled",
        "number": None if place is None else place + 1,
        "deck": (place or 0) % 2,
        "overlay": place is None,
        "start_s": view.start_s,
        "end_s": view.end_s,
        "fade_in_s": view.fade_in_s,
        "fade_out_s": view.fade_out_s,
        "bends": [{"start_s": a, "end_s": b, "percent": percent} for a, b, percent in bends],
        "effects": filters(view.effects),
        "echo_s": view.echo.start_s if view.echo else None,
    }


def is_bent(percent: float) -> bool:
    """Whether a change of tempo is more than a rounding."""
    return abs(percent) >= dj_words.SAME_TEMPO_PERCENT


def filters(effects: Sequence[EffectView]) -> list[dict[str, object]]:
    """What is filtered away, and how much of it at each moment; what moves alike is one."""
    alike: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for effect in effects:
        if effect.kind in FILTERED:  # a level takes nothing away
            alike.setdefault(tuple(course(effect)), []).append(FILTERED[effect.kind])
    return [
        {"label": f"{' and '.join(names)} out", "points": list(points)}
        for points, names in alike.items()
    ]


def course(effect: EffectView) -> list[tuple[float, float]]:
    """The shares from end to end of the effect; before the first and past the last they hold."""
    first, last = effect.shares[0][1], effect.shares[-1][1]
    inside = [point for point in effect.shares if effect.start_s < point[0] < effect.end_s]
    return [(effect.start_s, first), *inside, (effect.end_s, last)]


def join_said(timeline: TimelineView, join: TransitionView) -> str:
    """A join in a sentence: who passes into whom, how, and whose tempo is bent."""
    outgoing, incoming = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    long = f", {dj_words.bars(join.bars)}" if join.bars else ""
    said = f"{outgoing.title} into {incoming.title}: {dj_words.kind(join.kind).lower()}{long}."
    bend = dj_words.bend(incoming)
    return f"{said} {incoming.title} plays {bend}." if bend else said
