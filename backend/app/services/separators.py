"""Who can take songs apart here, and what has to be settled before they may."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ..contract.stems import SeparatorList, StemName
from ..errors import NoticeNotAccepted, UnknownModel
from ..settings import Settings
from ..stems.choose import separator_of
from ..stems.known_models import KNOWN_MODELS, NOTICE
from ..stems.model_files import HUB
from ..stems.separator import Progress, Separator
from ..stems.told_stems import refuse_untold
from ..stems.weights import fetch_weights, is_ready, known_separators, needs_notice


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of this machine, by name; ``default`` works where a request names nobody.

    ``repo`` is a folder with models, ``weights`` where fetched ones are kept. Anybody may publish
    anything on the hub, so users can only name what Demucs' authors did, and what is here;
    ``default``, which is the word of whoever runs this machine, may be anything.
    """

    default: str
    repo: Path | None
    weights: Path

    @classmethod
    def of(cls, settings: Settings) -> Separators:
        """As the settings have it."""
        return cls(settings.demucs_model, settings.demucs_repo, settings.storage_root / "models")

    def named(self, model: str | None) -> Separator:
        """The separator of this name.

        Raises
        ------
        UnknownModel
            If there can be none, or it would have to be fetched from a stranger.
        """
        name = model or self.default
        separator = separator_of(name, self.repo, self.weights)
        if name.startswith(HUB) and name != self.default and not self.is_ready(name):
            raise UnknownModel(
                f"“{name}” is none of this server's models.",
                hint="Whoever runs the server can name it in DEMUCS_MODEL; then it is fetched. "
                "“draft” needs no model.",
            )
        return separator

    def settled(
        self, model: str | None, *, accepted: bool, wanted: Collection[StemName] = ()
    ) -> str:
        """The name of a separator that may go to work, and can tell the ``wanted`` stems.

        Raises
        ------
        UnknownModel
            As :meth:`named` has it.
        NoticeNotAccepted
            If its weights would have to be fetched, and nobody has ``accepted`` their notice.
        InvalidRequest
            If it cannot tell one of the stems. Of a model that is not here, and not well known,
            only its files tell; whoever works with it asks again.
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
        if name in KNOWN_MODELS or self.is_ready(name):
            refuse_untold(separator.label, separator.sources, wanted)
        return name

    def listed(self) -> SeparatorList:
        """All of them, and who works where nobody is named."""
        views = known_separators(self.default, self.repo, self.weights)
        return SeparatorList(default=self.default, separators=views)

    def is_ready(self, model: str) -> bool:
        """Whether the separator can go to work without anything being fetched."""
        return is_ready(model, self.repo, self.weights)

    def fetch(self, model: str, progress: Progress, say: Callable[[str], None]) -> None:
        """Fetch a model's weights, as :func:`fetch_weights` does, if it may be :meth:`named`.

        The hub hears by whose token only of what whoever has that token named.
        """
        self.named(model)
        fetch_weights(model, self.weights, progress, say, token=model == self.default)


def fetch_limit_s(_work_s: float) -> float:
    """How long fetching weights may take, however long the songs are: 340 MB, for a bag of four
    models, come in half an hour over a line of 1.5 Mbit/s."""
    return 1800.0
