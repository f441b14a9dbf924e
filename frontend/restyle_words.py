"""What a restyle did to a stem, as a person would say it."""

from __future__ import annotations

from backend.app.contract.restyles import RestyledStemView, StemStyle

KEEP, OFF, STYLE = "keep", "off", "style"
CHOICES = {
    KEEP: ":material/check: As it is",
    STYLE: ":material/texture: Re-played",
    OFF: ":material/close: Left out",
}

#: What two figures that are close to each other are called; the first that is reached.
_AGREES = ((0.9, "nearly all"), (0.75, "most"), (0.5, "some"), (0.0, "few"))


def done(stem: RestyledStemView) -> str:
    """What became of a stem, in a line."""
    if stem.silent:
        return "Nothing in it"
    if stem.sound_id is None:
        return "As it was" if stem.volume == 1 else f"As it was, at {volume(stem.volume)}"
    level = "" if stem.volume == 1 else f", at {volume(stem.volume)}"
    return f"Re-played with {grains(stem)}{level}"


def grains(stem: RestyledStemView) -> str:
    """A sound, and how many of its grains are heard how often."""
    if stem.grains is None or not stem.sources:
        return stem.sound_name
    of = "1 grain" if stem.sources == 1 else f"{stem.sources} different grains"
    times = "once" if stem.grains == 1 else f"{stem.grains} times"
    return f"{of} of {stem.sound_name}, {times}"


def volume(factor: float) -> str:
    """A factor of amplitude in percent."""
    return f"{100 * factor:.0f} %"


def agreements(stem: RestyledStemView) -> list[tuple[str, str, str]]:
    """What is measured of a re-played stem: name, figure, and what it comes to."""
    told = []
    if stem.onset_agreement is not None:
        share = stem.onset_agreement
        told.append(("Onsets", f"{100 * share:.0f} %", f"{agree(share)} of them where they were"))
    if stem.pitch_agreement is not None:
        share = stem.pitch_agreement
        told.append(("Pitch", f"{100 * share:.0f} %", f"{agree(share)} of the notes are the same"))
    if stem.envelope_correlation is not None:
        value = stem.envelope_correlation
        told.append(("Loudness", f"{value:.2f}", follows(value)))
    return told


def agree(share: float) -> str:
    """A share in a word or two."""
    return next(said for least, said in _AGREES if share >= least)


def follows(correlation: float) -> str:
    """How closely loudness follows the stem's."""
    if correlation >= 0.9:
        return "follows the stem closely"
    return "follows the stem roughly" if correlation >= 0.6 else "goes its own way"


def is_restyled(style: StemStyle) -> bool:
    """Whether a stem is re-played with a sound."""
    return style.enabled and style.sound_id is not None
