"""Randomly damaged files are admitted or rejected, without any other error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.errors import RejectedFile
from backend.app.media.admit_image import admit_image
from backend.app.media.admit_track import admit_track
from backend.app.media.gate.limits import GateLimits

from ..media_factory import MediaFactory
from ..test_admit_image import gradient, saved

SEEDS = ("mp3", "wav", "flac", "ogg", "opus", "m4a")
LIMITS = GateLimits(max_track_s=60.0, timeout_s=30.0, max_memory_bytes=600 << 20)


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Random damage; half of the time in the first kilobyte, which contains the headers."""
    changed = bytearray(data)
    reach = min(len(changed), 1024) if rng.random() < 0.5 else len(changed)
    for _ in range(int(rng.integers(1, 12))):
        changed[int(rng.integers(0, reach))] = int(
            rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.integers(256)])
        )
    match int(rng.integers(0, 5)):
        case 0:
            del changed[int(rng.integers(0, len(changed))) :]
        case 1:
            at = int(rng.integers(0, reach))
            changed[at:at] = rng.bytes(int(rng.integers(1, 2000)))
        case 2:
            at = int(rng.integers(0, reach))
            del changed[at : at + int(rng.integers(1, 2000))]
    return bytes(changed)


def verdicts_on_tracks(shop: MediaFactory, job: Path, rounds: range) -> set[str]:
    verdicts = set()
    for number in rounds:
        rng = np.random.default_rng(number)
        kind = SEEDS[number % len(SEEDS)]
        source = job / f"{number}"
        source.write_bytes(mutated(getattr(shop, kind)(duration_s=1.5), rng))
        try:
            track = admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=LIMITS)
            track.path.unlink()
            verdicts.add("accept")
        except RejectedFile as e:
            verdicts.add(e.code)
        source.unlink()
        assert not list(job.glob("*.part"))
    return verdicts


def verdicts_on_pictures(job: Path, rounds: range) -> set[str]:
    whole = [saved(gradient(120, 90), format) for format in ("PNG", "JPEG", "WEBP")]
    verdicts = set()
    for number in rounds:
        rng = np.random.default_rng(number)
        (job / "s").write_bytes(mutated(whole[number % 3], rng))
        try:
            admit_image(job / "s", into=job).path.unlink()
            verdicts.add("accept")
        except RejectedFile as e:
            verdicts.add(e.code)
    return verdicts


def test_damaged_tracks_are_admitted_or_rejected(shop: MediaFactory, job: Path) -> None:
    assert {"accept", "damaged"} <= verdicts_on_tracks(shop, job, range(36))


def test_damaged_pictures_are_admitted_or_rejected(job: Path) -> None:
    assert {"accept", "image_damaged"} <= verdicts_on_pictures(job, range(36))


@pytest.mark.soak
def test_thousands_of_damaged_tracks_get_a_verdict(shop: MediaFactory, job: Path) -> None:
    verdicts_on_tracks(shop, job, range(36, 5_000))


@pytest.mark.soak
def test_thousands_of_damaged_pictures_get_a_verdict(job: Path) -> None:
    verdicts_on_pictures(job, range(36, 3_000))
