"""How loud each stem of each song is played, so that songs mastered apart sit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contract.stems import StemName
from .mashup_cast import STEMS_OF, Cast, Line, Player, Role
from .mashup_deck import MashupTrack
from .mashup_room import power_lufs
from .vibes import VibeTreatment

BAND_LUFS = -20.0
"""The leading instruments together: with a voice on top and 14 dB of drums there is no peak over
full scale yet. The master makes it as loud as it is to be."""

VOICE_LU = -1.0
"""A voice beside all instruments together: mixes have it 2 to 4 LU under them, and a mashup in
which the words are not understood is none."""

ALONE_LU: dict[Role, float] = {"drums": -4.0, "bass": -6.0, "harmony": -6.0, "voice": VOICE_LU}
"""Where a role lies under the whole band in most songs: for one that the leading song lacks."""

MOST_DB = 18.0


def gains_db(cast: Cast, treatment: VibeTreatment) -> dict[tuple[str, StemName], float]:
    """A gain for each stem of each song that plays.

    The leading song's instruments keep the balance that they were mixed with; whoever takes over
    from one of them is as loud as that one was.
    """
    added: dict[Role, float] = {
        "drums": treatment.drums_db,
        "bass": treatment.bass_db,
        "harmony": treatment.harmony_db,
        "voice": treatment.voice_db,
    }
    first = cast.acts[0]
    gains: dict[tuple[str, StemName], float] = {}
    for line in cast.acts:
        for role, player in _everybody(line):
            target = BAND_LUFS + _share_lu(first, role, player) + added[role]
            gain = min(max(target - _lufs(player.track, player.stems), -MOST_DB), MOST_DB)
            gains |= {(player.track.track_id, stem): gain for stem in player.stems}
    return gains


def _everybody(line: Line) -> Iterator[tuple[Role, Player]]:
    for role, player in line.items():
        yield role, player
        yield from player.brings


def _share_lu(line: Line, role: Role, player: Player) -> float:
    """How far a role lies under the whole band of the leading song."""
    if role == "voice":
        return VOICE_LU if player.stems == ("vocals",) else ALONE_LU["harmony"] + 2.0
    lead = line.get(role)
    if lead is None:
        return ALONE_LU[role]
    whole: list[StemName] = [s for r in ("drums", "bass", "harmony") for s in STEMS_OF[r]]
    band = [stem for stem in whole if lead.track.plays(stem)]
    return _lufs(lead.track, lead.stems) - _lufs(lead.track, band)


def _lufs(track: MashupTrack, stems: Sequence[StemName]) -> float:
    return power_lufs(*(track.stems[stem].loudness_lufs for stem in stems))
