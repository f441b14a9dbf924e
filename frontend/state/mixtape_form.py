"""The fields of the New mixtape page, to be saved and filled in again."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from pydantic import BaseModel

from backend.app.contract.dj import NamedArc, OverlayPolicy
from backend.app.contract.jobs import AudioFormat
from backend.app.contract.publishing import Writer

from . import publish_draft
from .address_draft import MIXTAPE
from .publish_draft import VideoDraft

#: Name of the form for the publication of a mix that has no id yet.
NEXT_MIX = "next_mix"
#: Whether the mix is published as soon as it is ready.
PUBLISHES = "publish_next_mix"


class MixtapeForm(BaseModel):
    """The page's fields, each named like its widget's key; None if it was not drawn yet.

    The browser keeps the order of the tracks, and a drawn energy curve is not saved.
    """

    crate_id: str | None = None
    picture_id: str | None = None
    mix_title: str | None = None
    mix_artist: str | None = None
    transitions: Literal["dj", "crossfade"] | None = None
    crossfade_s: float | None = None
    order: Literal["given", "auto"] | None = None
    energy_arc: NamedArc | Literal["default", "drawn"] | None = None
    strategist: Literal["rules", "llm"] | None = None
    overlays: OverlayPolicy | None = None
    stem_swaps: bool | None = None
    swap_separator: str | None = None
    loudness_lufs: float | None = None
    formats: list[AudioFormat] | None = None
    mp3_vbr: bool | None = None
    video: bool | None = None
    video_height: Literal[720, 1080, 2160] | None = None
    intro: str | None = None
    hashtags: str | None = None
    writer: Writer | None = None
    words_language: str | None = None
    kept_template: str | None = None
    links_in_names: bool | None = None
    kept_links_mixtape: str | None = None
    kept_support_mixtape: str | None = None
    kept_licence_mixtape: str | None = None
    publish_next_mix: bool | None = None
    publication: VideoDraft | None = None


def read() -> MixtapeForm:
    """Read the form from the widgets."""
    values = {name: st.session_state.get(name) for name in MixtapeForm.model_fields}
    if publish_draft.is_filled(NEXT_MIX):
        values["publication"] = publish_draft.draft_in(NEXT_MIX)
    return MixtapeForm.model_validate(values)


def fill(form: MixtapeForm) -> None:
    """Write a form into the widgets, before they are drawn.

    What the page's address names is newer than the form.
    """
    in_address = {key.name for key in MIXTAPE.parts.values() if key.get()}
    for name in form.model_fields_set - in_address - {"publication"}:
        if getattr(form, name) is not None:
            st.session_state[name] = getattr(form, name)
    if form.publication is not None:
        publish_draft.fill(NEXT_MIX, form.publication)
