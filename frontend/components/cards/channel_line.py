"""A YouTube channel in a line: picture, linked name, facts."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

from backend.app.contract.publishing import ChannelView

#: Characters of an address that cannot end a CSS ``url('…')``.
SAFE_IN_URL = ":/?&=%#@!,;+~-._"


def channel_line(channel: ChannelView, facts: str) -> None:
    """Show a channel; its name is escaped, and linked only to a web address."""
    name = escape(channel.title) or "Your channel"
    if _is_web(channel.url):
        url = escape(channel.url, quote=True)
        name = f'<a href="{url}" target="_blank" rel="noopener">{name}</a>'
    st.html(
        f'<div class="channel">{_picture(channel)}'
        f"<div><p class='name'>{name}</p><p class='facts'>{escape(facts)}</p></div></div>"
    )


def _picture(channel: ChannelView) -> str:
    """The picture, over a letter that shows if the picture does not load."""
    picture = ""
    if channel.picture_url and _is_web(channel.picture_url):
        # As a background: if it does not load, the letter shows instead of a broken image
        source = escape(quote(channel.picture_url, safe=SAFE_IN_URL), quote=True)
        picture = f"<span style=\"background-image: url('{source}')\"></span>"
    letter = escape(channel.title[:1].upper())
    return f'<span class="face" aria-hidden="true">{letter}{picture}</span>'


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
