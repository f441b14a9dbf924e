"""Rules for a language model's sentences, by character class and for any language.

A model invents, and reads titles by strangers that may contain instructions. It writes the mix's
names and figures as placeholders, so every other figure, link or name is not the mix's. What
characters do not show, such as a call to subscribe, is left to a second question to the model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import regex

from ..languages import phrases
from .placeholders import fill_in

PLACEHOLDER = "an unknown placeholder"
SIGN = "a figure, a link or a special character"
NAME = "a name that is not the mix's"

_MASK = "\0"  # in no text: `plain_text` removes it
# Ends of addresses that are written with a space, as in “evil. com”; those of the generic domains
# that almost no language has as a word
_DOMAINS = ("com", "net", "org", "xyz")
_DOMAIN = "|".join(_DOMAINS)
# Portuguese “com” is “with”, Dutch “net” is “just”: there they tell only at a sentence's end.
_WORDS = {"pt": "com", "nl": "net"}
_MARKDOWN = regex.compile(r"[*`_]|^\s*[-•–]\s+", regex.M)
_END = regex.compile(
    rf"(?<=[.!?…][\"”»’)]?)\s+(?!(?:{_DOMAIN})\b)|(?<=[！？])(?![」』])"
    r"|(?<=(?<![A-Za-z])。)(?![」』])|(?<=[A-Za-z]。)(?![」』A-Za-z])"  # not in “evil。com”
)
_PUNCTUATION = ".,;:!?¡¿'\"’‘‚“”„«»‹›-‐‑–—&()~、。「」『』《》・〜•·،؛؟۔।॥՞՜՝"  # as NFKC writes it
_PLAIN = regex.compile(rf"[\p{{L}}\p{{M}}\p{{So}}\p{{Sk}}{_MASK} {regex.escape(_PUNCTUATION)}]*")
# Numbers, and invisible characters but joiners and variants of emoji
_REFUSED = regex.compile(
    r"[\p{N}\p{Default_Ignorable_Code_Point}--[\u200c\u200d\ufe0e\ufe0f]]", regex.V1
)
_JOINERS = regex.compile("[\u200c\u200d]")  # in emoji, and in Persian and Indian scripts
_LINK = regex.compile(
    r"(?<!\.)\.(?![\s.!?'\"’”»)」』]|$)"  # a dot before a letter
    r"|(?<=\w)\s+\.(?!\.)"
    r"|\S\s+[,،、]"
    rf"|(?:^|[.,،、。;・·•])\s*(?:{_DOMAIN})[^\p{{L}}{_MASK}]*$"
    r"|[A-Za-z]。[A-Za-z]"
    r"|\(\s*\S*\s*\)"  # a single word in brackets, as in “evil (dot) com”
    r"|:$",  # announces what is removed
    regex.I,
)
_DOMAIN_INSIDE = regex.compile(rf"(?:^|[.,،、。;・·•])\s*({_DOMAIN})\b", regex.I)
# DJ, BPM, DJs: among letters without case, no space is needed
_ABBREVIATION = regex.compile(r"(?<![\p{Lu}\p{Ll}\p{Lt}])\p{Lu}{1,3}s?(?![\p{Lu}\p{Ll}\p{Lt}])")
_FIRST_LETTER = regex.compile(rf"^[^\p{{L}}{_MASK}]*\p{{L}}")
_CAPITAL = regex.compile(r"[\p{Lu}\p{Lt}]")
# Where nouns are capitalised, only two capitals in a row, or one inside a word, show a name.
_NOT_A_NOUN = regex.compile(r"\p{L}\p{Lu}|\p{Lu}[\p{L}\p{M}]*\s+\p{Lu}")


def plain_text(text: str) -> str:
    """Normalise line breaks and spaces; remove Markdown and the mask."""
    lines = "\n".join(text.replace("\t", " ").replace(_MASK, "").splitlines())
    plain: str = _MARKDOWN.sub("", unicodedata.normalize("NFC", lines))
    return plain.strip()


def sentences_in(text: str) -> list[str]:
    """Split plain text into sentences."""
    lines = plain_text(text).splitlines()
    return [one for line in lines for one in map(str.strip, _END.split(line)) if one]


def fault_in(text: str, values: Mapping[str, str], language: str) -> str:
    """Say why a sentence, title or tag cannot be used; empty if the rules find nothing.

    ``values`` are those of the placeholders.
    """
    masked = fill_in(text, dict.fromkeys(values, _MASK))
    if "{" in masked:
        return PLACEHOLDER
    spelt = unicodedata.normalize("NFKC", _JOINERS.sub("", masked))
    if _REFUSED.search(masked) or not _PLAIN.fullmatch(spelt) or _has_link(spelt, language):
        return SIGN
    return NAME if _has_name(spelt, language) else ""


def _has_link(text: str, language: str) -> bool:
    """Whether an address is written with a dot, a comma or spaces."""
    word = _WORDS.get(language.lower().split("-")[0])
    inside = (found[1].lower() for found in _DOMAIN_INSIDE.finditer(text))
    return bool(_LINK.search(text)) or any(domain != word for domain in inside)


def _has_name(text: str, language: str) -> bool:
    """Whether a capital is neither a sentence's first letter nor part of an abbreviation."""
    rest = _ABBREVIATION.sub(lambda found: found[0].lower(), text)
    if not regex.search(r"\p{Lo}", text):  # else a Latin capital shows a name even at the start
        rest = _FIRST_LETTER.sub(lambda found: found[0].lower(), rest)
    shows_name = _NOT_A_NOUN if phrases(language).capital_nouns else _CAPITAL
    return bool(shows_name.search(rest))
