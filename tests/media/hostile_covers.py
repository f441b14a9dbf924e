"""Good tracks with hostile covers: the cover is left out, or stored as a clean copy."""

from __future__ import annotations

from .cases import ACCEPT, Cases
from .containers import id3, id3_frame
from .hostile_pictures.jpegs import jpeg_of_100_scans_over_40_megapixels as jpeg_of_100_scans
from .hostile_pictures.jpegs import jpeg_of_3000_scans_over_40_megapixels as jpeg_of_3000_scans
from .hostile_pictures.pngs import png_of_40_megapixels_with_64_bits_each as deep_png
from .hostile_pictures.webps import webp_of_40_megapixels_in_two_kilobytes as small_webp
from .media_factory import MediaFactory

COVERS = Cases()


def _mp3(shop: MediaFactory, cover: bytes) -> bytes:
    return id3(id3_frame(b"APIC", b"\3image/png\0\3\0" + cover)) + shop.mp3()


@COVERS.add("c38", ACCEPT)
def mp3_with_a_cover_of_3000_scans(shop: MediaFactory) -> bytes:
    return _mp3(shop, jpeg_of_3000_scans(shop))


@COVERS.add("c39", ACCEPT)
def mp3_with_a_cover_of_100_scans(shop: MediaFactory) -> bytes:
    return _mp3(shop, jpeg_of_100_scans(shop))


@COVERS.add("c40", ACCEPT)
def mp3_with_a_cover_of_320_megabytes(shop: MediaFactory) -> bytes:
    return _mp3(shop, deep_png(shop))


@COVERS.add("c41", ACCEPT)
def mp3_with_a_cover_of_40_megapixels_in_two_kilobytes(shop: MediaFactory) -> bytes:
    return _mp3(shop, small_webp(shop))
