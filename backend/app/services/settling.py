"""What a request stands for, looked up when it is asked for: it makes sense, or is refused at once.

Apart from the inputs themselves, for a job's process reads those and needs no database.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..contract.dj import DjRules, DjRulesView, PairChoice
from ..contract.jobs import AnalysisRequest, MixtapeRequest, PreviewRequest, TrackPick
from ..contract.mixes import TimelineView, TransitionView
from ..contract.sounds import OVERLAY_KINDS
from ..errors import InvalidRequest, NotFound
from ..media.names import safe_title
from ..store.library import Track
from ..store.sounds import Sound
from .analysis_inputs import AnalysisInputs, CrateTrack
from .earlier import EarlierMixes
from .library import Crate, Library, Picture
from .mixtape_inputs import MixSound, MixtapeInputs, MixTrack, overlays_allowed
from .mixtape_wishes import expect_sense, expect_separator
from .preview_inputs import PreviewInputs

HOUSE_RULES = DjRulesView(version=0, rules=DjRules())
"""The rules that Segue comes with."""


def settle(
    library: Library,
    user_id: str,
    request: MixtapeRequest,
    rules: DjRulesView = HOUSE_RULES,
    sounds: Sequence[Sound] = (),
) -> MixtapeInputs:
    """Look up everything that a request names, but for the mixtape it is based on.

    ``sounds`` are all that the user has.

    Raises
    ------
    NotFound
        If the user has no such crate, picture or sound.
    InvalidRequest
        If a picked track is not in the crate, an id names the wrong kind of upload, or the wishes
        do not go together.
    """
    tracks = picked(crate_of(library, user_id, request.tracks_upload_id), request.tracks)
    expect_sense(request, [track.track_id for track in tracks])
    return MixtapeInputs(
        request=request,
        title=mix_title(request, tracks),
        tracks=tracks,
        sounds=_sounds(request, rules.rules, sounds),
        picture=_picture(library, user_id, request.bg_image_upload_id),
        rules=rules.rules,
        rules_version=rules.version,
    )


def _sounds(request: MixtapeRequest, rules: DjRules, mine: Sequence[Sound]) -> tuple[MixSound, ...]:
    """The sounds that are asked for, or all that may lie over joins; none where none may."""
    by_id = {sound.id: sound for sound in mine}
    picked = _overlays(mine) if request.sounds is None else list(dict.fromkeys(request.sounds))
    if not by_id.keys() >= set(picked):
        raise NotFound("A picked sound is not there.", hint="Reload your sounds and pick again.")
    for sound_id in picked:
        _expect_overlay(by_id[sound_id])
    if overlays_allowed(request, rules) == "never":
        return ()
    return tuple(_mix_sound(by_id[sound_id]) for sound_id in picked)


def _overlays(mine: Sequence[Sound]) -> list[str]:
    return [sound.id for sound in mine if sound.kind in OVERLAY_KINDS]


def _expect_overlay(sound: Sound) -> None:
    if sound.kind not in OVERLAY_KINDS:
        raise InvalidRequest(
            f"“{sound.name}” is a style sound: grains of it re-play stems, no join has it.",
            hint="Pick percussion, instruments or voices, or add it anew as one of these.",
        )


def _mix_sound(sound: Sound) -> MixSound:
    return MixSound(
        sound_id=sound.id,
        content=sound.content,
        name=sound.name,
        kind=sound.kind,
        n_samples=sound.n_samples,
        tempo_bpm=sound.tempo_bpm,
        beats=sound.beats,
        key=sound.key,
    )


def crate_of(library: Library, user_id: str, upload_id: str) -> Crate:
    """The user's crate, which has tracks; else :class:`NotFound` or :class:`InvalidRequest`."""
    crate = library.upload(user_id, upload_id)
    if not isinstance(crate, Crate) or not crate.tracks:
        raise InvalidRequest("This upload has no tracks.", hint="Name a crate of tracks.")
    return crate


