"""The stems of one track to hear together: each muted, soloed and faded, all of them in step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st

from backend.app.contract.jobs import ArtifactView, StemFader, StemMixRequest
from backend.app.contract.stems import StemsView, StemView, TrackStemsView

from .. import session, words
from ..api_client import api_base
from .bundles import script, style
from .player import thinned

_COMPONENT = st.components.v2.component(
    "segue.stem_player",
    html="<div data-root></div>",
    css=style("stem_player"),
    js=script("stem_player"),
)

#: Points of a stem's picture: about one for each pixel of a wide screen.
MOST_PEAKS = 900


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What the player says: a mix to save as the faders stand, a token that ran out."""

    wanted: StemMixRequest | None
    token_expired: bool


def stem_player(
    job_id: str, stems: StemsView, track: TrackStemsView, made: Mapping[str, ArtifactView]
) -> PlayerState:
    """Show the player; the browser fetches the stems when somebody presses play."""
    result = _COMPONENT(
        key=f"stems_{job_id}_{track.track_id}",
        data={
            "api": api_base(),
            "token": session.api().access_token(),
            "title": track.title or "Untitled",
            "artist": track.artist,
            "draft": stems.draft,
            "duration_s": track.duration_s,
            "gain_db": track.gain_db,
            "stems": [row(job_id, stem, made) for stem in track.stems],
        },
        on_save_change=lambda: None,
        on_token_expired_change=lambda: None,
    )
    wanted = mix_of(job_id, track.track_id, result.save) if result.save else None
    return PlayerState(wanted, result.token_expired is not None)


def row(job_id: str, stem: StemView, made: Mapping[str, ArtifactView]) -> dict[str, object]:
    """A stem as the widget takes it; ``path`` is where the API has its file."""
    loudness = stem.loudness_lufs
    return {
        "stem": stem.stem,
        "label": words.STEMS[stem.stem],
        "path": f"/jobs/{quote(job_id, safe='')}/artifacts/{quote(stem.file)}",
        "size": made[stem.file].size,
        "silent": stem.silent,
        "loudness": "" if loudness is None else f"{words.signed(loudness)} LUFS",
        "peaks": thinned(stem.peaks, MOST_PEAKS),
    }


def mix_of(job_id: str, track_id: str, said: Mapping[str, object]) -> StemMixRequest:
    """What the player asked for, as the API takes it."""
    return StemMixRequest.model_validate(
        {
            "job_id": job_id,
            "track_id": track_id,
            "faders": said["faders"],
            "format": said["format"],
        }
    )


def fader_words(fader: StemFader) -> str:
    """A stem and its level, such as ``Drums −3.0 dB``; one that is as it was has no level."""
    name = words.STEMS[fader.stem]
    if not fader.gain_db:
        return name
    plus = "+" if fader.gain_db > 0 else ""
    return f"{name} {plus}{words.signed(fader.gain_db)} dB"
