"""Decide in each part of a track where bars begin, to half a beat.

Kick and snare, bass and chords, accents and changes of sound vote in every bar for each position
that a bar could begin at: on a beat, or halfway between two. A path through the bars
(Viterbi) follows the votes, and pays for each change. So a part with loud off-beats is outvoted
by the parts round it, and a track that has an extra beat is counted anew after it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .downbeats import BeatFeatures, changes
from .onsets import Floats

Steps = npt.NDArray[np.int64]

ON_BEAT = ("kick", "snare", "accent", "body", "tones", "colour")
"""Cues compared between beats and the positions halfway between them."""
DOWNBEAT = ("kick", "snare", "accent", "tones", "chords", "harmony", "bars", "colour", "sections")
"""Cues compared between the first beat of a bar and its others."""
BACKBEAT = ("kick", "snare", "accent", "hat", "chords")
"""Cues compared between beats 1 and 3 and beats 2 and 4 of a bar of four."""

WEIGHTS = np.array(
    [
        *(0.41, 0.10, 0.41, 0.51, 0.24, 0.12),
        *(0.53, 0.73, 0.33, 0.20, 0.40, 0.36, 1.71, 0.51, -0.09),
        *(0.34, -0.41, -0.78, -0.61, 0.15),
    ]
)
"""Weights of the cues, by groups and in their order.

A conditional logit, fitted by ``python -m bench.bars.fit`` to composed and real music.
"""

VOTING_BARS = 8  # the weights are those of means over this many bars
TRUST = 0.35  # neighbouring parts repeat each other: a third of their votes is independent
HALF_BEAT_COST, BEAT_COST = 8.0, 5.0
"""Cost, in nats a bar, of moving bars by half a beat (in real tracks only edits do that) or by
whole beats (as an inserted bar of two beats does)."""
TEMPO_TRUST, MOST_TEMPO_VOTES = 12.0, 6.0
"""Votes, in nats, for the beats of the tempo search: at first the factor of its margin over beats
half a beat later. In real tracks it is under 0.15 where they are wrong, and over 0.4 in most."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues at each half beat, ``(n,)`` each, with mean 0 and deviation 1 over the track.

    Attributes
    ----------
    kick, snare, hat, accent, body : onset strength
    tones, chords, harmony, bars : change of the tones from half a beat, one beat, two beats, one
        bar before to as long after
    colour, sections : change of the bands from half a beat, two bars before to as long after
    """

    kick: Floats
    snare: Floats
    hat: Floats
    accent: Floats
    body: Floats
    tones: Floats
    chords: Floats
    harmony: Floats
    bars: Floats
    colour: Floats
    sections: Floats


@dataclass(frozen=True, slots=True)
class BarPath:
    """Where bars begin, in half beats, along a track.

    Attributes
    ----------
    offsets : half beat of each block of one bar at which a bar begins, ``(n_blocks,)``
    on_beat : probability that beats are on the offsets' beats rather than between, ``(n_blocks,)``
    on_bar : probability that bars begin at the offsets, ``(n_blocks,)``
    votes : each cue's votes for each offset, in nats, ``(n_blocks, 2 * metre, n_cues)``
    metre : beats of a bar
    """

    offsets: Steps
    on_beat: Floats
    on_bar: Floats
    votes: Floats
    metre: int

    @property
    def half_beats(self) -> int:
        """Half beats of a bar, and of a block."""
        return 2 * self.metre

    def lead_without_best_cue(self, blocks: Steps) -> float:
        """Return the lead in nats of the bars of some blocks, without the cue that helps most.

        One cue alone may follow something else, such as a pad that enters a beat early. The lead is
        over bars on the same beats, and negative where other bars have more votes.
        """
        by_cue = self.votes[blocks].mean(axis=0)
        offset = int(np.bincount(self.offsets[blocks]).argmax())
        rest = by_cue.sum(axis=1, keepdims=True) - by_cue
        rivals = [at for at in range(offset % 2, self.half_beats, 2) if at != offset]
        return float((rest[offset] - rest[rivals].max(axis=0)).min())

    def places(self, n_halves: int) -> Steps:
        """Return each half beat's place in its bar, in half beats: beats have even places."""
        block = np.minimum(np.arange(n_halves) // self.half_beats, len(self.offsets) - 1)
        return np.asarray((np.arange(n_halves) - self.offsets[block]) % self.half_beats)


def bar_cues(halves: BeatFeatures, metre: int) -> Cues:
    """Compute the cues from the features of each half beat."""
    bar = 2 * metre
    found = Cues(
        kick=halves.kick,
        snare=halves.snare,
        hat=halves.hat,
        accent=halves.accent,
        body=halves.body,
        tones=changes(halves.tones, 1, 1),
        chords=changes(halves.tones, 2, 2),
        harmony=changes(halves.tones, 4, 4),
        bars=changes(halves.tones, bar, bar),
        colour=changes(halves.colour, 1, 1),
        sections=changes(halves.colour, 2 * bar, 2 * bar) ** 2,
    )
    return Cues(*(_standard(getattr(found, field.name)) for field in fields(Cues)))


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-6))