def mix_title(request: MixtapeRequest, tracks: list[MixTrack]) -> str:
    """The title asked for, or one made of who is heard."""
    if title := safe_title(request.title):
        return title
    artists = list(dict.fromkeys(track.artist for track in tracks if track.artist))
    if not artists:
        return "Mixtape"
    return "Mixtape: " + ", ".join(artists[:3]) + (" and others" if len(artists) > 3 else "")


def picked(crate: Crate, picks: list[TrackPick] | None) -> list[MixTrack]:
    """The picked tracks of a crate, or all; :class:`InvalidRequest` if one is not in it."""
    by_id = {track.id: track for track in crate.tracks}
    if picks is None:
        picks = [TrackPick(track_id=track.id) for track in crate.tracks]
    unknown = [pick.track_id for pick in picks if pick.track_id not in by_id]
    if unknown:
        raise InvalidRequest(
            "A picked track is not in this crate.", hint="Reload the crate and pick again."
        )
    return [_named(by_id[pick.track_id], pick) for pick in picks]


def _named(track: Track, pick: TrackPick) -> MixTrack:
    return MixTrack(
        track_id=track.id,
        content=track.content,
        title=safe_title(pick.title or "") or track.title,
        artist=track.artist if pick.artist is None else safe_title(pick.artist),
        n_samples=track.n_samples,
        has_cover=track.has_cover,
        grid_fix=track.grid_fix,
    )


def _picture(library: Library, user_id: str, upload_id: str | None) -> str | None:
    if upload_id is None:
        return None
    picture = library.upload(user_id, upload_id)
    if not isinstance(picture, Picture):
        raise InvalidRequest("This upload is not a picture.", hint="Name an uploaded picture.")
    return picture.image.file_name


def settle_analysis(library: Library, user_id: str, request: AnalysisRequest) -> AnalysisInputs:
    """Look up the crate; :class:`NotFound` or :class:`InvalidRequest` if it is none."""
    crate = crate_of(library, user_id, request.tracks_upload_id)
    tracks = [
        CrateTrack(
            track_id=track.id,
            content=track.content,
            title=track.title,
            n_samples=track.n_samples,
            grid_fix=track.grid_fix,
        )
        for track in crate.tracks
    ]
    return AnalysisInputs(request=request, tracks=tracks)


def settle_preview(mixes: EarlierMixes, user_id: str, request: PreviewRequest) -> PreviewInputs:
    """Look up the mixtape and its join.

    Raises
    ------
    NotFound
        If the user has no such job.
    InvalidRequest
        If it is no mixtape with a timeline, has no such join, or the override is about another, or
        about a mix of plain crossfades.
    """
    mix = mixes.planned(user_id, request.job_id)
    joins = mix.timeline.transitions
    if request.transition >= len(joins):
        raise InvalidRequest(
            f"There is no join {request.transition} in this mixtape.",
            hint=f"It has {len(joins)}; the first one is number 0.",
        )
    if request.override is not None:
        _expect_dj(mix.inputs.request)
        expect_separator(mix.inputs.request, [request.override])
        _expect_of_join(request.override, joins[request.transition], mix.timeline)
    unpictured = mix.inputs.model_copy(update={"picture": None})  # which may be gone by now
    return PreviewInputs(request=request, mix=unpictured, timeline=mix.timeline)


def _expect_dj(request: MixtapeRequest) -> None:
    if request.transitions != "dj":
        raise InvalidRequest(
            "A mix of plain crossfades has no join that could be made otherwise.",
            hint="Leave out the override, or start a mixtape with transitions “dj”.",
        )


def _expect_of_join(choice: PairChoice, join: TransitionView, timeline: TimelineView) -> None:
    clips = timeline.clips
    pair = (clips[join.outgoing].track_id, clips[join.incoming].track_id)
    if (choice.outgoing, choice.incoming) != pair:
        raise InvalidRequest(
            "The override is about other tracks than those of this join.",
            hint="Name the two tracks of the join.",
        )
