"""What may stand of a language model's words: nothing that leads away, nothing that is not known.

A model invents, and it reads titles that strangers wrote, which may tell it what to say. So each
sentence is held against the facts of the mix. One that has a link, an address, a time, a figure or
a name that is none of them is left out whole. What a sentence claims in plain words nobody can
check this way; that is why no fact is ever taken from a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from .offered import Words

_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”»’)]))\s+|(?<=[。！？])(?![」』A-Za-z0-9])")
# A letter, a dot and letters without a space between: a host's name, or a sentence badly set
_LEADS_AWAY = re.compile(
    r"@|#|://|\bwww\b|\w\.\w*[^\W\d_]{2}|[a-z0-9]。[a-z]{2}"
    r"|[\[(]\s*(?:\.|dot|at)\s*[\])]|\bdot\s+\w{2,4}\b",
    re.I,
)
_TIME = re.compile(r"\d\s*[:：]\s*\d")
_FIGURE = re.compile(r"\d+")
_QUOTED = re.compile(r"[\"“”„«»「『《〈]\s*([^\"“”„«»「」『』《》〈〉]*?)\s*[\"“”«»」』》〉]")
_WORD = re.compile(r"([^\W\d_]+)(?:['’][^\W\d_]+)*")
_LAID_OUT = re.compile(r"[*`_~|\\<>]|^\s*[-•–]\s+", re.M)
_MASK = "\ue000"  # for private use: no text has it

# Languages that write every noun with a capital; one such word is no name there, two in a row are.
_NOUNS_ARE_CAPITAL = ("de", "lb")
# Words of the trade that are often written with a capital, and English's own one.
_OF_THE_TRADE = """
acid afro ambient bass beat beats bpm breakbeat breaks chill chillout club dance deep disco dj djs
downtempo drum dub dubstep edm electro electronic electronica funk garage hip hop house i indie jazz
jungle latin lofi lounge mashup melodic minimal mix mixes mixtape music musik nu organic party pop
progressive psy r rap reggae remix rnb rock set soul swing synthwave tech techno trance trap trip
tropical uk vocal wave world
"""
_NO_NAMES = frozenset(_OF_THE_TRADE.split())


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mix: its figures, and its names, by their folded spelling."""

    names: Mapping[str, str]
    figures: frozenset[int]


def known_of(words: Words) -> Known:
    """What the facts of a mix allow to be said."""
    named = [words.title, words.tempo, *words.credits, *words.keys]
    for chapter in words.chapters:
        named += [chapter.title, chapter.artist, chapter.track]
    # A name of one letter or of figures alone would excuse whatever has it inside
    spelt = {_spelt(name) for name in named if sum(map(str.isalpha, name)) > 1}
    minutes = words.duration_s / 60.0
    figures = {words.n_tracks, round(minutes), int(minutes), *_figures(words.tempo)}
    if minutes >= 90.0:
        figures.add(round(minutes / 60.0))
    longest_first = sorted(spelt, key=len, reverse=True)
    return Known({name.casefold(): name for name in longest_first}, frozenset(figures - {0}))


def plain(text: str) -> str:
    """Text without what lays it out: Markdown's signs, brackets of HTML, controls, overrides."""
    lines = "\n".join(text.splitlines())
    kept = (c for c in unicodedata.normalize("NFC", lines) if c == "\n" or _is_written(c))
    return _LAID_OUT.sub("", "".join(kept))


def sentences(text: str, known: Known, language: str) -> tuple[str, int]:
    """The sentences of ``text`` that may stand, in their lines, and how many may not."""
    lines, left_out = [], 0
    for line in plain(text).splitlines():
        said = [one for one in map(str.strip, _END.split(line)) if one]
        kept = [one for one in said if may_stand(one, known, language)]
        left_out += len(said) - len(kept)
        if kept:
            lines.append("".join(one if one[-1] in "。！？" else f"{one} " for one in kept).strip())
    return "\n".join(lines), left_out


def may_stand(sentence: str, known: Known, language: str) -> bool:
    """Whether a sentence leads nowhere and names nothing that is not known."""
    spelt = unicodedata.normalize("NFKC", _visible(sentence))
    if _LEADS_AWAY.search(spelt) or _TIME.search(spelt):
        return False
    if not all(_is_name(quoted, known) for quoted in _QUOTED.findall(spelt)):
        return False
    rest = _without_names(spelt, known.names)
    if any(unicodedata.category(c) in ("Sc", "No", "Nl") or c in "%‰" for c in rest):
        return False
    return _figures(rest) <= known.figures and not _names_somebody(rest, language)


def _is_name(quoted: str, known: Known) -> bool:
    """Whether what stands in quotes is a name that is known, with a stop behind it perhaps."""
    name = _spelt(quoted).casefold()
    return name in known.names or name.rstrip(".,;:!?…。、！？") in known.names


def _names_somebody(rest: str, language: str) -> bool:
    """Whether what is left of a sentence without the known names has a name in it."""
    in_a_row = 2 if language.lower().split("-")[0] in _NOUNS_ARE_CAPITAL else 1
    # Its first word has a capital by right, in a script that has them
    by_right = not any(unicodedata.category(c) == "Lo" for c in rest)
    end = row = 0
    for word in _WORD.finditer(rest):
        between = rest[end : word.start()]
        is_first = not end and by_right and _MASK not in between
        is_name = word[0][0].isupper() and word[1].casefold() not in _NO_NAMES and not is_first
        row = row * (not between.strip()) + 1 if is_name else 0
        if row >= in_a_row:
            return True
        end = word.end()
    return False


def _without_names(text: str, names: Mapping[str, str]) -> str:
    """The text with each known name masked, wherever it stands by itself."""
    folded = text.casefold()
    for name in [names[one] for one in names if one in folded]:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _MASK, text, flags=re.I)
    return text


def _figures(text: str) -> frozenset[int]:
    return frozenset(int(figure[:18]) for figure in _FIGURE.findall(text))


def _spelt(name: str) -> str:
    """A name in one spelling, so that it is found again."""
    return " ".join(unicodedata.normalize("NFKC", _visible(name)).split())


def _visible(text: str) -> str:
    """Without what hides between letters: a link is one without it."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _is_written(character: str) -> bool:
    """Whether it is part of written text; joiners are, for emoji and Persian need them."""
    category = unicodedata.category(character)
    joins = character in "\u200c\u200d" or "\U000e0020" <= character <= "\U000e007f"
    return category[0] != "C" or joins
