"""The mix to publish, with the files that it has so far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ...contract.base import Shape
from ...contract.mixes import TimelineView
from ...contract.publishing import WordsView
from ...contract.stored_json import OtherVersion
from ...dj.timeline import Timeline
from ...dj.timeline_json import timeline_of
from ...store.files.workspaces import Workspaces
from ...store.jobs.records import JobRecord
from ..files.artifacts import read_artifact
from ..files.names import DESCRIPTION, METADATA, TIMELINE, TRACKLIST

ShapeT = TypeVar("ShapeT", bound=Shape)

KINDS = ("mixtape", "mashup", "restyle")
#: Kinds that YouTube wants to be declared as synthetic media: they sound like nothing recorded.
SYNTHETIC = ("mashup", "restyle")

# Tracklists may contain angle brackets, which YouTube refuses.
BRACKETS = str.maketrans({"<": "‹", ">": "›"})


@dataclass(frozen=True, slots=True)
class PublishSource:
    """A job whose mix can be published; ``workspaces`` holds the jobs' folders."""

    record: JobRecord
    workspaces: Workspaces

    @property
    def kind(self) -> str:
        """The kind of the job."""
        return self.record.job.kind

    @property
    def title(self) -> str:
        """The mix's title."""
        return self.record.job.title

    def path(self, name: str) -> Path:
        """Path of one of the job's files."""
        return self.workspaces.of(self.record.job.id).path(name)

    def size_of(self, name: str) -> int | None:
        """Size of one of the mix's files in bytes; None if it does not exist (yet)."""
        return next((file.size for file in self.record.artifacts if file.name == name), None)

    def description(self) -> str | None:
        """The mix's description, else its tracklist; None if there is neither (yet)."""
        description = self._text(DESCRIPTION)
        if description is None and (tracklist := self._text(TRACKLIST)) is not None:
            return tracklist.translate(BRACKETS)
        return description

    def tags(self) -> tuple[str, ...]:
        """The mix's tags; none before its metadata is written."""
        metadata = self._shape(METADATA, WordsView)
        return tuple(metadata.tags) if metadata else ()

    def linked_names(self) -> tuple[str, ...]:
        """Names of tracks with links, ``@`` or ``#``; none before its metadata is written."""
        metadata = self._shape(METADATA, WordsView)
        return tuple(metadata.linked_names) if metadata else ()

    def duration_s(self) -> float | None:
        """The mix's length in seconds; None before it is planned."""
        view = self._shape(TIMELINE, TimelineView)
        return view.duration_s if view else None

    def timeline(self) -> Timeline | None:
        """The mix's timeline; None before it is planned."""
        view = self._shape(TIMELINE, TimelineView)
        return timeline_of(view) if view else None

    def _shape(self, name: str, shape: type[ShapeT]) -> ShapeT | None:
        """Read a JSON artifact; None if another version wrote it differently."""
        try:
            return read_artifact(self.workspaces, self.record, name, shape)
        except OtherVersion:
            return None

    def _text(self, name: str) -> str | None:
        if self.size_of(name) is None:
            return None
        try:
            return self.path(name).read_text(encoding="utf-8")
        except FileNotFoundError:  # the job was deleted a moment ago
            return None
