"""``python -m bench.render.stretch``: measure how exactly time stretching follows a tempo map.

It compares pedalboard as Segue uses it, plain pedalboard, and ffmpeg's ``rubberband`` filter with
tempo commands (all are Rubber Band R2), and several ways to return a track to its original tempo.
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.app.dsp import stretch as ours
from backend.app.dsp.fades import crossfade
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.dsp.stretch import LEAD, Point
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from composer.compose import compose_song
from composer.song import SongSpec

Times = npt.NDArray[np.float64]
Stretcher = Callable[[Samples, Sequence[Point]], Samples]

WINDOW = 2048
SEAM = round(0.02 * SAMPLE_RATE)
REACH_MS = 11.0  # an attack is searched this far before and after its expected place
LIKE = 0.6  # smallest correlation at which a found attack counts as the source's


class Material:
    """A sound, the times of its attacks, and the times of its beats."""

    def __init__(self, name: str, samples: Samples, attacks: Times, beats: Times) -> None:
        self.name, self.samples = name, samples
        self.attacks = np.round(attacks * SAMPLE_RATE).astype(int)
        self.beats = np.round(beats * SAMPLE_RATE).astype(int)

    def part(self, points: Sequence[Point]) -> Samples:
        """Return the source samples that a map uses."""
        start, end = points[0][0] - LEAD, points[-1][0] + LEAD
        before, after = max(-start, 0), max(end - self.samples.shape[1], 0)
        return np.pad(self.samples[:, max(start, 0) : end], ((0, 0), (before, after)))


def clicks() -> Material:
    rng = np.random.default_rng(1)
    times = 0.5 + 0.25 * np.arange(230) + rng.uniform(-0.05, 0.05, 230)
    wave = 0.001 * rng.standard_normal((2, 60 * SAMPLE_RATE))
    for time in times:
        burst = rng.standard_normal(1500) * np.exp(-np.arange(1500) / 150)
        wave[:, round(time * SAMPLE_RATE) :][:, :1500] += 0.2 * burst
    return Material("clicks", wave.astype(np.float32), times, np.arange(0.5, 59.0, 0.5))


def song(style: str, drift: float = 0.0) -> Material:
    spec = SongSpec(style=style, seed=3, duration_s=60.0, drift=drift)  # type: ignore[arg-type]
    made = compose_song(spec)
    drums = [times for drum, times in made.onsets.items() if drum in ("kick", "snare", "clap")]
    hits = np.unique(np.concatenate(drums))
    alone = hits[np.diff(hits, prepend=-1.0) > 0.05]
    return Material(style + (" drifting" if drift else ""), made.samples, alone, made.beats)


def steady(speed: float) -> list[Point]:
    length = 50 * SAMPLE_RATE
    return [(LEAD, 0), (LEAD + length, round(length / speed))]


def ramp(material: Material, speed: float, bars: int) -> list[Point]:
    """Map four bars at ``speed``, a linear return over ``bars``, two bars unchanged."""
    beats = material.beats[: 16 + 4 * bars + 9]
    step = np.arange(len(beats) - 1) - 16
    share = np.clip((step + 0.5) / (4 * bars), 0, 1) if bars else (step >= 0).astype(float)
    return follow(beats, speed + (1.0 - speed) * share)


def follow(beats: npt.NDArray[np.int64], speeds: Times) -> list[Point]:
    points = [(int(beats[0]), 0)]
    for begin, end, speed in zip(beats, beats[1:], speeds, strict=False):
        points.append((int(end), points[-1][1] + round((int(end) - int(begin)) / speed)))
    return points


def onto_a_grid(material: Material) -> list[Point]:
    """Map a track with a drifting tempo to an even grid, beat by beat."""
    beat = float(np.diff(material.beats).mean())
    return [(int(at), round(number * beat)) for number, at in enumerate(material.beats[:90])]


def raw_pedalboard(source: Samples, points: Sequence[Point]) -> Samples:
    """Stretch with pedalboard's defaults, the map unchanged, cut where it says."""
    from pedalboard import time_stretch

    at = np.array(points, float) - np.array(points[0])
    slopes = np.diff(at[:, 1]) / np.diff(at[:, 0])
    piece = np.searchsorted(at[1:-1, 0], np.arange(source.shape[1]) - LEAD, side="right")
    output = time_stretch(source, SAMPLE_RATE, 1.0 / slopes[piece], high_quality=False)
    start = round(LEAD * slopes[0])
    return output[:, start : start + points[-1][1] - points[0][1]]


