"""Tags are read if possible; an error only leaves them out."""

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

from backend.app.media.gate.sniff import FLAC, M4A, MP3, OPUS, VORBIS, WAV, SniffedFormat
from backend.app.media.tags.display_names import TrackTags
from backend.app.media.tags.reader_process import ReadTags, read_tags

from ..containers import id3, id3_frame, png
from ..decompression_bombs import tag_frame_that_inflates_to_640_megabytes
from ..media_factory import MediaFactory

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


def tagged_mp3(shop: MediaFactory, path: Path) -> None:
    texts = {b"TIT2": b"\3Night Bus", b"TPE1": b"\3A. Driver\0B. Rider", b"TALB": b"\3Lines"}
    frames = [id3_frame(name, body) for name, body in texts.items()]
    frames.append(id3_frame(b"APIC", b"\3image/png\0\3\0" + cover_bytes()))
    path.write_bytes(id3(*frames) + shop.mp3())


def tag_vorbis_style(file: object) -> None:
    file["title"], file["album"] = "Night Bus", "Lines"
    file["artist"] = ["A. Driver", "B. Rider"]


def tagged_flac(shop: MediaFactory, path: Path) -> None:
    path.write_bytes(shop.flac())
    file = mutagen.flac.FLAC(path)
    tag_vorbis_style(file)
    file.add_picture(picture())
    file.save()


def tagged_ogg(shop: MediaFactory, path: Path) -> None:
    path.write_bytes(shop.ogg())
    file = mutagen.oggvorbis.OggVorbis(path)
    tag_vorbis_style(file)
    file["metadata_block_picture"] = base64.b64encode(picture().write()).decode()
    file.save()


def tagged_opus(shop: MediaFactory, path: Path) -> None:
    path.write_bytes(shop.opus())
    file = mutagen.oggopus.OggOpus(path)
    tag_vorbis_style(file)
    file["metadata_block_picture"] = base64.b64encode(picture().write()).decode()
    file.save()


def tagged_m4a(shop: MediaFactory, path: Path) -> None:
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
    kind: SniffedFormat, tagged: object, shop: MediaFactory, job: Path
) -> None:
    tagged(shop, job / "s")
    tags = read_tags(job / "s", kind, workdir=job)
    assert tags.names == NAMES
    assert tags.cover is not None
    assert (tags.cover.width, tags.cover.height) == (80, 80)
    with Image.open(tags.cover.path) as stored, Image.open(io.BytesIO(cover_bytes())) as original:
        assert np.array_equal(np.asarray(stored), np.asarray(original))


@pytest.mark.parametrize(
    ("kind", "made", "states"),
    [
        *((MP3, "mp3", True), (FLAC, "flac", True), (M4A, "m4a", True), (WAV, "wav", True)),
        *((VORBIS, "ogg", False), (OPUS, "opus", False)),
    ],
)
def test_length_is_read_where_the_file_states_one(
    kind: SniffedFormat, made: str, states: bool, shop: MediaFactory, job: Path
) -> None:
    (job / "s").write_bytes(getattr(shop, made)())
    tags = read_tags(job / "s", kind, workdir=job)
    # encoder delay and padding count as sound in some headers: 0.1 s
    assert tags.length_s == (pytest.approx(3.0, abs=0.1) if states else None)


def untagged(tags: ReadTags) -> bool:
    return tags.names == TrackTags() and tags.cover is None


def test_endless_frame_leaves_the_names_out(shop: MediaFactory, job: Path) -> None:
    (job / "s").write_bytes(tag_frame_that_inflates_to_640_megabytes(shop))
    assert untagged(read_tags(job / "s", MP3, workdir=job))


def test_garbage_leaves_the_names_out(job: Path) -> None:
    (job / "s").write_bytes(bytes(range(256)) * 100)
    for kind in (MP3, WAV, FLAC, VORBIS, OPUS, M4A):
        assert untagged(read_tags(job / "s", kind, workdir=job))


@pytest.mark.parametrize(
    "cover", [b"no picture", png(16_000, 16_000), png(8, 8), bytes(11_000_000)]
)
def test_rejected_cover_is_left_out_and_deleted(
    cover: bytes, shop: MediaFactory, job: Path
) -> None:
    tag = id3(id3_frame(b"TIT2", b"\3Night"), id3_frame(b"APIC", b"\3image/png\0\3\0" + cover))
    (job / "s").write_bytes(tag + shop.mp3())
    tags = read_tags(job / "s", MP3, workdir=job)
    assert (tags.names.title, tags.cover) == ("Night", None)
    assert [path.name for path in job.iterdir()] == ["s"]
