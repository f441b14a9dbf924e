"""Categories and languages that YouTube accepts for a video."""

from __future__ import annotations

# YouTube Data API v3, videoCategories.list (regionCode=US), those with snippet.assignable.
CATEGORIES = {
    "1": "Film and animation",
    "2": "Autos and vehicles",
    "10": "Music",
    "15": "Pets and animals",
    "17": "Sports",
    "19": "Travel and events",
    "20": "Gaming",
    "22": "People and blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News and politics",
    "26": "Howto and style",
    "27": "Education",
    "28": "Science and technology",
    "29": "Nonprofits and activism",
}
# ISO 639-1 (loc.gov/standards/iso639-2/php/code_list.php), and "iw" and "sh", which YouTube still
# uses (i18nLanguages.list).
_TWO_LETTERS = (
    " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)


def is_language(tag: str) -> bool:
    """Whether a BCP 47 tag begins with a language; three letters are believed (ISO 639-3).

    >>> is_language("pt-BR"), is_language("xx"), is_language("yue")
    (True, False, True)
    """
    language = tag.partition("-")[0].lower()
    return len(language) == 3 or f" {language} " in _TWO_LETTERS
