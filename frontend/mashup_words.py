"""What a mashup is, as a person would say it: vibes, fits, sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from backend.app.contract.mashups import (
    VIBES,
    FitName,
    HeardStem,
    MashupFits,
    PairFit,
    SectionName,
    Vibe,
)
from backend.app.contract.stems import StemName

from . import dj_words, words

VIBE_NAMES: dict[Vibe, str] = {
    "energetic": ":material/bolt: Energetic",
    "chill": ":material/spa: Chill",
    "dark": ":material/dark_mode: Dark",
    "upbeat": ":material/sunny: Upbeat",
}
VIBE_MEANS: dict[Vibe, str] = {
    "energetic": "Faster, punchy and dense. Drums to the front, hardly any room.",
    "chill": "Slower and soft. Drums set back, wide, in a roomy space.",
    "dark": "A little slower, deep and closed. Bass to the front, highs held back.",
    "upbeat": "A little faster, light and bright. Less bass, more air.",
}
PARTS: dict[FitName, str] = {
    "tempo": "Tempo",
    "key": "Key",
    "phrases": "Phrases",
    "room": "Room",
    "voice": "Voice",
}
PARTS_MEAN: dict[FitName, str] = {
    "tempo": "how far both have to be bent to meet",
    "key": "whether voice and chords are in tune",
    "phrases": "whether bars and phrases lie on each other",
    "room": "whether the spectrum leaves a place for the voice",
    "voice": "how much is sung, and how well it stands alone",
}
SECTIONS: dict[SectionName, str] = {
    "intro": "Intro",
    "verse": "Verse",
    "build": "Build",
    "drop": "Drop",
    "break": "Break",
    "outro": "Outro",
}
#: What a score is called; the first that it reaches.
GRADES = ((0.8, "fits very well"), (0.6, "fits well"), (0.4, "can be made to fit"), (0.0, "fights"))

#: The voice on top, for it is what one listens to; then from the ground up.
STEM_ORDER: tuple[StemName, ...] = ("vocals", "drums", "bass", "other", "guitar", "piano")

#: A song that would have to be bent further is left out (``FURTHEST`` of the arranging).
FURTHEST_PERCENT = 12.0

Titles = Mapping[str, str]
"""A track's title by its id."""


def vibes() -> tuple[Vibe, ...]:
    """All there are, in the order in which they are offered."""
    return VIBES


def grade(score: float) -> str:
    """A fit in a few words."""
    return next(said for least, said in GRADES if score >= least)


def points(score: float) -> str:
    """A score as points out of a hundred."""
    return f"{100 * score:.0f}"


def pair(fit: PairFit, titles: Titles) -> tuple[str, str]:
    """The singing track's title and the other one's."""
    return titles.get(fit.vocals, "Untitled"), titles.get(fit.instrumental, "Untitled")


def is_edit(fit: PairFit) -> bool:
    """Whether it is one track with itself."""
    return fit.vocals == fit.instrumental


def in_a_line(fit: PairFit, titles: Titles) -> str:
    """Who over whom, and what speaks most against it; as it was told where a title is not known."""
    if not {fit.vocals, fit.instrumental} <= titles.keys():
        return fit.reason
    voice, music = pair(fit, titles)
    weakest = min(fit.parts, key=lambda part: part.score)
    return f"The voice of {voice} over {music}: {weakest.reason}"


def left_out(fits: MashupFits, titles: Titles, beatless: Collection[str]) -> list[str]:
    """A sentence for each song that no other can meet, by its tempo or for want of a beat."""
    said = [
        f"“{titles[one]}” will probably be left out: it has no beat that can be followed."
        for one in beatless
        if len(titles) > 1
    ]
    able = [one for one in titles if one not in beatless]
    pairs = [
        fit for fit in fits.pairs if not is_edit(fit) and {fit.vocals, fit.instrumental} <= {*able}
    ]
    met = {one for fit in pairs if in_reach(fit) for one in (fit.vocals, fit.instrumental)}
    if pairs and not met:
        names = _in_a_row([f"“{titles[one]}”" for one in able])
        return [
            *said,
            f"The tempos of {names} are too far apart: all but one will probably be left out.",
        ]
    far = [one for one in able if one not in met] if pairs else []
    return said + [
        f"“{titles[one]}” will probably be left out: its tempo is too far from the others'."
        for one in far
    ]


def in_reach(fit: PairFit) -> bool:
    """Whether two tempos can meet."""
    tempo = next((part.score for part in fit.parts if part.name == "tempo"), 0.0)
    return tempo > 0.0 and abs(fit.tempo_change_percent) <= FURTHEST_PERCENT


def _in_a_row(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def changes(fit: PairFit) -> list[str]:
    """What is done to the voice so that it fits."""
    said = [f"voice {dj_words.percent(fit.tempo_change_percent)}"]
    if fit.tempo_factor != 1:
        said.append("in double time" if fit.tempo_factor > 1 else "in half time")
    if not is_edit(fit):
        said.append(pitch(fit.pitch_semitones))
        said.append(key_distance(fit.key_distance))
    return said


def pitch(semitones: int) -> str:
    """A change of pitch in words."""
    if not semitones:
        return "pitch as it is"
    steps = f"{abs(semitones)} semitone{'s' if abs(semitones) > 1 else ''}"
    return f"{steps} {'up' if semitones > 0 else 'down'}"


def key_distance(steps: int | None) -> str:
    """How far two keys then are apart on the wheel."""
    if steps is None:
        return "key unknown"
    if steps == 0:
        return "same key"
    return f"{steps} step{'s' if steps > 1 else ''} apart on the key wheel"


def best(fits: MashupFits, singer: str | None) -> PairFit | None:
    """The best pair, or the best one in which ``singer`` sings."""
    return next((fit for fit in fits.pairs if singer in (None, fit.vocals)), None)


def heard(stems: Sequence[HeardStem], titles: Titles) -> str:
    """Who plays what: ``First: drums, bass · Second: vocals``."""
    by_track: dict[str, list[str]] = {}
    for one in sorted(stems, key=lambda one: STEM_ORDER.index(one.stem)):
        by_track.setdefault(one.track_id, []).append(words.STEMS[one.stem].lower())
    return " · ".join(
        f"{titles.get(track_id, 'Untitled')}: {', '.join(names)}"
        for track_id, names in by_track.items()
    )
