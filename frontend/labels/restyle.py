"""Text for restyled stems: choices, grains, similarity to the original."""

from __future__ import annotations

from backend.app.contract.restyles import RestyledStemView, StemStyle

from .figures import percent

KEEP, OFF, STYLE = "keep", "off", "style"
CHOICES = {
    KEEP: ":material/check: Original",
    STYLE: ":material/texture: Replay",
    OFF: ":material/close: Leave out",
}
#: Words for the share of a stem that matches: the first row whose threshold it reaches applies.
_SHARES = ((0.9, "nearly all"), (0.75, "most"), (0.5, "some"), (0.0, "few"))


def result(stem: RestyledStemView) -> str:
    """Say in one line what was done to a stem."""
    if stem.silent:
        return "Silent"
    level = "" if stem.volume == 1 else f", at {percent(stem.volume)}"
    return f"Replayed with {grains(stem)}{level}" if stem.sound_id else f"Original{level}"


def grains(stem: RestyledStemView) -> str:
    """Name the sound of a stem, the number of its grains, and how often they play."""
    if stem.grains is None or not stem.sources:
        return stem.sound_name
    times = "once" if stem.grains == 1 else f"{stem.grains} times"
    kinds = "1 grain" if stem.sources == 1 else f"{stem.sources} different grains"
    return f"{kinds} of {stem.sound_name}, {times}"


def agreement(stem: RestyledStemView) -> str:
    """Say in a line how closely a replayed stem follows the original; empty if not measured."""
    parts = []
    if stem.onset_agreement is not None:
        share = stem.onset_agreement
        parts.append(f"{_some(share)} onsets unchanged ({percent(share)})")
    if stem.pitch_agreement is not None:
        share = stem.pitch_agreement
        parts.append(f"{_some(share)} notes unchanged ({percent(share)})")
    if stem.envelope_correlation is not None:
        value = stem.envelope_correlation
        parts.append(f"loudness {_follows(value)} (correlation {value:.2f})")
    line = ", ".join(parts)
    return line[:1].upper() + line[1:]


def _some(share: float) -> str:
    return next(word for least, word in _SHARES if share >= least)


def _follows(correlation: float) -> str:
    """Say how closely a replayed stem follows the loudness of the original."""
    if correlation >= 0.9:
        return "follows the stem closely"
    return "follows the stem roughly" if correlation >= 0.6 else "does not follow the stem"


def is_restyled(style: StemStyle) -> bool:
    """Whether a stem is replayed with a sound."""
    return style.enabled and style.sound_id is not None
