"""Export a rendered set for another program: tempo maps and truths as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE

from .crate import SetSong
from .mix import PlayedSet


def export(played: PlayedSet, folder: Path) -> None:
    """Write ``mix.flac``, ``plan.json`` and each song with its truth into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(played.mix, folder / "mix.flac")
    clips = played.plan.timeline.clips
    tracks = [_track(c, song, folder) for c, song in zip(clips, played.songs, strict=True)]
    (folder / "plan.json").write_text(json.dumps({"tracks": tracks}), encoding="utf-8")


def _track(clip: Clip, song: SetSong, folder: Path) -> dict[str, object]:
    truth = song.path.with_suffix(".json")
    if truth.exists():
        shutil.copyfile(truth, folder / f"{song.name}.json")
    if not (folder / song.path.name).exists():
        (folder / song.path.name).symlink_to(song.path.absolute())
    anchors = list(clip.warp) or [(clip.source_start, clip.start)]
    # Up to the song's end, even if it is not played so far: readers need times for all of the
    # truth.
    last = max(round(song.duration_s * SAMPLE_RATE), anchors[-1][0] + 1)
    anchors.append((last, last - clip.body_offset))
    loop = clip.loop
    played_to = float(clip.sources_at(np.array([float(clip.sounds_to)]))[0])
    return {
        "name": song.name,
        "truth": f"{song.name}.json" if truth.exists() else None,
        "source": song.path.name,
        "src_start": anchors[0][0] / SAMPLE_RATE,
        "src_end": min(played_to / SAMPLE_RATE, song.duration_s),
        "anchors": [[source / SAMPLE_RATE, mix / SAMPLE_RATE] for source, mix in anchors],
        "pitch": clip.pitch_semitones,
        # samples of the source that are repeated before the rest; anchors count no repeats
        "loop": [loop.start, loop.length, loop.times] if loop else None,
    }
