"""The part of the scripted API that keeps lines and templates."""

from __future__ import annotations

from backend.app.contract.descriptions import KeptDescription


class ScriptedKeptDescription:
    """What the user keeps; nothing at first."""

    kept = KeptDescription()

    def kept_description(self) -> KeptDescription:
        return self.kept

    def keep_description(self, kept: KeptDescription) -> KeptDescription:
        self._refuse("keep_description")
        self.kept = kept
        return kept

    def _refuse(self, what: str) -> None:
        raise NotImplementedError
