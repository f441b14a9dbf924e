"""Preview a YouTube video: picture, title, channel, description, chapters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mixes import ChapterView

from ...labels import figures

_LINKS = re.compile(r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?![\d:])|#[^\s#]+|https?://\S+")


def video_preview(
    *,
    title: str,
    channel: str,
    seen_by: str,
    description: str | None,
    chapters: Sequence[ChapterView],
    picture_url: str | None,
    no_picture: str,
    length: str,
) -> None:
    """Show the preview; all texts are escaped, since they come from file tags.

    If there is no ``picture_url``, the text ``no_picture`` is shown.
    """
    end = f'<span class="length">{escape(length)}</span></div>' if length else "</div>"
    picture = f'<div class="picture none"><span>{escape(no_picture)}</span>{end}'
    if picture_url is not None:
        source = escape(picture_url, quote=True)
        picture = f'<div class="picture"><img src="{source}" alt="Thumbnail">{end}'
    st.html(
        f'<article class="video" aria-label="Preview">{picture}'
        f'<p class="title">{escape(title) or "Untitled mix"}</p>'
        f'<p class="by">{escape(channel)} · {escape(seen_by)}</p>'
        f"{_description(description)}{_chapters(chapters)}</article>"
    )


def _description(text: str | None) -> str:
    if not text:
        return '<div class="text none">Segue writes the description when the mix is finished.</div>'
    # Each part between links is escaped separately, so that no HTML entity is cut in two.
    parts, end = [], 0
    for found in _LINKS.finditer(text):
        parts += [escape(text[end : found.start()]), f"<i>{escape(found[0])}</i>"]
        end = found.end()
    return f'<div class="text" tabindex="0">{"".join(parts)}{escape(text[end:])}</div>'


def _chapters(chapters: Sequence[ChapterView]) -> str:
    if not chapters:
        return ""
    rows = "".join(
        f"<li><b>{figures.clock(one.start_s)}</b><span>{escape(one.title)}</span></li>"
        for one in chapters
    )
    count = f"{len(chapters)} chapters"
    return f'<details class="chapters"><summary>{count}</summary><ol>{rows}</ol></details>'
