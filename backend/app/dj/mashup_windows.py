"""Which bars of a song are played in which part of the mashup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..contract.stems import StemName
from .mashup_cast import Cast, Line, Player, Role
from .mashup_form import Part, Sung
from .mashup_material import HALF_PHRASE, Material
from .mashup_room import Floats

ON_PHRASE, ON_HALF = 0.35, 0.12
"""How much it counts that a phrase of the song begins here, or half of one."""

OFF_PHRASE = 2.0
"""Bars in the midst of half a phrase are begun with only where there are no others: it is more than
all else can speak for them. Where phrases are two bars, those may begin in the midst of a half."""

GOES_ON = 0.3
"""A song that simply goes on is heard as played, and not as cut."""

HEARD_BEFORE = 0.25
"""What it costs that the same bars were heard already, a time."""

IN_HARMONY = 0.5
"""What chords that agree count beside the rest: they decide between phrases alike otherwise."""

SAME_BARS = 0.6
"""A song under its own voice plays the bars that were sung over, where there is no more to it."""

LEAST_SUNG = 0.2
"""A phrase sung in less of its time than this is none."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some bars of a song in a role, at a place of the mashup; all in bars of the mashup."""

    role: Role
    player: Player
    first: int
    at: int
    bars: int


@dataclass
class Chooser:
    """Chooses window after window, and remembers what was heard."""

    cast: Cast
    phrase: int
    heard: Counter[tuple[str, Role, int]] = field(default_factory=Counter)
    last: dict[Role, Window] = field(default_factory=dict)

    def part(self, part: Part, at: int) -> list[Window]:
        """The windows of a part that begins at a bar of the mashup."""
        line = self.cast.acts[part.act]
        chosen: list[Window] = []
        for index in range(part.phrases):
            chosen += self._phrase(part, line, at + index * self.phrase)
        return chosen

    def _phrase(self, part: Part, line: Line, at: int) -> list[Window]:
        windows: dict[Role, Window] = {}
        lead = line.get("voice")
        if part.sung and "voice" in part.plays and lead:
            sung = self._sung(lead, part.sung, at)
            if sung:
                windows["voice"] = sung
        brought = dict(lead.brings) if lead and "voice" in windows else {}
        for role in ("harmony", "bass", "drums"):
            player = brought.get(role) or line.get(role)
            if role in part.plays and player and not self._led(role, windows):
                windows[role] = self._played(role, player, windows, part, at)
        for window in windows.values():
            self._remember(window)
        return list(windows.values())

    def _led(self, role: Role, windows: Mapping[Role, Window]) -> bool:
        """Whether the lead is an instrument that this role would play beside."""
        return role == "harmony" and "voice" in windows and not windows["voice"].player.sings

    def _sung(self, lead: Player, sung: Sung, at: int) -> Window | None:
        """The phrase of the lead that suits this place; None where there is none."""
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
        score[presence < LEAST_SUNG] = -np.inf
        best = int(np.argmax(score))
        return Window("voice", lead, best, at, self.phrase) if np.isfinite(score[best]) else None

    def _played(
        self, role: Role, player: Player, others: Mapping[Role, Window], part: Part, at: int
    ) -> Window:
        """The phrase of an instrument: full where all is to be full, and in harmony."""
        material = player.material
        full = part.label == "drop"
        wanted = _of(material, player.stems)
        score = _mean(wanted, self.phrase) + self._common(material, role, at)
        energy = _mean(material.energy, self.phrase)
        score += 0.4 * energy if full else -0.1 * energy
        for other in others.values():
            score += _together(other, player, role, self.phrase)
        best = int(np.argmax(score))
        return Window(role, player, best, at, self.phrase)

    def _common(self, material: Material, role: Role, at: int) -> Floats:
        """What counts for every role: phrases, going on, nothing heard too often, even beats."""
        n = max(material.n_bars - self.phrase + 1, 1)
        score = np.where(material.on_phrase, ON_PHRASE, np.where(material.on_half, ON_HALF, 0.0))
        score = score[:n].astype(np.float64)
        begins = material.on_half if self.phrase >= HALF_PHRASE else material.on_pair
        score[~begins[:n]] -= OFF_PHRASE
        last = self.last.get(role)
        if last and last.player.material is material and last.at + last.bars == at:
            following = last.first + last.bars
            if following < n:
                score[following] += GOES_ON
        track = material.track.track_id
        for first in range(n):
            score[first] -= HEARD_BEFORE * self.heard[(track, role, first)]
        usable = _mean(material.usable.astype(np.float64), self.phrase)
        score[usable < 1.0] -= 10.0
        return score

    def _remember(self, window: Window) -> None:
        self.last[window.role] = window
        track = window.player.track.track_id
        for first in range(window.first - window.bars + 1, window.first + window.bars):
            self.heard[(track, window.role, first)] += 1


def _together(other: Window, player: Player, role: Role, bars: int) -> Floats:
    """How well each phrase of a player goes with what is there already."""
    material = player.material
    score = np.zeros(max(material.n_bars - bars + 1, 1))
    if other.player.track is player.track:
        score[min(other.first, len(score) - 1)] += SAME_BARS
    if role == "drums" or other.role == "drums":
        return score
    ours = np.roll(_chroma(material, player.stems), player.pitch_semitones, axis=1)
    theirs = np.roll(
        _chroma(other.player.material, other.player.stems), other.player.pitch_semitones, axis=1
    )[other.first : other.first + bars]
    return score + IN_HARMONY * _agreement(ours, theirs)


def _agreement(ours: Floats, theirs: Floats) -> Floats:
    """The correlation of the pitch classes, bar by bar, of each place where ours could begin."""
    a, b = _standard(ours), _standard(theirs)
    n, bars = max(len(a) - len(b) + 1, 1), len(b)
    return np.array([float((a[i : i + bars] * b[: len(a) - i]).sum()) / bars for i in range(n)])


def _standard(chroma: Floats) -> Floats:
    centred = chroma - chroma.mean(axis=1, keepdims=True)
    return np.asarray(centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9))


def _of(material: Material, stems: Sequence[StemName]) -> Floats:
    """How much of some stems is heard in each bar: of the one that plays most."""
    return np.asarray(np.max([material.presence[stem] for stem in stems], axis=0), np.float64)


def _chroma(material: Material, stems: Sequence[StemName]) -> Floats:
    return np.asarray(np.sum([material.chroma[stem] for stem in stems], axis=0), np.float64)


def _mean(per_bar: Floats, bars: int) -> Floats:
    """The mean over some bars from each on; over all there are where there are fewer."""
    bars = min(bars, len(per_bar))
    total = np.concatenate([[0.0], np.cumsum(per_bar)])
    return np.asarray((total[bars:] - total[:-bars]) / bars)


def _begins(material: Material, stems: Sequence[StemName]) -> Floats:
    """1 where a stem sets in with the bar, having rested in the one before."""
    presence = _of(material, stems)
    before = np.concatenate([[0.0], presence[:-1]])
    return np.asarray(np.clip(presence - before, 0.0, 1.0), np.float64)
