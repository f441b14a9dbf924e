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

from .common_words import ASKED_OF, COMMON, COMPOUNDED, GENRES, LEADS_ELSEWHERE, NUMBERS
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

_CALLS = re.compile(r"\bfollow\s+(?:us|me)\b|\blinks?\b|\bsign\s+up\b|\blike\s+and\b", re.I)

# Languages that write every noun with a capital; one such word is no name there, two in a row are.
_NOUNS_ARE_CAPITAL = ("de", "lb")
# English words of this length and ending are hardly ever somebody's name (Kimberly, Sterling: 8)
_DERIVED = re.compile(r"\w{7,}ly|\w{6,}ing")
_LATIN = re.compile("[a-z]+")
_LONGEST_PIECE = 16


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mix: its figures, its names by their folded spelling, and their words."""

    names: Mapping[str, str]
    figures: frozenset[int]
    words: frozenset[str]


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
    return Known(
        names={name.casefold(): name for name in longest_first},
        figures=frozenset(figures - {0}),
        words=frozenset(word for name in spelt for word in _words(name)),
    )


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
    rest = _harmless(sentence, known, language)
    return rest is not None and not _names_somebody(rest, known, _base(language))


def may_be_listed(text: str, known: Known, language: str) -> bool:
    """Whether it leads nowhere and has only words that are common, or of the facts, in any case."""
    rest = _harmless(text, known, language)
    return rest is not None and all(
        _is_common(word, known) or _is_made_of(word, known) for word in _words(rest)
    )


def _harmless(text: str, known: Known, language: str) -> str | None:
    """The text without the known names; None if it leads away, or has figures of its own."""
    spelt = unicodedata.normalize("NFKC", _visible(text))
    if _LEADS_AWAY.search(spelt) or _TIME.search(spelt):
        return None
    if not all(_is_name(quoted, known) for quoted in _QUOTED.findall(spelt)):
        return None
    rest = _without_names(spelt, known.names)
    said = {*_words(rest), *_LATIN.findall(rest.casefold())}  # some scripts put no space between
    if _CALLS.search(rest) or said & LEADS_ELSEWHERE:
        return None
    if any(unicodedata.category(c) in ("Sc", "No", "Nl") or c in "%‰" for c in rest):
        return None
    figures = _figures(rest) | _figures_in_words(rest, _base(language))
    return rest if figures <= known.figures else None


def _is_name(quoted: str, known: Known) -> bool:
    """Whether what stands in quotes is a name that is known, with a stop behind it perhaps."""
    name = _spelt(quoted).casefold()
    return name in known.names or name.rstrip(".,;:!?…。、！？") in known.names


def _names_somebody(rest: str, known: Known, language: str) -> bool:
    """Whether what is left of a sentence without the known names has a name in it."""
    in_a_row = 2 if language in _NOUNS_ARE_CAPITAL else 1
    # Its first word has a capital by right, in a script that has them
    by_right = not any(unicodedata.category(c) == "Lo" for c in rest)
    end = row = 0
    for word in _WORD.finditer(rest):
        between = rest[end : word.start()]
        first, *others = re.split("['’]", word[0])
        is_name = any(map(_is_capital, others))
        if end or not by_right or _MASK in between:
            is_name = is_name or _is_capital(first)
        elif not _may_begin(first, rest, known, language):
            return True
        row = row * (not between.strip()) + 1 if is_name else 0
        if row >= in_a_row:
            return True
        end = word.end()
    return False


def _is_capital(word: str) -> bool:
    return word[0].isupper() and word.casefold() not in GENRES


def _may_begin(first: str, rest: str, known: Known, language: str) -> bool:
    """Whether a sentence may begin with this word, whose capital says nothing."""
    if _is_common(first, known) or (language == "en" and _DERIVED.fullmatch(first)):
        return True
    if language in ASKED_OF:
        return False
    scripts = {unicodedata.name(word[0]).split()[0] for word in _WORD.findall(rest)}
    return len(scripts) == 1 or not unicodedata.name(first[0]).startswith("LATIN")


def _is_common(word: str, known: Known) -> bool:
    folded = word.casefold()
    return folded in COMMON or folded in known.words or folded.removesuffix("s") in COMMON


def _is_made_of(word: str, known: Known) -> bool:
    """Whether a word is several in one: of a hashtag, or in a script without spaces."""
    folded = word.casefold()
    has_case = folded != word.upper()

    def is_piece(piece: str) -> bool:
        if has_case:
            return piece in COMPOUNDED or (len(piece) > 3 and piece in known.words)
        return piece in COMMON or piece in known.words

    ends = {0}
    for at in range(len(folded)):
        if at in ends:
            upto = range(at + 1, min(len(folded), at + _LONGEST_PIECE) + 1)
            ends |= {end for end in upto if is_piece(folded[at:end])}
    return len(folded) in ends


def _without_names(text: str, names: Mapping[str, str]) -> str:
    """The text with each known name masked, wherever it stands by itself."""
    folded = text.casefold()
    for name in [names[one] for one in names if one in folded]:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _MASK, text, flags=re.I)
    return text


def _figures(text: str) -> frozenset[int]:
    return frozenset(int(figure[:18]) for figure in _FIGURE.findall(text))


def _figures_in_words(text: str, language: str) -> frozenset[int]:
    """What numbers are written out; of “twenty-four” both words make one."""
    meanings = NUMBERS.get(language, NUMBERS["en"])
    found = [0]
    for word in _words(text):
        number = meanings.get(word) or meanings.get(word.removesuffix("s")) or 0
        if 20 <= found[-1] < 100 and 0 < number < 10:
            number += found.pop()
        found.append(number)
    return frozenset(found) - {0}


def _words(text: str) -> list[str]:
    """Its words, folded; marks belong to their letters."""
    spaced = (c if unicodedata.category(c)[0] in "LM" else " " for c in text.casefold())
    return "".join(spaced).split()


def _base(language: str) -> str:
    return language.lower().split("-")[0]


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
