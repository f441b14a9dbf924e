"""Resolve the ids in a restyle request, or reject the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...contract.jobs import RestyleRequest
from ...contract.stems import StemName
from ...media.tags.display_names import safe_title
from ...store.sounds import Sound
from ..library.library import Library
from ..library.sounds import Sounds
from ..library.track_ref import TrackRef, track_ref
from ..separators import Separators
from .inputs import UNCHANGED, RestyleInputs, StyleSound, is_audible, no_audible_stem, require_grain


def resolve_restyle(
    library: Library, separators: Separators, sounds: Sounds, user_id: str, request: RestyleRequest
) -> RestyleInputs:
    """Look up the track, the separator and the sounds of a restyle request.

    Raise :class:`NotFound` if the user has no such track or sound, :class:`InvalidRequest` if no
    stem is audible, :class:`SoundTooShort` if a sound is shorter than one grain, and what
    :meth:`Separators.resolve` does.
    """
    track = library.track(user_id, request.track_id)
    model = resolve_restyle_separator(separators, request)
    found = resolve_sounds(request, lambda one: style_sound(sounds.find(user_id, one)))
    return restyle_inputs(request, model, track_ref(track), found)


def resolve_restyle_separator(separators: Separators, request: RestyleRequest) -> str:
    """Check the separator as :meth:`Separators.resolve` does; require an audible stem."""
    accepted, stems = request.weights_notice_accepted, tuple(request.config)
    model = separators.resolve(request.model, accepted=accepted, stems=stems)
    sources = separators.named(model).sources
    if not any(is_audible(request.config.get(stem, UNCHANGED)) for stem in sources):
        raise no_audible_stem()
    return model


def resolve_sounds(
    request: RestyleRequest, find: Callable[[str], StyleSound]
) -> dict[StemName, StyleSound]:
    """Find the sounds of the audible stems.

    Raise :class:`SoundTooShort` if a sound is shorter than one grain.
    """
    found: dict[StemName, StyleSound] = {}
    for stem, style in request.config.items():
        if style.sound_id is not None and is_audible(style):
            found[stem] = find(style.sound_id)
            require_grain(found[stem], request.settings.grain_duration_ms)
    return found


def style_sound(sound: Sound) -> StyleSound:
    """Make a reference to a library sound, with its present name."""
    return StyleSound(
        sound_id=sound.id,
        content_hash=sound.content_hash,
        name=sound.name,
        n_samples=sound.n_samples,
    )


def restyle_inputs(
    request: RestyleRequest, model: str, track: TrackRef, sounds: Mapping[StemName, StyleSound]
) -> RestyleInputs:
    """Build the stored inputs for a restyle of this track."""
    return RestyleInputs(
        request=request,
        title=safe_title(request.title) or f"{track.title} (restyled)",
        model=model,
        track=track,
        sounds=dict(sounds),
    )
