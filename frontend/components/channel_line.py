"""A YouTube channel in a line: its picture, its name as a link, a few words about it."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

from backend.app.contract.publishing import ChannelView

#: What an address may have in it that does not end a ``url('…')``.
IN_AN_ADDRESS = ":/?&=%#@!,;+~-._"


def channel_line(channel: ChannelView, facts: str) -> None:
    """Show it; the name is escaped, and only what is fetched over the web is linked."""
    name = escape(channel.title) or "Your channel"
    if _is_web(channel.url):
        url = escape(channel.url, quote=True)
        name = f'<a href="{url}" target="_blank" rel="noopener">{name}</a>'
    st.html(
        f'<div class="channel">{_picture(channel)}'
        f"<div><p class='name'>{name}</p><p class='facts'>{escape(facts)}</p></div></div>"
    )


def _picture(channel: ChannelView) -> str:
    """The picture, over a letter that shows where it does not come."""
    picture = ""
    if channel.picture_url and _is_web(channel.picture_url):
        # As a background: a picture that does not come leaves the letter, and no broken frame
        source = escape(quote(channel.picture_url, safe=IN_AN_ADDRESS), quote=True)
        picture = f"<span style=\"background-image: url('{source}')\"></span>"
    letter = escape(channel.title[:1].upper())
    return f'<span class="face" aria-hidden="true">{letter}{picture}</span>'


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
