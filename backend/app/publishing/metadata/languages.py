"""Write headings, numbers and lengths in the language asked for."""

from __future__ import annotations

from .phrases import ENGLISH, PHRASES, Phrases

_SAME_AS = {"nb": "no", "nn": "no", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}


def phrases(language: str) -> Phrases:
    """The phrases of a language by its BCP 47 tag; English if there are none.

    >>> phrases("pt-BR").tracklist, phrases("tlh").tracklist
    ('Lista de faixas', 'Tracklist')
    """
    return PHRASES.get(_known(language), ENGLISH)


def counted(language: str, n: int, unit: tuple[str, ...]) -> str:
    """A number with its unit in the right form: ``1 minute``, ``22 минуты``, ``62分``."""
    form = unit[min(_plural(_known(language), n), len(unit) - 1)]
    return f"{n}{phrases(language).gap}{form}"


def length(language: str, duration_s: float) -> str:
    """A length as people say it: ``41 seconds``, ``62 minutes``, ``3 hours 46 minutes``."""
    words = phrases(language)
    if round(duration_s) < 60:
        return counted(language, round(duration_s), words.second)
    minutes = round(duration_s / 60.0)
    if minutes < 120:
        return counted(language, minutes, words.minute)
    hours, minutes = divmod(minutes, 60)
    parts = [counted(language, hours, words.hour)]
    if minutes:
        parts.append(counted(language, minutes, words.minute))
    return words.between.join(parts)


def _known(language: str) -> str:
    """The longest beginning of a tag that has phrases; empty if none has."""
    parts = language.lower().split("-")
    for n_parts in range(len(parts), 0, -1):
        tag = "-".join(parts[:n_parts])
        tag = _SAME_AS.get(tag, tag)
        if tag in PHRASES:
            return tag
    return ""


def _plural(language: str, n: int) -> int:
    """CLDR's plural category of a whole number: 0 one, 1 few, 2 other or many."""
    if language in ("pl", "ru", "uk"):
        is_one = n == 1 if language == "pl" else n % 10 == 1 and n % 100 != 11
        is_few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
    else:
        is_one, is_few = n == 1, n in (2, 3, 4)
    return 0 if is_one else 1 if is_few else 2
