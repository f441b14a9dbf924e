"""Print measurements of sets as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.app.services.mixtape.join_checks.faults import off_beat

from .measure_joins import JoinMeasured
from .measure_sound import SoundMeasured

Times = npt.NDArray[np.float64]

DEEP_LU = 3.0  # a dip past this sounds like a hole
TOLERATED_SHARE = 0.1  # share of a track whose absence is tolerated

LEGEND = """\
beats: how far apart the two songs' true beats sound in blends and sweeps, ms, median/p95; of pairs
that keep their tempo, and of pairs with a song that drifts or changes. bars, phrases: joins of
those kinds in which true downbeats (phrases) fall within 35 ms; blind: joins whose beats the
sound confirms without the grid. step: loudness across a join, LU,
median/p95/most, and the share of joins within 1 LU; off: how far the plan's forecast is from it,
median. dip: how far the short-term loudness inside a join falls below the quieter side (medians of
the ten seconds on each side), and the number of joins over 3 LU; bump: how far it rises above the
louder side. left out: share of all music that is not played, the most of a track, and the number of
tracks that lose over a tenth. sing: joins in which two voices truly sound together for over 0.5 s.
CPU: seconds for each minute of the mix to order and plan / listen / stretch / render."""


@dataclass(frozen=True)
class SetMeasured:
    """All measurements of one set."""

    name: str
    n_songs: int
    minutes: float
    cpu_s: dict[str, float]
    joins: list[JoinMeasured]
    sound: SoundMeasured
    music_s: Times

    @property
    def left_out(self) -> Times:
        """Share of each track's music that is not played."""
        shares = np.zeros(len(self.music_s))
        for index, join in enumerate(self.joins):
            shares[index : index + 2] += join.left_out
        return shares


def beats_table(sets: Sequence[SetMeasured]) -> str:
    head = f"{'set':16}{'songs':>6}{'min':>7}  {'steady':>12}{'n':>5}  {'drifting':>13}{'n':>5}"
    head += f"{'bars':>7}{'phrases':>9}{'blind':>9}{'bass both':>11}{'stretch':>9}  kinds"
    return "\n".join(
        [head, *(_beats_row(one.name, [one]) for one in sets), _beats_row("all", sets)]
    )


def _beats_row(name: str, sets: Sequence[SetMeasured]) -> str:
    joins = [join for one in sets for join in one.joins]
    steady, moving = ([j for j in joins if j.steady is kept] for kept in (True, False))
    bass = [join.bass_both_share for join in joins if join.bass_both_share is not None]
    kinds = Counter(join.report.kind for join in joins)
    stretch = max((abs(join.stretch_percent) for join in joins), default=0.0)
    return (
        f"{name:16}{sum(one.n_songs for one in sets):6}{sum(one.minutes for one in sets):7.1f}"
        f"  {_pair(steady):>12}{_n(steady):5}  {_pair(moving):>13}{_n(moving):5}"
        f"{_share(j.downbeats_meet for j in joins):>7}{_share(j.phrases_meet for j in joins):>9}"
        f"{_confirmed(joins):>9}{np.mean(bass) if bass else 0.0:11.2f}{stretch:8.1f}%  "
        + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    )


def _confirmed(joins: Iterable[JoinMeasured]) -> str:
    """Count the beat-matched joins whose beats the sound confirms, and all of them."""
    heard = [join.blind for join in joins if join.blind]
    return f"{sum(not off_beat(one) for one in heard)}/{len(heard)}"


def sound_table(sets: Sequence[SetMeasured]) -> str:
    head = f"{'set':16}{'step LU':>17}{'<= 1':>6}{'off':>6}{'LUFS':>8}{'dBTP':>7}{'clicks':>8}"
    head += f"{'gaps':>6}{'sing':>6}{'body s':>8}{'differ':>8}  CPU s a minute"
    return "\n".join([head, *(_sound_row(one) for one in sets), _all_steps(sets)])


def _sound_row(one: SetMeasured) -> str:
    sound, cpu = one.sound, {what: s / one.minutes for what, s in one.cpu_s.items()}
    singing = sum((join.both_sing_s or 0.0) > 0.5 for join in one.joins)
    return (
        f"{one.name:16}{_steps(one.joins)}{sound.lufs:8.2f}{sound.true_peak_dbtp:7.2f}"
        f"{len(sound.clicks_s):8}{len(sound.gaps_s):6}{singing:6}{sound.body_s:8.0f}"
        f"{len(sound.body_differs):8}"
        f"  {cpu['order'] + cpu['plan']:.2f} / {cpu.get('check', 0.0):.2f}"
        f" / {cpu['stretch']:.2f} / {cpu['render']:.2f}"
    )


def _all_steps(sets: Sequence[SetMeasured]) -> str:
    return f"{'all':16}{_steps([join for one in sets for join in one.joins])}"


def _steps(joins: Iterable[JoinMeasured]) -> str:
    known = [(j.levels.step, j.report.loudness_step_lu or 0.0) for j in joins if j.levels]
    if not known:
        return f"{'-':>17}{'-':>6}{'-':>6}"
    steps = np.array([abs(step) for step, _ in known])
    off = [abs(step - forecast) for step, forecast in known]
    return f"{_spread(steps):>17}{(steps <= 1.0).mean():6.2f}{np.median(off):6.2f}"


