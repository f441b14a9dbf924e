"""Pictures and other files of formats that are not accepted."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from ..cases import Cases
from ..media_factory import MediaFactory

OTHERS = Cases()


def saved(format: str, width: int = 100, height: int = 100) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, format)
    return out.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _isobmff(brand: bytes) -> bytes:
    """The header of a HEIF file that claims four billion pixels on each side."""
    size = box(b"ispe", bytes(4) + b"\xff" * 8)
    return box(b"ftyp", brand + bytes(4) + b"mif1") + box(b"meta", bytes(4) + box(b"iprp", size))


@OTHERS.add("o01", "not_image")
def heif_header(shop: MediaFactory) -> bytes:
    return _isobmff(b"heic")


@OTHERS.add("o02", "not_image")
def avif_header(shop: MediaFactory) -> bytes:
    return _isobmff(b"avif")


@OTHERS.add("o03", "not_image")
def whole_avif(shop: MediaFactory) -> bytes:
    return saved("AVIF")


@OTHERS.add("o04", "not_image")
def jpeg_2000(shop: MediaFactory) -> bytes:
    return saved("JPEG2000")


@OTHERS.add("o05", "not_image")
def bitmap_of_30000_square(shop: MediaFactory) -> bytes:
    plain = bytearray(saved("BMP"))
    struct.pack_into("<ii", plain, 18, 30_000, 30_000)
    return bytes(plain)


@OTHERS.add("o06", "not_image")
def tiff_of_endless_directories(shop: MediaFactory) -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8)


@OTHERS.add("o07", "not_image")
def icon_with_65535_pictures(shop: MediaFactory) -> bytes:
    return b"\0\0\1\0\xff\xff" + bytes(16) * 65_535


@OTHERS.add("o08", "not_image")
def photoshop_document(shop: MediaFactory) -> bytes:
    return b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 4, 300_000, 300_000, 8, 3) + bytes(100)


@OTHERS.add("o09", "not_image")
def svg_of_a_billion_laughs(shop: MediaFactory) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">{laughs}]>'
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg"><text>&l9;</text></svg>'.encode()


@OTHERS.add("o10", "not_image")
def web_page_named_png(shop: MediaFactory) -> bytes:
    return f"<!doctype html><img src='{shop.url}/x'><script>alert(1)</script>".encode()


@OTHERS.add("o11", "not_image")
def pdf_with_a_script(shop: MediaFactory) -> bytes:
    return b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"


@OTHERS.add("o12", "not_image")
def script_of_imagemagick(shop: MediaFactory) -> bytes:
    return f"push graphic-context\nimage over 0,0 0,0 '{shop.url}/x'\npop graphic-context".encode()


@OTHERS.add("o13", "not_image")
def windows_metafile(shop: MediaFactory) -> bytes:
    return b"\xd7\xcd\xc6\x9a" + bytes(18) + b"\1\0\x09\0\0\3" + b"\xff" * 200


@OTHERS.add("o14", "not_image")
def encapsulated_postscript_in_a_binary_header(shop: MediaFactory) -> bytes:
    return b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 32, 1_000) + bytes(20) + b"%!PS-Adobe-3.0\n"


@OTHERS.add("o15", "not_image")
def fits_of_a_petabyte(shop: MediaFactory) -> bytes:
    cards = (
        "SIMPLE  = T",
        "BITPIX  = 8",
        "NAXIS   = 2",
        "NAXIS1  = 33554432",
        "NAXIS2  = 33554432",
    )
    return "".join(f"{card:<80}" for card in (*cards, "END")).ljust(2_880).encode()


@OTHERS.add("o16", "not_image")
def compressed_noise(shop: MediaFactory) -> bytes:
    return zlib.compress(bytes(50_000_000))


@OTHERS.add("o17", "empty")
def no_picture(shop: MediaFactory) -> bytes:
    return b""
