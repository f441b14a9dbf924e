"""Show a YouTube channel in one line: picture, linked name, facts."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

from backend.app.contract.publishing import ChannelView

#: Characters of an address that cannot end a CSS ``url('…')``.
SAFE_IN_URL = ":/?&=%#@!,;+~-._"


def channel_line(channel: ChannelView, facts: str) -> None:
    """Show a channel's picture, name and facts.

    The name is escaped; it becomes a link only if its address is a web address.
    """
    name = escape(channel.title) or "Your channel"
    if _is_web(channel.url):
        url = escape(channel.url, quote=True)
        name = f'<a href="{url}" target="_blank" rel="noopener">{name}</a>'
    st.html(
        f'<div class="channel">{_picture(channel)}'
        f"<div><p class='name'>{name}</p><p class='facts'>{escape(facts)}</p></div></div>"
    )


def _picture(channel: ChannelView) -> str:
    """Draw the channel's picture over a letter; if the picture fails to load, the letter shows."""
    picture = ""
    if channel.picture_url and _is_web(channel.picture_url):
        # As a CSS background: an image that fails to load would show as broken.
        source = escape(quote(channel.picture_url, safe=SAFE_IN_URL), quote=True)
        picture = f"<span style=\"background-image: url('{source}')\"></span>"
    letter = escape(channel.title[:1].upper())
    return f'<span class="face" aria-hidden="true">{letter}{picture}</span>'


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
