"""Output options of a mixtape: title, loudness, formats, video, description."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from frontend.sections.publish.description_fields import ask_description
from frontend.sections.publish.publish_when_ready import ask_publication
from frontend.sections.shared.form_fields import (
    ask_names,
    ask_video,
    choose_formats,
    choose_one,
    select,
)
from frontend.state.mixtape_draft import Output

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
        description = ask_description("mixtape", linked)
    publish, missing = ask_publication(description.language)
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
