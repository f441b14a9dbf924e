"""Choose the bars of each song for each part of the mashup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...contract.stems import StemName
from .material import HALF_PHRASE, Material
from .roles import Player, PlayersByRole, Role, RoleAssignment
from .vibe_arrangements import Part, Sung
from .vocals import Floats

ON_PHRASE, ON_HALF = 0.35, 0.12  # bonus where a phrase, or half of one, begins

OFF_PHRASE = 2.0
"""Penalty for beginning in the middle of half a phrase: larger than all bonuses together. If
phrases are two bars long, this is allowed without penalty."""

CONTINUES = 0.3  # bonus for bars that continue the previous ones, without a cut
REPETITION = 0.25  # penalty for each earlier use of the same bars
IN_HARMONY = 0.5  # weight of agreeing chords: they decide between otherwise equal phrases
SAME_BARS = 0.6  # bonus if a song's instruments play the same bars as its own voice
MIN_PHRASE_SUNG = 0.2  # a vocal phrase needs vocals in at least this share of its time


@dataclass(frozen=True, slots=True)
class Window:
    """A role's bars of a song: ``bars`` from ``first`` on, placed at bar ``at`` of the mashup."""

    role: Role
    player: Player
    first: int
    at: int
    bars: int


@dataclass
class WindowChooser:
    """Chooses one window after another, and remembers the bars already used."""

    roles: RoleAssignment
    phrase: int
    used: Counter[tuple[str, Role, int]] = field(default_factory=Counter)
    last: dict[Role, Window] = field(default_factory=dict)

    def part(self, part: Part, at: int) -> list[Window]:
        """Choose the windows of a part that begins at a given bar of the mashup."""
        players = self.roles.halves[part.half]
        chosen: list[Window] = []
        for index in range(part.phrases):
            chosen += self._phrase(part, players, at + index * self.phrase)
        return chosen

    def _phrase(self, part: Part, players: PlayersByRole, at: int) -> list[Window]:
        windows: dict[Role, Window] = {}
        lead = players.get("voice")
        if part.sung and lead:
            sung = self._sung(lead, part.sung, at)
            if sung:
                windows["voice"] = sung
        brought = dict(lead.brings) if lead and "voice" in windows else {}
        for role in ("harmony", "bass", "drums"):
            player = brought.get(role) or players.get(role)
            if role in part.plays and player and not self._led(role, windows):
                windows[role] = self._played(role, player, windows, part, at)
        for window in windows.values():
            self._remember(window)
        return list(windows.values())

    def _led(self, role: Role, windows: Mapping[Role, Window]) -> bool:
        """Whether a harmony leads instead of a voice, so that no other harmony may play."""
        return role == "harmony" and "voice" in windows and not windows["voice"].player.sings

    def _sung(self, lead: Player, sung: Sung, at: int) -> Window | None:
        """Choose the lead's best phrase for a position; None if it has none."""
        material = lead.material
        presence = _mean(_of(material, lead.stems), self.phrase)
        if not len(presence):
            return None
        score = presence + self._common(material, "voice", at)
        if sung == "hook":
            score += 0.6 * _mean(material.energy, self.phrase)
        else:
            score -= 0.3 * _mean(material.energy, self.phrase)
        score += 0.25 * _begins(material, lead.stems)[: len(score)]
        score[presence < MIN_PHRASE_SUNG] = -np.inf
        best = int(np.argmax(score))
        return Window("voice", lead, best, at, self.phrase) if np.isfinite(score[best]) else None

    def _played(
        self, role: Role, player: Player, others: Mapping[Role, Window], part: Part, at: int
    ) -> Window:
        """Choose the best phrase of an instrument.

        It should be energetic in drops, and in harmony with the other players.
        """
        material = player.material
        presence = _of(material, player.stems)
        score = _mean(presence, self.phrase) + self._common(material, role, at)
        energy = _mean(material.energy, self.phrase)
        score += 0.4 * energy if part.label == "drop" else -0.1 * energy
        for other in others.values():
            score += _together(other, player, role, self.phrase)
        best = int(np.argmax(score))
        return Window(role, player, best, at, self.phrase)

    def _common(self, material: Material, role: Role, at: int) -> Floats:
        """Score every role's bars: phrase starts, continuation, repetition, even beats."""
        n = max(material.n_bars - self.phrase + 1, 1)
        score = np.where(material.on_phrase, ON_PHRASE, np.where(material.on_half, ON_HALF, 0.0))
        score = score[:n].astype(np.float64)
        begins = material.on_half if self.phrase >= HALF_PHRASE else material.on_pair
        score[~begins[:n]] -= OFF_PHRASE
        last = self.last.get(role)
        if last and last.player.material is material and last.at + last.bars == at:
            following = last.first + last.bars
            if following < n:
                score[following] += CONTINUES
        track = material.track.track_id
        for first in range(n):
            score[first] -= REPETITION * self.used[(track, role, first)]
        usable = _mean(material.usable.astype(np.float64), self.phrase)
        score[usable < 1.0] -= 10.0
        return score

    def _remember(self, window: Window) -> None:
        self.last[window.role] = window
        track = window.player.track.track_id
        for first in range(window.first - window.bars + 1, window.first + window.bars):
            self.used[(track, window.role, first)] += 1


def _together(other: Window, player: Player, role: Role, bars: int) -> Floats:
    """Score how well each phrase of a player fits a window that is already chosen."""
    material = player.material
    score = np.zeros(max(material.n_bars - bars + 1, 1))
    if other.player.track is player.track:
        score[min(other.first, len(score) - 1)] += SAME_BARS
    if role == "drums" or other.role == "drums":
        return score
    chroma = np.roll(_chroma(material, player.stems), player.pitch_semitones, axis=1)
    other_chroma = np.roll(
        _chroma(other.player.material, other.player.stems), other.player.pitch_semitones, axis=1
    )[other.first : other.first + bars]
    return score + IN_HARMONY * _agreement(chroma, other_chroma)


def _agreement(chroma: Floats, other: Floats) -> Floats:
    """Correlate pitch classes bar by bar, for each possible start of ``chroma``."""
    a, b = _standard(chroma), _standard(other)
    n, bars = max(len(a) - len(b) + 1, 1), len(b)
    return np.array([float((a[i : i + bars] * b[: len(a) - i]).sum()) / bars for i in range(n)])


def _standard(chroma: Floats) -> Floats:
    centred = chroma - chroma.mean(axis=1, keepdims=True)
    return np.asarray(centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9))


def _of(material: Material, stems: Sequence[StemName]) -> Floats:
    """Presence in each bar of the stem that plays most."""
    return np.asarray(np.max([material.presence[stem] for stem in stems], axis=0), np.float64)


def _chroma(material: Material, stems: Sequence[StemName]) -> Floats:
    return np.asarray(np.sum([material.chroma[stem] for stem in stems], axis=0), np.float64)


def _mean(per_bar: Floats, bars: int) -> Floats:
    """Running mean over some bars; over all if there are fewer."""
    bars = min(bars, len(per_bar))
    total = np.concatenate([[0.0], np.cumsum(per_bar)])
    return np.asarray((total[bars:] - total[:-bars]) / bars)


def _begins(material: Material, stems: Sequence[StemName]) -> Floats:
    """1 where a stem begins with a bar, after a bar of rest."""
    presence = _of(material, stems)
    before = np.concatenate([[0.0], presence[:-1]])
    return np.asarray(np.clip(presence - before, 0.0, 1.0), np.float64)
