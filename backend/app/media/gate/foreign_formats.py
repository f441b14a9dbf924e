"""Recognise files that are not accepted by their first bytes, and say what they are."""

from __future__ import annotations

import re

from ...errors import RejectedFile
from .mpeg_frames import find_frames
from .rejections import rejection

# Signatures at offset 0 of files without sound, by rejection code.
_REJECTED: dict[str, tuple[bytes, ...]] = {
    "archive": (
        *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
        *(b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"),
    ),
    "program": (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!"),
    "document": (b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"),
    "picture": (b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff"),
    # Flash, MPEG program streams
    "video": (b"FLV\x01", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"),
    "sequence": (
        *(b"MThd", b"NESM\x1a", b"Extended Module:", b"IMPM", b"PSID", b"RSID"),
        *(b"SNES-SPC700", b"Vgm ", b"ZXAYEMUL", b"GBS\x01", b"SNDH"),
    ),
}
_UNSUPPORTED: dict[bytes, str] = {
    b"RIFX": "big-endian WAV",
    b"riff\x2e\x91\xcf\x11": "Wave64",
    b"caff": "CAF (Core Audio)",
    b".snd": "AU (Sun audio)",
    b"MAC ": "Monkey's Audio",
    b"wvpk": "WavPack",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"TTA1": "True Audio",
    b"TTA2": "True Audio",
    b"OFR ": "OptimFROG",
    b"ajkg": "Shorten",
    b"LA0": "Lossless Audio",
    b"tBaK": "TAK",
    b"qoaf": "QOA",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"ADIF": "raw AAC",
    b"#!AMR": "AMR",
    b"\x0b\x77": "AC-3",
    b"\x77\x0b": "AC-3",
    b"\x7f\xfe\x80\x01": "DTS",
    b"\xfe\x7f\x01\x80": "DTS",
    b"0&\xb2u\x8ef\xcf\x11": "Windows Media",
    b".ra\xfd": "RealAudio",
    b".RMF": "RealMedia",
    b"Creative Voice File": "Creative Voice",
    b"NIST_1A": "NIST Sphere",
    b"ea3\x03": "ATRAC",
    b"EA3\x01": "ATRAC",
}
_OGG_OTHERS = (
    (b"\x80theora", "video", ""),
    (b"\x7fFLAC", "unsupported_format", "FLAC in Ogg"),
    (b"Speex   ", "unsupported_format", "Speex"),
)
_RIFF_OTHERS = {b"AVI ": ("video", ""), b"WEBP": ("picture", ""), b"RMID": ("sequence", "")}
_IFF_OTHERS = {b"8SVX": ("unsupported_format", "8SVX (Amiga)"), b"ILBM": ("picture", "")}
# Tracker modules, by the marks of ProTracker and its relatives, and of Scream Tracker.
_MODULES = ((1080, (b"M.K.", b"M!K!", b"FLT4", b"6CHN", b"8CHN")), (44, (b"SCRM",)))
_MPEG_REACH = 1 << 16

_PLAYLIST = re.compile(rb"#EXTM3U|ffconcat|\[playlist\]|<asx|<MPD|<playlist|^v=0\r?\n", re.I | re.M)


def foreign_ogg(packet: bytes) -> RejectedFile:
    """Say why an Ogg file with this first packet is not accepted."""
    for signature, code, detail in _OGG_OTHERS:
        if packet.startswith(signature):
            return rejection(code, detail)
    return rejection("unsupported_codec")


def foreign_signature(head: bytes) -> RejectedFile | None:
    """Say why a file with this signature is not accepted; None for an unknown one."""
    for signature, name in _UNSUPPORTED.items():
        if head.startswith(signature):
            return rejection("unsupported_format", f"{name} audio")
    for code, signatures in _REJECTED.items():
        if head.startswith(signatures):
            return rejection(code)
    if head[:4] == b"RIFF":
        return rejection(*_RIFF_OTHERS.get(head[8:12], ("not_audio", "")))
    if head[:4] == b"FORM" and head[8:12] in _IFF_OTHERS:
        return rejection(*_IFF_OTHERS[head[8:12]])
    if head[:1] == b"\xff" and head[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9"):
        return rejection("unsupported_format", "raw AAC audio")
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return rejection("video")  # MPEG transport stream: a sync byte every 188 bytes
    if any(head[at : at + 4] in marks for at, marks in _MODULES):
        return rejection("sequence")
    return None


def foreign_mpeg(head: bytes) -> RejectedFile | None:
    """Say why a stream of MPEG frames of layer I or II is not accepted.

    None if there is no such stream.
    """
    for layer in (2, 1):
        if find_frames(head, reach=_MPEG_REACH, layer=layer) is not None:
            return rejection("unsupported_format", f"MPEG layer {layer} audio")
    return None


def text_detail(head: bytes) -> str:
    """Detail for a rejection's message: playlist, web page, other text, or "" for other data."""
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
        return e.start >= len(start[:500]) - 3  # the text was cut in the middle of a character
    return True
