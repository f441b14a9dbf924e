"""A video as YouTube would show it: picture, title, channel, description, chapters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from backend.app.contract.mixes import ChapterView

from .. import words

_LINKS = re.compile(r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?![\d:])|#[^\s#]+|https?://\S+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the preview; ``no_picture`` says why where there is no ``picture_url``."""

    title: str
    channel: str
    seen_by: str
    description: str | None
    chapters: Sequence[ChapterView]
    picture_url: str | None = None
    no_picture: str = ""
    length: str = ""


def video_preview(shown: Shown) -> None:
    """Draw it; all words are escaped, for they come from strangers' tags."""
    st.html(
        f'<article class="video" aria-label="Preview">{_picture(shown)}'
        f'<p class="title">{escape(shown.title) or "Untitled mix"}</p>'
        f'<p class="by">{escape(shown.channel)} · {escape(shown.seen_by)}</p>'
        f"{_description(shown.description)}{_chapters(shown.chapters)}</article>"
    )


def _picture(shown: Shown) -> str:
    length = f'<span class="length">{escape(shown.length)}</span>' if shown.length else ""
    if shown.picture_url is None:
        return f'<div class="picture none"><span>{escape(shown.no_picture)}</span>{length}</div>'
    source = escape(shown.picture_url, quote=True)
    return f'<div class="picture"><img src="{source}" alt="Thumbnail">{length}</div>'


def _description(text: str | None) -> str:
    if not text:
        return '<div class="text none">The description is written from the finished mix.</div>'
    # The parts between what is linked are escaped one by one: an entity is never cut in two
    parts, end = [], 0
    for found in _LINKS.finditer(text):
        parts += [escape(text[end : found.start()]), f"<i>{escape(found[0])}</i>"]
        end = found.end()
    return f'<div class="text" tabindex="0">{"".join(parts)}{escape(text[end:])}</div>'


def _chapters(chapters: Sequence[ChapterView]) -> str:
    if not chapters:
        return ""
    rows = "".join(
        f"<li><b>{words.clock(one.start_s)}</b><span>{escape(one.title)}</span></li>"
        for one in chapters
    )
    count = f"{len(chapters)} chapters"
    return f'<details class="chapters"><summary>{count}</summary><ol>{rows}</ol></details>'
