"""Decide which song plays voice, drums, bass and harmony, and which songs are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ...contract.mashups import MashupStem, PairFit, StemSettings
from ...contract.stems import FOUR_STEMS, StemName
from ..deck import MashupTrack
from ..harmony import Camelot
from ..tempo_stretch import stretch_percent
from .keys import IN_TUNE, shift_cost, shifts
from .material import Material, material_of
from .tempo import MAX_TEMPO_CHANGE, Clock
from .vocals import MIN_SUNG_SHARE, sung_share

Role = Literal["drums", "bass", "harmony", "voice"]
ROLES: tuple[Role, ...] = ("drums", "bass", "harmony", "voice")

STEMS_OF: Mapping[Role, tuple[StemName, ...]] = {
    "drums": ("drums",),
    "bass": ("bass",),
    "harmony": ("other", "guitar", "piano"),
    "voice": ("vocals",),
}


AS_PLANNED = MashupStem()


@dataclass(frozen=True, slots=True)
class Player:
    """A song in a role: its stems, and their pitch shift.

    ``brings`` are players that replace others while this one plays: a voice that is out of tune
    with the other instruments brings its own bass and harmony.
    """

    material: Material
    stems: tuple[StemName, ...]
    pitch_semitones: int
    brings: tuple[tuple[Role, Player], ...] = ()

    @property
    def track(self) -> MashupTrack:
        """The song."""
        return self.material.track

    @property
    def key(self) -> Camelot | None:
        """The song's key after the pitch shift; None if unknown, or for drums."""
        grid = self.track.grid
        if grid is None or grid.key is None or self.stems == ("drums",):
            return None
        return grid.key.moved(self.pitch_semitones)

    @property
    def sings(self) -> bool:
        """Whether the player is a voice, not an instrument in its place."""
        return self.stems == STEMS_OF["voice"]


PlayersByRole = Mapping[Role, Player]
"""The players of one half of a mashup; a missing role is silent."""


@dataclass(frozen=True)
class RoleAssignment:
    """The players of both halves of a mashup, and notes about their choice.

    ``left_out`` gives the reason for each song that plays in neither half.
    """

    clock: Clock
    halves: tuple[PlayersByRole, PlayersByRole]
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def n_songs(self) -> int:
        """Number of songs that play."""
        return len({player.track.track_id for half in self.halves for player in half.values()})


def setting_of(stem: StemName, settings: StemSettings) -> MashupStem:
    """The user's setting of a stem; other stems follow the setting of ``other``."""
    return settings.get(stem) or settings.get(stem if stem in FOUR_STEMS else "other") or AS_PLANNED


def audible_roles(roles: RoleAssignment, settings: StemSettings) -> RoleAssignment:
    """Remove the stems that the user left out; a role may become silent."""
    first, second = (_audible(half, settings) for half in roles.halves)
    return replace(roles, halves=(first, second))


def _audible(players: PlayersByRole, settings: StemSettings) -> PlayersByRole:
    audible = {}
    for role, player in players.items():
        stems = tuple(stem for stem in player.stems if setting_of(stem, settings).is_audible)
        if stems:
            brings = tuple(_audible(dict(player.brings), settings).items())
            audible[role] = replace(player, stems=stems, brings=brings)
    return audible


def assign_roles(tracks: Sequence[MashupTrack], pair: PairFit, clock: Clock) -> RoleAssignment:
    """Give a pair the leading roles; other songs join in the second half if they fit."""
    by_id = {track.track_id: track for track in tracks}
    under, singer = by_id[pair.instrumental], by_id[pair.vocals]
    first = dict(_instruments(under, clock))
    has_vocals = sung_share(singer) > MIN_SUNG_SHARE
    lead = _lead(singer, under, pair, clock, has_vocals=has_vocals)
    notes = [] if has_vocals else [_without_vocals(tracks, singer, lead)]
    if lead:
        first["voice"] = lead
        if lead.brings:
            notes.append(
                f"No shift of two semitones brings {singer.title} in tune with {under.title}:"
                " its own bass and harmony play along with it."
            )
    second = dict(first)
    guests = [track for track in tracks if track.track_id not in (under.track_id, singer.track_id)]
    free: list[Role] = ["voice", "drums", "harmony", "bass"]
    left_out: list[str] = []
    for guest in guests:
        role, note = _add_guest(guest, second, free, clock)
        (notes if role else left_out).append(note)
        if role:
            free.remove(role)
    return RoleAssignment(clock, (first, second), notes, left_out)


def _without_vocals(tracks: Sequence[MashupTrack], singer: MashupTrack, lead: Player | None) -> str:
    """Say why no voice leads the mashup."""
    if all(sung_share(track) <= MIN_SUNG_SHARE for track in tracks):
        return "These songs have no vocals: this is an instrumental mashup."
    if lead is None:
        return f"{singer.title} has no vocals: its instruments play alone."
    return f"{singer.title} has no vocals: its harmony leads in place of a voice."


