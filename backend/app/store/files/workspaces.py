"""The folders of jobs, on this machine or shared by an object store."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from ...jobs.workspace import Workspace, WrittenFile
from .objects.cache import ObjectCache
from .objects.port import LinkTerms

_JOB_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Workspaces:
    """The folders below ``root``; with ``objects``, copies of objects."""

    root: Path
    objects: ObjectCache | None = None

    def of(self, job_id: str, attempt: int = 1) -> Workspace:
        """A job's folder, whether it exists or not."""
        folder = self.root / job_id
        if self.objects is None:
            return Workspace(folder, attempt)
        return SharedWorkspace(folder, attempt, objects=self.objects)

    def older_than(self, age_s: float) -> set[str]:
        """The jobs whose folders on this machine are older than ``age_s``."""
        if not self.root.is_dir():
            return set()
        before = time.time() - age_s
        return {
            folder.name
            for folder in self.root.iterdir()
            if _JOB_ID.fullmatch(folder.name) and folder.stat().st_mtime < before
        }

    def link(self, job_id: str, file: WrittenFile, terms: LinkTerms) -> str | None:
        """Make a URL of a file's object; None if there is no object with its bytes."""
        path = self.root / job_id / file.name
        if self.objects is None or not self.objects.has(path, file.size, file.sha256):
            return None
        return self.objects.link(path, terms)

    def remove(self, job_id: str) -> None:
        """Delete a job's folder and its objects."""
        folder = self.root / job_id
        shutil.rmtree(folder, ignore_errors=True)
        if self.objects is not None:
            self.objects.remove_folder(folder)


@dataclass(slots=True)
class SharedWorkspace(Workspace):
    """A job's folder whose written files are in the object store.

    Another machine may have run a step, also again; so a file is compared with its object when it
    is used first.
    """

    objects: ObjectCache = field(kw_only=True)
    _fresh: set[str] = field(default_factory=set, kw_only=True)

    def path(self, name: str) -> Path:
        """Path of the file ``name``, copied here if a step on another machine wrote it."""
        file = self.root / name
        if name not in self._fresh:
            self.objects.refresh(file)
            if file.exists():
                self._fresh.add(name)
        return file

    def scratch(self, name: str) -> Path:
        """Folder for work that a step can resume, with the files of tasks on other machines."""
        folder = Workspace.scratch(self, name)
        self.objects.fetch_folder(folder)
        return folder

    def written_by_task(self, path: Path) -> WrittenFile:
        """Describe a scratch file that a task wrote, and store it for the joining worker."""
        file = Workspace.written_by_task(self, path)
        self.objects.send(path, sha256=file.sha256)
        return file

    def clear_scratch(self) -> None:
        """Remove incomplete files and scratch folders once the job has finished."""
        Workspace.clear_scratch(self)
        self.objects.remove_folder(self.root / ".scratch")

    def holds(self, file: WrittenFile) -> bool:
        """Whether ``file`` is stored with unchanged bytes; stores it if only this disk has it."""
        path = self.root / file.name
        if self.objects.has(path, file.size, file.sha256):
            return True
        if not Workspace.holds(self, file):
            return False
        self.objects.send(path, sha256=file.sha256)
        return True

    def for_step(self) -> Workspace:
        """The same folder for one step, with no files written yet."""
        return SharedWorkspace(self.root, self.attempt, objects=self.objects)

    def of_job(self, job_id: str) -> Workspace:
        """The folder of another job."""
        return SharedWorkspace(self.root.parent / job_id, objects=self.objects)

    def _store(self, file: WrittenFile, part: Path) -> None:
        self.objects.send(self.root / file.name, part, file.sha256)
        self._fresh.add(file.name)
