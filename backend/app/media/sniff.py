"""What a file is, told by its first bytes; its name and what its sender says play no part.

ffmpeg is never asked to guess: among its hundreds of demuxers are playlists that open other files
and addresses. What is recognized here decides the one demuxer that it may use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import BadSettings, RejectedFile
from .mpeg_frames import begins_with_frames
from .refusals import refusal

# Enough for any signature, and for the largest run of MP3 frames that `begins_with_frames` wants.
_HEAD = 1 << 16
# A tagger may stack a second tag on the first; more than a few means a file made to be odd.
_MAX_TAGS = 4


@dataclass(frozen=True, slots=True)
class SniffedFormat:
    """A kind of file that is let in, and what ffmpeg may use to read it.

    ``demuxers`` is what ffmpeg calls the demuxer (some have several names, and a whitelist needs
    them all); ``decoders`` are the only codecs that this kind of file may hold.
    """

    name: str
    demuxers: str
    decoders: tuple[str, ...]

    @property
    def demuxer(self) -> str:
        """The one name to force."""
        return self.demuxers.partition(",")[0]


MP3 = SniffedFormat("mp3", "mp3", ("mp3float", "mp3"))
WAV = SniffedFormat(
    "wav",
    "wav",
    (
        *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"),
        *("pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav", "mp3float"),
    ),
)
FLAC = SniffedFormat("flac", "flac", ("flac",))
VORBIS = SniffedFormat("ogg", "ogg", ("vorbis",))
OPUS = SniffedFormat("opus", "ogg", ("opus",))
M4A = SniffedFormat("m4a", "mov,mp4,m4a,3gp,3g2,mj2", ("aac", "alac", "mp3float"))
FORMATS = frozenset(kind.name for kind in (MP3, WAV, FLAC, VORBIS, OPUS, M4A))

# signature at offset 0 -> refusal code, and what to call it where the code leaves that open
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "archive", ""),
    (b"PK\x05\x06", "archive", ""),
    (b"\x1f\x8b", "archive", ""),
    (b"7z\xbc\xaf\x27\x1c", "archive", ""),
    (b"Rar!\x1a\x07", "archive", ""),
    (b"BZh", "archive", ""),
    (b"\xfd7zXZ\x00", "archive", ""),
    (b"\x28\xb5\x2f\xfd", "archive", ""),
    (b"\x7fELF", "program", ""),
    (b"MZ", "program", ""),
    (b"\xcf\xfa\xed\xfe", "program", ""),
    (b"\xca\xfe\xba\xbe", "program", ""),
    (b"#!", "program", ""),
    (b"%PDF", "document", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document", ""),
    (b"{\\rtf", "document", ""),
    (b"\x89PNG\r\n\x1a\n", "picture", ""),
    (b"GIF8", "picture", ""),
    (b"\xff\xd8\xff", "picture", ""),
    (b"\x1aE\xdf\xa3", "video", ""),  # Matroska, WebM
    (b"FLV\x01", "video", ""),
    (b"\x00\x00\x01\xba", "video", ""),  # MPEG program stream
    (b"\x00\x00\x01\xb3", "video", ""),
    (b"MThd", "sequence", ""),
    (b"NESM\x1a", "sequence", ""),
    (b"Extended Module:", "sequence", ""),
    (b"IMPM", "sequence", ""),
    (b"FORM", "unsupported_format", "AIFF"),
    (b"RIFX", "unsupported_format", "Big-endian WAV"),
    (b"riff\x2e\x91\xcf\x11", "unsupported_format", "Wave64"),
    (b"caff", "unsupported_format", "CAF"),
    (b".snd", "unsupported_format", "AU"),
    (b"MAC ", "unsupported_format", "Monkey's Audio"),
    (b"wvpk", "unsupported_format", "WavPack"),
    (b"MPCK", "unsupported_format", "Musepack"),
    (b"MP+", "unsupported_format", "Musepack"),
    (b"TTA1", "unsupported_format", "True Audio"),
    (b"TTA2", "unsupported_format", "True Audio"),
    (b"DSD ", "unsupported_format", "DSD"),
    (b"FRM8", "unsupported_format", "DSD"),
    (b"ADIF", "unsupported_format", "Raw AAC"),
    (b"#!AMR", "unsupported_format", "AMR"),
    (b"\x0b\x77", "unsupported_format", "AC-3"),
    (b"\x7f\xfe\x80\x01", "unsupported_format", "DTS"),
    (b"0&\xb2u\x8ef\xcf\x11", "unsupported_format", "Windows Media"),
)
_OGG_OTHERS = (
    (b"\x80theora", "video", ""),
    (b"\x7fFLAC", "unsupported_format", "Ogg FLAC"),
    (b"Speex   ", "unsupported_format", "Speex"),
)


def formats_named(setting: str) -> frozenset[str]:
    """The formats in a list by commas.

    Raises
    ------
    BadSettings
        If it names none, or one that Segue does not read: a typing error would refuse good files.
    """
    names = frozenset(filter(None, (name.strip().lower() for name in setting.split(","))))
    if not names or names - FORMATS:
        raise BadSettings(
            f"SUPPORTED_FORMATS: “{setting}” is no list of formats that Segue reads.",
            hint=f"Choose among {','.join(sorted(FORMATS))}.",
        )
    return names


def sniff(source: Path) -> SniffedFormat:
    """Recognize a sound file.

    Raises
    ------
    RejectedFile
        With a code and a reason of its own for each kind of file that is not let in.
    """
    with source.open("rb") as file:
        start = _end_of_tags(file, source.stat().st_size)
        file.seek(start)
        head = file.read(_HEAD)
    if not head:
        raise refusal("tags_only" if start else "empty")
    return _container(head) or _bare_frames(head)


def _end_of_tags(file: BinaryIO, size: int) -> int:
    """Where the sound begins: after the ID3v2 tags at the front, and the NULs that pad them."""
    position = 0
    for _ in range(_MAX_TAGS):
        file.seek(position)
        header = file.read(10)
        if header[:3] != b"ID3" or len(header) < 10:
            break
        position += 10 + _syncsafe(header[6:10]) + (10 if header[5] & 0x10 else 0)
        if position > size:
            raise refusal("damaged", "its tag claims to be longer than the file")
    if position:
        file.seek(position)
        padded = file.read(_HEAD)
        position += len(padded) - len(padded.lstrip(b"\0"))
    return position


def _syncsafe(four: bytes) -> int:
    value = 0
    for byte in four:
        value = value << 7 | byte & 0x7F
    return value


def _container(head: bytes) -> SniffedFormat | None:
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"fLaC":
        return FLAC
    if head[:4] == b"OggS":
        return _ogg(head)
    return M4A if head[4:8] == b"ftyp" else None


def _bare_frames(head: bytes) -> SniffedFormat:
    """MP3 has no signature, and any archive or video may hold its frames: so it is asked last."""
    signed = _signed_as_other(head)
    if signed is not None:
        raise signed
    if begins_with_frames(head):
        return MP3
    raise refusal("not_audio", _what_text_says(head))


def _ogg(head: bytes) -> SniffedFormat:
    """Tell by the first packet, which each codec begins with a word of its own."""
    packet = head[27 + head[26] :] if len(head) > 27 else b""
    if packet.startswith(b"\x01vorbis"):
        return VORBIS
    if packet.startswith(b"OpusHead"):
        return OPUS
    for signature, code, detail in _OGG_OTHERS:
        if packet.startswith(signature):
            raise refusal(code, detail)
    raise refusal("unsupported_codec")


def _signed_as_other(head: bytes) -> RejectedFile | None:
    for signature, code, detail in _REFUSED:
        if head.startswith(signature):
            return refusal(code, detail)
    if head[:4] == b"RIFF":
        return refusal(*_RIFF_OTHERS.get(head[8:12], ("not_audio", "")))
    if head[:1] == b"\xff" and head[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9"):
        return refusal("unsupported_format", "Raw AAC")
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return refusal("video")  # MPEG transport stream: a sync byte every 188
    return None


_RIFF_OTHERS = {
    b"AVI ": ("video", ""),
    b"WEBP": ("picture", ""),
    b"RMID": ("sequence", ""),
}

_PLAYLIST = re.compile(rb"#EXTM3U|ffconcat|\[playlist\]|<asx|<MPD|<playlist|^v=0\r?\n", re.I | re.M)


def _what_text_says(head: bytes) -> str:
    """Name a playlist, a web page or other text; "" for bytes that mean nothing."""
    start = head[:512]
    if b"\0" in start or sum(byte >= 0x20 or byte in b"\t\r\n" for byte in start) < len(start):
        return ""
    if _PLAYLIST.search(start):
        return ": it is a playlist, which only points to other files"
    if re.match(rb"\s*<(!doctype|html)", start, re.I):
        return ": it is a web page, perhaps saved in place of a download"
    return ": it holds text" if _decodes(start) else ""


def _decodes(start: bytes) -> bool:
    try:
        start[:500].decode("utf-8")
    except UnicodeDecodeError as e:
        return e.start >= len(start[:500]) - 3  # cut inside a letter
    return True
