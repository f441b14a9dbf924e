"""Cards and thumbnails stay readable on any picture with any text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from backend.app.video.backdrop import SOFT, Backdrop, backdrop, frame_size, relative_luminance
from backend.app.video.cards import MARGIN_X, MARGIN_Y, Card, draw_card, number_label
from backend.app.video.thumbnail import MAX_BYTES, draw_thumbnail, jpeg_bytes, summary

SIZE = frame_size(360)


def card(title: str = "Midnight City", artist: str = "Aurora Lane", **other: object) -> Card:
    parts = {"number": 7, "total": 24, "mix_title": "Deep Nights", **other}
    return Card(title=title, artist=artist, **parts)


def noise(seed: int = 1) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (400, 700, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def stripes() -> Image.Image:
    pixels = np.zeros((400, 700, 3), np.uint8)
    pixels[:, ::40], pixels[::40] = 255, (255, 255, 0)
    return Image.fromarray(pixels)


PICTURES = {
    "white": Image.new("RGB", (700, 400), "white"),
    "black": Image.new("RGB", (700, 400), "black"),
    "yellow": Image.new("RGB", (300, 900), (255, 255, 0)),
    "noise": noise(),
    "stripes": stripes(),
    "none": None,
}


def luminance(pixels: np.ndarray) -> np.ndarray:
    scaled = pixels.astype(float) / 255
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def ink(plain: Image.Image, drawn: Image.Image) -> np.ndarray:
    """Where a card differs from its backdrop."""
    return np.asarray(ImageChops.difference(plain, drawn)).max(axis=2) > 0


@pytest.mark.parametrize("name", PICTURES)
def test_text_keeps_its_contrast_on_any_picture(name: str) -> None:
    behind = backdrop(PICTURES[name], seed="Deep Nights", size=SIZE)
    busy = card("A long title that fills\nall of its three lines " * 6, "An artist")
    marked = ink(behind.image, draw_card(behind, busy))
    rows, columns = np.nonzero(marked)
    below = rows > SIZE[1] // 3
    for part in (below, ~below):
        box = np.asarray(behind.image)[
            rows[part].min() : rows[part].max() + 1, columns[part].min() : columns[part].max() + 1
        ]
        # WCAG 2.2 AA, for text of any size against the brightest pixel in the text's box.
        for colour in (SOFT, behind.accent):
            ratio = (relative_luminance(colour) + 0.05) / (luminance(box).max() + 0.05)
            assert ratio >= 4.5


def test_names_of_undrawable_characters_leave_their_lines_empty() -> None:
    behind = backdrop(None, seed="", size=SIZE)
    empty = draw_card(behind, card(artist="\u202e", mix_title="\u2066"))
    drawn = draw_card(behind, card())
    assert 0 < ink(behind.image, empty).sum() < ink(behind.image, drawn).sum()


def test_dark_picture_keeps_its_colours_and_bright_one_its_light() -> None:
    dark = Image.new("RGB", (700, 400), (60, 20, 80))
    shown = np.asarray(backdrop(dark, seed="", size=SIZE).image).astype(int)
    assert shown[-20, 320, 2] > 12  # the purple is still visible at the bottom
    light = np.asarray(backdrop(PICTURES["white"], seed="", size=SIZE).image)
    assert light[110, 600].min() > 240  # unchanged outside the text area


@pytest.mark.parametrize(
    "title",
    ["g" * 300, "Łódź " * 60, "夜" * 200, "أغنية " * 50, "🎧" * 90, "Ẵ̈̈̈ǵ", "ทั้งหมด" * 30],
    ids=["one word", "latin", "han", "arabic", "emoji", "stacked marks", "thai"],
)
@pytest.mark.parametrize("height", [360, 720])
def test_nothing_is_drawn_outside_the_margins(title: str, height: int) -> None:
    size = frame_size(height)
    behind = backdrop(None, seed="x", size=size)
    drawn = draw_card(behind, card(title, title, mix_title=title, number=24))
    rows, columns = np.nonzero(ink(behind.image, drawn))
    unit = height / 1080
    # 1.5 px: antialiasing may reach the next pixel, and a glyph's edge may exceed its width.
    assert columns.min() >= MARGIN_X * unit - 1.5 - 6 * unit
    assert columns.max() <= size[0] - MARGIN_X * unit + 1.5 + 6 * unit
    # EBU R 95: the outer 5 % of a picture are not safe.
    assert rows.min() >= 0.05 * height
    assert rows.max() <= size[1] - MARGIN_Y * unit + 4 * unit + 1.5


def test_hostile_titles_are_drawn_literally() -> None:
    behind = backdrop(None, seed="x", size=SIZE)
    shown = [
        draw_card(behind, card(title)).tobytes()
        for title in ("%{pts}", "[v]null", "':text=x", "\\N", "{\\fs99}a", "a")
    ]
    assert len(set(shown)) == len(shown)
    blank = draw_card(behind, card(""))
    assert all(image != blank.tobytes() for image in shown)


def test_drawing_a_card_is_deterministic() -> None:
    drawn = [draw_card(backdrop(noise(), seed="x", size=SIZE), card()).tobytes() for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_title_decides_the_colours_without_a_picture() -> None:
    one, again, other = (backdrop(None, seed=s, size=SIZE) for s in ("A", "A", "B"))
    assert one.image.tobytes() == again.image.tobytes()
    assert ImageChops.difference(one.image, other.image).getbbox() is not None


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((128, 128, 128), "white"), ((128, 120, 110), "white"), ((128, 80, 110), "a colour")],
)
def test_accent_is_white_unless_the_picture_has_a_hue(
    colour: tuple[int, int, int], expected: str
) -> None:
    accent = backdrop(Image.new("RGB", (64, 36), colour), seed="", size=(64, 36)).accent
    assert (accent == (255, 255, 255)) == (expected == "white")


def test_dark_picture_keeps_three_fifths_of_its_light_under_text() -> None:
    plain = Image.new("RGB", (640, 360), (60, 20, 80))
    shown = np.asarray(backdrop(plain, seed="", size=SIZE).image).astype(float)
    # At 60 % of the height the text area's darkening is complete; the gradient to the bottom adds 8
    # %.
    assert shown[214:219, 5:60, 2].mean() / 80 == pytest.approx(0.62 * 0.92, abs=0.02)


def test_card_shows_its_number_and_place_in_the_mix() -> None:
    behind = backdrop(Image.new("RGB", (64, 36), (160, 40, 60)), seed="x", size=SIZE)
    line_y, margin = SIZE[1] - MARGIN_Y // 3, MARGIN_X // 3
    for number in (1, 7, 24):
        drawn = np.asarray(draw_card(behind, card(number=number))).astype(int)
        columns = np.flatnonzero(np.abs(drawn[line_y] - behind.accent).max(axis=1) < 8)
        parts = (columns[[0, -1]] - margin) / (SIZE[0] - 2 * margin)
        # 2 px: its ends are round
        assert parts == pytest.approx([(number - 1) / 24, number / 24], abs=2 / 500)
    assert number_label(7, 24) == "07 / 24"
    assert number_label(7, 9) == "07 / 09"
    assert number_label(7, 120) == "007 / 120"


def test_cover_is_drawn_beside_the_text(tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    Image.new("RGB", (300, 500), (200, 30, 40)).save(cover)
    behind = backdrop(None, seed="x", size=SIZE)
    drawn = np.asarray(draw_card(behind, card(cover=cover)))
    red = np.abs(drawn.astype(int) - (200, 30, 40)).max(axis=2) < 3
    rows, columns = np.nonzero(red)
    assert columns.min() == MARGIN_X // 3
    assert rows.max() - rows.min() == columns.max() - columns.min() == 99


@pytest.mark.parametrize(
    ("height", "size"),
    [(480, (854, 480)), (720, (1280, 720)), (1080, (1920, 1080)), (2160, (3840, 2160))],
)
def test_frames_are_sixteen_by_nine_and_even(height: int, size: tuple[int, int]) -> None:
    assert frame_size(height) == size


def test_thumbnail_of_any_picture_is_under_two_megabytes() -> None:
    rough = Backdrop(noise().resize((1280, 720), Image.Resampling.NEAREST), (255, 255, 255))
    drawn = draw_thumbnail(rough, mix_title="Deep Nights", n_tracks=24, duration_s=5520)
    written = jpeg_bytes(drawn)
    assert drawn.size == (1280, 720)
    assert written.startswith(b"\xff\xd8")
    assert len(written) <= MAX_BYTES == 2_000_000  # YouTube's limit
    assert len(jpeg_bytes(drawn, max_bytes=300_000)) <= 300_000


@pytest.mark.parametrize(
    ("n_tracks", "duration_s", "expected"),
    [
        (24, 5520, "24 tracks · 1 h 32 min"),
        (1, 200, "1 track · 3 min"),
        (60, 14_399, "60 tracks · 4 h 00 min"),
        (2, 10, "2 tracks · 1 min"),
        (20, 3569, "20 tracks · 59 min"),
        (20, 3571, "20 tracks · 1 h 00 min"),
    ],
)
def test_thumbnail_summary_has_tracks_and_duration(
    n_tracks: int, duration_s: float, expected: str
) -> None:
    assert summary(n_tracks, duration_s) == expected
