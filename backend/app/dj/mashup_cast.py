"""Who plays what: one voice, one bass, one set of drums at a time, and only what goes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..contract.mashups import PairFit
from ..contract.stems import StemName
from .harmony import Camelot
from .mashup_clock import Clock
from .mashup_deck import MashupTrack
from .mashup_keys import IN_TUNE, move_cost, moves
from .mashup_material import Material, material_of
from .mashup_room import HARDLY, sung_share
from .mashup_tempo import FURTHEST, change_percent, fold_between

Role = Literal["drums", "bass", "harmony", "voice"]
ROLES: tuple[Role, ...] = ("drums", "bass", "harmony", "voice")

STEMS_OF: Mapping[Role, tuple[StemName, ...]] = {
    "drums": ("drums",),
    "bass": ("bass",),
    "harmony": ("other", "guitar", "piano"),
    "voice": ("vocals",),
}


@dataclass(frozen=True, slots=True)
class Player:
    """A song in a role: its stems there, and by how much they are moved in pitch.

    ``brings`` are those that play in the place of others while it does: the own bass and harmony
    of a voice that is in tune with nobody else's.
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
        """The key in which it is heard; None where it is not known, or there is none."""
        grid = self.track.grid
        if grid is None or grid.key is None or self.stems == ("drums",):
            return None
        return grid.key.moved(self.pitch_semitones)

    @property
    def sings(self) -> bool:
        """Whether a voice is heard, and no instrument in its place."""
        return self.stems == STEMS_OF["voice"]


Line = Mapping[Role, Player]
"""Who plays while something is going on; a role that nobody has stays silent."""


@dataclass(frozen=True)
class Cast:
    """The players of both halves of a mashup, and what is to be told of how they were found."""

    clock: Clock
    acts: tuple[Line, Line]
    notes: list[str] = field(default_factory=list)

    @property
    def n_songs(self) -> int:
        """How many songs are heard."""
        return len({player.track.track_id for line in self.acts for player in line.values()})


def cast_of(tracks: Sequence[MashupTrack], pair: PairFit, clock: Clock) -> Cast:
    """The pair in the leading roles; every other song where it fits, or left out with a reason."""
    by_id = {track.track_id: track for track in tracks}
    under, singer = by_id[pair.instrumental], by_id[pair.vocals]
    first = dict(_band(under, clock))
    sings = sung_share(singer) > HARDLY
    lead = _lead(singer, under, pair, clock, sings=sings)
    notes = [] if sings else [_unsung(tracks, singer, lead)]
    if lead:
        first["voice"] = lead
        if lead.brings:
            notes.append(
                f"No move of two semitones brings {singer.title} into tune with {under.title}:"
                " while it is heard, its own bass and harmony play."
            )
    second = dict(first)
    guests = [track for track in tracks if track.track_id not in (under.track_id, singer.track_id)]
    free: list[Role] = ["voice", "drums", "harmony", "bass"]
    for guest in guests:
        role, told = _invite(guest, second, free, clock)
        notes.append(told)
        if role:
            free.remove(role)
    return Cast(clock, (first, second), notes)


def _unsung(tracks: Sequence[MashupTrack], singer: MashupTrack, lead: Player | None) -> str:
    """Why no voice leads."""
    if all(sung_share(track) <= HARDLY for track in tracks):
        return "Nobody sings in these songs: this is an instrumental mashup."
    if lead is None:
        return f"{singer.title} does not sing: its instruments play alone."
    return f"{singer.title} does not sing: its harmony leads in a voice's place."


def _band(under: MashupTrack, clock: Clock) -> Line:
    grid = under.grid
    assert grid is not None
    material = material_of(under, clock, fold_between(grid.tempo_bpm, clock.tempo_bpm))
    roles: tuple[Role, ...] = ("drums", "bass", "harmony")
    return {role: player for role in roles if (player := _player(material, role, 0))}


def _player(material: Material, role: Role, pitch_semitones: int) -> Player | None:
    stems = tuple(stem for stem in STEMS_OF[role] if material.track.plays(stem))
    return Player(material, stems, pitch_semitones) if stems else None


