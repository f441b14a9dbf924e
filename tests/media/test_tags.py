"""Tags are read where they can be, and never cost a track its place."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import mutagen.flac
import mutagen.mp4
import mutagen.oggopus
import mutagen.oggvorbis
import numpy as np
import pytest
from PIL import Image

from backend.app.media.names import TrackTags
from backend.app.media.sniff import FLAC, M4A, MP3, OPUS, VORBIS, WAV, SniffedFormat
from backend.app.media.tags import ReadTags, read_tags

from .bombs import tag_frame_that_inflates_to_640_megabytes
from .containers import id3, id3_frame, png
from .workshop import Workshop

NAMES = TrackTags("Night Bus", "A. Driver, B. Rider", "Lines")


def cover_bytes(size: int = 80) -> bytes:
    pixels = np.random.default_rng(2).integers(0, 255, (size, size, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def picture() -> mutagen.flac.Picture:
    made = mutagen.flac.Picture()
    made.type, made.mime, made.data = 3, "image/png", cover_bytes()
    return made


def tagged_mp3(shop: Workshop, path: Path) -> None:
    texts = {b"TIT2": b"\3Night Bus", b"TPE1": b"\3A. Driver\0B. Rider", b"TALB": b"\3Lines"}
    frames = [id3_frame(name, body) for name, body in texts.items()]
    frames.append(id3_frame(b"APIC", b"\3image/png\0\3\0" + cover_bytes()))
    path.write_bytes(id3(*frames) + shop.mp3())


def tag_vorbis_style(file: object) -> None:
    file["title"], file["album"] = "Night Bus", "Lines"
    file["artist"] = ["A. Driver", "B. Rider"]


def tagged_flac(shop: Workshop, path: Path) -> None:
    path.write_bytes(shop.flac())
    file = mutagen.flac.FLAC(path)
    tag_vorbis_style(file)
    file.add_picture(picture())
    file.save()


def tagged_ogg(shop: Workshop, path: Path) -> None:
    path.write_bytes(shop.ogg())
    file = mutagen.oggvorbis.OggVorbis(path)
    tag_vorbis_style(file)
    file["metadata_block_picture"] = base64.b64encode(picture().write()).decode()
    file.save()


def tagged_opus(shop: Workshop, path: Path) -> None:
    path.write_bytes(shop.opus())
    file = mutagen.oggopus.OggOpus(path)
    tag_vorbis_style(file)
    file["metadata_block_picture"] = base64.b64encode(picture().write()).decode()
    file.save()


def tagged_m4a(shop: Workshop, path: Path) -> None:
    path.write_bytes(shop.m4a())
    file = mutagen.mp4.MP4(path)
    file["\xa9nam"], file["\xa9ART"] = "Night Bus", ["A. Driver", "B. Rider"]
    file["\xa9alb"] = "Lines"
    file["covr"] = [mutagen.mp4.MP4Cover(cover_bytes(), mutagen.mp4.MP4Cover.FORMAT_PNG)]
    file.save()


@pytest.mark.parametrize(
    ("kind", "tagged"),
    [
        *((MP3, tagged_mp3), (FLAC, tagged_flac), (VORBIS, tagged_ogg)),
        *((OPUS, tagged_opus), (M4A, tagged_m4a)),
    ],
)
def test_names_and_cover_are_read(
    kind: SniffedFormat, tagged: object, shop: Workshop, job: Path
) -> None:
    tagged(shop, job / "s")
    told = read_tags(job / "s", kind, workdir=job)
    assert told.names == NAMES
    assert told.cover is not None
    assert (told.cover.width, told.cover.height) == (80, 80)
    with Image.open(told.cover.path) as kept, Image.open(io.BytesIO(cover_bytes())) as original:
        assert np.array_equal(np.asarray(kept), np.asarray(original))


@pytest.mark.parametrize(
    ("kind", "made", "claims"),
    [
        *((MP3, "mp3", True), (FLAC, "flac", True), (M4A, "m4a", True), (WAV, "wav", True)),
        *((VORBIS, "ogg", False), (OPUS, "opus", False)),
    ],
)
def test_a_length_is_told_where_the_file_states_one(
    kind: SniffedFormat, made: str, claims: bool, shop: Workshop, job: Path
) -> None:
    (job / "s").write_bytes(getattr(shop, made)())
    told = read_tags(job / "s", kind, workdir=job)
    # encoder delay and padding count as sound in some headers: 0.1 s
    assert told.length_s == (pytest.approx(3.0, abs=0.1) if claims else None)


def untagged(told: ReadTags) -> bool:
    return told.names == TrackTags() and told.cover is None


def test_a_frame_that_inflates_without_end_leaves_the_names_out(shop: Workshop, job: Path) -> None:
    (job / "s").write_bytes(tag_frame_that_inflates_to_640_megabytes(shop))
    assert untagged(read_tags(job / "s", MP3, workdir=job))


def test_garbage_in_place_of_a_file_leaves_the_names_out(job: Path) -> None:
    (job / "s").write_bytes(bytes(range(256)) * 100)
    for kind in (MP3, WAV, FLAC, VORBIS, OPUS, M4A):
        assert untagged(read_tags(job / "s", kind, workdir=job))


@pytest.mark.parametrize(
    "cover", [b"no picture", png(16_000, 16_000), png(8, 8), bytes(11_000_000)]
)
def test_an_unfit_cover_is_left_out_and_its_bytes_are_gone(
    cover: bytes, shop: Workshop, job: Path
) -> None:
    tag = id3(id3_frame(b"TIT2", b"\3Night"), id3_frame(b"APIC", b"\3image/png\0\3\0" + cover))
    (job / "s").write_bytes(tag + shop.mp3())
    told = read_tags(job / "s", MP3, workdir=job)
    assert (told.names.title, told.cover) == ("Night", None)
    assert [path.name for path in job.iterdir()] == ["s"]
