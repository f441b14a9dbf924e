"""Each hostile picture gets its verdict, within limits, and none of its bytes remain."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from backend.app.errors import RejectedFile
from backend.app.media.admit_image import admit_image
from backend.app.media.gate.limits import ImageLimits
from backend.app.media.gate.rejections import REJECTION_CODES

from ..cases import ACCEPT, Case
from ..hostile_pictures import HEAVY_PICTURES, HOSTILE_PICTURES, QUICK_PICTURES
from ..media_factory import MediaFactory

# The system ends a decoder at its own CPU limit, on a slow machine, too; the rest is the start.
VERDICT_CPU_S = 10.0


def children_cpu_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def verdict(case: Case, shop: MediaFactory, job: Path) -> str:
    source = job / "a%d.png"
    source.write_bytes(case.make(shop))
    start_s, hits = children_cpu_s(), shop.server.hits
    try:
        copy = admit_image(source, into=job)
    except RejectedFile as e:
        assert e.code in REJECTION_CODES
        assert e.message.endswith(".") and e.hint.endswith(".") and "{" not in e.message
        assert list(job.iterdir()) == [source]
        return e.code
    finally:
        assert children_cpu_s() - start_s < VERDICT_CPU_S
        assert shop.server.hits == hits
    check_copy(copy.path)
    return ACCEPT


def check_copy(path: Path) -> None:
    assert b"<script" not in path.read_bytes()
    with Image.open(path) as image:
        assert image.format in ("PNG", "JPEG") and image.mode in ("RGB", "RGBA")
        assert image.width * image.height <= ImageLimits().max_pixels
        assert not image.getexif() and "icc_profile" not in image.info
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("case", QUICK_PICTURES, ids=str)
def test_hostile_picture_gets_its_verdict(case: Case, shop: MediaFactory, job: Path) -> None:
    assert verdict(case, shop, job) in case.verdicts


@pytest.mark.soak
@pytest.mark.parametrize("case", HEAVY_PICTURES, ids=str)
def test_heavy_picture_gets_its_verdict(case: Case, shop: MediaFactory, job: Path) -> None:
    assert verdict(case, shop, job) in case.verdicts


def test_there_are_more_than_sixty_hostile_pictures() -> None:
    assert len({case.make for case in HOSTILE_PICTURES}) > 60
    assert len(HEAVY_PICTURES) + len(QUICK_PICTURES) == len(HOSTILE_PICTURES)
    assert {case.id for case in HEAVY_PICTURES} & {"j01", "w01", "j28"} == {"j01", "w01", "j28"}
