"""Demucs behind the port: any of its models, in memory that does not grow with the song."""

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

from ..contract.stems import FOUR_STEMS, StemName
from ..errors import WeightsUnreachable
from .demucs_model import (
    LoadedModel,
    best_device,
    device_in_words,
    load_model,
    memory_told,
    prepare_torch,
)
from .known_models import KNOWN_MODELS, label_of
from .model_files import ModelFiles, find_model
from .segments import LeveledStretch, leveled, n_segments, run_segments
from .separator import Progress, Song, StemBlocks
from .told_stems import refuse_untold

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

log = logging.getLogger(__name__)

VERSION = 1
"""Raised whenever the same model would make something else of the same song."""


@dataclass(frozen=True)
class DemucsSeparator:
    """A Demucs model, loaded when it first has to work.

    ``model`` is its name, ``repo`` a folder with models, ``weights`` where fetched ones are kept.
    ``crowded`` is set while a song is worked on, and after it, if the card had no room for it.
    """

    model: str
    repo: Path | None
    weights: Path
    draft: bool = False
    crowded: Event = field(default_factory=Event, repr=False, compare=False)

    @cached_property
    def files(self) -> ModelFiles:
        """The model's files; :class:`WeightsUnreachable` where they are not here."""
        found = find_model(self.model, self.repo, self.weights)
        if found is None:
            raise WeightsUnreachable(
                f"The weights of “{self.model}” are not here.",
                hint="They have to be fetched before it can work; “draft” needs none.",
            )
        return found

    @property
    def label(self) -> str:
        """Its name for people."""
        return label_of(self.model)

    @property
    def key(self) -> str:
        """Its name, its weights and the version of this code."""
        name = re.sub(r"[^A-Za-z0-9_.]+", "_", self.model.removeprefix("hf://"))
        return f"{name}.{self.files.identity()[:12]}.{VERSION}"

    @property
    def sources(self) -> tuple[StemName, ...]:
        """The stems that it tells, as its files say.

        While they are not here: those of models that are well known, and the four usual ones of any
        other.
        """
        if find_model(self.model, self.repo, self.weights):
            return self._sources
        known = KNOWN_MODELS.get(self.model)
        return known.sources if known else FOUR_STEMS

    @cached_property
    def _sources(self) -> tuple[StemName, ...]:
        return self.files.sources()

    @property
    def device(self) -> str:
        """What it works on, and what it had to resort to. Asking loads torch."""
        prepare_torch()
        told = device_in_words(best_device())
        if self.crowded.is_set():
            return f"{told} and, where its memory did not suffice, the processor"
        return told

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """The wanted stems, and all others that the same networks tell.

        Raises
        ------
        InvalidRequest
            If it cannot tell one of them.
        """
        refuse_untold(self.label, self._sources, wanted)
        if "other" in wanted:
            return self._sources
        needed = self._networks_for(wanted)
        return tuple(stem for stem in self._sources if self._networks_for((stem,)) <= needed)

    def _networks_for(self, stems: Collection[StemName]) -> set[int]:
        """Which networks of the bag have a part in some stems; none in no stem."""
        places = [self._sources.index(stem) for stem in stems]
        rows = self.files.shares(self._sources)
        return {index for index, row in enumerate(rows) if any(row[place] for place in places)}

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield the stems block by block, each block a segment's stride long.

        Raises
        ------
        BadWeights
            If a file is damaged, or not what its name says.
        MemoryError
            If the memory does not suffice. Where it is a card's, the processor goes on instead.
        """
        self.crowded.clear()
        brought = self.brings(wanted)
        needed = sorted(self._networks_for(brought))
        wave = leveled(song, stretch, progress)
        model = load_model(self.files)
        progress(0.0)
        work = sum(n_segments(model.networks[index], wave.n_samples) for index in needed)
        for block in self._mixed(model, wave, needed, _Told(work, progress)):
            stems = wave.restored(block).numpy()
            yield {stem: stems[self._sources.index(stem)] for stem in brought}

    def _mixed(
        self, model: LoadedModel, wave: LeveledStretch, needed: Sequence[int], told: _Told
    ) -> Iterator[torch.Tensor]:
        """The networks' stems, each by its share: float32 of shape (sources, 2, n)."""
        import torch

        shares = self.files.shares(self._sources)
        rows = torch.tensor([shares[index] for index in needed])[:, :, None, None]
        runs = [self._run(model, model.networks[index], wave, told) for index in needed]
        for blocks in _side_by_side(runs):
            yield (torch.stack(blocks) * rows).sum(0) / rows.sum(0)

    def _run(
        self, model: LoadedModel, network: Model, wave: LeveledStretch, told: _Told
    ) -> Iterator[torch.Tensor]:
        """The blocks that a network makes; the processor makes them anew where a card cannot."""
        import torch

        made = 0
        try:
            for block in _in_turn(model, network, wave, model.device, told):
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
            torch.cuda.empty_cache()  # others may be at work on the card
        told.begin_again(made)
        yield from islice(_in_turn(model, network, wave, torch.device("cpu"), told), made, None)


class _Told:
    """Adds up what the networks of a bag have done, and tells of it."""

    def __init__(self, n_segments: int, progress: Progress) -> None:
        self._n_segments = max(1, n_segments)
        self._progress = progress
        self._done = 0

    def tick(self, within: float) -> None:
        """So much of the present segment is done."""
        self._progress((self._done + within) / self._n_segments)

    def segment_done(self) -> None:
        """The present segment is done."""
        self._done += 1
        self.tick(0.0)

    def begin_again(self, n_segments: int) -> None:
        """So many segments were done in vain."""
        self._done -= n_segments


def _in_turn(
    model: LoadedModel, network: Model, wave: LeveledStretch, device: torch.device, told: _Told
) -> Iterator[torch.Tensor]:
    """The blocks that a network makes, each while nobody else runs the model."""
    run = run_segments(network, wave, device, told.tick)
    while True:
        with model.turn, memory_told():
            block = next(run, None)
        if block is None:
            return
        told.segment_done()
        yield block


def _side_by_side(runs: Sequence[Iterator[torch.Tensor]]) -> Iterator[list[torch.Tensor]]:
    """Blocks of several runs cut to the same lengths: segments need not be equally long."""
    waiting = [next(run, None) for run in runs]
    while all(block is not None for block in waiting):
        blocks = [block for block in waiting if block is not None]
        n = min(block.shape[-1] for block in blocks)
        yield [block[..., :n] for block in blocks]
        waiting = [
            block[..., n:] if block.shape[-1] > n else next(run, None)
            for block, run in zip(blocks, runs, strict=True)
        ]
