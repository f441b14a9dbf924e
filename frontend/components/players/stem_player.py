"""Play all stems of a track together, each with mute, solo and a fader."""

from __future__ import annotations

from collections.abc import Mapping

from backend.app.contract.jobs import ArtifactView, StemFader, StemMixRequest
from backend.app.contract.stems import StemsView, StemView, TrackStemsView

from ...api.client import artifact_path
from ...labels import figures
from ..bundles import Widget
from .peaks import thinned

_WIDGET = Widget("stem_player")

#: About one peak for each pixel of a wide screen.
MAX_PEAKS = 900


def stem_player(
    job_id: str, stems: StemsView, track: TrackStemsView, made: Mapping[str, ArtifactView]
) -> StemMixRequest | None:
    """Show the player; return the stem mix that the user wants to save.

    The browser downloads the stems when the user first presses play.
    """
    data = {
        "title": track.title or "Untitled",
        "artist": track.artist,
        "draft": stems.draft,
        "duration_s": track.duration_s,
        "gain_db": track.gain_db,
        "stems": [row(job_id, stem, made) for stem in track.stems],
    }
    save = _WIDGET.draw_with_api(f"stems_{job_id}_{track.track_id}", data, "save").save
    if not save:
        return None
    faders = {name: save[name] for name in ("faders", "format")}
    return StemMixRequest.model_validate({"job_id": job_id, "track_id": track.track_id, **faders})


def row(job_id: str, stem: StemView, made: Mapping[str, ArtifactView]) -> dict[str, object]:
    """Convert a stem to the player's row; ``path`` is its file on the API."""
    loudness = stem.loudness_lufs
    return {
        "stem": stem.stem,
        "label": figures.STEMS[stem.stem],
        "path": artifact_path(job_id, stem.file),
        "size": made[stem.file].size,
        "silent": stem.silent,
        "loudness": "" if loudness is None else f"{figures.signed(loudness)} LUFS",
        "peaks": thinned(stem.peaks, MAX_PEAKS),
    }


def fader_label(fader: StemFader) -> str:
    """Name a stem and its level, such as ``Drums −3.0 dB``; 0 dB is left out."""
    name = figures.STEMS[fader.stem]
    return f"{name} {figures.minus(f'{fader.gain_db:+.1f}')} dB" if fader.gain_db else name
