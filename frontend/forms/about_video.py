"""What YouTube asks about a video besides its words: whom it is for, what was done to its sound."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.publishing import YouTubeStatus
from frontend.forms.audience import ask_playlist
from frontend.forms.fault_places import FaultPlaces
from frontend.publish_words import CATEGORIES
from frontend.publishing import key


def ask_about_video(form: str, status: YouTubeStatus, places: FaultPlaces) -> None:
    """Playlist, category and four answers; each has a sensible default."""
    left, right = st.columns(2)
    with left:
        ask_playlist(form, status)
        places.below("playlist_id", "playlist_title")
    with right:
        st.selectbox(
            "Category",
            list(CATEGORIES),
            format_func=CATEGORIES.__getitem__,
            key=key(form, "category_id"),
            persist_state="session",
        )
        places.below("category_id")
    with st.container(gap="xsmall", key="about_video"):
        answer(
            form,
            "synthetic_media",
            "Altered or made-up sound",
            "Tells viewers that what sounds real was never played or sung like this, as YouTube "
            "asks for mashups and restyles.",
        )
        answer(
            form,
            "made_for_kids",
            "Made for children",
            "YouTube then takes away comments and notifications, as the law asks.",
        )
        answer(form, "thumbnail", "Set the thumbnail", "The picture that the mix came with.")
        places.below("thumbnail")
        answer(
            form,
            "notify_subscribers",
            "Tell the subscribers",
            "Only of a video that is public.",
        )


def answer(form: str, field: str, label: str, means: str) -> None:
    """Yes or no."""
    st.toggle(label, key=key(form, field), help=means, persist_state="session")
