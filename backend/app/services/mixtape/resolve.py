"""Resolve the ids in a mixtape request, or reject the request.

In a module of its own, because a job's process needs the inputs, but no database.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...contract.dj import DjRules, DjRulesView
from ...contract.jobs import MixtapeRequest
from ...contract.sounds import OVERLAY_KINDS
from ...errors import InvalidRequest, NotFound
from ...media.tags.display_names import safe_title
from ...publishing.metadata.name_links import without_links
from ...store.sounds import Sound
from ..library.crates import crate_of, distinct_names, picked_tracks
from ..library.library import Library, Picture
from ..library.track_ref import TrackRef
from .inputs import MixSound, MixtapeInputs
from .overlay_policy import allowed_overlays
from .request_checks import require_consistent

MAX_ARTISTS = 3
"""Number of artists that a title names at most."""

DEFAULT_RULES = DjRulesView(version=0, rules=DjRules())


def resolve_mixtape(
    library: Library,
    user_id: str,
    request: MixtapeRequest,
    rules: DjRulesView = DEFAULT_RULES,
    sounds: Sequence[Sound] = (),
) -> MixtapeInputs:
    """Look up everything that a request names, except its base.

    ``sounds`` are all sounds of the user. Raise :class:`NotFound` if the user has no such crate,
    picture or sound; :class:`InvalidRequest` if a picked track is not in the crate, an id names the
    wrong kind of upload, or options contradict each other.
    """
    tracks = picked_tracks(crate_of(library, user_id, request.tracks_upload_id), request.tracks)
    require_consistent(request, [track.track_id for track in tracks])
    return MixtapeInputs(
        request=request,
        title=mix_title(request, tracks),
        tracks=distinct_names(tracks),
        sounds=_sounds(request, rules.rules, sounds),
        picture=_picture(library, user_id, request.bg_image_upload_id),
        rules=rules.rules,
        rules_version=rules.version,
    )


def _sounds(
    request: MixtapeRequest, rules: DjRules, available: Sequence[Sound]
) -> tuple[MixSound, ...]:
    """The requested sounds, or all that may lie over joins; none if the rules forbid it."""
    by_id = {sound.id: sound for sound in available}
    if request.sounds is None:
        picked = [sound.id for sound in available if sound.kind in OVERLAY_KINDS]
    else:
        picked = list(dict.fromkeys(request.sounds))
    if not by_id.keys() >= set(picked):
        raise NotFound(
            "A picked sound no longer exists.", hint="Reload your sounds and pick again."
        )
    sounds = [by_id[sound_id] for sound_id in picked]
    for sound in sounds:
        if sound.kind not in OVERLAY_KINDS:
            raise InvalidRequest(
                f"“{sound.name}” is a style sound, for restyles only.",
                hint="Pick percussion, instruments or voices, or add it again as one of these.",
            )
    if allowed_overlays(request, rules) == "never":
        return ()
    return tuple(_mix_sound(sound) for sound in sounds)


def _mix_sound(sound: Sound) -> MixSound:
    return MixSound(
        sound_id=sound.id,
        content_hash=sound.content_hash,
        name=sound.name,
        kind=sound.kind,
        n_samples=sound.n_samples,
        tempo_bpm=sound.tempo_bpm,
        beats=sound.beats,
        key=sound.key,
    )


def mix_title(request: MixtapeRequest, tracks: Sequence[TrackRef]) -> str:
    """The requested title, or one made of the artists' names.

    It mentions others if an artist is unknown, or left out because there are many. Links and
    hashtags in their names are left out, because the title goes online.
    """
    if title := safe_title(request.title):
        return title
    artists: dict[str, str] = {}
    for track in tracks:
        artist = without_links(track.artist)
        artists.setdefault(artist.casefold(), artist)
    named = list(filter(None, artists.values()))[:MAX_ARTISTS]
    if not named:
        return "Mixtape"
    others = " and others" if len(artists) > len(named) else ""
    return safe_title(f"Mixtape: {', '.join(named)}{others}")


def _picture(library: Library, user_id: str, upload_id: str | None) -> str | None:
    if upload_id is None:
        return None
    picture = library.upload(user_id, upload_id)
    if not isinstance(picture, Picture):
        raise InvalidRequest("This upload is not a picture.", hint="Name an uploaded picture.")
    return picture.image.file_name
