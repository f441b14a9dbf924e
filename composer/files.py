"""Write songs as files: encoded in common formats, tagged, with their truth as JSON."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import imageio_ffmpeg
import numpy as np
import soundfile
from mutagen import FileType
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TBPM, TCON, TIT2, TKEY, TPE1
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from composer.crates import compose_crate
from composer.pictures import jpeg_bytes, png_bytes
from composer.song import Song, Times

FORMATS = ("mp3", "flac", "ogg", "opus", "m4a", "wav")
_CODECS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "320k"),
    "ogg": ("-c:a", "libvorbis", "-q:a", "6"),
    "opus": ("-c:a", "libopus", "-b:a", "160k"),
    "m4a": ("-c:a", "aac", "-b:a", "256k", "-aac_coder", "fast"),
}


def write_crate(
    folder: Path, *, n_songs: int, seed: int, duration_s: float, formats: Sequence[str]
) -> list[Path]:
    """Compose a crate into a folder: songs, a truth file for each, and ``picture.png``.

    Returns the songs' paths in order; song ``i`` has format ``formats[i % len(formats)]``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "picture.png").write_bytes(png_bytes(seed))
    paths = []
    for index, song in enumerate(compose_crate(n_songs, seed, duration_s)):
        suffix = formats[index % len(formats)]
        path = folder / f"{index + 1:02d}_{song.style}.{suffix}"
        write_song(song, path, cover_jpeg=jpeg_bytes(song.seed))
        write_truth(song, path)
        paths.append(path)
    return paths


def write_song(song: Song, path: Path, *, cover_jpeg: bytes | None = None) -> None:
    """Write a song, with tags and cover, in the format of the path's suffix."""
    suffix = path.suffix[1:]
    if suffix in ("wav", "flac"):
        soundfile.write(path, song.samples.T, song.sample_rate, subtype="PCM_16")
    else:
        _encode(song, path, _CODECS[suffix])
    _TAGGERS[suffix](song, path, cover_jpeg)


def write_truth(song: Song, path: Path) -> Path:
    """Write the truth about the song at ``path`` as JSON beside it; return that path."""
    truth = path.with_suffix(".json")
    text = json.dumps(_truth(song, path.name), ensure_ascii=False, indent=1)
    truth.write_text(text + "\n", encoding="utf-8")
    return truth


def _truth(song: Song, file_name: str) -> dict[str, object]:
    return {
        "name": Path(file_name).stem,
        "file": file_name,
        "title": song.title,
        "artist": song.artist,
        "seed": song.seed,
        "genre": song.style,
        "duration": song.duration_s,
        "sr": song.sample_rate,
        "bpm": song.tempo_bpm,
        "beats_per_bar": song.beats_per_bar,
        "tempos": [{"start": s.start_s, "end": s.end_s, "bpm": s.tempo_bpm} for s in song.tempos],
        "key": song.key,
        "keys": [{"start": s.start_s, "end": s.end_s, "key": s.key} for s in song.keys],
        "first_beat": _seconds(song.beats)[0],
        "beats": _seconds(song.beats),
        "downbeats": _seconds(song.downbeats),
        "phrase8": _seconds(song.phrases),
        "sections": [
            {
                "label": section.name,
                "start": section.start_s,
                "end": section.end_s,
                "start_bar": section.start_bar,
                "bars": section.bars,
                "energy": section.energy,
                "key": song.key_between(section.start_s, section.end_s),
            }
            for section in song.sections
        ],
        "onsets": {drum: _seconds(times) for drum, times in song.onsets.items()},
    }


def _seconds(times: Times) -> list[float]:
    return [round(float(t), 6) for t in times]


def _encode(song: Song, path: Path, codec: Sequence[str]) -> None:
    source = ("-f", "f32le", "-ar", str(song.sample_rate), "-ac", "2", "-i", "pipe:0")
    command = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *source, *codec)
    pcm = np.ascontiguousarray(song.samples.T).tobytes()
    subprocess.run([*command, f"file:{path.resolve()}"], input=pcm, check=True)


def _tag_id3(song: Song, path: Path, cover_jpeg: bytes | None) -> None:
    file: FileType = MP3(path) if path.suffix == ".mp3" else WAVE(path)
    if file.tags is None:
        file.add_tags()
    tags = cast("ID3", file.tags)
    tags.add(TIT2(encoding=3, text=song.title))
    tags.add(TPE1(encoding=3, text=song.artist))
    tags.add(TCON(encoding=3, text=song.style))
    tags.add(TBPM(encoding=3, text=str(round(song.tempo_bpm))))
    tags.add(TKEY(encoding=3, text=song.key.removesuffix(" major").replace(" minor", "m")))
    if cover_jpeg is not None:
        tags.add(APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=cover_jpeg))
    file.save()


def _tag_m4a(song: Song, path: Path, cover_jpeg: bytes | None) -> None:
    file = MP4(path)
    file["\xa9nam"], file["\xa9ART"], file["\xa9gen"] = song.title, song.artist, song.style
    file["tmpo"] = [round(song.tempo_bpm)]
    if cover_jpeg is not None:
        file["covr"] = [MP4Cover(cover_jpeg, imageformat=MP4Cover.FORMAT_JPEG)]
    file.save()


def _tag_vorbis(song: Song, path: Path, cover_jpeg: bytes | None) -> None:
    kinds: dict[str, type[FileType]] = {".flac": FLAC, ".opus": OggOpus, ".ogg": OggVorbis}
    file = kinds[path.suffix](path)
    file["title"], file["artist"], file["genre"] = song.title, song.artist, song.style
    if cover_jpeg is not None:
        picture = Picture()
        picture.data, picture.mime, picture.type = cover_jpeg, "image/jpeg", 3
        if isinstance(file, FLAC):
            file.add_picture(picture)
        else:
            file["metadata_block_picture"] = base64.b64encode(picture.write()).decode("ascii")
    file.save()


_TAGGERS: dict[str, Callable[[Song, Path, bytes | None], None]] = {
    "mp3": _tag_id3,
    "wav": _tag_id3,
    "m4a": _tag_m4a,
    "flac": _tag_vorbis,
    "ogg": _tag_vorbis,
    "opus": _tag_vorbis,
}