def _spread(values: Times) -> str:
    if not len(values):
        return "-"
    return f"{np.median(values):.2f}/{np.percentile(values, 95):.2f}/{values.max():.2f}"


def levels_table(sets: Sequence[SetMeasured]) -> str:
    """Format dips, bumps, basses, music left out and lengths of each set."""
    head = f"{'set':16}{'joins':>6}{'dip LU':>17}{'> 3':>4}{'bump LU':>17}{'bass both':>11}"
    head += f"{'left out':>10}{'most':>6}{'> 10 %':>8}  bars of blends and swaps"
    rows = [_levels_row(one.name, [one]) for one in sets]
    kinds = sorted({join.report.kind for one in sets for join in one.joins})
    rows += [_levels_row(f"all: {kind}", sets, kind) for kind in kinds]
    return "\n".join([head, *rows, _levels_row("all", sets)])


def _levels_row(name: str, sets: Sequence[SetMeasured], kind: str | None = None) -> str:
    joins = [j for one in sets for j in one.joins if kind in (None, j.report.kind)]
    dips = np.array([join.levels.dip for join in joins if join.levels])
    bumps = np.array([join.levels.bump for join in joins if join.levels])
    bass = [join.bass_both_share for join in joins if join.bass_both_share is not None]
    bars = Counter(j.report.bars for j in joins if j.report.kind in ("blend", "stem_swap"))
    left_out = f"{'':24}" if kind else _left_out(sets)
    return (
        f"{name:16}{len(joins):6}{_spread(dips):>17}{int((dips > DEEP_LU).sum()):4}"
        f"{_spread(bumps):>17}{np.mean(bass) if bass else 0.0:11.3f}{left_out}  "
        + ", ".join(f"{n} bars {count}" for n, count in sorted(bars.items()))
    )


def _left_out(sets: Sequence[SetMeasured]) -> str:
    shares = np.concatenate([one.left_out for one in sets])
    music_s = np.concatenate([one.music_s for one in sets])
    whole = float((shares * music_s).sum() / music_s.sum())
    return f"{whole:10.3f}{shares.max():6.2f}{int((shares > TOLERATED_SHARE).sum()):8}"


def joins_table(one: SetMeasured) -> str:
    """Format a row for every join."""
    head = f"{one.name:46}{'kind':7}{'bars':>4}{'at s':>8}{'beats ms':>11}{'grids ms':>12}"
    head += f"{'blind ms':>14}{'render':>8}"
    head += f" {'bar':3} {'phr':3}{'dip':>7}{'bump':>7}{'step':>7}{'plan':>7}{'sing':>6}"
    head += f"{'bass':>6}{'key':>4}{'left out':>12}{'s long':>8}"
    return "\n".join([head, *(_join_row(join) for join in one.joins)])


def _join_row(join: JoinMeasured) -> str:
    report = join.report
    grids = "/".join(f"{ms:.1f}" for ms in join.grid_ms) if join.grid_ms else "-"
    return (
        f"{join.names[:45]:46}{report.kind:7}{report.bars:4}{report.start_s:8.1f}"
        f"{_pair([join]):>11}{grids:>12}{_blind(join):>14}{_figure(join.render_ms):>8}"
        f" {_yes(join.downbeats_meet):3} {_yes(join.phrases_meet):3}"
        f"{_levels(join)}{_figure(report.loudness_step_lu):>7}"
        f"{_figure(join.both_sing_s):>6}{_figure(join.bass_both_share):>6}"
        f"{'-' if report.key_distance is None else report.key_distance:>4}"
        f"{join.left_out[0]:>7.2f}/{join.left_out[1]:.2f}{report.end_s - report.start_s:8.1f}"
        f"  {report.reason}"
    )


def _blind(join: JoinMeasured) -> str:
    """Format how far the beats are apart in the sound, and the coherence of that figure."""
    if join.blind is None or join.blind.beats_apart_ms is None:
        return "-"
    return f"{join.blind.beats_apart_ms:.0f} ({join.blind.beats_coherence or 0.0:.2f})"


def _levels(join: JoinMeasured) -> str:
    levels = join.levels
    return "".join(
        f"{_figure(value):>7}"
        for value in ((levels.dip, levels.bump, levels.step) if levels else (None, None, None))
    )


def _pair(joins: Iterable[JoinMeasured]) -> str:
    errors = np.concatenate([np.zeros(0), *(join.errors_ms for join in joins)])
    if not len(errors):
        return "-"
    return f"{np.median(errors):.1f}/{np.percentile(errors, 95):.1f}"


def _n(joins: Iterable[JoinMeasured]) -> int:
    return sum(len(join.errors_ms) > 0 for join in joins)


def _share(met: Iterable[bool | None]) -> str:
    known = [one for one in met if one is not None]
    return f"{np.mean(known):.2f}" if known else "-"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _yes(met: bool | None) -> str:
    return "-" if met is None else "yes" if met else "NO"