def bar_profiles(cues: Cues, metre: int) -> dict[str, Floats]:
    """Reshape each cue into blocks of one bar, ``(n_blocks, 2 * metre)``; a last part is dropped.

    Music shorter than a bar gives one block, filled up with zeros.
    """
    bar = 2 * metre
    n_blocks = max(len(cues.kick) // bar, 1)
    profiles = {}
    for field in fields(Cues):
        values = getattr(cues, field.name)[: n_blocks * bar]
        values = np.pad(values, (0, n_blocks * bar - len(values)))
        profiles[field.name] = values.reshape(n_blocks, bar)
    return profiles


def evidence(profiles: dict[str, Floats], metre: int) -> Floats:
    """Compute the cues' evidence for each offset of the bar, ``(n_blocks, 2 * metre, n_cues)``.

    Differences of means: beats less off-beats, the first beat less the others, beats 1 and 3 less
    2 and 4.
    """
    columns = [_turned(profiles[name], _on_beat(metre)) for name in ON_BEAT]
    columns += [_turned(profiles[name], _downbeat(metre)) for name in DOWNBEAT]
    columns += [_turned(profiles[name], _backbeat(metre)) for name in BACKBEAT]
    return np.stack(columns, axis=2)


def _on_beat(metre: int) -> Floats:
    return np.tile([1.0 / metre, -1.0 / metre], metre)


def _downbeat(metre: int) -> Floats:
    pattern = np.zeros(2 * metre)
    pattern[2::2] = -1.0 / (metre - 1)
    pattern[0] = 1.0
    return pattern


def _backbeat(metre: int) -> Floats:
    pattern = np.zeros(2 * metre)
    if metre == 4:
        pattern[::2] = [0.5, -0.5, 0.5, -0.5]
    return pattern


def _turned(profile: Floats, pattern: Floats) -> Floats:
    """Correlate each block with the pattern turned to each offset."""
    turns = np.stack([np.roll(pattern, offset) for offset in range(len(pattern))], axis=1)
    return np.asarray(profile @ turns)


def bar_votes(halves: BeatFeatures, metre: int, weights: Floats) -> Floats:
    """Compute each cue's vote in each bar for each offset, in nats of ``VOTING_BARS`` like it."""
    return evidence(bar_profiles(bar_cues(halves, metre), metre), metre) * weights


def find_bar_path(
    halves: BeatFeatures,
    metre: int,
    *,
    expected: int,
    margin: float,
    weights: Floats = WEIGHTS,
) -> BarPath:
    """Find where bars begin along a track.

    ``halves`` are the features of beats and of the positions halfway between them, in turn. The
    tempo search found the beats at the halves of even index (``expected`` 0) or odd index (1),
    with a ``margin`` of its evidence over the other. ``weights`` are those of the cues.
    """
    by_cue = bar_votes(halves, metre, weights)
    votes = TRUST / VOTING_BARS * by_cue.sum(axis=2)
    n_states = 2 * metre
    states = np.arange(n_states)
    apart = states[:, None] - states[None, :]
    cost = np.where(apart % 2 == 1, HALF_BEAT_COST, BEAT_COST)
    cost[apart == 0] = 0.0
    votes[0] += min(TEMPO_TRUST * margin, MOST_TEMPO_VOTES) * (states % 2 == expected)
    share = _posterior(votes, cost)
    # Beats first, over all bars that they allow: one likely bar does not make its beats likely.
    likelier = share[:, 1::2].sum(axis=1) > 0.5
    offsets = _best_path(np.where(states % 2 == likelier[:, None], votes, -np.inf), cost)
    chosen = share[np.arange(len(share)), offsets]
    same_half = (states[None, :] - offsets[:, None]) % 2 == 0
    on_beat = (share * same_half).sum(axis=1)
    return BarPath(offsets, on_beat, chosen, by_cue, metre)


def _best_path(votes: Floats, cost: Floats) -> Steps:
    """Find the states with the most votes less costs of changes (Viterbi)."""
    score = votes[0]
    came_from = np.zeros(votes.shape, np.int64)
    for k in range(1, len(votes)):
        options = score[:, None] - cost
        came_from[k] = options.argmax(axis=0)
        score = options.max(axis=0) + votes[k]
    path = np.empty(len(votes), np.int64)
    path[-1] = score.argmax()
    for k in range(len(votes) - 1, 0, -1):
        path[k - 1] = came_from[k, path[k]]
    return path


def _posterior(votes: Floats, cost: Floats) -> Floats:
    """Compute the probability of each state in each block (forward-backward)."""
    likely = np.exp(votes - votes.max(axis=1, keepdims=True))
    moves = np.exp(-cost)
    moves /= moves.sum(axis=1, keepdims=True)
    ahead, behind = np.empty(votes.shape), np.ones(votes.shape)
    ahead[0] = likely[0] / likely[0].sum()
    for k in range(1, len(votes)):
        ahead[k] = likely[k] * (ahead[k - 1] @ moves)
        ahead[k] /= ahead[k].sum()
    for k in range(len(votes) - 2, -1, -1):
        behind[k] = moves @ (likely[k + 1] * behind[k + 1])
        behind[k] /= behind[k].sum()
    both = ahead * behind
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def with_halves(beats_s: Floats) -> Floats:
    """Insert a time halfway between any two beats."""
    n_beats = len(beats_s)
    return np.interp(np.arange(2 * n_beats - 1) / 2.0, np.arange(n_beats), beats_s)


def chosen_beats(halves_s: Floats, path: BarPath) -> tuple[Floats, Steps, Steps]:
    """Return the beats among the half beats, their places in the bar in beats, and their blocks.

    Where the path moves by half a beat, the beat before is dropped if it is only half a beat away.
    """
    places = path.places(len(halves_s))
    kept = np.flatnonzero(places % 2 == 0)
    kept = kept[np.append(np.diff(kept) > 1, True)]
    block = np.minimum(kept // path.half_beats, len(path.offsets) - 1)
    return halves_s[kept], places[kept] // 2, block
