"""What can be used of a language model's answer: each pair stands or falls by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from ..contract.analysis import Cue
from ..contract.dj import DjRules, PairStrategy
from ..llm.reply import CUT_OFF, Reply
from .deck import DeckTrack, grid_of
from .llm_data import ON_THE_BEAT, AskedPair, cues_in, cues_out

LEFT_OUT = "the language model proposed nothing for this pair"

BARS_STEP = 4  # the shortest group of bars that music is written in
OVERLAPPING_NOTHING = ("cut", "gap")
CUE_TOLERANCE_S = 0.5
"""How far from a cue a point may be in a track without bars: half a bar of slow music is 1 s."""

_REASON_CHARS = 300  # what PairStrategy takes


@dataclass(frozen=True, slots=True)
class Usable:
    """What holds of an answer: each pair asked for is in ``strategies`` or in ``reasons``."""

    strategies: Mapping[int, PairStrategy] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def joined_by(self, later: Usable) -> Usable:
        """This, and what a second answer says about the pairs that are still open."""
        strategies = {**later.strategies, **self.strategies}
        reasons = {**self.reasons, **later.reasons}
        still = {index: why for index, why in reasons.items() if index not in strategies}
        return Usable(strategies, still, self.notes + later.notes)


class _Unfit(Exception):
    """A proposal that does not hold, in words."""


def usable(reply: Reply, asked: Sequence[AskedPair], rules: DjRules) -> Usable:
    """What holds of a reply."""
    entries, cut_off = _entries(reply)
    if entries is None:
        return Usable(reasons={pair.index: reply.unusable for pair in asked})
    proposed, surplus = _by_pair(entries, asked)
    notes = _surplus_notes(surplus)
    strategies: dict[int, PairStrategy] = {}
    reasons = {pair.index: CUT_OFF if cut_off or reply.cut_off else LEFT_OUT for pair in asked}
    for pair, entry in proposed:
        try:
            strategies[pair.index], put_right = _strategy(entry, pair, rules)
        except _Unfit as unfit:
            reasons[pair.index] = f"the language model's proposal does not hold: {unfit}"
        else:
            del reasons[pair.index]
            notes += put_right
    return Usable(strategies, reasons, tuple(notes))


def _surplus_notes(count: int) -> list[str]:
    if not count:
        return []
    word = "proposal" if count == 1 else "proposals"
    return [f"The language model made {count} {word} too many; left out."]


def _entries(reply: Reply) -> tuple[list[JsonValue] | None, bool]:
    """The proposals in a reply, None where there is no such JSON; and whether it is cut off."""
    for found in reply.json():
        if (entries := _listed(found)) is not None:
            return entries, False
    # What was cut off may be cut in a figure of its last proposal, which is dropped
    entries = _listed(reply.beginning())
    return entries[:-1] if entries else None, True


def _listed(found: JsonValue) -> list[JsonValue] | None:
    entries = found.get("pairs") if isinstance(found, dict) else found
    return entries if isinstance(entries, list) else None


def _by_pair(
    entries: Sequence[JsonValue], asked: Sequence[AskedPair]
) -> tuple[list[tuple[AskedPair, Mapping[str, JsonValue]]], int]:
    """The first entry of each pair asked for, and how many others there are."""
    waiting = {(pair.outgoing, pair.incoming): pair for pair in asked}
    proposed: list[tuple[AskedPair, Mapping[str, JsonValue]]] = []
    for entry in entries:
        if isinstance(entry, dict):
            pair = waiting.pop((str(entry.get("outgoing")), str(entry.get("incoming"))), None)
            if pair is not None:
                proposed.append((pair, entry))
    return proposed, len(entries) - len(proposed)


def _strategy(
    entry: Mapping[str, JsonValue], asked: AskedPair, rules: DjRules
) -> tuple[PairStrategy, list[str]]:
    """The proposal, put right where one value is harmless, and what was put right.

    Raises
    ------
    _Unfit
        If it is no proposal, or one that the rules rule out.
    """
    proposed = _shaped(entry)
    if proposed.kind not in asked.kinds:
        raise _Unfit(f"“{proposed.kind}” is not among the kinds of join that are possible here")
    if proposed.kind in ON_THE_BEAT and (proposed.bars % BARS_STEP or not proposed.bars):
        raise _Unfit(f"{proposed.bars} bars are not a multiple of {BARS_STEP}")
    outgoing, incoming = asked.pair.outgoing, asked.pair.incoming
    fitting = {
        "outgoing": outgoing.track_id,
        "incoming": incoming.track_id,
        "out_at_s": _settled(proposed.out_at_s, outgoing, cues_out(outgoing)),
        "in_at_s": _settled(proposed.in_at_s, incoming, cues_in(incoming)),
        "bars": 0 if proposed.kind in OVERLAPPING_NOTHING else proposed.bars,
        "overlay": proposed.overlay and rules.overlays != "never",
        "pitch_semitones": _allowed_shift(proposed.pitch_semitones, rules),
    }
    strategy = proposed.model_copy(update=fitting)
    return strategy, list(_put_right(proposed, strategy, asked))


def _shaped(entry: Mapping[str, JsonValue]) -> PairStrategy:
    """The entry in the contract's shape; fields it does not know are nobody's business."""
    known = {name: value for name, value in entry.items() if name in PairStrategy.model_fields}
    if isinstance(reason := known.get("reason"), str):
        known["reason"] = _one_line(reason)
    try:
        proposed = PairStrategy.model_validate(known)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field_name = ".".join(str(part) for part in first["loc"])
        raise _Unfit(f"{field_name}: {first['msg']}") from error
    if any(at is not None and math.isinf(at) for at in (proposed.out_at_s, proposed.in_at_s)):
        raise _Unfit("a point in a track is a finite number of seconds")
    return proposed


def _one_line(text: str) -> str:
    """Words to be shown: no control characters, no line breaks, no longer than a reason is."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * _REASON_CHARS])
    return " ".join(printable.split())[:_REASON_CHARS]


def _settled(at_s: float | None, track: DeckTrack, cues: Sequence[Cue]) -> float | None:
    """The cue or downbeat that was meant; None where none is within half a bar."""
    if at_s is None:
        return None
    grid = grid_of(track)
    places = [cue.at_s for cue in cues] + (grid.bars_s.tolist() if grid else [])
    half_bar_s = 30.0 / grid.tempo_bpm * grid.beats_per_bar if grid else CUE_TOLERANCE_S
    nearest = min(places, key=lambda place: abs(place - at_s), default=math.inf)
    return nearest if abs(nearest - at_s) <= half_bar_s else None


def _allowed_shift(semitones: int, rules: DjRules) -> int:
    return semitones if abs(semitones) <= rules.max_pitch_semitones else 0


def _put_right(proposed: PairStrategy, strategy: PairStrategy, asked: AskedPair) -> Iterator[str]:
    """What is otherwise than it was proposed, for the job."""
    out_of, into = f"“{asked.pair.outgoing.title}”", f"“{asked.pair.incoming.title}”"
    if proposed.out_at_s is not None and strategy.out_at_s is None:
        yield f"The language model would leave {out_of} where it has no bar; the rules choose."
    if proposed.in_at_s is not None and strategy.in_at_s is None:
        yield f"The language model would enter {into} where it has no bar; the rules choose."
    if proposed.pitch_semitones != strategy.pitch_semitones:
        yield f"The language model would shift {into} further than the rules allow; it is not."
    if proposed.overlay != strategy.overlay:
        yield f"The language model would lay a sound over {into}; the rules allow none."
