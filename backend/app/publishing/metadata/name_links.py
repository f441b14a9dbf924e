"""Links, mentions and hashtags in the names of tracks, which strangers may have written.

A file's tag can say "Track [www.pirate.example]" or "@someone": under a video that would link to
the stranger's page, and a ``#`` would file the video under the stranger's hashtag.
"""

from __future__ import annotations

import re

# Top-level domains of names without "www.": "will.i.am" and "feat.Bo" are no links.
_DOMAINS = (
    "com|net|org|info|biz|app|dev|xyz|club|online|site|shop|store|top|link|live|blog|audio|music"
    "|io|co|cc|tv|fm|ws|gg|ru|su|ua|рф|de|fr|es|pt|br|it|nl|pl|uk|eu|us|cn|jp|kr|in|tr|vk|example"
)
_LABELS = r"(?<![^\W_])(?:[^\W_](?:[^\W_]|-)*\.)+"
_LINK = (
    r"(?<![^\W_])[a-z][a-z0-9+.-]*://\S*"
    r"|(?<![^\W_])www\.[^\s()\[\]{}]+"
    rf"|{_LABELS}[a-z]{{2,}}/[^\s()\[\]{{}}]*"
    rf"|{_LABELS}(?:{_DOMAINS})(?!\w)"
)
_MENTION = r"[\w.+-]+[@＠][\w-]+\.[\w.-]+|(?<!\w)[@＠][\w.-]*\w"
_HASHTAG = r"(?<!\w)[#＃]\w*[^\W\d_]\w*"
_PART = re.compile(f"{_LINK}|{_MENTION}|{_HASHTAG}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\w)[#＃](?=\d)")  # "Symphony #5"
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|（[^（）]*）")
_ENDS = " \t-–—|_~:;,/•·"


def has_link(name: str) -> bool:
    """Whether a name contains a link, a mention or a hashtag."""
    return bool(_PART.search(name) or _NUMBER.search(name))


def without_links(name: str) -> str:
    """Leave links, mentions and hashtags out of a name, with the brackets round them.

    A number keeps its digits, a name that is nothing else its words.

    >>> without_links("Track [www.pirate.example]"), without_links("Symphony #5")
    ('Track', 'Symphony 5')
    """
    text = name
    while has_link(text):  # what stood round a link may be one, too: "@_@someone"
        text = _NUMBER.sub("", text)
        text = _IN_BRACKETS.sub(lambda group: "" if _PART.search(group[0]) else group[0], text)
        text = " ".join(_PART.sub("", text).split()).strip(_ENDS)
    return text or _only_words(name)


def _only_words(name: str) -> str:
    """The words of a name that is only a mention or a hashtag; nothing of a link."""
    if re.search(_LINK, name, re.IGNORECASE):
        return ""
    return " ".join(re.sub("[#＃@＠]", " ", name).split())
