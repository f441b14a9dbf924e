"""Services for users' files: intake, library, sounds, expiry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..services.jobs.expiry import UPLOADS
from ..services.jobs.jobs import needs_any
from ..services.library.cleanup import LibrarySweep
from ..services.library.intake import Gate, Intake
from ..services.library.library import Library
from ..services.library.sounds import Sounds
from ..services.mashup.fits import MashupAdvice
from ..services.tracks.corrections import TrackAnalyses
from ..settings import Settings
from ..store.files.incoming import Incoming
from ..store.library import LibraryStore
from ..store.sounds import SoundStore
from .limits import gate_limits
from .retention import retention
from .stores import Stores


@dataclass(frozen=True, slots=True)
class FileServices:
    """The services for users' files and their analyses."""

    incoming: Incoming
    intake: Intake
    library: Library
    sounds: Sounds
    analyses: TrackAnalyses
    mashup_fits: MashupAdvice
    sweep: LibrarySweep


def build_files(settings: Settings, stores: Stores, ffmpeg: Path) -> FileServices:
    """Build the services for files on the stores and this ffmpeg."""
    rows, store = LibraryStore(stores.database), stores.content_store
    incoming = Incoming(settings.storage_root)
    gate = Gate(ffmpeg=ffmpeg, limits=gate_limits(settings), folder=incoming.folder)
    intake = Intake(store, gate, settings.max_library_size)
    library = Library(rows, store, intake, in_use=partial(needs_any, stores.jobs))
    in_jobs = stores.jobs.pending_inputs
    return FileServices(
        incoming=incoming,
        intake=intake,
        library=library,
        sounds=Sounds(SoundStore(stores.database), rows, store, intake, in_jobs),
        analyses=TrackAnalyses(library, rows, store),
        mashup_fits=MashupAdvice(library, store),
        sweep=LibrarySweep(library, rows, store, in_jobs, retention(settings).of(UPLOADS)),
    )
