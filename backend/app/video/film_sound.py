"""Choose a film's sound among a mix's files, and encode it as AAC."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from ..media.ffmpeg.ffmpeg import run_ffmpeg
from .film import FilmTools

# Best quality first: the film's encoder compresses the sound once more.
AUDIO_SUFFIXES = (".wav", ".flac", ".m4a", ".mp3", ".opus")
_DEMUXERS = {".wav": "wav", ".flac": "flac", ".m4a": "mov", ".mp3": "mp3", ".opus": "ogg"}
# YouTube Help, "Recommended upload encoding settings": 384 kbit/s for stereo sound.
_AAC_KBPS = 384


def best_sound(names: Iterable[str]) -> str:
    """Choose the audio file whose format loses the least."""
    return min(names, key=lambda name: AUDIO_SUFFIXES.index(PurePath(name).suffix))


def film_sound(audio: Path, duration_s: float, tools: FilmTools) -> Path:
    """Return the sound as AAC; encode it unless it is AAC already."""
    if audio.suffix == ".m4a":
        return audio
    encoded = tools.scratch / "sound.m4a"
    part = tools.scratch / "sound.part"
    if not encoded.exists():
        arguments = [
            *("-f", _DEMUXERS[audio.suffix], "-i", f"file:{audio}", "-map", "0:a:0"),
            *("-c:a", "aac", "-aac_coder", "fast", "-b:a", f"{_AAC_KBPS}k"),
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-f", "ipod", "-y", f"file:{part}"),
        ]
        run_ffmpeg(tools.ffmpeg, arguments, timeout_s=120.0 + duration_s)
        part.replace(encoded)
    return encoded
