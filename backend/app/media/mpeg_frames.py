"""MPEG-1/2 layer III frame headers: just enough to tell an MP3 from noise."""

from __future__ import annotations

_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_LAYER_III = 1

# 6 bytes in 100,000 of noise look like a header; three that follow each other at the distances they
# state come up once in 70 million files of noise.
_FRAMES_IN_A_ROW = 3


def frame_length(head: bytes, at: int) -> int:
    """Bytes of the layer III frame that begins at ``at``, or 0 where none does.

    ISO 11172-3, 2.4.1.3: 11 bits of sync, version, layer, bit-rate and rate indices, padding.
    """
    four = head[at : at + 4]
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0:
        return 0
    version, layer = four[1] >> 3 & 3, four[1] >> 1 & 3
    kbps_index, rate_index = four[2] >> 4, four[2] >> 2 & 3
    if version == 1 or layer != _LAYER_III or kbps_index in (0, 15) or rate_index == 3:
        return 0
    kbps = (_KBPS_V1 if version == 3 else _KBPS_V2)[kbps_index]
    slots = 144 if version == 3 else 72
    return slots * kbps * 1000 // _RATES_HZ[version][rate_index] + (four[2] >> 1 & 1)


def begins_with_frames(head: bytes) -> bool:
    """Whether a row of frames begins in ``head``; junk before it is what old taggers leave."""
    at = head.find(b"\xff")
    while at >= 0:
        if _is_row(head, at):
            return True
        at = head.find(b"\xff", at + 1)
    return False


def _is_row(head: bytes, at: int) -> bool:
    """Three frames, or frames to the very end of a file that is shorter than that."""
    for count in range(_FRAMES_IN_A_ROW):
        if count and at == len(head):
            return True
        length = frame_length(head, at)
        if not length:
            return False
        at += length
    return True