def by_ffmpeg(source: Samples, points: Sequence[Point]) -> Samples:
    """Stretch with ffmpeg's filter and tempo commands, its delay compensated as in Segue."""
    curve = ours._Map.through(points)
    speeds = curve.speeds(source.shape[1])
    changes = [0, *(np.flatnonzero(np.diff(speeds)) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        commands = Path(folder) / "tempo.cmd"
        commands.write_text(
            "".join(
                f"{at / SAMPLE_RATE:.6f} rubberband tempo {speeds[at]:.9f};\n" for at in changes
            )
        )
        chain = f"asendcmd=f={commands},rubberband=tempo={speeds[0]:.9f}:phase=independent"
        ffmpeg = find_ffmpeg(os.environ.get("FFMPEG_BINARY"))
        sound = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2"]
        done = subprocess.run(
            [ffmpeg, "-v", "error", "-nostdin", *sound, "-i", "-", "-af", chain, *sound, "-"],
            input=np.ascontiguousarray(source.T).tobytes(),
            stdout=subprocess.PIPE,
            check=True,
        )
    output = np.frombuffer(done.stdout, np.float32).reshape(-1, 2).T
    start = curve.first_sample(0.0)
    return output[:, start : start + curve.length]


STRETCHERS: dict[str, Stretcher] = {
    "ours": ours.stretch,
    "pedalboard": raw_pedalboard,
    "ffmpeg": by_ffmpeg,
}


def late_ms(material: Material, points: Sequence[Point], output: Samples) -> Times:
    """Return how late each attack is, by correlating envelopes with the source's."""
    reach, (at, to) = round(REACH_MS / 1000 * SAMPLE_RATE), np.array(points).T
    own, new = envelope(material.samples), envelope(output)
    late = []
    for attack in material.attacks:
        place = round(float(np.interp(attack, at, to - to[0])))
        if not at[0] + 2000 < attack < at[-1] - 2000 or place + 500 + reach > len(new):
            continue
        shape = own[attack - 300 : attack + 500]
        near = new[place - 300 - reach : place + 500 + reach]
        like = np.correlate(near, shape, "valid")
        like /= np.sqrt(np.convolve(near**2, np.ones(800), "valid") * np.sum(shape**2)) + 1e-12
        if like.max() > LIKE:
            late.append((int(np.argmax(like)) - reach) / SAMPLE_RATE * 1000)
    return np.array(late)


def envelope(wave: Samples) -> Times:
    """Compute the slope of the upper bands' level."""
    level = np.abs(np.diff(wave, axis=1, prepend=0)).mean(axis=0)
    window = np.hanning(46)[1:-1]
    return np.diff(np.convolve(level, window / window.sum(), "same"), prepend=0.0)


def distance_db(material: Material, points: Sequence[Point], output: Samples) -> float:
    """Compute the log-spectral distance to the source at matching times, up to 16 kHz."""
    at, to = np.array(points).T
    window = np.hanning(WINDOW)
    apart = []
    for place in range(0, output.shape[1] - WINDOW, WINDOW):
        start = round(float(np.interp(place + WINDOW / 2, to - to[0], at))) - WINDOW // 2
        both = [material.samples[0, start:][:WINDOW], output[0, place:][:WINDOW]]
        if start >= 0 and len(both[0]) == WINDOW:
            levels = [20 * np.log10(np.abs(np.fft.rfft(w * window))[:740] + 1e-3) for w in both]
            apart.append(np.sqrt(np.mean((levels[0] - levels[1]) ** 2)))
    return float(np.mean(apart))


def softened_db(material: Material, points: Sequence[Point], output: Samples) -> float:
    """Compute by how many dB attacks stand out less than in the source; the median."""
    at, to = np.array(points).T
    change = []
    for attack in material.attacks[(material.attacks > at[0] + 2000) & (material.attacks < at[-1])]:
        place = round(float(np.interp(attack, at, to - to[0])))
        if 500 < place < output.shape[1] - 500:
            change.append(rise_db(output, place) - rise_db(material.samples, attack))
    return float(-np.median(change))


def rise_db(wave: Samples, at: int) -> float:
    """Compute the rise of the upper bands' energy at an attack: 9 ms after against 9 ms before."""
    energy = np.square(np.diff(wave[:, at - 440 : at + 441].mean(axis=0)))
    return float(10 * np.log10((energy[440:].sum() + 1e-9) / (energy[:396].sum() + 1e-9)))


def cpu_s() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))


