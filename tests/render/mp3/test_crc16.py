"""CRC-16 of the LAME tag."""

from __future__ import annotations

import pytest

from backend.app.render.mp3.crc16 import crc16


def test_published_check_value() -> None:
    assert crc16(b"123456789") == 0xBB3D  # CRC-16/ARC in the catalogue of parametrised CRCs


@pytest.mark.parametrize("cut", [0, 1, 511, 512, 513, 4096, 9999])
def test_crc_continues_over_two_parts(cut: int) -> None:
    stream = bytes((i * i * 31 + i) % 251 for i in range(10_000))
    assert crc16(stream[cut:], crc16(stream[:cut])) == crc16(stream)


def test_lanes_give_the_crc_of_single_bytes() -> None:
    stream = bytes((i * 7) % 256 for i in range(2100))
    crc = 0
    for byte in stream:
        crc = crc16(bytes((byte,)), crc)
    assert crc16(stream) == crc
