"""Text for mashups: vibes, fit scores, sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from backend.app.contract.mashups import (
    FitName,
    HeardStem,
    MashupFits,
    MashupSection,
    PairFit,
    SectionName,
    Vibe,
)
from backend.app.contract.stems import StemName

from . import dj
from .figures import STEMS, counted

VIBE_NAMES: dict[Vibe, str] = {
    "energetic": ":material/bolt: Energetic",
    "chill": ":material/spa: Chill",
    "dark": ":material/dark_mode: Dark",
    "upbeat": ":material/sunny: Upbeat",
}
VIBE_HELP: dict[Vibe, str] = {
    "energetic": "Faster, punchy and dense. Quiet builds, loud drops, hardly any reverb.",
    "chill": "Slower and soft. Quiet drums, long reverb, no sudden steps.",
    "dark": "A little slower and deep. Loud bass, muffled highs, slowly sinking.",
    "upbeat": "A little faster, light and bright. Less bass, two lifts.",
}
PARTS: dict[FitName, str] = {
    "tempo": "Tempo",
    "key": "Key",
    "phrases": "Phrases",
    "room": "Vocal space",
    "voice": "Vocals",
}
PART_HELP: dict[FitName, str] = {
    "tempo": "how much the tempos have to change to match",
    "key": "whether vocals and chords are in tune",
    "phrases": "whether bars and phrases line up",
    "room": "whether the music leaves its frequencies to the vocals",
    "voice": "how much is sung, and how well it can be separated",
}
SECTIONS: dict[SectionName, str] = {
    "intro": "Intro",
    "verse": "Verse",
    "build": "Build",
    "drop": "Drop",
    "break": "Break",
    "outro": "Outro",
}
#: Names of fit scores: the first row whose threshold the score reaches applies.
GRADES = ((0.8, "Great match"), (0.6, "Good match"), (0.4, "Fair match"), (0.0, "Poor match"))

#: Vocals first, since listeners notice them most; then rhythm, then harmony.
STEM_ORDER: tuple[StemName, ...] = ("vocals", "drums", "bass", "other", "guitar", "piano")

#: The arranger leaves out songs that need a larger change of tempo.
MAX_TEMPO_CHANGE_PERCENT = 12.0

#: Height of the picture of a contour: a listener hears one decibel, and no part is 12 LU softer.
CONTOUR_RANGE_LU = 12.0

Titles = Mapping[str, str]
"""Titles by track id."""


def grade(score: float) -> str:
    """Name a fit score, such as “Good match”."""
    return next(name for least, name in GRADES if score >= least)


def points(score: float) -> str:
    """Format a score from 0 to 1 as points out of a hundred."""
    return f"{100 * score:.0f}"


def pair(fit: PairFit, titles: Titles) -> tuple[str, str]:
    """Return two titles: of the song that sings, and of the other."""
    return titles.get(fit.vocals, "Untitled"), titles.get(fit.instrumental, "Untitled")


def is_edit(fit: PairFit) -> bool:
    """Whether a song is paired with itself."""
    return fit.vocals == fit.instrumental


def pair_summary(fit: PairFit, titles: Titles) -> str:
    """Name a pair of songs and its weakest part in one line.

    If a title is unknown, the API's reason is used instead.
    """
    if not {fit.vocals, fit.instrumental} <= titles.keys():
        return fit.reason
    vocals, music = pair(fit, titles)
    weakest = min(fit.parts, key=lambda part: part.score)
    return f"Vocals of {vocals} over {music}: {weakest.reason}"


def left_out(fits: MashupFits, titles: Titles, beatless: Collection[str]) -> list[str]:
    """Warn of each song that the mashup will probably leave out.

    A song is left out if its tempo is too far from the others', or if it has no beat.
    """
    warnings = [
        f"“{titles[one]}” will probably be left out: no clear beat was found."
        for one in beatless
        if len(titles) > 1
    ]
    usable = [one for one in titles if one not in beatless]
    pairs = [
        fit
        for fit in fits.pairs
        if not is_edit(fit) and {fit.vocals, fit.instrumental} <= {*usable}
    ]
    matched = {one for fit in pairs if in_reach(fit) for one in (fit.vocals, fit.instrumental)}
    if pairs and not matched:
        quoted = [f"“{titles[one]}”" for one in usable]
        names = f"{', '.join(quoted[:-1])} and {quoted[-1]}"
        warnings.append(
            f"The tempos of {names} are too far apart: all but one will probably be left out."
        )
    elif pairs:
        warnings += [
            f"“{titles[one]}” will probably be left out: its tempo is too far from the others'."
            for one in usable
            if one not in matched
        ]
    return warnings


def in_reach(fit: PairFit) -> bool:
    """Whether the tempos of two songs can be matched."""
    tempo = next((part.score for part in fit.parts if part.name == "tempo"), 0.0)
    return tempo > 0.0 and abs(fit.tempo_change_percent) <= MAX_TEMPO_CHANGE_PERCENT


def changes(fit: PairFit) -> list[str]:
    """List the changes that make the vocals fit: tempo and pitch."""
    parts = [f"vocals {dj.tempo_change(fit.tempo_change_percent)}"]
    if fit.tempo_factor != 1:
        parts.append("in double time" if fit.tempo_factor > 1 else "in half time")
    if not is_edit(fit):
        parts.append(pitch(fit.pitch_semitones))
        parts.append(key_distance(fit.key_distance))
    return parts


def pitch(semitones: int) -> str:
    """Describe a change of pitch in semitones."""
    if not semitones:
        return "pitch unchanged"
    return f"{counted(abs(semitones), 'semitone')} {'up' if semitones > 0 else 'down'}"


def key_distance(steps: int | None) -> str:
    """Describe how far apart two keys are on the Camelot wheel."""
    if steps is None:
        return "key unknown"
    return f"{counted(steps, 'step')} apart on the key wheel" if steps else "same key"


def best(fits: MashupFits, singer: str | None) -> PairFit | None:
    """Return the pair with the best score, or the best with the vocals of ``singer``."""
    return next((fit for fit in fits.pairs if singer in (None, fit.vocals)), None)


def contour_top_percent(level_lufs: float, loudest_lufs: float) -> int:
    """Return how far a level is under the top of the picture, in percent of its height."""
    below_lu = loudest_lufs - level_lufs
    return round(100.0 * min(max(below_lu / CONTOUR_RANGE_LU, 0.0), 0.96))


def contour_summary(sections: Sequence[MashupSection]) -> str:
    """Say how far each drop is over the bars before it; empty without drops.

    ``Drops: +3.4 and +3.9 LU over the bars before.``
    """
    drops = [
        f"{step:+.1f}"
        for section, step in zip(sections[1:], contour_steps_lu(sections), strict=True)
        if section.label == "drop" and step is not None
    ]
    if not drops:
        return ""
    return (
        f"{'Drops' if len(drops) > 1 else 'Drop'}: {' and '.join(drops)} LU over the bars before."
    )


def contour_steps_lu(sections: Sequence[MashupSection]) -> list[float | None]:
    """Return the step in loudness at the start of each section but the first; None if unknown."""
    return [
        after.loudness_lufs[0] - before.loudness_lufs[1]
        if before.loudness_lufs and after.loudness_lufs
        else None
        for before, after in pairwise(sections)
    ]


def stems_by_song(stems: Sequence[HeardStem], titles: Titles) -> str:
    """Name the stems that each song plays: ``First: drums, bass · Second: vocals``."""
    by_track: dict[str, list[str]] = {}
    for one in sorted(stems, key=lambda one: STEM_ORDER.index(one.stem)):
        by_track.setdefault(one.track_id, []).append(STEMS[one.stem].lower())
    return " · ".join(
        f"{titles.get(track_id, 'Untitled')}: {', '.join(names)}"
        for track_id, names in by_track.items()
    )
