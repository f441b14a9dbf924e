"""What is made of the mix: names, loudness, files, video, words."""

from __future__ import annotations

from typing import cast

import streamlit as st

from backend.app.contract.jobs import AudioFormat, VideoOptions
from backend.app.contract.publishing import Writer
from frontend import words
from frontend.draft import Joining, Options
from frontend.forms.publish_later import ask_publication
from frontend.publish_words import LANGUAGES, NO_HASHTAGS, NO_INTRO, WRITERS

HEIGHTS = {720: "720p", 1080: "1080p", 2160: "4K"}
MP3_QUALITIES = {False: "320 kbit/s", True: "V0, a smaller file"}
LOUDNESS_LUFS = {
    -14.0: "−14 LUFS, as YouTube and Spotify play",
    -16.0: "−16 LUFS, as Apple Music plays",
    -11.0: "−11 LUFS, louder, for a dance floor",
}


def ask_options(joining: Joining) -> Options:
    """What can be chosen; all of it has a sensible default."""
    st.subheader("The mix", anchor=False)
    left, right = st.columns(2)
    title = left.text_input(
        "Title",
        key="mix_title",
        max_chars=200,
        placeholder="Untitled mix",
        persist_state="session",
    )
    artist = right.text_input(
        "Artist or DJ", key="mix_artist", max_chars=200, persist_state="session"
    )
    with st.expander("Sound, video and description", icon=":material/tune:"):
        loudness_lufs, formats, mp3_vbr = ask_sound()
        video = ask_video()
        intro, hashtags = ask_intro(), ask_hashtags()
        writer, language = ask_writer()
    publish, publish_lacks = ask_publication(language)
    return Options(
        title=title or "",
        artist=artist or "",
        joining=joining,
        loudness_lufs=loudness_lufs,
        formats=formats,
        mp3_vbr=mp3_vbr,
        video=video,
        intro=intro,
        hashtags=hashtags,
        writer=writer,
        language=language,
        publish=publish,
        publish_lacks=publish_lacks,
    )


def ask_sound() -> tuple[float, list[AudioFormat], bool]:
    """Loudness, file formats and the kind of MP3."""
    loudness_lufs = st.selectbox(
        "Loudness",
        list(LOUDNESS_LUFS),
        format_func=LOUDNESS_LUFS.__getitem__,
        key="loudness_lufs",
        persist_state="session",
    )
    formats = st.pills(
        "Files",
        list(words.FORMATS),
        default=["mp3"],
        selection_mode="multi",
        format_func=words.FORMATS.__getitem__,
        key="formats",
        persist_state="session",
    )
    mp3_vbr = st.segmented_control(
        "MP3 quality",
        list(MP3_QUALITIES),
        default=False,
        required=True,
        format_func=MP3_QUALITIES.__getitem__,
        key="mp3_vbr",
        persist_state="session",
        disabled="mp3" not in formats,
    )
    return loudness_lufs, [cast("AudioFormat", name) for name in formats], bool(mp3_vbr)


def ask_video() -> VideoOptions | None:
    """Whether there is a video, and how large."""
    wanted = st.toggle("Make a video", value=True, key="video", persist_state="session")
    height = st.segmented_control(
        "Video size",
        list(HEIGHTS),
        default=1080,
        required=True,
        format_func=HEIGHTS.__getitem__,
        key="video_height",
        persist_state="session",
        disabled=not wanted,
    )
    return VideoOptions(height=height) if wanted else None


def ask_intro() -> str:
    """The words above the tracklist."""
    return (
        st.text_area(
            "Introduction",
            key="intro",
            max_chars=2000,
            height=90,
            placeholder=left_empty(NO_INTRO),
            help="The first lines of the description, above the tracklist.",
            persist_state="session",
        )
        or ""
    )


def ask_hashtags() -> str:
    """The words below the tracklist."""
    return (
        st.text_input(
            "Hashtags",
            key="hashtags",
            placeholder=left_empty(f"Left empty: {NO_HASHTAGS['mixtape']}"),
            persist_state="session",
        )
        or ""
    )


def left_empty(by_template: str) -> str:
    """What stands there otherwise."""
    by_model = st.session_state.get("writer") == "llm"
    return "Left empty, a language model writes it" if by_model else by_template


def ask_writer() -> tuple[Writer, str]:
    """Who writes the opening, the hashtags and a title to choose; and in which language."""
    writer = st.segmented_control(
        "Words written",
        list(WRITERS),
        default="template",
        required=True,
        format_func=WRITERS.__getitem__,
        key="writer",
        help="A language model writes an opening, hashtags and tags. Tracks, times and credits "
        "always come from the mix; the template stands in where the model fails.",
        persist_state="session",
    )
    language = st.selectbox(
        "Language of the words",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="words_language",
        persist_state="session",
        disabled=writer != "llm",
    )
    return writer, language if writer == "llm" else "en"
