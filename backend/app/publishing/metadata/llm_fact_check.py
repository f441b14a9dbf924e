"""Remove links, promotion and unknown names or figures from a language model's text.

A model invents, and reads titles by strangers that may contain instructions. Each sentence is
checked against the facts of the mix: one with a link, an address, a time, or an unknown figure or
name is removed whole. Claims in plain words can't be checked this way, so no fact is ever taken
from a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from .common_words import CHECKED_LANGUAGES, COMMON, COMPOUND_PARTS, GENRES, NUMBERS, PROMOTION
from .template_context import MixFacts

_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”»’)]))\s+|(?<=[。！？])(?![」』A-Za-z0-9])")
# A letter, a dot and letters without a space: a host's name, or a missing space
_LINK = re.compile(
    r"@|#|://|\bwww\b|\w\.\w*[^\W\d_]{2}|[a-z0-9]。[a-z]{2}"
    r"|[\[(]\s*(?:\.|dot|at)\s*[\])]|\bdot\s+\w{2,4}\b",
    re.I,
)
_TIME = re.compile(r"\d\s*[:：]\s*\d")
_FIGURE = re.compile(r"\d+")
_QUOTED = re.compile(r"[\"“”„«»「『《〈]\s*([^\"“”„«»「」『』《》〈〉]*?)\s*[\"“”«»」』》〉]")
_WORD = re.compile(r"([^\W\d_]+)(?:['’][^\W\d_]+)*")
_LAYOUT = re.compile(r"[*`_~|\\<>]|^\s*[-•–]\s+", re.M)
_MASK = "\ue000"  # a private-use character, which no text has

_PROMOTION = re.compile(r"\bfollow\s+(?:us|me)\b|\blinks?\b|\bsign\s+up\b|\blike\s+and\b", re.I)

# Languages that capitalise nouns: there only two capitalised words in a row count as a name.
_CAPITALISED_NOUNS = ("de", "lb")
# English words of this length and ending are rarely names (Kimberly, Sterling: 8 letters)
_DERIVED = re.compile(r"\w{7,}ly|\w{6,}ing")
_LATIN = re.compile("[a-z]+")
_LONGEST_PIECE = 16


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """A mix's figures, its names by casefolded spelling, and the names' words."""

    names: Mapping[str, str]
    figures: frozenset[int]
    words: frozenset[str]


def known_facts(facts: MixFacts) -> KnownFacts:
    """Collect the names and figures that a text about the mix may contain."""
    named = [facts.title, facts.tempo, *facts.credits, *facts.keys]
    for chapter in facts.chapters:
        named += [chapter.title, chapter.artist, chapter.track]
    # A name of one letter or of figures alone would allow any text around it
    spelt = {_normalised(name) for name in named if sum(map(str.isalpha, name)) > 1}
    minutes = facts.duration_s / 60.0
    figures = {facts.n_tracks, round(minutes), int(minutes), *_figures(facts.tempo)}
    if minutes >= 90.0:
        figures.add(round(minutes / 60.0))
    longest_first = sorted(spelt, key=len, reverse=True)
    return KnownFacts(
        names={name.casefold(): name for name in longest_first},
        figures=frozenset(figures - {0}),
        words=frozenset(word for name in spelt for word in _words(name)),
    )


def plain_text(text: str) -> str:
    """Remove Markdown, HTML brackets, control characters and direction overrides."""
    lines = "\n".join(text.splitlines())
    written = (c for c in unicodedata.normalize("NFC", lines) if c == "\n" or _is_written(c))
    return _LAYOUT.sub("", "".join(written))


def allowed_sentences(text: str, known: KnownFacts, language: str) -> tuple[str, int]:
    """Return the allowed sentences, in their lines, and the number of removed ones."""
    lines, n_removed = [], 0
    for line in plain_text(text).splitlines():
        sentences = [one for one in map(str.strip, _END.split(line)) if one]
        allowed = [one for one in sentences if is_allowed_sentence(one, known, language)]
        n_removed += len(sentences) - len(allowed)
        if allowed:
            spaced = (one if one[-1] in "。！？" else f"{one} " for one in allowed)
            lines.append("".join(spaced).strip())
    return "\n".join(lines), n_removed


def is_allowed_sentence(sentence: str, known: KnownFacts, language: str) -> bool:
    """Whether a sentence has no link and no unknown name or figure."""
    rest = _without_known_names(sentence, known, language)
    return rest is not None and not _has_name(rest, known, _base_language(language))


def is_allowed_tag(text: str, known: KnownFacts, language: str) -> bool:
    """Whether a tag has no link and only common words or words of the facts, in any case."""
    rest = _without_known_names(text, known, language)
    return rest is not None and all(
        _is_common(word, known) or _is_compound(word, known) for word in _words(rest)
    )


def _without_known_names(text: str, known: KnownFacts, language: str) -> str | None:
    """Mask the known names; None if the text has a link, promotion or unknown figures."""
    spelt = unicodedata.normalize("NFKC", _without_invisible(text))
    if _LINK.search(spelt) or _TIME.search(spelt):
        return None
    if not all(_is_name(quoted, known) for quoted in _QUOTED.findall(spelt)):
        return None
    rest = _mask_names(spelt, known.names)
    # Latin words are found separately: some scripts put no spaces round them
    words = {*_words(rest), *_LATIN.findall(rest.casefold())}
    if _PROMOTION.search(rest) or words & PROMOTION:
        return None
    if any(unicodedata.category(c) in ("Sc", "No", "Nl") or c in "%‰" for c in rest):
        return None
    figures = _figures(rest) | _figures_in_words(rest, _base_language(language))
    return rest if figures <= known.figures else None


def _is_name(quoted: str, known: KnownFacts) -> bool:
    """Whether the quoted text is a known name, perhaps with punctuation."""
    name = _normalised(quoted).casefold()
    return name in known.names or name.rstrip(".,;:!?…。、！？") in known.names


def _has_name(rest: str, known: KnownFacts, language: str) -> bool:
    """Whether a sentence has a name besides the masked ones."""
    in_a_row = 2 if language in _CAPITALISED_NOUNS else 1
    # In scripts with capitals, the first word is capitalised anyway
    has_capitals = not any(unicodedata.category(c) == "Lo" for c in rest)
    end = row = 0
    for word in _WORD.finditer(rest):
        between = rest[end : word.start()]
        first, *others = re.split("['’]", word[0])
        is_name = any(map(_is_capital, others))
        if end or not has_capitals or _MASK in between:
            is_name = is_name or _is_capital(first)
        elif not _may_start(first, rest, known, language):
            return True
        row = row * (not between.strip()) + 1 if is_name else 0
        if row >= in_a_row:
            return True
        end = word.end()
    return False


def _is_capital(word: str) -> bool:
    return word[0].isupper() and word.casefold() not in GENRES


def _may_start(first: str, rest: str, known: KnownFacts, language: str) -> bool:
    """Whether a sentence may start with this word, whose capital proves nothing."""
    if _is_common(first, known) or (language == "en" and _DERIVED.fullmatch(first)):
        return True
    if language in CHECKED_LANGUAGES:
        return False
    scripts = {unicodedata.name(word[0]).split()[0] for word in _WORD.findall(rest)}
    return len(scripts) == 1 or not unicodedata.name(first[0]).startswith("LATIN")


def _is_common(word: str, known: KnownFacts) -> bool:
    folded = word.casefold()
    return folded in COMMON or folded in known.words or folded.removesuffix("s") in COMMON


def _is_compound(word: str, known: KnownFacts) -> bool:
    """Whether a word consists of known words, as in a hashtag or a script without spaces."""
    folded = word.casefold()
    has_case = folded != word.upper()

    def is_piece(piece: str) -> bool:
        if has_case:
            return piece in COMPOUND_PARTS or (len(piece) > 3 and piece in known.words)
        return piece in COMMON or piece in known.words

    ends = {0}
    for at in range(len(folded)):
        if at in ends:
            upto = range(at + 1, min(len(folded), at + _LONGEST_PIECE) + 1)
            ends |= {end for end in upto if is_piece(folded[at:end])}
    return len(folded) in ends


def _mask_names(text: str, names: Mapping[str, str]) -> str:
    """Mask each known name that is not part of a longer word."""
    folded = text.casefold()
    for name in [names[one] for one in names if one in folded]:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _MASK, text, flags=re.I)
    return text


def _figures(text: str) -> frozenset[int]:
    return frozenset(int(figure[:18]) for figure in _FIGURE.findall(text))


def _figures_in_words(text: str, language: str) -> frozenset[int]:
    """Parse numbers in words; “twenty-four” is one number."""
    meanings = NUMBERS.get(language, NUMBERS["en"])
    found = [0]
    for word in _words(text):
        number = meanings.get(word) or meanings.get(word.removesuffix("s")) or 0
        if 20 <= found[-1] < 100 and 0 < number < 10:
            number += found.pop()
        found.append(number)
    return frozenset(found) - {0}


def _words(text: str) -> list[str]:
    """Split into casefolded words; combining marks belong to their letters."""
    spaced = (c if unicodedata.category(c)[0] in "LM" else " " for c in text.casefold())
    return "".join(spaced).split()


def _base_language(language: str) -> str:
    return language.lower().split("-")[0]


def _normalised(name: str) -> str:
    """Normalise a name's spelling for comparison."""
    return " ".join(unicodedata.normalize("NFKC", _without_invisible(name)).split())


def _without_invisible(text: str) -> str:
    """Remove invisible characters, which could hide a link."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _is_written(character: str) -> bool:
    """Whether a character belongs in text; joiners do, as emoji and Persian need them."""
    category = unicodedata.category(character)
    joins = character in "\u200c\u200d" or "\U000e0020" <= character <= "\U000e007f"
    return category[0] != "C" or joins
