"""Recognise MPEG audio frames (MPEG-1/2, layers I to III) and read the first one."""

from __future__ import annotations

_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_V2_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
# Bit rates in kbit/s by MPEG version 1 (True) or 2, and layer (ISO 11172-3, 2.4.2.3; ISO 13818-3,
# 2.4.2.3).
_KBPS: dict[tuple[bool, int], tuple[int, ...]] = {
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): tuple(range(0, 449, 32)),
    (False, 3): _V2_LOW,
    (False, 2): _V2_LOW,
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
}

# In noise, 6 of 100,000 positions look like a header. Three in a row at the distances that they
# state occur once in 20 million files of noise.
_FRAMES_IN_A_ROW = 3
# The longest frame in bytes: layer II, 384 kbit/s at 32 kHz, padded.
_LONGEST_FRAME = 1729
LONGEST_ROW = _FRAMES_IN_A_ROW * _LONGEST_FRAME
"""Bytes that `find_frames` needs after the last position that it tries."""

_VBR_REACH = 200  # a Xing header comes after the side information, a VBRI header at byte 36


def frame_length(head: bytes, at: int, *, layer: int = 3) -> int:
    """Length in bytes of the frame that begins at ``at``, or 0 if there is none.

    ISO 11172-3, 2.4.1.3: 11 bits of sync, version, layer, bit-rate and rate indices, padding.
    """
    four = head[at : at + 4]
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0:
        return 0
    version, coded_layer = four[1] >> 3 & 3, four[1] >> 1 & 3
    kbps_index, rate_index, padding = four[2] >> 4, four[2] >> 2 & 3, four[2] >> 1 & 1
    if version == 1 or coded_layer != 4 - layer or kbps_index in (0, 15) or rate_index == 3:
        return 0
    bits_per_s = _KBPS[version == 3, layer][kbps_index] * 1000
    rate_hz = _RATES_HZ[version][rate_index]
    if layer == 1:
        return 4 * (12 * bits_per_s // rate_hz + padding)
    slots = 72 if layer == 3 and version != 3 else 144
    return slots * bits_per_s // rate_hz + padding


def find_frames(head: bytes, *, reach: int, layer: int = 3) -> int | None:
    """Find the first row of frames in ``head``, before byte ``reach``; None if there is none.

    Taggers and recorders leave padding and junk in front of the first frame.
    """
    at = head.find(b"\xff", 0, reach)
    while at >= 0:
        if _is_row(head, at, layer):
            return at
        at = head.find(b"\xff", at + 1, reach)
    return None


def _is_row(head: bytes, at: int, layer: int) -> bool:
    """Whether three similar frames follow, or fewer that reach the end of a short file."""
    first = _likeness(head, at)
    for count in range(_FRAMES_IN_A_ROW):
        if count and at == len(head):
            return True
        length = frame_length(head, at, layer=layer)
        if not length or _likeness(head, at) != first:
            return False
        at += length
    return True


def _likeness(head: bytes, at: int) -> tuple[int, int]:
    """Version, layer and sample rate of a header, which are equal in all frames of a stream."""
    three = head[at : at + 3].ljust(3, b"\0")
    return three[1] & 0xFE, three[2] & 0x0C


def stated_stream_bytes(frame: bytes) -> int | None:
    """The stream's length in bytes as stated in its first frame; None if not stated.

    Encoders put a Xing (or Info) or a VBRI header into a silent first frame.
    """
    start = frame[:_VBR_REACH]
    if start[36:40] == b"VBRI":
        return int.from_bytes(frame[46:50], "big") or None
    at = max(start.find(b"Xing"), start.find(b"Info"))
    if at < 0:
        return None
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    skipped = 4 if flags & 1 else 0  # the number of frames precedes the number of bytes
    stated = int.from_bytes(frame[at + 8 + skipped : at + 12 + skipped], "big")
    return stated or None if flags & 2 else None
