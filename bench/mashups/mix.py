"""Plan and render a mashup with the product's code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backend.app.analysis.levels.loudness import LoudnessProfile, LoudnessProfiler, measure_loudness
from backend.app.contract.mashups import Vibe
from backend.app.dj.deck import MashupTrack
from backend.app.dj.levels.track_gains import gain_shift_db, level_mix
from backend.app.dj.mashup.contours import contour_effects
from backend.app.dj.mashup.plan import MashupPlan, plan_mashup
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import NormalFormWriter, TrackReader
from backend.app.media.stem_file_format import DerivedWriter, open_derived
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.render.player.player import Player
from backend.app.render.player.stretched_segments import (
    StretchedSegment,
    stretch_segment,
    stretched_segments_of,
)
from backend.app.render.vibe_effects import BUS_LUFS, VibeEffects

from .crate import MashupSong

UNLIMITED_DBTP = 200.0


@dataclass(frozen=True)
class PlayedMashup:
    """A mashup, planned and rendered into a folder."""

    vibe: Vibe
    songs: dict[str, MashupSong]
    tracks: tuple[MashupTrack, ...]
    plan: MashupPlan
    folder: Path
    space_share: float = 0.0

    @property
    def mix(self) -> Path:
        """Return the path of the finished mix."""
        return self.folder / f"{self.vibe}.flac"

    def open_track(self, recording: str) -> TrackReader:
        content, _, made = recording.partition("/")
        return open_derived(self.songs[content].stem(made))

    def open_stretched(self, piece: StretchedSegment) -> TrackReader:
        return TrackReader(self.folder / piece.file_name)


def play_mashup(
    songs: Sequence[MashupSong],
    tracks: Sequence[MashupTrack],
    vibe: Vibe,
    folder: Path,
    *,
    mastered: bool,
) -> PlayedMashup:
    """Plan a mashup and stretch its stems; with ``mastered``, render its mix, too."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_mashup(tracks, vibe)
    by_name = {song.name: song for song in songs}
    played = PlayedMashup(vibe, by_name, tuple(tracks), plan, folder)
    for piece in stretched_segments_of(plan.timeline):
        if not (folder / piece.file_name).exists():
            stretch_segment(piece, played.open_track, folder / piece.file_name)
    if not mastered:
        return played
    share, profile = _premaster(played)
    _master(played, profile)
    return PlayedMashup(vibe, by_name, tuple(tracks), plan, folder, share)


def _premaster(played: PlayedMashup) -> tuple[float, LoudnessProfile]:
    """Render the mix without the final limiter into a file; return its loudness."""
    known: dict[str, LoudnessProfile] = {}
    for clip in played.plan.timeline.clips:
        if clip.recording not in known:
            with played.open_track(clip.recording) as reader:
                known[clip.recording] = measure_loudness([reader.read(0, reader.n_samples)])
    profiles = [known[clip.recording] for clip in played.plan.timeline.clips]
    timeline = level_mix(played.plan.timeline, profiles, BUS_LUFS)
    player = Player(
        timeline, played.open_track, UNLIMITED_DBTP, open_stretched=played.open_stretched
    )
    effects, profiler = VibeEffects(played.plan.treatment), LoudnessProfiler()
    with DerivedWriter(_premaster_path(played)) as writer:
        for block in effects.play(player.play(0, timeline.length + SAMPLE_RATE)):
            writer.push(block)
            profiler.push(block)
    return effects.space_share, profiler.finish()


def _premaster_path(played: PlayedMashup) -> Path:
    return played.folder / f"{played.vibe}-premaster.flac"


def _master(played: PlayedMashup, profile: LoudnessProfile) -> None:
    """Bring the mix to the vibe's loudness, with the limiter."""
    path, ceiling = _premaster_path(played), CEILINGS_DBTP["flac"]
    with open_derived(path) as reader:
        length = reader.n_samples
    moves = contour_effects(played.plan.sections, profile.energies)
    clip = Clip("", "", "", "", start=0, length=length, effects=moves)
    whole = Timeline((clip,))
    gain_db = gain_shift_db(
        whole, [profile], played.plan.treatment.loudness_lufs, ceiling_dbtp=ceiling
    )
    loud = Timeline((replace(clip, gain_db=gain_db),))
    with NormalFormWriter(played.mix) as writer:
        for block in Player(loud, lambda _: open_derived(path), ceiling).play(0, length):
            writer.write(block.T)
