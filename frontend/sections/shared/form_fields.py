"""Form fields that several pages use, and the start button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import streamlit as st

from backend.app.contract.jobs import AudioFormat, VideoOptions
from frontend.labels.figures import FORMATS

Option = TypeVar("Option")

HEIGHTS = {720: "720p", 1080: "1080p", 2160: "4K"}


def choose_one(
    label: str,
    options: Mapping[Option, str],
    key: str,
    *,
    default: Option | None = None,
    help: str | None = None,
    disabled: bool = False,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> Option:
    """Ask for one of a few options; the first is the default."""
    return st.segmented_control(
        label,
        list(options),
        default=next(iter(options)) if default is None else default,
        required=True,
        format_func=options.__getitem__,
        key=key,
        help=help,
        disabled=disabled,
        label_visibility=label_visibility,
        persist_state="session",
    )


def select(
    label: str,
    options: Mapping[Option, str],
    key: str,
    *,
    help: str | None = None,
    disabled: bool = False,
) -> Option:
    """Ask for one of many options in a menu."""
    return st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        help=help,
        disabled=disabled,
        persist_state="session",
    )


def choose_formats(key: str) -> list[AudioFormat]:
    """Ask for the audio formats, MP3 by default."""
    return st.pills(
        "File formats",
        list(FORMATS),
        default=["mp3"],
        selection_mode="multi",
        format_func=FORMATS.__getitem__,
        key=key,
        persist_state="session",
    )


def text_line(label: str, key: str, placeholder: str | None = None) -> str:
    """Ask for a short text, such as a title."""
    text = st.text_input(
        label, key=key, max_chars=200, placeholder=placeholder, persist_state="session"
    )
    return text or ""


def ask_names(form: str, placeholder: str, artist: str = "Artist") -> tuple[str, str]:
    """Ask for title and artist, side by side."""
    left, right = st.columns(2)
    with left:
        title = text_line("Title", f"{form}_title", placeholder)
    with right:
        return title, text_line(artist, f"{form}_artist")


def ask_video(key: str, *, wanted: bool) -> VideoOptions | None:
    """Ask whether to make a video, and how large.

    ``wanted`` is the default.
    """
    if not st.toggle("Make a video", value=wanted, key=key, persist_state="session"):
        return None
    height = choose_one("Video size", HEIGHTS, f"{key}_height", default=1080)
    return VideoOptions(height=height)


def start_bar(label: str, icon: str, *, missing: str | None, ready: str) -> bool:
    """Draw the start button, and say what is missing; return True if it was pressed."""
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            label,
            type="primary",
            icon=f":material/{icon}:",
            disabled=missing is not None,
            key="start",
        )
        st.caption(missing or ready)
    return pressed
