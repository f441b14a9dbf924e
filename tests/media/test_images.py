"""The gate for pictures writes its own, upright and without a trace of the camera."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from backend.app.errors import RejectedFile
from backend.app.media.images import admit_image


def gradient(width: int, height: int) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=2).astype(np.uint8))


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def admitted(content: bytes, job: Path) -> Image.Image:
    (job / "s").write_bytes(content)
    made = admit_image(job / "s", into=job)
    assert made.path.parent == job
    with Image.open(made.path) as image:
        image.load()
        assert image.size == (made.width, made.height)
        return image


def refused(content: bytes, job: Path) -> str:
    (job / "s").write_bytes(content)
    with pytest.raises(RejectedFile) as caught:
        admit_image(job / "s", into=job)
    assert [path.name for path in job.iterdir()] == ["s"]
    return caught.value.code


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_pictures_keep_every_pixel(format: str, job: Path) -> None:
    original = gradient(300, 200)
    kept = admitted(saved(original, format, lossless=True), job)
    assert kept.format == "PNG"
    assert np.array_equal(np.asarray(kept), np.asarray(original))


def test_a_large_photograph_becomes_a_fine_jpeg(job: Path) -> None:
    original = gradient(2600, 1800)
    kept = admitted(saved(original, "JPEG", quality=95), job)
    assert kept.format == "JPEG"
    error = np.asarray(kept).astype(float) - np.asarray(original)
    # two passes of JPEG at 95 on a smooth picture: 1 to 2 steps of 255
    assert np.sqrt((error**2).mean()) < 2.5


def test_a_picture_comes_out_as_the_camera_was_held(job: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right
    kept = admitted(saved(gradient(300, 200), "JPEG", exif=exif), job)
    assert kept.size == (200, 300)
    assert not kept.getexif()


def test_metadata_is_dropped(job: Path) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "taken at home")
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    content = saved(gradient(100, 100), "PNG", pnginfo=notes, exif=exif, icc_profile=b"x" * 200)
    kept = admitted(content, job)
    assert kept.info == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_kind_of_png_comes_out_in_colour(mode: str, job: Path) -> None:
    kept = admitted(saved(gradient(100, 80).convert("L").convert(mode), "PNG"), job)
    assert kept.mode == ("RGBA" if "A" in mode else "RGB")


def test_grey_of_16_bits_keeps_its_shades(job: Path) -> None:
    shades = np.linspace(0, 65_535, 100 * 80).reshape(80, 100).astype(np.uint16)
    kept = np.asarray(admitted(saved(Image.fromarray(shades), "PNG"), job))
    assert np.array_equal(kept, np.repeat((shades // 256)[:, :, None], 3, axis=2))


def test_a_jpeg_for_print_comes_out_in_rgb(job: Path) -> None:
    assert admitted(saved(gradient(100, 80).convert("CMYK"), "JPEG"), job).mode == "RGB"


def test_half_a_picture_is_refused(job: Path) -> None:
    for format in ("PNG", "JPEG", "WEBP"):
        whole = saved(gradient(300, 200), format)
        assert refused(whole[: len(whole) // 2], job) in ("image_damaged", "not_image")


def test_sizes_out_of_bounds_are_refused(job: Path) -> None:
    assert refused(saved(gradient(63, 200), "PNG"), job) == "image_too_small"
    assert refused(saved(Image.new("1", (10_001, 64)), "PNG"), job) == "image_too_big"
    assert refused(saved(Image.new("1", (6_400, 6_400)), "PNG"), job) == "image_too_big"


def test_sizes_within_bounds_are_let_in(job: Path) -> None:
    assert admitted(saved(gradient(64, 64), "PNG"), job).size == (64, 64)
    assert admitted(saved(Image.new("1", (10_000, 64)), "PNG"), job).size == (10_000, 64)


def test_other_files_are_refused(job: Path) -> None:
    assert refused(b"", job) == "empty"
    assert refused(b"hello", job) == "not_image"
    for format in ("GIF", "BMP", "TIFF"):
        assert refused(saved(gradient(100, 100), format), job) == "not_image"
