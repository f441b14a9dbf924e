"""Compose a song from its spec: clock, arrangement, band, mixdown."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from composer.arrangement import (
    Block,
    adapt_form,
    find_sections,
    lay_out,
    phrase_bars,
    write_bars,
)
from composer.clock import Clock, make_clock, tempo_stretches
from composer.harmony import bar_keys, key_stretches
from composer.mixdown import balance, master, pump
from composer.openings import play_anacrusis, play_false_pulse
from composer.players import play_arp, play_bass, play_chords, play_drums, sing
from composer.recording import add_hiss, add_room
from composer.song import SAMPLE_RATE, Samples, Song, SongSpec, Times
from composer.stage import Stage
from composer.styles.all import STYLES
from composer.styles.style import Style
from composer.tape import play_from_tape
from composer.theory import KEY_NAMES

DEFAULT_DURATION_S = 90.0
# The closing chord rings for at least this long.
RING_S = 1.5
# Songs differ in loudness like masters: about -21 to -11 LUFS.
RMS_DBFS = (-21.0, -12.0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Values derived from spec and random generator before any note is played."""

    tempo_bpm: float
    key: str
    rms_dbfs: float
    clock: Clock
    n_bars: int
    n_samples: int


def compose_song(spec: SongSpec) -> Song:
    """Compose, play and mix a song; the same spec always gives the same samples.

    Raise ``ValueError`` if ``duration_s`` leaves no room for a single bar.
    """
    style = STYLES[spec.style]
    frame = _draw_frame(spec, style)
    blocks = lay_out(adapt_form(spec, style.form), frame.n_bars)
    key_names = bar_keys(spec, frame.key, frame.n_bars)
    stage = Stage(
        spec=spec,
        style=style,
        clock=frame.clock,
        bars=write_bars(blocks, key_names, spec),
        step_s=15.0 / frame.tempo_bpm,
        n_samples=frame.n_samples,
    )
    onsets = play_drums(stage)
    for play in (play_bass, play_chords, play_arp, sing, play_anacrusis):
        play(stage)
    play_false_pulse(stage, blocks[0].bars)
    mix = _mix_down(stage, onsets["kick"] if "kick" in onsets else np.zeros(0), frame.rms_dbfs)
    song = _state_truth(stage, frame, blocks, key_names, onsets, mix)
    return play_from_tape(song, spec.wobbles)


def _mix_down(stage: Stage, kicks: Times, rms_dbfs: float) -> Samples:
    """Add the room, balance and duck the stems in place, and return their limited sum."""
    spec, style = stage.spec, stage.style
    add_room(stage.stems, spec.realism.room, spec.seed)
    balance(stage.stems)
    for ducked in ("bass", "other"):
        pump(stage.stems[ducked], kicks, style.pump)
    if spec.realism.drums_db:
        stage.stems["drums"] *= np.float32(10.0 ** (spec.realism.drums_db / 20.0))
    for name, gain_db in style.stem_db.items():
        stage.stems[name] *= np.float32(10.0 ** (gain_db / 20.0))
    add_hiss(stage.stems["other"], spec.realism.hiss_db, spec.seed)
    return master(stage.stems, rms_dbfs)


def _state_truth(
    stage: Stage,
    frame: _Frame,
    blocks: tuple[Block, ...],
    key_names: Sequence[str],
    onsets: Mapping[str, Times],
    mix: Samples,
) -> Song:
    """Put the sound and the truth about it together."""
    spec, clock, end_s = stage.spec, frame.clock, frame.n_samples / SAMPLE_RATE
    beats = clock.beats[: frame.n_bars * clock.beats_per_bar + 1]
    keys = key_stretches(key_names, clock, end_s)
    main_key = max(dict.fromkeys(key_names), key=list(key_names).count)
    return Song(
        title=spec.title or f"{main_key} {spec.style} {spec.seed}",
        artist=spec.artist or "The Composer",
        style=spec.style,
        seed=spec.seed,
        samples=mix,
        stems=stage.stems,
        beats=np.concatenate((clock.anacrusis(spec.anacrusis_beats), beats)),
        downbeats=beats[:: clock.beats_per_bar],
        phrases=np.array([clock.bar_s(bar) for bar in phrase_bars(blocks)]),
        sections=find_sections(blocks, clock, end_s),
        onsets=onsets,
        key=main_key,
        keys=keys,
        tempo_bpm=frame.tempo_bpm,
        tempos=tempo_stretches(spec, frame.tempo_bpm, clock, frame.n_bars),
        beats_per_bar=clock.beats_per_bar,
    )


def _draw_frame(spec: SongSpec, style: Style) -> _Frame:
    rng = np.random.default_rng([spec.seed, zlib.crc32(spec.style.encode())])
    drawn_tempo, drawn_key = round(rng.uniform(*style.tempo_bpm), 2), str(rng.choice(KEY_NAMES))
    drawn_lead, rms_dbfs = rng.uniform(0.05, 0.6), rng.uniform(*RMS_DBFS)
    tempo_bpm = spec.tempo_bpm or drawn_tempo
    lead_in_s = drawn_lead if spec.lead_in_s is None else spec.lead_in_s
    lead_in_s += spec.anacrusis_beats * 60.0 / tempo_bpm
    clock = make_clock(
        spec,
        tempo_bpm=tempo_bpm,
        beats_per_bar=style.beats_per_bar,
        lead_in_s=lead_in_s,
        n_beats=_beats_to_lay(spec, style.beats_per_bar),
    )
    n_bars, end_s = _extent(spec, clock)
    return _Frame(
        tempo_bpm, spec.key or drawn_key, rms_dbfs, clock, n_bars, round(end_s * SAMPLE_RATE)
    )


def _beats_to_lay(spec: SongSpec, beats_per_bar: int) -> int:
    """More beats than the song can hold, plus a bar."""
    if spec.bars is not None:
        return (spec.bars + 2) * beats_per_bar
    # 240 beats a minute is faster than any spec allows, drift included.
    return round((spec.duration_s or DEFAULT_DURATION_S) * 4.0) + 2 * beats_per_bar


def _extent(spec: SongSpec, clock: Clock) -> tuple[int, float]:
    """Number of bars, and the end of the last chord's decay."""
    if spec.bars is not None:
        return spec.bars, clock.bar_s(spec.bars) + RING_S + 1.0
    duration_s = spec.duration_s or DEFAULT_DURATION_S
    n_bars = clock.bars_within(duration_s - RING_S)
    if n_bars < 1:
        raise ValueError(f"{duration_s:g} s leaves no room for a bar and its closing chord")
    return n_bars, duration_s
