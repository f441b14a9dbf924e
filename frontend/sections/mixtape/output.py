"""Output options of a mixtape: title, loudness, formats, video, description."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.publishing import Writer
from frontend.labels.publish import LANGUAGES, NO_HASHTAGS, NO_INTRO, WRITERS
from frontend.sections.publish.description_template import choose_kept_template
from frontend.sections.publish.kept_lines import ask_kept_lines, ask_links_in_names
from frontend.sections.publish.publish_when_ready import ask_publication
from frontend.sections.shared.form_fields import (
    ask_names,
    ask_video,
    choose_formats,
    choose_one,
    select,
)
from frontend.state import language_model
from frontend.state.mixtape_draft import Description, Output, hashtags

MP3_QUALITIES = {False: "320 kbit/s", True: "V0 (smaller file)"}
LOUDNESS_LUFS = {
    -14.0: "−14 LUFS (YouTube, Spotify)",
    -16.0: "−16 LUFS (Apple Music)",
    -11.0: "−11 LUFS (louder, for clubs)",
}


def ask_output(linked: Sequence[str] = ()) -> tuple[Output, str | None]:
    """Ask for all output options; also return what publishing still lacks.

    Every option has a default. ``linked`` are names of tracks with links.
    """
    st.subheader("The mix", anchor=False)
    title, artist = ask_names("mix", "If empty: the artists' names", "Artist or DJ")
    with st.expander("Sound, video and description", icon=":material/tune:"):
        loudness_lufs = select("Loudness", LOUDNESS_LUFS, "loudness_lufs")
        formats = choose_formats("formats")
        mp3_vbr = "mp3" in formats and choose_one("MP3 quality", MP3_QUALITIES, "mp3_vbr")
        video = ask_video("video", wanted=True)
        description = ask_description(linked)
    publish, missing = ask_publication(description["language"])
    output: Output = {
        "title": title,
        "artist": artist,
        "loudness_lufs": loudness_lufs,
        "formats": formats,
        "mp3_vbr": mp3_vbr,
        "video": video,
        "description": description,
        "publish": publish,
    }
    return output, missing


def ask_description(linked: Sequence[str]) -> Description:
    """Ask for the description's texts, its writer, language and template."""
    intro = st.text_area(
        "Introduction",
        key="intro",
        max_chars=2000,
        height=90,
        placeholder=placeholder(NO_INTRO),
        help="Between the first line, with length, tracks, tempo and genre, and the tracklist.",
        persist_state="session",
    )
    tags = st.text_input(
        "Hashtags",
        key="hashtags",
        placeholder=placeholder(NO_HASHTAGS["mixtape"]),
        persist_state="session",
    )
    writer = ask_writer()
    language = select("Language of the description", LANGUAGES, "words_language")
    template = choose_kept_template()
    links_in_names = ask_links_in_names(linked, "links_in_names")
    lines = ask_kept_lines("mixtape")
    return {
        "intro": intro or "",
        "hashtags": hashtags(tags or ""),
        "writer": writer,
        "language": language,
        "template": template,
        "links_in_names": links_in_names,
        "lines": lines,
    }


def ask_writer() -> Writer:
    """Ask whether a template or a language model writes the description."""
    writers = language_model.offered(WRITERS)
    if len(writers) == 1:
        return "template"
    return choose_one(
        "Description written by",
        writers,
        "writer",
        help="A language model writes the introduction, hashtags and tags. Tracks, times and "
        "credits always come from the mix; if the model fails, the template is used.",
    )


def placeholder(by_template: str) -> str:
    """Say what will be written into a field that stays empty."""
    by_model = st.session_state.get("writer") == "llm"
    return "If empty: written by a language model" if by_model else by_template
