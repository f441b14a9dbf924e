"""Set the stems' gains, so that songs from different masters balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ...contract.mashups import StemSettings
from ...contract.stems import StemName
from ...dsp.samples import db_of_gain
from ..deck import MashupTrack
from .roles import STEMS_OF, Player, PlayersByRole, Role, RoleAssignment, setting_of
from .vibes import VibeTreatment
from .vocals import power_lufs

BAND_LUFS = -20.0
"""Level of the leading instruments together: with a voice on top and 14 dB of drum peaks, nothing
exceeds full scale. Mastering later raises the mashup to its loudness."""

VOICE_LU = -1.0
"""Level of a voice relative to all instruments: mixes have it 2 to 4 LU below them, but in a mashup
the words must be intelligible."""

ALONE_LU: dict[Role, float] = {"drums": -4.0, "bass": -6.0, "harmony": -6.0, "voice": VOICE_LU}
"""A role's usual level relative to all instruments; used for a role that the leading song lacks."""

MAX_GAIN_DB = 18.0


GainsDb = Mapping[tuple[str, StemName], float]
"""The gain in dB of each stem of each track."""


def gains_db(
    roles: RoleAssignment,
    treatment: VibeTreatment,
    stem_settings: StemSettings = MappingProxyType({}),
) -> GainsDb:
    """Set the gain of each stem of each song that plays.

    The leading song's instruments keep their original balance; a player that replaces one of them
    is as loud as that one. A stem's volume setting is added.
    """
    leading = roles.halves[0]
    gains: dict[tuple[str, StemName], float] = {}
    for players in roles.halves:
        brought = [one for player in players.values() for one in player.brings]
        for role, player in [*players.items(), *brought]:
            target = BAND_LUFS + _share_lu(leading, role, player) + treatment.gains_db[role]
            gain = min(max(target - _lufs(player.track, player.stems), -MAX_GAIN_DB), MAX_GAIN_DB)
            gains |= {(player.track.track_id, stem): gain for stem in player.stems}
    return {key: gain + _volume_db(key[1], stem_settings) for key, gain in gains.items()}


def _volume_db(stem: StemName, settings: StemSettings) -> float:
    setting = setting_of(stem, settings)
    return db_of_gain(setting.volume) if setting.is_audible else 0.0


def _share_lu(players: PlayersByRole, role: Role, player: Player) -> float:
    """A role's level relative to all instruments of the leading song."""
    if role == "voice":
        return VOICE_LU if player.stems == ("vocals",) else ALONE_LU["harmony"] + 2.0
    lead = players.get(role)
    if lead is None:
        return ALONE_LU[role]
    whole: list[StemName] = [s for r in ("drums", "bass", "harmony") for s in STEMS_OF[r]]
    band = [stem for stem in whole if lead.track.plays(stem)]
    return _lufs(lead.track, lead.stems) - _lufs(lead.track, band)


def _lufs(track: MashupTrack, stems: Sequence[StemName]) -> float:
    return power_lufs(*(track.stems[stem].loudness_lufs for stem in stems))
