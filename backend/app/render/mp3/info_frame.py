"""The Info frame of an MP3: length, seek table, encoder delay and padding, for players.

Layout as LAME writes it (gabriel.mp3-tech.org/mp3infotag.html), in a frame that decodes to silence.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import InvalidRequest
from ...media.gate.mpeg_frames import frame_length
from .crc16 import crc16
from .frames import SAMPLES_PER_FRAME

ENCODER_DELAY = 576  # samples that LAME adds in front; each decoder adds DECODER_DELAY
DECODER_DELAY = 529

_BITRATE_INDEX = {128: 9, 160: 10, 192: 11, 224: 12, 256: 13, 320: 14}
CBR_KBPS = tuple(_BITRATE_INDEX)
_VBR_FRAME_KBPS = 128  # LAME's choice for the Info frame of a VBR stream
_SIDE_INFO = bytes(32)
_HAS_FRAMES_BYTES_TABLE_QUALITY = 0x0F
_PADDING_AT = 178  # the low 12 bits of these two bytes; the encoder's delay precedes them
_METHOD_CBR, _METHOD_VBR_MTRH = 1, 4
_QUALITY_CBR, _QUALITY_V0 = 57, 97  # 100 - 10 V - q, as LAME counts (V 4 means "not VBR")
_STEREO_JOINT = 0x64  # misc: source 44.1 kHz, joint stereo, noise shaping 0


@dataclass(frozen=True, slots=True)
class Mp3Mode:
    """How an MP3 is encoded: at a constant bit rate, or as V0, the best variable rate.

    ``kbps`` None means V0.

    Raises
    ------
    InvalidRequest
        If the bit rate is not in `CBR_KBPS`.
    """

    kbps: int | None = 320

    def __post_init__(self) -> None:
        if self.kbps is not None and self.kbps not in CBR_KBPS:
            raise InvalidRequest(
                f"MP3 at {self.kbps} kbit/s is not offered.", hint=f"Choose one of {CBR_KBPS}."
            )

    @property
    def name(self) -> str:
        """The mode's name, short and stable: ``V0``, ``320k``."""
        return "V0" if self.kbps is None else f"{self.kbps}k"


V0 = Mp3Mode(None)


def info_frame_size(mode: Mp3Mode) -> int:
    """Number of bytes of the Info frame, so that space can be reserved before encoding."""
    return frame_length(_header(mode), 0)


def info_frame(mode: Mp3Mode, sizes: Sequence[int], *, length: int, music_crc: int) -> bytes:
    """Build the Info frame for frames of these ``sizes`` with ``length`` samples of sound.

    Raises
    ------
    InvalidRequest
        If the frames can't hold that many samples, or hold far more (padding has 12 bits).
    """
    own = info_frame_size(mode)
    total = own + sum(sizes)
    padding = len(sizes) * SAMPLES_PER_FRAME - ENCODER_DELAY - length
    if not 0 <= padding < 1 << 12:
        raise InvalidRequest(f"{len(sizes)} frames do not fit {length} samples.")
    vbr = mode.kbps is None
    frame = b"".join(
        (
            _header(mode),
            _SIDE_INFO,
            b"Xing" if vbr else b"Info",
            struct.pack(">III", _HAS_FRAMES_BYTES_TABLE_QUALITY, len(sizes), min(total, 2**32 - 1)),
            _seek_table(sizes, own, total),
            struct.pack(">I", _QUALITY_V0 if vbr else _QUALITY_CBR),
            _lame_tag(mode, padding, min(total, 2**32 - 1), music_crc),
        )
    )
    return (frame + struct.pack(">H", crc16(frame))).ljust(own, b"\0")


def sample_count(info: bytes, n_frames: int) -> int:
    """Read from the Info frame how many samples a stream of ``n_frames`` frames holds."""
    padding = int.from_bytes(info[_PADDING_AT : _PADDING_AT + 2], "big") & 0xFFF
    return n_frames * SAMPLES_PER_FRAME - ENCODER_DELAY - padding


def _header(mode: Mp3Mode) -> bytes:
    index = _BITRATE_INDEX[mode.kbps or _VBR_FRAME_KBPS]
    return bytes((0xFF, 0xFB, index << 4, _STEREO_JOINT))


def _seek_table(sizes: Sequence[int], own: int, total: int) -> bytes:
    """Position in the file at each per cent of the time, in 256ths of the file."""
    starts = own + np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    positions = starts[np.arange(100) * len(sizes) // 100]
    return bytes(np.minimum(positions * 256 // total, 255).astype(np.uint8))


def _lame_tag(mode: Mp3Mode, padding: int, total: int, music_crc: int) -> bytes:
    """Build LAME's extension without its CRC; unknown fields are 0."""
    delays = ENCODER_DELAY << 12 | padding
    return b"".join(
        (
            b"LAME3.100",
            bytes((_METHOD_VBR_MTRH if mode.kbps is None else _METHOD_CBR, 0)),  # method, low-pass
            bytes(8),  # replay gain: peak, track, album
            bytes((0, min(255, mode.kbps or 0))),  # flags, bit rate
            delays.to_bytes(3, "big"),
            bytes((_STEREO_JOINT, 0, 0, 0)),  # misc, gain, preset
            struct.pack(">IH", total, music_crc),
        )
    )
