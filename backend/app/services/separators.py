"""Decide which separators a job may use, and download their weights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ..contract.stems import SeparatorList, StemName
from ..errors import NoticeNotAccepted, UnknownModel
from ..stems.choose import separator_of
from ..stems.separator import Progress, Separator
from ..stems.stem_support import require_stems
from ..stems.weights.available import fetch_weights, is_ready, known_separators, needs_notice
from ..stems.weights.known_models import KNOWN_MODELS, NOTICE
from ..stems.weights.model_files import HUB


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of this machine, by name; ``default`` is used if a request names none.

    ``repo`` is a folder with models, ``weights`` the folder of downloaded ones. The contents of the
    Hugging Face hub are not reviewed, so users can name only Demucs' own models and installed ones.
    The ``default``, set by the operator, may be any model.
    """

    default: str
    repo: Path | None
    weights: Path

    def named(self, model: str | None) -> Separator:
        """Return the separator of this name.

        Raise :class:`UnknownModel` if there is none, or it would be downloaded from the hub at a
        user's request.
        """
        name = model or self.default
        separator = separator_of(name, self.repo, self.weights)
        if name.startswith(HUB) and name != self.default and not self.is_ready(name):
            raise UnknownModel(
                f"“{name}” is none of this server's models.",
                hint="The operator can name it in DEMUCS_MODEL; then it is downloaded. "
                "“draft” needs no model.",
            )
        return separator

    def resolve(
        self, model: str | None, *, accepted: bool, stems: Collection[StemName] = ()
    ) -> str:
        """Check that a job may use a separator for ``stems``, and return its name.

        Raise what :meth:`named` does; :class:`NoticeNotAccepted` if its weights must be downloaded,
        and the user has not ``accepted`` their notice; :class:`InvalidRequest` if it lacks one of
        the stems; :class:`BadWeights` if its files are damaged. The stems of an unknown model are
        in its files: the job checks them again after the download.
        """
        name = model or self.default
        separator = self.named(name)
        if needs_notice(name, self.repo, self.weights) and not accepted:
            raise NoticeNotAccepted(
                f"The weights of {separator.label} would have to be fetched. {NOTICE}",
                hint="Send weights_notice_accepted once you have read this, or choose “draft”.",
            )
        if name in KNOWN_MODELS or self.is_ready(name):
            require_stems(separator.label, separator.sources, stems)
        return name

    def listed(self) -> SeparatorList:
        """All separators, and the default."""
        views = known_separators(self.default, self.repo, self.weights)
        return SeparatorList(default=self.default, separators=views)

    def is_ready(self, model: str) -> bool:
        """Whether the separator's weights are installed."""
        return is_ready(model, self.repo, self.weights)

    def fetch(self, model: str, progress: Progress, say: Callable[[str], None]) -> None:
        """Download a model's weights, if it may be :meth:`named`.

        The operator's hub token is sent only for the ``default``, which the operator chose.
        """
        self.named(model)
        fetch_weights(model, self.weights, progress, say, token=model == self.default)


def fetch_limit_s(_work_s: float) -> float:
    """Time limit of a download, independent of the songs.

    340 MB, a bag of four models, take half an hour at 1.5 Mbit/s.
    """
    return 1800.0
