"""Mix a crate with one tool in a separate process: Segue, pydub or ffmpeg.

Run it with ``python -m bench.mixing.contestants NAME ...``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.crate import TRANSITION_MS, BenchCrate

# ffmpeg's highest constant rate; (a) in the table is the limit for encoding in one stream.
MP3 = ["-c:a", "libmp3lame", "-b:a", "320k"]


def ours(crate: BenchCrate, out: Path, workers: int, ffmpeg: Path) -> None:
    """Mix with Segue: from stored tracks to a tagged MP3, with the limiter."""
    from backend.app.dj.levels.track_gains import CEILING_DBTP
    from backend.app.media.normal_form import TrackReader
    from backend.app.render.files.encode import Encoding, Output, encode_all
    from backend.app.render.files.tags import MixTags
    from backend.app.render.player.player import Player

    timeline = crate.timeline()
    player = Player(
        timeline,
        lambda name: TrackReader(crate.path(name)),
        CEILING_DBTP,
        peaks_of=lambda name: crate.profile(name).peaks,
    )
    chapters = tuple((chapter.start, chapter.title) for chapter in timeline.chapters)
    with tempfile.TemporaryDirectory() as scratch:
        tags = MixTags("Bench", "", "", "", None, chapters, timeline.length)
        encode_all(
            Encoding(timeline.length, tags, ffmpeg, Path(scratch)),
            [Output(out, "mp3", player.play, player.sound_hash)],
            workers=workers,
            progress=lambda _: None,
        )


def encode_only(wav: Path, out: Path, ffmpeg: Path) -> None:
    """Only encode the finished mix in one stream: a lower bound."""
    command = [ffmpeg, "-nostdin", "-v", "error", "-y", "-i", wav, *MP3, out]
    subprocess.run(command, check=True)


def pydub_loop(crate: BenchCrate, out: Path, ffmpeg: Path, *, low_pass: bool) -> None:
    """Mix with pydub: a loop over ``append(crossfade=)`` on WAV files, to avoid decoding."""
    from pydub import AudioSegment

    AudioSegment.converter = str(ffmpeg)
    mix = AudioSegment.from_wav(crate.wav(crate.names[0]))
    for name in crate.names[1:]:
        incoming = AudioSegment.from_wav(crate.wav(name))
        overlap = min(TRANSITION_MS, len(mix), len(incoming))
        if low_pass:
            mix = mix[:-overlap] + mix[-overlap:].low_pass_filter(1000)
        mix = mix.append(incoming, crossfade=overlap)
    mix.export(out, format="mp3", bitrate="320k")


def acrossfade(crate: BenchCrate, out: Path, ffmpeg: Path) -> None:
    """Mix with one ffmpeg command of chained ``acrossfade`` filters."""
    command: list[str | Path] = [ffmpeg, "-nostdin", "-v", "error", "-y"]
    for name in crate.names:
        command += ["-i", crate.path(name)]
    chain, last = [], "[0:a]"
    for index in range(1, len(crate.names)):
        join = f"{last}[{index}:a]acrossfade=d={TRANSITION_MS / 1000}:c1=qsin:c2=qsin"
        last = f"[x{index}]"
        chain.append(join + last)
    command += ["-filter_complex", ";".join(chain), "-map", last, *MP3, out]
    subprocess.run(command, check=True)


def main(name: str, folder: str, tracks: str, out: str, ffmpeg: str) -> None:
    """Run the tool of this name."""
    crate = BenchCrate(Path(folder), tuple(tracks.split(",")))
    target, program = Path(out), Path(ffmpeg)
    match name.split(":"):
        case ["ours", workers]:
            ours(crate, target, int(workers), program)
        case ["encode"]:
            encode_only(crate.folder / "mix.wav", target, program)
        case ["pydub"]:
            pydub_loop(crate, target, program, low_pass=False)
        case ["pydub low-pass"]:
            pydub_loop(crate, target, program, low_pass=True)
        case ["acrossfade"]:
            acrossfade(crate, target, program)
        case _:
            raise SystemExit(f"no contestant {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
