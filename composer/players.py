"""Play each instrument of the band, bar by bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from composer.arrangement import Bar
from composer.drums import sized
from composer.kits import recorded
from composer.song import SAMPLE_RATE, Samples, Times
from composer.stage import Stage
from composer.theory import Key
from composer.tones import VOWELS

DRUM_GAIN = {
    "kick": 1.0,
    "snare": 0.7,
    "clap": 0.6,
    "hat": 0.28,
    "open": 0.3,
    "ride": 0.2,
    "crash": 0.35,
    "rim": 0.5,
    "brush": 0.4,
    "sweep": 0.3,
}
# Drums on which soft ghost notes are played, and those that may lag behind the beat.
GHOST_DRUMS = ("snare", "brush", "rim")
LAGGING_DRUMS = (*GHOST_DRUMS, "clap")
DRUM_PAN = {"hat": 0.25, "open": 0.2, "ride": -0.3, "crash": -0.15}
# The lowest notes of each register, as MIDI numbers.
BASS_MIDI, CHORD_MIDI, ARP_MIDI, VOICE_MIDI = 31, 55, 67, 57
# Velocities of the last four steps before a new section: they grow louder.
FILL_VELOCITIES = (0.35, 0.5, 0.65, 0.8)
# Two bars of a sung line: step, length in steps, and scale steps above the chord's root.
MOTIFS = (
    ((0, 6, 2), (6, 2, 4), (8, 7, 2), (16, 4, 0), (20, 4, 2), (24, 8, 1)),
    ((2, 2, 0), (4, 4, 2), (8, 6, 4), (18, 2, 4), (20, 4, 2), (24, 7, 0)),
    ((0, 3, 4), (3, 3, 2), (6, 8, 0), (16, 3, 2), (19, 3, 4), (22, 9, 2)),
)


@dataclass(frozen=True, slots=True)
class DrumHit:
    """A drum hit at a sample."""

    drum: str
    at: int
    velocity: float


def play_drums(stage: Stage) -> Mapping[str, Times]:
    """Play the drum kit; return the times in seconds at which each drum was hit."""
    played = (*_drum_hits(stage), *_ghosts(stage))
    late = [replace(h, at=h.at + lag(stage)) if h.drum in LAGGING_DRUMS else h for h in played]
    hits = [*late, *_closing_hits(stage)]
    for hit in hits:
        gain = DRUM_GAIN[hit.drum] * hit.velocity
        gain *= 10.0 ** (stage.style.drum_db.get(hit.drum, 0.0) / 20.0)
        stage.place("drums", _shot(stage, hit.drum), hit.at, gain, DRUM_PAN.get(hit.drum, 0.0))
    names = dict.fromkeys(hit.drum for hit in hits)
    return {n: np.sort([h.at for h in hits if h.drum == n]) / SAMPLE_RATE for n in names}


def _shot(stage: Stage, name: str) -> Samples:
    """One hit of a drum: recorded, if the song's kit has it, or else synthesised."""
    found = recorded(stage.spec.kit, name) if stage.spec.kit else None
    if found is not None:
        return found
    return sized(name, stage.spec.seed, stage.spec.realism.kit_octaves)


def _drum_hits(stage: Stage) -> Iterator[DrumHit]:
    rng = stage.rng("drums")
    if stage.spec.realism.pickup:
        yield from _pickup(stage)
    for bar in stage.bars:
        for name, pattern in stage.style.drums:
            if name in bar.part.players:
                for strike in stage.strikes(bar, pattern, rng):
                    yield DrumHit(name.partition(":")[0], strike.at, strike.velocity)
        if bar.opens and bar.part.energy > 0.8 and not stage.spec.lacks("crash"):
            yield DrumHit("crash", stage.step_at(bar.index, 0, rng), 0.8)
        if bar.closes and "snare" in bar.part.players:
            first = stage.style.steps_per_bar - len(FILL_VELOCITIES)
            for step, velocity in enumerate(FILL_VELOCITIES, start=first):
                yield DrumHit("snare", stage.step_at(bar.index, step, rng), velocity)


def _pickup(stage: Stage) -> Iterator[DrumHit]:
    """Three sixteenths that lead into the first bar; fewer if the lead-in is short."""
    first = stage.clock.bar_s(0)
    for steps_before, velocity in ((3, 0.4), (2, 0.5), (1, 0.6)):
        at = round((first - steps_before * stage.step_s) * SAMPLE_RATE)
        if at >= 0:
            yield DrumHit("snare", at, velocity)


def lag(stage: Stage) -> int:
    """By how many samples a laid-back band's backbeat and bass come late."""
    return round(stage.spec.realism.lag_s * SAMPLE_RATE)


