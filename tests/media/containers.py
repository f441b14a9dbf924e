"""Write minimal WAV, FLAC, Ogg, ID3 and PNG files with arbitrary field values."""

from __future__ import annotations

import struct
import zlib


def wav(
    data: bytes,
    *,
    rate: int = 44_100,
    channels: int = 2,
    bits: int = 16,
    tag: int = 1,
    claimed: int | None = None,
) -> bytes:
    """A RIFF/WAVE file; ``claimed`` is the length it states for its data."""
    size = len(data) if claimed is None else claimed
    frame = channels * bits // 8
    byte_rate = min(rate * frame, 0xFFFFFFFF)
    fmt = struct.pack("<HHIIHH", tag, channels, rate, byte_rate, frame & 0xFFFF, bits)
    head = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", min(len(head) + size, 0xFFFFFFFF)) + head + data


def flac_header(rate_hz: int, *, total: int, bits: int = 16) -> bytes:
    """The marker and STREAMINFO of a stereo stream, with blocks of up to 65,535 samples."""
    packed = rate_hz << 44 | 1 << 41 | (bits - 1) << 36 | total
    info = struct.pack(">HH", 16, 65_535) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info


def _crc(data: bytes, polynomial: int, width: int) -> int:
    value, top, mask = 0, 1 << (width - 1), (1 << width) - 1
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
    return value


def flac_frame(number: int, n_samples: int, level: int) -> bytes:
    """A frame of two constant subframes of 16 bits: 17 bytes for up to 65,535 samples."""
    coded = bytes([number]) if number < 128 else bytes([0xC0 | number >> 6, 0x80 | number & 63])
    head = b"\xff\xf8\x70\x18" + coded + struct.pack(">H", n_samples - 1)
    head += bytes([_crc(head, 0x07, 8)])
    body = head + (b"\0" + struct.pack(">h", level)) * 2
    return body + struct.pack(">H", _crc(body, 0x8005, 16))


_OGG_CRC = []
for _byte in range(256):
    _value = _byte << 24
    for _ in range(8):
        _value = (_value << 1 ^ 0x04C11DB7 if _value & 0x80000000 else _value << 1) & 0xFFFFFFFF
    _OGG_CRC.append(_value)


def ogg_page(packets: list[bytes], granule: int, sequence: int, flags: int) -> bytes:
    """A page of whole packets, each shorter than 255 bytes."""
    head = b"OggS\0" + bytes([flags]) + struct.pack("<qII", granule, 77, sequence)
    body = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    crc = 0
    for byte in head + bytes(4) + body:
        crc = crc << 8 & 0xFFFFFFFF ^ _OGG_CRC[crc >> 24 ^ byte]
    return head + struct.pack("<I", crc) + body


def syncsafe(value: int) -> bytes:
    """Four bytes of seven bits."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3_frame(name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
    """A frame of ID3v2.4."""
    return name + syncsafe(len(body)) + flags + body


def id3(*frames: bytes) -> bytes:
    """A tag of ID3v2.4."""
    body = b"".join(frames)
    return b"ID3\4\0\0" + syncsafe(len(body)) + body


def png(
    width: int, height: int, *, rows: int | None = None, extra: tuple[bytes, bytes] | None = None
) -> bytes:
    """A black picture of one bit a pixel, in which only the first ``rows`` exist."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height if rows is None else rows))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        *([extra] if extra else []),
        (b"IDAT", data + packer.flush()),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
