"""Validate a language model's proposals for joins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue, ValidationError

from ...contract.analysis import Cue
from ...contract.dj import DjRules, PairStrategy
from ...llm.reply import CUT_OFF, Reply
from ..deck import DeckTrack, grid_of
from ..joins.candidates import MATCHED
from ..proposals import Proposals
from .set_data import PromptPair, cues_in, cues_out

MISSING = "the language model proposed nothing for this pair"

BARS_STEP = 4  # musical phrases are multiples of four bars
WITHOUT_OVERLAP = ("cut", "gap")
CUE_TOLERANCE_S = 0.5
"""A position in a track without bars may be this far from a cue: half a bar of slow music is 1 s.
"""

_REASON_CHARS = 300  # the limit of PairStrategy


class _InvalidProposal(Exception):
    """A rejected proposal, with the reason in words."""


def check_reply(reply: Reply, asked: Sequence[PromptPair], rules: DjRules) -> Proposals:
    """Validate a reply: correct harmless values, reject proposals that break the rules."""
    entries, cut_off = _entries(reply)
    if entries is None:
        return Proposals(reasons={pair.index: reply.unusable for pair in asked})
    proposed = _by_pair(entries, asked)
    notes: list[str] = []
    if surplus := len(entries) - len(proposed):
        word = "proposal" if surplus == 1 else "proposals"
        notes.append(f"The language model made {surplus} {word} too many; ignored.")
    strategies: dict[int, PairStrategy] = {}
    reasons = {pair.index: CUT_OFF if cut_off or reply.cut_off else MISSING for pair in asked}
    for pair, entry in proposed:
        try:
            strategies[pair.index], corrections = _strategy(entry, pair, rules)
        except _InvalidProposal as invalid:
            reasons[pair.index] = f"the language model's proposal is invalid: {invalid}"
        else:
            del reasons[pair.index]
            notes += corrections
    return Proposals(strategies, reasons, tuple(notes))


def _entries(reply: Reply) -> tuple[list[JsonValue] | None, bool]:
    """Find the list of proposals in a reply, and whether the reply was cut off."""
    for found in reply.json():
        if (entries := _list_in(found)) is not None:
            return entries, False
    # The last proposal of a cut-off list may end in the middle of a number, and is dropped.
    entries = _list_in(reply.beginning())
    return entries[:-1] if entries else None, True


def _list_in(found: JsonValue) -> list[JsonValue] | None:
    entries = found.get("pairs") if isinstance(found, dict) else found
    return entries if isinstance(entries, list) else None


def _by_pair(
    entries: Sequence[JsonValue], asked: Sequence[PromptPair]
) -> list[tuple[PromptPair, Mapping[str, JsonValue]]]:
    """Return the first proposal for each pair."""
    waiting = {(pair.outgoing, pair.incoming): pair for pair in asked}
    proposed: list[tuple[PromptPair, Mapping[str, JsonValue]]] = []
    for entry in entries:
        if isinstance(entry, dict):
            pair = waiting.pop((str(entry.get("outgoing")), str(entry.get("incoming"))), None)
            if pair is not None:
                proposed.append((pair, entry))
    return proposed


def _strategy(
    entry: Mapping[str, JsonValue], asked: PromptPair, rules: DjRules
) -> tuple[PairStrategy, list[str]]:
    """Correct the harmless values of a proposal, with notes about the corrections."""
    proposed = _parsed(entry)
    if proposed.kind not in asked.kinds:
        raise _InvalidProposal(f"“{proposed.kind}” is not among the kinds of join possible here")
    if proposed.kind in MATCHED and (proposed.bars % BARS_STEP or not proposed.bars):
        raise _InvalidProposal(f"{proposed.bars} bars are not a multiple of {BARS_STEP}")
    outgoing, incoming = asked.pair.outgoing, asked.pair.incoming
    shift_allowed = abs(proposed.pitch_semitones) <= rules.max_pitch_semitones
    corrected = {
        "outgoing": outgoing.track_id,
        "incoming": incoming.track_id,
        "out_at_s": _snapped(proposed.out_at_s, outgoing, cues_out(outgoing)),
        "in_at_s": _snapped(proposed.in_at_s, incoming, cues_in(incoming)),
        "bars": 0 if proposed.kind in WITHOUT_OVERLAP else proposed.bars,
        "overlay": proposed.overlay and rules.overlays != "never",
        "pitch_semitones": proposed.pitch_semitones if shift_allowed else 0,
    }
    strategy = proposed.model_copy(update=corrected)
    return strategy, list(_corrections(proposed, strategy, asked))


def _parsed(entry: Mapping[str, JsonValue]) -> PairStrategy:
    """Parse an entry; unknown fields are ignored."""
    known = {name: value for name, value in entry.items() if name in PairStrategy.model_fields}
    if isinstance(reason := known.get("reason"), str):
        known["reason"] = _one_line(reason)
    try:
        proposed = PairStrategy.model_validate(known)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field_name = ".".join(str(part) for part in first["loc"])
        raise _InvalidProposal(f"{field_name}: {first['msg']}") from error
    if any(at is not None and math.isinf(at) for at in (proposed.out_at_s, proposed.in_at_s)):
        raise _InvalidProposal("a position in a track must be a finite number of seconds")
    return proposed


def _one_line(text: str) -> str:
    """Make text safe to show: no control characters or line breaks, limited length."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * _REASON_CHARS])
    return " ".join(printable.split())[:_REASON_CHARS]


def _snapped(at_s: float | None, track: DeckTrack, cues: Sequence[Cue]) -> float | None:
    """Move a position to the nearest cue or downbeat; None if that is over half a bar away."""
    if at_s is None:
        return None
    grid = grid_of(track)
    places = [cue.at_s for cue in cues] + (grid.bars_s.tolist() if grid else [])
    tolerance_s = grid.bar_s / 2.0 if grid else CUE_TOLERANCE_S
    nearest = min(places, key=lambda place: abs(place - at_s), default=math.inf)
    return nearest if abs(nearest - at_s) <= tolerance_s else None


def _corrections(
    proposed: PairStrategy, strategy: PairStrategy, asked: PromptPair
) -> Iterator[str]:
    """Yield notes about the values that were corrected."""
    outgoing, incoming = f"“{asked.pair.outgoing.title}”", f"“{asked.pair.incoming.title}”"
    no_bar = "at a time where it has no bar; the rules chose the position."
    if proposed.out_at_s is not None and strategy.out_at_s is None:
        yield f"The language model proposed to leave {outgoing} {no_bar}"
    if proposed.in_at_s is not None and strategy.in_at_s is None:
        yield f"The language model proposed to enter {incoming} {no_bar}"
    if proposed.pitch_semitones != strategy.pitch_semitones:
        yield f"The language model proposed a pitch shift of {incoming} past the limit; ignored."
    if proposed.overlay != strategy.overlay:
        yield f"The language model proposed a sound over {incoming}; the DJ rules allow none."
