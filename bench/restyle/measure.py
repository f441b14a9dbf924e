"""Compare a restyled stem with its original, by librosa's independent analysis.

librosa detects onsets, pYIN the pitch of a voice, constant-Q chroma the chords (compared with the
composer's notes). The click detector is that of finished mixtapes.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import mir_eval
import numpy as np
import numpy.typing as npt

from audio_checks.discontinuities import clicks
from backend.app.analysis.sources.single_sound import find_onsets_and_pitch
from backend.app.contract.stems import StemName
from backend.app.dsp.samples import SAMPLE_RATE, Samples

from .corpus import RestyleSong

Times = npt.NDArray[np.float64]

ONSET_S, PITCH_CENTS, ENVELOPE_S = 0.05, 50.0, 0.05
_RATE, _HOP = 22_050, 1024
_RANGES_HZ: dict[StemName, tuple[float, float]] = {"bass": (36.0, 260.0), "vocals": (90.0, 700.0)}
"""Pitch ranges of the composer's instruments, plus half an octave."""


@dataclass(frozen=True, slots=True)
class Ear:
    """librosa's analysis of a stem; ``pitch`` in cents over 1 Hz, NaN without pitch.

    ``onsets_s`` are those of librosa's default, ``steady_s`` those of its SuperFlux: the default
    hears vibrato of a held note as onsets, in the composed voices as often as their notes.
    """

    onsets_s: Times
    steady_s: Times
    pitch: Times


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a restyled stem is to its original; None for what does not apply.

    Attributes
    ----------
    onset_f, steady_f : F-measure of librosa's onsets, and of its SuperFlux's, in the new stem
        against the old one's, within 50 ms
    true_f, base_f : F-measure of Segue's onsets in the new, the old stem against the composer's
        notes
    pitch_share : share of the frames pitched before that have that pitch after, within 50 cents
    voiced_share : share of the frames pitched before that have any pitch after
    chroma_share, base_chroma : share of the true notes' pitch classes among as many strongest
        ones, in the new and in the old stem
    envelope : correlation of the RMS over 50 ms
    n_clicks : clicks that neither the old stem nor the style sound contains
    """

    onset_f: float
    steady_f: float
    true_f: float
    base_f: float
    pitch_share: float | None
    voiced_share: float | None
    chroma_share: float | None
    base_chroma: float | None
    envelope: float
    n_clicks: int


def listen(stem: StemName, sound: Samples) -> Ear:
    """Analyse a stem with librosa."""
    import librosa

    mono = _mono(sound)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        onsets = librosa.onset.onset_detect(y=mono, sr=_RATE, units="time", hop_length=256)
        steady = _superflux(mono)
        hz = np.zeros(0)
        if stem in _RANGES_HZ:
            low, high = _RANGES_HZ[stem]
            hz, voiced, _ = librosa.pyin(mono, sr=_RATE, fmin=low, fmax=high, hop_length=_HOP)
            hz = np.where(voiced, hz, np.nan)
    return Ear(np.asarray(onsets, np.float64), steady, 1200.0 * np.log2(hz))


def _superflux(mono: npt.NDArray[np.float32]) -> Times:
    """Detect onsets by librosa's SuperFlux, as in its gallery (Boeck & Widmer, DAFx 2013)."""
    import librosa

    spectrum = librosa.feature.melspectrogram(
        y=mono, sr=_RATE, n_fft=1024, hop_length=110, fmin=27.5, fmax=10_000.0, n_mels=138
    )
    level = librosa.power_to_db(spectrum, ref=np.max)
    envelope = librosa.onset.onset_strength(S=level, sr=_RATE, hop_length=110, lag=2, max_size=3)
    found = librosa.onset.onset_detect(
        onset_envelope=envelope, sr=_RATE, hop_length=110, units="time"
    )
    return np.asarray(found, np.float64)