def _ghosts(stage: Stage) -> Iterator[DrumHit]:
    """Soft strokes on steps off the beat, in bars whose drummer plays a ghost drum."""
    rng = stage.rng("ghosts")
    for bar in stage.bars:
        drum = next((drum for drum in GHOST_DRUMS if _plays(bar, stage, drum)), None)
        for step in range(stage.style.steps_per_bar):
            roll, velocity = rng.random(), rng.uniform(0.1, 0.3)
            if drum and step % 4 and roll < stage.spec.realism.ghosts:
                yield DrumHit(drum, stage.step_at(bar.index, step, rng), velocity)


def _plays(bar: Bar, stage: Stage, drum: str) -> bool:
    """Whether a drum plays in a bar, in any of its patterns."""
    return any(n in bar.part.players for n, _ in stage.style.drums if n.partition(":")[0] == drum)


def _closing_hits(stage: Stage) -> Iterator[DrumHit]:
    at = stage.closing_at()
    if not stage.spec.lacks("kick"):
        yield DrumHit("kick", at, 1.0)
    if not stage.spec.lacks("crash"):
        yield DrumHit("crash", at, 0.8)


def play_bass(stage: Stage) -> None:
    """Play the bass: roots, with the fifth on a bar's last note."""
    line, rng = stage.style.bass, stage.rng("bass")
    for bar in _bars_with(stage, "bass"):
        root = folded(bar.key, bar.chord, BASS_MIDI)
        fifth = folded(bar.key, bar.chord + 4, BASS_MIDI)
        strikes = list(stage.strikes(bar, line.pattern, rng))
        for strike in strikes:
            lifts = strike is strikes[-1] and len(strikes) > 3 and bar.index % 2 == 1
            late = replace(strike, at=strike.at + lag(stage))
            stage.line("bass", line, (fifth if lifts else root,), late)
    root = folded(stage.bars[-1].key, 0, BASS_MIDI)
    ringing = stage.notes("sub", (root,), stage.n_samples - stage.closing_at())
    stage.place("bass", ringing, stage.closing_at(), line.gain)


def play_chords(stage: Stage) -> None:
    """Play chords and pad, and hold the closing chord until the song ends."""
    rng = stage.rng("chords")
    for player, line in (("chords", stage.style.chords), ("pad", stage.style.pad)):
        for bar in _bars_with(stage, player):
            triad = bar.key.triad(bar.chord, lowest_midi=CHORD_MIDI)
            for strike in stage.strikes(bar, line.pattern, rng):
                stage.line("other", line, triad, strike)
    triad = stage.bars[-1].key.triad(0, lowest_midi=CHORD_MIDI)
    ringing = stage.notes("keys", triad, stage.n_samples - stage.closing_at())
    stage.place("other", ringing, stage.closing_at(), 1.5 * stage.style.chords.gain)


def play_arp(stage: Stage) -> None:
    """Play an arpeggio: up and down the chord's notes."""
    line, rng = stage.style.arp, stage.rng("arp")
    for bar in _bars_with(stage, "arp"):
        low, middle, high = bar.key.triad(bar.chord, lowest_midi=ARP_MIDI)
        pitches = (low, middle, high, middle)
        for i, strike in enumerate(stage.strikes(bar, line.pattern, rng)):
            stage.line("other", line, (pitches[i % 4],), strike)


def sing(stage: Stage) -> None:
    """Sing a motif of two bars over the chords, with vowels near the style's."""
    rng = stage.rng("voice")
    motif = MOTIFS[int(rng.integers(len(MOTIFS)))]
    vowels = [stage.style.voice, *rng.choice(sorted(VOWELS), 2)]
    steps = stage.style.steps_per_bar
    for bar in _bars_with(stage, "voice"):
        first = 16 * (bar.index % 2)
        for i, (step, held, above) in enumerate(motif):
            if first <= step < first + min(16, steps):
                midi = folded(bar.key, bar.chord + above, VOICE_MIDI)
                length = stage.length(min(held, first + steps - step))
                at = stage.step_at(bar.index, step - first, rng)
                stage.place("vocals", stage.notes(str(vowels[i % 3]), (midi,), length), at, 0.3)


def _bars_with(stage: Stage, player: str) -> Iterator[Bar]:
    return (bar for bar in stage.bars if player in bar.part.players)


def folded(key: Key, degree: int, lowest_midi: int) -> int:
    """The scale degree's note within an octave above the register's lowest note."""
    midi = key.degree_midi(degree, lowest_midi=lowest_midi)
    return lowest_midi + (midi - lowest_midi) % 12
