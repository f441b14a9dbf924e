"""MP3 is recognised by several frames in a row."""

from __future__ import annotations

import pytest

from backend.app.media.gate.mpeg_frames import find_frames, frame_length, stated_stream_bytes

HEAD = b"\xff\xfb\x90\x64"  # MPEG-1, layer III, 128 kbit/s, 44.1 kHz
FRAME = HEAD.ljust(417, b"\0")


# ISO 11172-3: 144 * bit rate / sample rate, a byte more with padding; MPEG-2 has 72 slots
@pytest.mark.parametrize(
    ("head", "length"),
    [
        (HEAD, 417),
        (b"\xff\xfb\x92\x64", 418),  # padded
        (b"\xff\xfb\xe4\x64", 960),  # 320 kbit/s, 48 kHz
        (b"\xff\xf3\x80\x64", 208),  # MPEG-2, 64 kbit/s, 22.05 kHz
        (b"\xff\xe3\x80\x64", 417),  # MPEG-2.5, 64 kbit/s, 11.025 kHz
    ],
)
def test_frame_length_follows_from_its_header(head: bytes, length: int) -> None:
    assert frame_length(head, 0) == length


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xfd\x90\x64",  # layer II
        b"\xff\xeb\x90\x64",  # reserved version
        b"\xff\xfb\x00\x64",  # free bit rate
        b"\xff\xfb\xf0\x64",  # invalid bit rate
        b"\xff\xfb\x9c\x64",  # reserved sample rate
        b"\xff\xdb\x90\x64",  # no sync
        HEAD[:3],
    ],
)
def test_other_headers_begin_no_frame(head: bytes) -> None:
    assert frame_length(head, 0) == 0


def found(data: bytes, reach: int = 1 << 16) -> int | None:
    return find_frames(data, reach=reach)


def test_three_frames_in_a_row_are_an_mp3() -> None:
    assert found(3 * FRAME + b"junk") == 0
    assert found(b"old tagger\xff" + 3 * FRAME + b"junk") == 11
    assert found(2 * FRAME + b"junk") is None


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_frames_suffice_if_the_file_ends_with_them(count: int) -> None:
    assert found(count * FRAME) == 0
    assert found(count * FRAME + b"\0") is None


def test_frames_are_found_up_to_the_reach() -> None:
    assert found(bytes(999) + 3 * FRAME, reach=1000) == 999
    assert found(bytes(1000) + 3 * FRAME, reach=1000) is None


def test_frames_of_different_rates_are_no_row() -> None:
    other = b"\xff\xfb\x94\x64".ljust(384, b"\0")  # 48 kHz
    assert found(FRAME + other + FRAME + b"junk") is None


# 144 * 192,000 / 44,100 and 4 * (12 * 384,000 / 44,100), each without padding
@pytest.mark.parametrize(
    ("layer", "head", "length"), [(2, b"\xff\xfd\xa0\x64", 626), (1, b"\xff\xff\xc0\x64", 416)]
)
def test_frames_of_other_layers_are_found_by_their_layer(
    layer: int, head: bytes, length: int
) -> None:
    row = 3 * head.ljust(length, b"\0") + b"junk"
    assert find_frames(row, reach=9, layer=layer) == 0
    assert found(row) is None


def vbr(flags: int, *numbers: int) -> bytes:
    return HEAD + bytes(32) + b"Xing" + b"".join(n.to_bytes(4, "big") for n in (flags, *numbers))


def test_stream_length_is_read_from_the_first_frame() -> None:
    assert stated_stream_bytes(vbr(3, 77, 5_000)) == 5_000
    assert stated_stream_bytes(vbr(2, 5_000)) == 5_000
    assert stated_stream_bytes(vbr(1, 77)) is None
    assert stated_stream_bytes(FRAME) is None
    vbri = HEAD + bytes(32) + b"VBRI" + bytes(6) + (6_000).to_bytes(4, "big")
    assert stated_stream_bytes(vbri) == 6_000
