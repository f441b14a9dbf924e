"""Admitted pictures are upright copies without metadata."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from backend.app.errors import RejectedFile, StorageFull
from backend.app.media import admit_image as admit_image_module
from backend.app.media.admit_image import admit_image
from backend.app.media.gate.limits import COVER_LIMITS, MIB, ImageLimits


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


def rejected(content: bytes, job: Path, limits: ImageLimits | None = None) -> str:
    (job / "s").write_bytes(content)
    with pytest.raises(RejectedFile) as caught:
        admit_image(job / "s", into=job, limits=limits)
    assert [path.name for path in job.iterdir()] == ["s"]
    return caught.value.code


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_lossless_pictures_keep_every_pixel(format: str, job: Path) -> None:
    original = gradient(300, 200)
    copy = admitted(saved(original, format, lossless=True), job)
    assert copy.format == "PNG"
    assert np.array_equal(np.asarray(copy), np.asarray(original))


def test_large_photograph_becomes_a_fine_jpeg(job: Path) -> None:
    original = gradient(2600, 1800)
    copy = admitted(saved(original, "JPEG", quality=95), job)
    assert copy.format == "JPEG"
    error = np.asarray(copy).astype(float) - np.asarray(original)
    # Two passes of JPEG at quality 95 change a smooth picture by 1 to 2 steps of 255.
    assert np.sqrt((error**2).mean()) < 2.5


def test_picture_is_rotated_by_exif(job: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: rotated to the right
    copy = admitted(saved(gradient(300, 200), "JPEG", exif=exif), job)
    assert copy.size == (200, 300)
    assert not copy.getexif()


def test_metadata_is_dropped(job: Path) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "taken at home")
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    content = saved(gradient(100, 100), "PNG", pnginfo=notes, exif=exif, icc_profile=b"x" * 200)
    copy = admitted(content, job)
    assert copy.info == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_png_mode_becomes_rgb_or_rgba(mode: str, job: Path) -> None:
    copy = admitted(saved(gradient(100, 80).convert("L").convert(mode), "PNG"), job)
    assert copy.mode == ("RGBA" if "A" in mode else "RGB")


def test_16_bit_grey_keeps_its_shades(job: Path) -> None:
    shades = np.linspace(0, 65_535, 100 * 80).reshape(80, 100).astype(np.uint16)
    copy = np.asarray(admitted(saved(Image.fromarray(shades), "PNG"), job))
    assert np.array_equal(copy, np.repeat((shades // 256)[:, :, None], 3, axis=2))


def test_cmyk_jpeg_becomes_rgb(job: Path) -> None:
    assert admitted(saved(gradient(100, 80).convert("CMYK"), "JPEG"), job).mode == "RGB"


def test_half_a_picture_is_rejected(job: Path) -> None:
    for format in ("PNG", "JPEG", "WEBP"):
        whole = saved(gradient(300, 200), format)
        assert rejected(whole[: len(whole) // 2], job) in ("image_damaged", "not_image")


def test_sizes_out_of_bounds_are_rejected(job: Path) -> None:
    assert rejected(saved(gradient(63, 200), "PNG"), job) == "image_too_small"
    assert rejected(saved(Image.new("1", (10_001, 64)), "PNG"), job) == "image_too_big"
    assert rejected(saved(Image.new("1", (6_400, 6_400)), "PNG"), job) == "image_too_big"


def test_sizes_within_bounds_are_admitted(job: Path) -> None:
    assert admitted(saved(gradient(64, 64), "PNG"), job).size == (64, 64)
    assert admitted(saved(Image.new("1", (10_000, 64)), "PNG"), job).size == (10_000, 64)


def test_other_files_are_rejected(job: Path) -> None:
    assert rejected(b"", job) == "empty"
    assert rejected(b"hello", job) == "not_image"
    for format in ("GIF", "BMP", "TIFF"):
        assert rejected(saved(gradient(100, 100), format), job) == "not_image"


def progressive(n_scans: int, width: int = 64, height: int = 64) -> bytes:
    """A grey JPEG whose last scan is repeated until there are ``n_scans``."""
    whole = saved(Image.new("RGB", (width, height), "grey"), "JPEG", progressive=True)
    head, *scans = whole.removesuffix(b"\xff\xd9").split(b"\xff\xda")
    scans += scans[-1:] * (n_scans - len(scans))
    return b"\xff\xda".join([head, *scans]) + b"\xff\xd9"


def test_jpeg_of_too_many_scans_is_rejected_unread(job: Path) -> None:
    limits = ImageLimits(max_scans=40)
    assert rejected(progressive(41), job, limits) == "image_too_complex"
    (job / "s").write_bytes(progressive(40))
    assert admit_image(job / "s", into=job, limits=limits).width == 64


def test_usual_progressive_jpeg_has_a_tenth_of_the_scans_allowed(job: Path) -> None:
    scans = saved(gradient(300, 200), "JPEG", progressive=True).count(b"\xff\xda")
    assert scans * 10 <= ImageLimits().max_scans


def test_picture_that_takes_too_much_processor_time_is_rejected(job: Path) -> None:
    # 3,000 scans of 40 million pixels are minutes of work
    endless = progressive(3_000, 6_400, 6_200)
    assert len(endless) < MIB
    limits = ImageLimits(max_scans=10_000, cpu_s=1)
    assert rejected(endless, job, limits) == "image_too_complex"


def test_picture_that_takes_too_long_is_rejected(job: Path) -> None:
    content = saved(gradient(300, 200), "PNG")
    assert rejected(content, job, ImageLimits(timeout_s=0.001)) == "image_too_complex"


def test_picture_that_takes_too_much_memory_is_rejected(job: Path) -> None:
    content = saved(Image.new("1", (6_400, 6_200)), "PNG")
    limits = ImageLimits(max_memory_bytes=200 * MIB)
    assert rejected(content, job, limits) == "image_too_complex"


def test_picture_whose_copy_takes_too_much_space_is_rejected(job: Path) -> None:
    content = saved(gradient(1_300, 800), "PNG")
    assert rejected(content, job, ImageLimits(max_copy_bytes=1_000)) == "image_too_complex"


def test_process_that_answers_nothing_means_a_damaged_picture(job: Path, monkeypatch) -> None:
    (job / "program.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr(admit_image_module, "_COPIER", job / "program.py")
    (job / "s").write_bytes(saved(gradient(100, 100), "PNG"))
    with pytest.raises(RejectedFile) as caught:
        admit_image(job / "s", into=job)
    assert caught.value.code == "image_damaged"


def test_full_disk_is_no_fault_of_the_picture(job: Path, monkeypatch) -> None:
    answer = """print('{"code": "storage_full", "detail": ""}')"""
    (job / "program.py").write_text(answer)
    monkeypatch.setattr(admit_image_module, "_COPIER", job / "program.py")
    (job / "s").write_bytes(saved(gradient(100, 100), "PNG"))
    with pytest.raises(StorageFull):
        admit_image(job / "s", into=job)


def test_cover_may_take_less_processor_time_than_a_picture() -> None:
    assert COVER_LIMITS.cpu_s < ImageLimits().cpu_s
