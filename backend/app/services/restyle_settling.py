"""What a request for a restyle stands for, looked up when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..contract.jobs import RestyleRequest
from ..contract.stems import StemName
from ..media.names import safe_title
from ..store.sounds import Sound
from .library import Library
from .restyle_inputs import (
    AS_IT_IS,
    RestyleInputs,
    StyleSound,
    all_off,
    expect_grain,
    is_heard,
)
from .separators import Separators
from .sounds import Sounds
from .stems_inputs import StemTrack


def settle_restyle(
    library: Library,
    separators: Separators,
    sounds: Sounds,
    user_id: str,
    request: RestyleRequest,
) -> RestyleInputs:
    """Look up the track, the separator and the sounds.

    Raises
    ------
    NotFound
        If the user has no such track, or no such sound.
    InvalidRequest
        If nothing would be heard, or the separator cannot tell one of the stems.
    SoundTooShort
        If a sound has no room for one grain.
    UnknownModel, NoticeNotAccepted
        As :meth:`Separators.settled` has it.
    """
    track = library.track(user_id, request.track_id)
    model = settled_restyler(separators, request)

    def find(sound_id: str) -> StyleSound:
        return style_sound(sounds.find(user_id, sound_id))

    return restyle_inputs(
        request,
        model,
        StemTrack(
            track_id=track.id,
            content=track.content,
            title=track.title,
            artist=track.artist,
            n_samples=track.n_samples,
            has_cover=track.has_cover,
        ),
        styled(request, find),
    )


def settled_restyler(separators: Separators, request: RestyleRequest) -> str:
    """The separator's name, as :meth:`Separators.settled` has it; something will be heard."""
    model = separators.settled(
        request.model,
        accepted=request.weights_notice_accepted,
        wanted=tuple(request.config),
    )
    sources = separators.named(model).sources
    if not any(is_heard(request.config.get(stem, AS_IT_IS)) for stem in sources):
        raise all_off()
    return model


def styled(
    request: RestyleRequest, find: Callable[[str], StyleSound]
) -> dict[StemName, StyleSound]:
    """The sounds of the stems that are heard and re-played, each long enough for a grain."""
    found: dict[StemName, StyleSound] = {}
    for stem, style in request.config.items():
        if style.sound_id is not None and is_heard(style):
            found[stem] = find(style.sound_id)
            expect_grain(found[stem], request.settings.grain_duration_ms)
    return found


def style_sound(sound: Sound) -> StyleSound:
    """A sound of the library as it is now."""
    return StyleSound(
        sound_id=sound.id, content=sound.content, name=sound.name, n_samples=sound.n_samples
    )


def restyle_inputs(
    request: RestyleRequest, model: str, track: StemTrack, sounds: Mapping[StemName, StyleSound]
) -> RestyleInputs:
    """The inputs of a restyle."""
    return RestyleInputs(
        request=request,
        title=safe_title(request.title) or f"{track.title} (restyled)",
        model=model,
        track=track,
        sounds=dict(sounds),
    )
