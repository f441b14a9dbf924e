"""Arrange a song: its form, its bars, and the instruments of each section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer.clock import Clock
from composer.harmony import borrow, parse_keys, progressions
from composer.song import Absence, Section, SongSpec
from composer.styles.style import FormPart
from composer.theory import Key

# Sections are whole multiples of the longest of these units with which the form fits.
UNITS_BARS = (8, 4, 2, 1)
PHRASE_BARS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its position, section and chord (a degree of the key's scale; 0 is the tonic)."""

    index: int
    part: FormPart
    key: Key
    chord: int
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the form, and the number of bars that it gets."""

    part: FormPart
    start_bar: int
    bars: int


def adapt_form(spec: SongSpec, form: tuple[FormPart, ...]) -> tuple[FormPart, ...]:
    """Leave out absent players; with a false pulse, the first part is longer and has only a pad."""
    parts = [
        replace(part, players=frozenset(p for p in part.players if not _absent(spec, p, index)))
        for index, part in enumerate(form)
    ]
    if spec.false_pulse is not None:
        parts[0] = replace(parts[0], weight=parts[0].weight + 1, players=frozenset({"pad"}))
    return tuple(parts)


def _absent(spec: SongSpec, player: str, part: int) -> bool:
    name = player.partition(":")[0]
    return spec.lacks(name) or Absence(name, part) in spec.absences


def lay_out(form: tuple[FormPart, ...], n_bars: int) -> tuple[Block, ...]:
    """Distribute ``n_bars`` among the parts by weight.

    If there are too few bars, the quietest parts are left out.
    """
    parts = list(form)
    while len(parts) > n_bars:
        parts.remove(min(parts, key=lambda part: part.energy))
    unit = next(u for u in UNITS_BARS if n_bars // u >= len(parts))
    lengths = [unit] * len(parts)
    for _ in range(n_bars // unit - len(parts)):
        shares = [n / part.weight for n, part in zip(lengths, parts, strict=True)]
        lengths[shares.index(min(shares))] += unit
    lengths[-1] += n_bars - sum(lengths)
    starts = np.cumsum([0, *lengths[:-1]])
    return tuple(Block(p, int(s), n) for p, s, n in zip(parts, starts, lengths, strict=True))


def write_bars(
    blocks: tuple[Block, ...], key_names: Sequence[str], spec: SongSpec
) -> tuple[Bar, ...]:
    """Choose a chord for each bar: loud parts share one progression, others a second one."""
    keys, drawn = parse_keys(key_names), progressions(spec.seed, restless=spec.realism.restless)
    rows = [(block, i) for block in blocks for i in range(block.bars)]
    chords = [
        drawn[key.mode][0 if block.part.energy > 0.8 else 1][i % 4]
        for (block, i), key in zip(rows, keys, strict=True)
    ]
    return tuple(
        Bar(
            index=block.start_bar + i,
            part=block.part,
            key=key,
            chord=chord,
            opens=i == 0,
            closes=i == block.bars - 1,
        )
        for (block, i), key, chord in zip(rows, borrow(spec, keys, chords), chords, strict=True)
    )


def find_sections(blocks: tuple[Block, ...], clock: Clock, end_s: float) -> tuple[Section, ...]:
    """List the sections in seconds; the last, "end", is the decay of the closing chord."""
    played = tuple(
        Section(
            name=block.part.name,
            start_s=clock.bar_s(block.start_bar),
            end_s=clock.bar_s(block.start_bar + block.bars),
            start_bar=block.start_bar,
            bars=block.bars,
            energy=block.part.energy,
        )
        for block in blocks
    )
    return (
        *played,
        Section("end", played[-1].end_s, end_s, played[-1].start_bar + played[-1].bars, 0, 0.0),
    )


def phrase_bars(blocks: tuple[Block, ...]) -> list[int]:
    """List the first bars of phrases: every eighth bar from each section's start."""
    return [bar for b in blocks for bar in range(b.start_bar, b.start_bar + b.bars, PHRASE_BARS)]