def report(label: str, material: Material, points: Sequence[Point], name: str) -> Samples:
    source, began = material.part(points), cpu_s()
    output = STRETCHERS[name](source, points)
    cost = (cpu_s() - began) / ((points[-1][0] - points[0][0]) / SAMPLE_RATE / 60)
    late = late_ms(material, points, output)
    left, right = (np.corrcoef(w)[0, 1] for w in (source, output))
    print(
        f"{name:11}{material.name:15}{label:12}{len(late):4} {np.abs(late).mean():6.2f}"
        f"{late.std():6.2f}{np.abs(late).max():6.2f}{distance_db(material, points, output):7.2f}"
        f"{softened_db(material, points, output):6.2f}{left:7.3f}{right:6.3f}{cost:6.2f}",
        flush=True,
    )
    return output


def run_timing(materials: Sequence[Material]) -> None:
    print(
        "\nwho        what           map            n   |ms|    sd   max    LSD  soft"
        "   L/R    is CPU-s/min"
    )
    for name in STRETCHERS:
        for material in materials:
            if "drifting" in material.name:
                report("onto a grid", material, onto_a_grid(material), name)
                continue
            for speed in (1.06, 1.03, 1.01, 0.99, 0.97, 0.94):
                report(f"x {speed}", material, steady(speed), name)
            for bars in (8, 16):
                report(f"1.04, {bars} bars", material, ramp(material, 1.04, bars), name)


def run_return(materials: Sequence[Material]) -> None:
    """Measure the return from a 4 % change to the original tempo, and its seam."""
    print("\nback over   what           step %  stretched s")
    for bars in (0, 8, 16):
        for material in materials:
            points = ramp(material, 1.04, bars)
            output = report(f"{bars} bars", material, points, "ours")
            step = 4.0 / (4 * bars) if bars else 4.0
            seconds = (points[16 + 4 * bars][1]) / SAMPLE_RATE
            print(
                f"  {step:.2f} % a beat, {seconds:.1f} s until it is back; seam at / a beat after:"
            )
            for beats in (0, 1):
                print("   ", seam_figures(material, output, points[16 + 4 * bars + beats]))


def seam_figures(material: Material, output: Samples, at: Point) -> str:
    """Describe the seam: correlation, level against the body, and fourth difference."""
    tail = output[:, at[1] : at[1] + SEAM]
    body = material.samples[:, at[0] : at[0] + SEAM]
    joined = crossfade(tail, body, overlap=SEAM, curve="linear")
    like = float((tail * body).sum() / np.sqrt((tail**2).sum() * (body**2).sum() + 1e-12))
    level = 10 * np.log10((joined**2).sum() / ((tail**2).sum() + (body**2).sum()) * 2)
    rough = [np.abs(np.diff(w, 4, axis=1)).max() / 6 for w in (joined, body)]
    apart = np.abs(tail - body).max()
    return (
        f"likeness {like:.3f}, level {level:+.2f} dB, 4th difference {rough[0]:.4f} (body"
        f" {rough[1]:.4f}), differs by {apart:.1e}"
    )


def main() -> None:
    songs = [song("house"), song("pop"), song("dnb")]
    run_timing([clicks(), songs[0], songs[1], song("pop", drift=0.02)])
    run_return(songs)
    points = ramp(songs[0], 1.04, 8)
    runs = [ours.stretch(songs[0].part(points), points) for _ in range(2)]
    print("\nthe same bits from run to run:", np.array_equal(*runs))


if __name__ == "__main__":
    main()
