"""Stems of a song whose channels cancel each other equal those of the corrected song."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dsp.channels import right_reversed
from backend.app.dsp.samples import Samples
from backend.app.media.stem_file_format import open_derived
from backend.app.stems.separator import Progress, Separator, Song, StemBlocks
from backend.app.stems.write_stems import keep_stems
from tests.sounds import noise

from .songs import HeldSong

GAINS = {"drums": 0.5, "bass": 0.25, "vocals": 0.125, "other": 0.125}


@dataclass
class Faders:
    """A separator that lowers the song for each stem, and records what it reads."""

    key: str = "faders1"
    sources: tuple[StemName, ...] = FOUR_STEMS
    draft: bool = True
    label: str = "Faders"
    device: str = "desk"
    heard: list[Samples] = field(default_factory=list)

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        return self.sources

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        for start in range(*stretch, 50_000):
            block = song.read(start, min(50_000, stretch[1] - start))
            self.heard.append(block)
            yield {stem: np.float32(GAINS[stem]) * block for stem in self.sources}


def kept(separator: Separator, song: Samples, folder: Path) -> dict[StemName, Samples]:
    paths = {stem: folder / f"{stem}.flac" for stem in FOUR_STEMS}
    keep_stems(
        separator, HeldSong(song), (0, song.shape[1]), FOUR_STEMS, paths.__getitem__, lambda _: None
    )
    stems: dict[StemName, Samples] = {}
    for stem, path in paths.items():
        with open_derived(path) as reader:
            stems[stem] = reader.read(0, reader.n_samples)
    return stems


def test_reversed_channel_is_turned_for_the_separator_and_back(tmp_path: Path) -> None:
    song = np.tile(noise(3.0, seed=1)[:1], (2, 1))
    plain, reversed_ = Faders(), Faders()
    stems = kept(plain, song, tmp_path)
    turned = kept(reversed_, right_reversed(song), tmp_path)
    assert all(np.array_equal(a, b) for a, b in zip(plain.heard, reversed_.heard, strict=True))
    for stem in FOUR_STEMS:
        # Rounding to 24 bits at half level.
        assert np.abs(turned[stem] - right_reversed(stems[stem])).max() <= 2.0**-22


def test_ordinary_stereo_is_separated_as_it_is(tmp_path: Path) -> None:
    song, separator = noise(3.0, seed=2), Faders()
    kept(separator, song, tmp_path)
    assert np.array_equal(np.concatenate(separator.heard, axis=1), song)
