"""Find a Lyrics3 tag behind the sound of an MP3; ffmpeg would decode its text as damaged frames.

Lyrics3 (Petr Strnad, 1998) lies before an ID3v1 tag at the end of the file. Version 2 states its
length in six digits; version 1 has at most 5,100 bytes of text.
"""

from __future__ import annotations

from typing import BinaryIO

_ID3V1_BYTES = 128
_BEGIN, _END_OF_V1, _END_OF_V2 = b"LYRICSBEGIN", b"LYRICSEND", b"LYRICS200"
_DIGITS = 6
_LONGEST_V1 = len(_BEGIN) + 5_100 + len(_END_OF_V1)


def lyrics3_start(file: BinaryIO, size: int) -> int | None:
    """Offset of the tag in a file of ``size`` bytes; None without one."""
    end = size
    if _read(file, end - _ID3V1_BYTES, end)[:3] == b"TAG":
        end -= _ID3V1_BYTES
    mark = _read(file, end - len(_END_OF_V2), end)
    if mark == _END_OF_V2:
        return _start_of_v2(file, end - len(mark))
    if mark == _END_OF_V1:
        first = max(0, end - _LONGEST_V1)
        at = _read(file, first, end).rfind(_BEGIN)
        return first + at if at >= 0 else None
    return None


def _start_of_v2(file: BinaryIO, end: int) -> int | None:
    digits = _read(file, end - _DIGITS, end)
    if not digits.isdigit():
        return None
    start = end - _DIGITS - int(digits)
    return start if _read(file, start, start + len(_BEGIN)) == _BEGIN else None


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    if start < 0:
        return b""
    file.seek(start)
    return file.read(end - start)
