"""Who can take songs apart here, and what has to be settled before they may."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ..contract.stems import SeparatorList, StemName
from ..errors import InvalidRequest, NoticeNotAccepted
from ..settings import Settings
from ..stems.choose import separator_of
from ..stems.known_models import NOTICE
from ..stems.separator import Progress, Separator
from ..stems.weights import fetch_weights, is_ready, known_separators, needs_notice


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of this machine, by name; ``default`` works where a request names nobody.

    ``repo`` is a folder with models, ``weights`` where fetched ones are kept.
    """

    default: str
    repo: Path | None
    weights: Path

    @classmethod
    def of(cls, settings: Settings) -> Separators:
        """As the settings have it."""
        return cls(settings.demucs_model, settings.demucs_repo, settings.storage_root / "models")

    def named(self, model: str | None) -> Separator:
        """The separator of this name; :class:`UnknownModel` if there can be none."""
        return separator_of(model or self.default, self.repo, self.weights)

    def settled(
        self, model: str | None, *, accepted: bool, wanted: Collection[StemName] = ()
    ) -> str:
        """The name of a separator that may go to work, and can tell the ``wanted`` stems.

        Raises
        ------
        UnknownModel
            If there can be no separator of this name.
        NoticeNotAccepted
            If its weights would have to be fetched, and nobody has ``accepted`` their notice.
        InvalidRequest
            If it cannot tell one of the stems.
        BadWeights
            If its files are here, and damaged.
        """
        name = model or self.default
        separator = self.named(name)
        if needs_notice(name, self.repo, self.weights) and not accepted:
            raise NoticeNotAccepted(
                f"The weights of {separator.label} would have to be fetched. {NOTICE}",
                hint="Send weights_notice_accepted once you have read this, or choose “draft”.",
            )
        sources = separator.sources
        if missing := [stem for stem in wanted if stem not in sources]:
            raise InvalidRequest(
                f"{separator.label} cannot tell {' nor '.join(missing)} from the rest.",
                hint=f"It can tell {', '.join(sources)}.",
            )
        return name

    def listed(self) -> SeparatorList:
        """All of them, and who works where nobody is named."""
        views = known_separators(self.default, self.repo, self.weights)
        return SeparatorList(default=self.default, separators=views)

    def is_ready(self, model: str) -> bool:
        """Whether the separator can go to work without anything being fetched."""
        return is_ready(model, self.repo, self.weights)

    def fetch(self, model: str, progress: Progress, say: Callable[[str], None]) -> None:
        """Fetch a model's weights, as :func:`fetch_weights` does."""
        fetch_weights(model, self.weights, progress, say)


def fetch_limit_s(_work_s: float) -> float:
    """How long fetching weights may take, however long the songs are: 340 MB, for a bag of four
    models, come in half an hour over a line of 1.5 Mbit/s."""
    return 1800.0
