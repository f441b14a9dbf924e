"""A separator that uses Demucs models, in memory independent of the song's length."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from ...contract.stems import StemName
from ...errors import WeightsUnreachable
from ..separator import Progress, Song, StemBlocks
from ..stem_support import require_stems
from ..weights.known_models import describe
from ..weights.model_files import ModelFiles, find_model
from .device import best_device, device_in_words, prepare_torch
from .model import LoadedModel, load_model, translate_memory_errors
from .segments import LeveledStretch, leveled, n_segments, run_segments

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

log = logging.getLogger(__name__)

# Increase it when the same model would give other stems for the same song.
_VERSION = 1


@dataclass(frozen=True)
class DemucsSeparator:
    """A Demucs model, loaded on first use.

    ``repo`` is a folder with models, ``weights`` the folder of downloaded ones. ``crowded`` is set
    if the GPU had too little memory for the latest song.
    """

    model: str
    repo: Path | None
    weights: Path
    draft: bool = False
    crowded: Event = field(default_factory=Event, repr=False, compare=False)

    @cached_property
    def files(self) -> ModelFiles:
        """The model's files; raises :class:`WeightsUnreachable` if they are not installed."""
        found = find_model(self.model, self.repo, self.weights)
        if found is None:
            raise WeightsUnreachable(
                f"The weights of “{self.model}” are not installed.",
                hint="Download them first; “draft” needs none.",
            )
        return found

    @property
    def label(self) -> str:
        """The model's name for users."""
        return describe(self.model).label

    @property
    def key(self) -> str:
        """Key made of the model's name, its weights' digest, and the code's version."""
        name = re.sub(r"[^A-Za-z0-9_.]+", "_", self.model.removeprefix("hf://"))
        return f"{name}.{self.files.identity()[:12]}.{_VERSION}"

    @property
    def sources(self) -> tuple[StemName, ...]:
        """The stems named in the model's files, or the usual stems if it is not installed."""
        if find_model(self.model, self.repo, self.weights):
            return self._sources
        return describe(self.model).sources

    @cached_property
    def _sources(self) -> tuple[StemName, ...]:
        return self.files.sources()

    @property
    def device(self) -> str:
        """The device in use, and why it is not a better one. Loads torch."""
        prepare_torch()
        device = device_in_words(best_device())
        if self.crowded.is_set():
            return f"{device} and, where its memory did not suffice, the CPU"
        return device

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """The wanted stems, and all others from the same networks.

        Raise ``InvalidRequest`` if the model does not have a wanted stem.
        """
        require_stems(self.label, self._sources, wanted)
        if "other" in wanted:
            return self._sources
        needed = self._networks_for(wanted)
        return tuple(stem for stem in self._sources if self._networks_for((stem,)) <= needed)

    def _networks_for(self, stems: Collection[StemName]) -> set[int]:
        """Return the networks of a bag that contribute to some stems."""
        places = [self._sources.index(stem) for stem in stems]
        rows = self.files.shares(self._sources)
        return {index for index, row in enumerate(rows) if any(row[place] for place in places)}

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield the stems block by block; each block is as long as a segment's stride.

        If the GPU has too little memory, the CPU continues. Raise ``MemoryError`` if memory is
        still too small, and ``BadWeights`` if a file is damaged.
        """
        self.crowded.clear()
        brought = self.brings(wanted)
        needed = sorted(self._networks_for(brought))
        wave = leveled(song, stretch, progress)
        model = load_model(self.files)
        progress(0.0)
        work = sum(n_segments(model.networks[index], wave.n_samples) for index in needed)
        for block in self._mixed(model, wave, needed, _Progress(work, progress)):
            stems = wave.restored(block).numpy()
            yield {stem: stems[self._sources.index(stem)] for stem in brought}

    def _mixed(
        self, model: LoadedModel, wave: LeveledStretch, needed: Sequence[int], counter: _Progress
    ) -> Iterator[torch.Tensor]:
        """Sum the networks' weighted stems: float32 ``(sources, 2, n)``."""
        import torch

        shares = self.files.shares(self._sources)
        rows = torch.tensor([shares[index] for index in needed])[:, :, None, None]
        runs = [self._run(model, model.networks[index], wave, counter) for index in needed]
        for blocks in _side_by_side(runs):
            yield (torch.stack(blocks) * rows).sum(0) / rows.sum(0)

    def _run(
        self, model: LoadedModel, network: Model, wave: LeveledStretch, counter: _Progress
    ) -> Iterator[torch.Tensor]:
        """Yield a network's blocks; start again on the CPU if the GPU runs out of memory."""
        import torch

        made = 0
        try:
            for block in _in_turn(model, network, wave, model.device, counter):
                made += 1
                yield block
            return
        except MemoryError:
            if model.device.type == "cpu":
                raise
        log.warning("the %s has too little memory; the processor goes on", model.device.type)
        self.crowded.set()
        with model.turn:
            network.to("cpu")
            torch.cuda.empty_cache()  # free memory, since other processes may use the GPU
        counter.begin_again(made)
        yield from islice(_in_turn(model, network, wave, torch.device("cpu"), counter), made, None)


class _Progress:
    """Adds up the progress of a bag's networks and reports it."""

    def __init__(self, n_segments: int, progress: Progress) -> None:
        self._n_segments = max(1, n_segments)
        self._progress = progress
        self._done = 0

    def tick(self, within: float) -> None:
        """Report which share of the current segment is done."""
        self._progress((self._done + within) / self._n_segments)

    def segment_done(self) -> None:
        """Count the current segment as done."""
        self._done += 1
        self.tick(0.0)

    def begin_again(self, n_segments: int) -> None:
        """Discount segments that must be repeated."""
        self._done -= n_segments


def _in_turn(
    model: LoadedModel,
    network: Model,
    wave: LeveledStretch,
    device: torch.device,
    counter: _Progress,
) -> Iterator[torch.Tensor]:
    """Yield a network's blocks; hold the model's turn for each."""
    run = run_segments(network, wave, device, counter.tick)
    while True:
        with model.turn, translate_memory_errors():
            block = next(run, None)
        if block is None:
            return
        counter.segment_done()
        yield block


def _side_by_side(runs: Sequence[Iterator[torch.Tensor]]) -> Iterator[list[torch.Tensor]]:
    """Cut the blocks of several runs to equal lengths."""
    waiting = [next(run, None) for run in runs]
    while all(block is not None for block in waiting):
        blocks = [block for block in waiting if block is not None]
        n = min(block.shape[-1] for block in blocks)
        yield [block[..., :n] for block in blocks]
        waiting = [
            block[..., n:] if block.shape[-1] > n else next(run, None)
            for block, run in zip(blocks, runs, strict=True)
        ]