def nearness(
    song: RestyleSong,
    stem: StemName,
    base: tuple[Samples, Ear],
    new: tuple[Samples, Ear],
) -> Nearness:
    """Compare a restyled stem with its original."""
    true_s = _apart(np.array([note.start_s for note in song.of(stem)]))
    pitched = stem in _RANGES_HZ
    both = _pitch_shares(base[1].pitch, new[1].pitch) if pitched else None
    chords = stem == "other"
    return Nearness(
        onset_f=_f(base[1].onsets_s, new[1].onsets_s),
        steady_f=_f(base[1].steady_s, new[1].steady_s),
        true_f=_f(true_s, find_onsets_and_pitch(new[0])[0]),
        base_f=_f(true_s, find_onsets_and_pitch(base[0])[0]),
        pitch_share=both[0] if both else None,
        voiced_share=both[1] if both else None,
        chroma_share=_chroma(song, new[0]) if chords else None,
        base_chroma=_chroma(song, base[0]) if chords else None,
        envelope=_likeness(base[0], new[0]),
        n_clicks=len(_new_clicks(base[0], new[0], true_s)),
    )


def _pitch_shares(before: Times, after: Times) -> tuple[float, float]:
    n = min(len(before), len(after))
    voiced = np.isfinite(before[:n])
    away = np.abs(before[:n] - after[:n])[voiced]
    if not len(away):
        return 0.0, 0.0
    return float((away <= PITCH_CENTS).mean()), float(np.isfinite(away).mean())


def _apart(times_s: Times) -> Times:
    """Merge note onsets that are within 50 ms of each other."""
    kept: list[float] = []
    for at in np.sort(times_s):
        if not kept or at - kept[-1] >= ONSET_S:
            kept.append(float(at))
    return np.array(kept)


def _f(a: Times, b: Times) -> float:
    return float(mir_eval.onset.f_measure(np.sort(a), np.sort(b), window=ONSET_S)[0])


def _chroma(song: RestyleSong, sound: Samples) -> float:
    """Return the share of sounding pitch classes that are among as many strongest ones."""
    import librosa

    hop = 2048
    chroma = librosa.feature.chroma_cqt(y=_mono(sound), sr=_RATE, hop_length=hop)
    wanted = np.zeros(chroma.shape, bool)
    for note in song.of("other"):
        # Only the middle of a note: the analysis window for a low tone is long.
        first, last = (round((at * _RATE) / hop) for at in (note.start_s + 0.05, note.end_s - 0.05))
        for midi in note.midis:
            wanted[midi % 12, first:last] = True
    hits, due = 0, 0
    for frame in np.flatnonzero(wanted.any(axis=0)):
        count = int(wanted[:, frame].sum())
        strongest = np.argsort(-chroma[:, frame])[:count]
        hits += int(wanted[strongest, frame].sum())
        due += count
    return hits / max(due, 1)


def _likeness(before: Samples, after: Samples) -> float:
    width = round(ENVELOPE_S * SAMPLE_RATE)
    n = min(before.shape[1], after.shape[1]) // width * width
    rms = [
        np.sqrt(np.square(one[:, :n], dtype=np.float64).reshape(2, -1, width).mean(axis=(0, 2)))
        for one in (before, after)
    ]
    return float(np.corrcoef(*rms)[0, 1])


def _new_clicks(before: Samples, after: Samples, true_s: Times) -> list[float]:
    """Return the clicks that are neither at a note's onset nor in the original stem."""
    known = np.concatenate([[-1.0], clicks(before, ratio=1.2, floor=0.005), true_s])
    return [at for at in clicks(after) if np.abs(known - at).min() > 0.012]


def _mono(sound: Samples) -> npt.NDArray[np.float32]:
    import soxr

    return np.asarray(soxr.resample(sound.mean(axis=0), SAMPLE_RATE, _RATE), np.float32)


def cents_off(sound: Samples, midi: int) -> float:
    """Return the distance of a sound's pitch from a note in cents; the median of all frames."""
    pitch = listen("vocals", sound).pitch
    true = 1200.0 * np.log2(440.0) + 100.0 * (midi - 69)
    return float(np.nanmedian(np.abs(pitch - true)))