def _instruments(under: MashupTrack, clock: Clock) -> PlayersByRole:
    material = material_of(under, clock)
    roles: tuple[Role, ...] = ("drums", "bass", "harmony")
    return {role: player for role in roles if (player := _player(material, role, 0))}


def _player(material: Material, role: Role, pitch_semitones: int) -> Player | None:
    stems = tuple(stem for stem in STEMS_OF[role] if material.track.plays(stem))
    return Player(material, stems, pitch_semitones) if stems else None


def _lead(
    singer: MashupTrack, under: MashupTrack, pair: PairFit, clock: Clock, *, has_vocals: bool
) -> Player | None:
    """The voice, or the other song's harmony if there are no vocals.

    A voice that no pitch shift brings in tune brings its own bass and harmony.
    """
    if not has_vocals and singer is under:
        return None
    material = material_of(singer, clock)
    lead = _player(material, "voice" if has_vocals else "harmony", pair.pitch_semitones)
    if lead is None or pair.key_distance is None or pair.key_distance <= IN_TUNE:
        return lead
    roles: tuple[Role, ...] = ("bass", "harmony") if has_vocals else ("bass",)
    own = ((role, _player(material, role, pair.pitch_semitones)) for role in roles)
    return replace(lead, brings=tuple((role, player) for role, player in own if player))


def _add_guest(
    guest: MashupTrack, players: dict[Role, Player], free: Sequence[Role], clock: Clock
) -> tuple[Role | None, str]:
    """Give a song a free role in the second half; return the role, if any, and a note."""
    grid = guest.grid
    veto = _veto(guest, clock)
    if veto or grid is None:
        return None, f"{guest.title} is left out: {veto}."
    material = material_of(guest, clock)
    distances: list[int | None] = []
    for role in free:
        pitch, distance = (0, 0) if role == "drums" else _best_shift(grid.key, role, players)
        player = _player(material, role, pitch)
        if player is None or (role == "voice" and sung_share(guest) < 2.0 * MIN_SUNG_SHARE):
            continue
        if distance is not None and distance <= IN_TUNE:
            players[role] = player
            how = _joining(role, pitch, distance)
            return role, f"{guest.title} joins in the second half: {how}."
        distances.append(distance)
    return None, f"{guest.title} is left out: {_no_role(grid.key, distances)}."


def _no_role(key: Camelot | None, distances: Sequence[int | None]) -> str:
    """Say why a song has no role.

    ``distances`` are its key distances in the roles that it could have.
    """
    known = [distance for distance in distances if distance is not None]
    if not distances:
        return "all roles that it could play are taken"
    if key is None:
        return "its key is unknown"
    if not known:
        return "the other songs' keys are unknown"
    return f"its key stays at least {min(known)} steps off"


def _veto(guest: MashupTrack, clock: Clock) -> str:
    """Say why a song cannot play along at all; empty if it can."""
    grid = guest.grid
    if grid is None:
        return "it has no clear beat"
    if grid.beats_per_bar != clock.beats_per_bar:
        return f"{grid.beats_per_bar} beats per bar do not fit on {clock.beats_per_bar}"
    change = stretch_percent(clock.tempo_bpm, grid.tempo_bpm)
    if abs(change) <= 100.0 * MAX_TEMPO_CHANGE:
        return ""
    return f"{abs(change):.0f} % tempo change needed (limit {100.0 * MAX_TEMPO_CHANGE:.0f} %)"


def _best_shift(key: Camelot | None, role: Role, players: PlayersByRole) -> tuple[int, int | None]:
    """Choose the pitch shift that suits all simultaneous players best.

    Also returns the key distance that remains.
    """
    others = [
        player.key for other, player in players.items() if other != role and not player.brings
    ]
    keys = [one for one in others if one is not None]
    if key is None or not keys:
        return 0, None

    def furthest(by: int) -> int:
        return max(key.moved(by).distance(one) for one in keys)

    pitch = min(shifts(), key=lambda by: shift_cost(furthest(by), by))
    return pitch, furthest(pitch)


def _joining(role: Role, pitch: int, distance: int | None) -> str:
    if role == "drums":
        return "its drums take over"
    shifted = f", shifted by {pitch:+d} semitone{'s' if abs(pitch) > 1 else ''}" if pitch else ""
    near = "in the same key" if distance == 0 else "one step off on the wheel"
    what = {"voice": "its voice sings", "harmony": "its harmony plays", "bass": "its bass plays"}
    return f"{what[role]}, {near}{shifted}"
