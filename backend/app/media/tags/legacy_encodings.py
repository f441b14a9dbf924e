"""Repair names in an 8-bit code page that were decoded as Latin-1.

``Ýòîò ãîðîä`` is ``Этот город`` in Windows-1251. Names are short, so a code page is believed only
if Latin-1 is impossible and the detector clearly prefers one page; all names of a file are judged
together. Names with a few accents (``Beyoncé``, ``Sigur Rós``) are never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

# chardet's names of the code pages, Python's codec, and the least confidence that is believed.
# Pages of two bytes a character need less, since valid pairs of bytes are evidence in themselves.
_PAGES: Mapping[str, tuple[str, float]] = {
    "Windows-1251": ("cp1251", 0.06),
    "KOI8-R": ("koi8_r", 0.06),
    "KOI8-U": ("koi8_u", 0.06),
    "IBM866": ("cp866", 0.06),
    "Windows-1253": ("cp1253", 0.06),
    "Windows-1255": ("cp1255", 0.06),
    "Windows-1256": ("cp1256", 0.06),
    "CP874": ("cp874", 0.06),
    "CP932": ("cp932", 0.007),
    "EUC-JP": ("euc_jp", 0.04),
    "GB18030": ("gb18030", 0.02),
    "Big5": ("cp950", 0.02),
    "CP949": ("cp949", 0.02),
}
# The best page must be this many times as likely as the next one that gives a different text.
_MARGIN = 1.5
_MIN_BYTES = 8  # bytes beyond ASCII; fewer, such as "五月天", may be Japanese
_MAX_BYTES = 1_000  # of a name that is looked at

# Four letters beyond ASCII in a row, at least three of them different: no word in Latin-1 has them,
# but most words in other scripts do.
_RUN = re.compile(rb"[\x80-\xff]{4,}")
# The lead bytes of kana in Shift-JIS; in Windows-1252 they are a low quote and a florin sign.
_KANA = re.compile(rb"[\x82\x83][\x40-\xfc]")
# Signs inside words that are letters in Windows-1250 or ISO 8859-2, as in D³ugo.
_SIGN_IN_WORD = re.compile(r"[^\W\d_][\xb9\xb3\xba\xbe\xbf\xb1\xb6\xbc][a-z]")
_SIGNS_OF_ISO = re.compile(r"[^\W\d_][\xb1\xb6\xbc]|[\xb1\xb6\xbc][^\W\d_]")

_SCRIPTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}


def decoded_names(names: Mapping[str, str]) -> dict[str, str]:
    """The names of one file, each repaired if it was read in the wrong code page."""
    raw = {key: _bytes_of(text) for key, text in names.items()}
    known = [one for one in raw.values() if one is not None]
    # ID3v1 may have cut a name in the middle of its last character.
    page = _page_of(known) or _page_of([one[:-1] for one in known])
    latin = _latin_page_of("\n".join(names.values()))
    return {key: _decoded(text, raw[key], page, latin) for key, text in names.items()}


def _bytes_of(text: str) -> bytes | None:
    """The bytes of a text that may have been decoded wrongly; None if it cannot have been."""
    if text.isascii():
        return None
    for codec in ("latin-1", "cp1252"):
        try:
            return text.encode(codec)
        except UnicodeEncodeError:
            continue
    return None


def _decoded(text: str, raw: bytes | None, page: str | None, latin: str | None) -> str:
    if raw is None:
        return text
    if (as_utf8 := _strictly(raw, "utf-8")) is not None:
        return as_utf8
    if page is not None and _is_mostly_foreign(raw):
        return _without_cut_character(raw, page) or text
    return (_strictly(raw, latin) or text) if latin is not None else text


def _latin_page_of(text: str) -> str | None:
    """The code page of names in Latin letters, if it cannot be Latin-1."""
    if _SIGN_IN_WORD.search(text):
        return "iso8859_2" if _SIGNS_OF_ISO.search(text) else "cp1250"
    # Names contain no control characters; taggers that wrote them meant quotes and dashes.
    return "cp1252" if any("\x80" <= character <= "\x9f" for character in text) else None


def _page_of(names: Sequence[bytes]) -> str | None:
    """The code page of the names, if there is no doubt."""
    pool = b"\n".join(one[:_MAX_BYTES] for one in names)
    n_high = sum(byte >= 0x80 for byte in pool)
    if n_high < _MIN_BYTES or not _is_no_latin(pool) or _strictly(pool, "utf-8") is not None:
        return None
    import chardet  # takes 0.1 s, and few files need it

    found = chardet.detect_all(
        pool,
        ignore_threshold=True,
        include_encodings=list(_PAGES),
        no_match_encoding="KOI8-R",  # must be one of these pages; its confidence is then 0
    )
    ranked = [
        (_PAGES[page], one["confidence"])
        for one in found
        if (page := one["encoding"] or "") in _PAGES
    ]
    if not ranked:
        return None
    (codec, least), confidence = ranked[0]
    text = _without_cut_character(pool, codec)
    if text is None or confidence < least or not _is_one_script(text):
        return None
    others = [c for (other, _), c in ranked[1:] if pool.decode(other, "replace") != text]
    return codec if confidence >= _MARGIN * max(others, default=0.0) else None


def _is_no_latin(pool: bytes) -> bool:
    return any(len(set(run)) >= 3 for run in _RUN.findall(pool)) or len(_KANA.findall(pool)) >= 3


def _is_mostly_foreign(raw: bytes) -> bool:
    """Whether at least half of the letters are beyond ASCII; in ``Beyoncé`` one in seven is."""
    n_high = sum(byte >= 0x80 for byte in raw)
    return n_high >= sum(chr(byte).isalpha() for byte in raw if byte < 0x80)


def _is_one_script(text: str) -> bool:
    """Whether all letters beyond ASCII belong to one script, without signs unusual in names."""
    scripts = set()
    for character in text:
        if character.isascii():
            continue
        if unicodedata.category(character) in ("So", "Sm", "Sc", "Cc", "Cn", "Co"):
            if character != "№":
                return False
        elif character.isalpha():
            script = unicodedata.name(character, "").partition(" ")[0]
            scripts.add(_SCRIPTS.get(script, script))
    return len(scripts) == 1


def _without_cut_character(raw: bytes, codec: str) -> str | None:
    """Decode bytes; leave out a last character that a field of 30 bytes has cut."""
    whole = _strictly(raw, codec)
    return _strictly(raw[:-1], codec) if whole is None else whole


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None