def _lead(
    singer: MashupTrack, under: MashupTrack, pair: PairFit, clock: Clock, *, sings: bool
) -> Player | None:
    """The voice; of songs without one, the other song's harmony in its place.

    A voice that no move brings into tune brings its own bass and harmony.
    """
    grid = singer.grid
    assert grid is not None
    if not sings and singer is under:
        return None
    material = material_of(singer, clock, fold_between(grid.tempo_bpm, clock.tempo_bpm))
    lead = _player(material, "voice" if sings else "harmony", pair.pitch_semitones)
    if lead is None or pair.key_distance is None or pair.key_distance <= IN_TUNE:
        return lead
    roles: tuple[Role, ...] = ("bass", "harmony") if sings else ("bass",)
    own = ((role, _player(material, role, pair.pitch_semitones)) for role in roles)
    return replace(lead, brings=tuple((role, player) for role, player in own if player))


def _invite(
    guest: MashupTrack, line: dict[Role, Player], free: Sequence[Role], clock: Clock
) -> tuple[Role | None, str]:
    """Give a song a role that is free in the second half; which, or why none, in words."""
    grid = guest.grid
    veto = _veto(guest, clock)
    if veto or grid is None:
        return None, f"{guest.title} is left out: {veto}."
    material = material_of(guest, clock, fold_between(grid.tempo_bpm, clock.tempo_bpm))
    off: list[int | None] = []
    for role in free:
        pitch, distance = (0, 0) if role == "drums" else _tuned(grid.key, role, line)
        player = _player(material, role, pitch)
        if player is None or (role == "voice" and sung_share(guest) < 2.0 * HARDLY):
            continue
        if distance is not None and distance <= IN_TUNE:
            line[role] = player
            told = _joins(role, pitch, distance)
            return role, f"{guest.title} joins in the second half: {told}."
        off.append(distance)
    return None, f"{guest.title} is left out: {_unwanted(grid.key, off)}."


def _unwanted(key: Camelot | None, off: Sequence[int | None]) -> str:
    """Why a song finds no role: how far off its key stays in each that it could have."""
    known = [distance for distance in off if distance is not None]
    if not off:
        return "nothing that it plays is still wanted"
    if key is None:
        return "its key cannot be told"
    if not known:
        return "the key of what it would play beside cannot be told"
    return f"at best its key stays {min(known)} steps off"


def _veto(guest: MashupTrack, clock: Clock) -> str:
    """Why a song cannot run along at all; empty where it can."""
    grid = guest.grid
    if grid is None:
        return "it has no beat that can be followed"
    if grid.beats_per_bar != clock.beats_per_bar:
        return f"{grid.beats_per_bar} beats to the bar do not fit on {clock.beats_per_bar}"
    fold = fold_between(grid.tempo_bpm, clock.tempo_bpm)
    change = change_percent(grid, clock.tempo_bpm, fold)
    return f"its tempo would change by {change:+.0f} %" if abs(change) > 100.0 * FURTHEST else ""


def _tuned(key: Camelot | None, role: Role, line: Line) -> tuple[int, int | None]:
    """The move that brings a key nearest to all who will play beside it, and how near that is."""
    beside = [player.key for other, player in line.items() if other != role and not player.brings]
    keys = [one for one in beside if one is not None]
    if key is None or not keys:
        return 0, None

    def furthest(by: int) -> int:
        return max(key.moved(by).distance(one) for one in keys)

    pitch = min(moves(), key=lambda by: move_cost(furthest(by), by))
    return pitch, furthest(pitch)


def _joins(role: Role, pitch: int, distance: int | None) -> str:
    if role == "drums":
        return "its drums take over"
    moved = f", moved by {pitch:+d} semitone{'s' if abs(pitch) > 1 else ''}" if pitch else ""
    near = "in the same key" if distance == 0 else "one step off on the wheel"
    what = {"voice": "its voice sings", "harmony": "its harmony plays", "bass": "its bass plays"}
    return f"{what[role]}, {near}{moved}"
