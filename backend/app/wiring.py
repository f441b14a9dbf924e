"""Builds everything from the settings; the only place that branches on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .accounts.google_sign_in import GoogleSignIn
from .accounts.keys import derived_key, secret_for, secrets_for
from .accounts.passwords import Passwords
from .accounts.sealing import Seal
from .accounts.sign_in import Accounts
from .accounts.tokens import AccessTokens
from .jobs.queue import NET, WORK
from .jobs.threads import ExecutorOptions, ThreadExecutor
from .media.ffmpeg import find_ffmpeg
from .media.gate import GateLimits
from .media.sniff import formats_named
from .publishing.limits import limits_of
from .publishing.youtube_connection import YouTubeConnections, youtube_connections
from .publishing.youtube_consent import YouTubeConsent
from .services import kinds
from .services.dj_rules import HouseRules
from .services.earlier import EarlierMixes
from .services.health import Health
from .services.intake import Gate, Intake
from .services.jobs import Jobs, Prepare, needs_any
from .services.library import Library
from .services.library_sweep import LibrarySweep
from .services.links import Links
from .services.mashup_fits import MashupAdvice
from .services.mix_words import writer_of
from .services.preflight import Preflight
from .services.publications import Publications
from .services.publish_settling import PublishSettling
from .services.separators import Separators
from .services.sounds import Sounds
from .services.track_analysis import TrackAnalyses
from .services.words import MixWords
from .settings import Settings
from .store.accounts import AccountStore
from .store.blobs import ContentStore
from .store.credentials import CredentialStore
from .store.database import Database, open_database
from .store.dj_rules import DjRulesStore
from .store.google import GoogleStore
from .store.incoming import Incoming
from .store.job_queue import SqlJobQueue
from .store.jobs import JobStore
from .store.library import LibraryStore
from .store.publication_records import PublicationRecords
from .store.publications import PublicationStore
from .store.sounds import SoundStore
from .store.youtube import YouTubeStore

UPLOADS_AT_ONCE = 2
"""Jobs that publish; one more keeps a line no busier."""


@dataclass(frozen=True, slots=True)
class Online:
    """What publishes: the connections to YouTube, and what stands there already."""

    seal: Seal
    uploads: PublicationStore
    youtube: YouTubeConnections
    preflight: Preflight
    settling: PublishSettling

    def seal_anew(self) -> None:
        """Bring all secrets of users under the first key, so that the others may go."""
        self.youtube.seal_anew()
        self.uploads.seal_anew(self.seal.renewed)


@dataclass(frozen=True, slots=True)
class Services:
    """What the API calls, and what works behind it."""

    database: Database
    content: ContentStore
    incoming: Incoming
    accounts: Accounts
    google_sign_in: GoogleSignIn
    oauth_cookie_key: bytes
    intake: Intake
    library: Library
    sounds: Sounds
    separators: Separators
    health: Health
    library_sweep: LibrarySweep
    analyses: TrackAnalyses
    advice: MashupAdvice
    rules: HouseRules
    jobs: Jobs
    links: Links
    online: Online
    youtube_consent: YouTubeConsent
    words: MixWords
    executor: ThreadExecutor

    def start(self) -> None:
        """Clear away what earlier runs left, and go on with their jobs."""
        self.accounts.forget_expired()
        self.google_sign_in.forget_expired()
        self.online.seal_anew()
        self.incoming.sweep()
        self.executor.start()

    def stop(self) -> None:
        """End what works in the background and let go of the database."""
        self.executor.stop()
        self.intake.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Everything, put together; raises :class:`BadSettings` where that would not be safe."""
    secrets = settings.storage_root / "secrets"
    jwt_secret = secret_for("jwt_secret", settings.jwt_secret, secrets)
    keys = secrets_for("tokens_encryption_key", settings.tokens_encryption_key, secrets)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    database = open_database(database_url(settings))
    accounts = _accounts(database, jwt_secret)
    content = ContentStore(settings.storage_root)
    incoming = Incoming(settings.storage_root)
    job_store = JobStore(database)
    library_rows = LibraryStore(database)
    gate = _gate(settings, ffmpeg, incoming)
    intake = Intake(library_rows, content, gate, settings.max_library_size)
    library = Library(library_rows, content, intake, in_use=partial(needs_any, job_store))
    sounds = Sounds(SoundStore(database), library_rows, content, intake, job_store.pending_inputs)
    library_sweep = LibrarySweep(
        library, library_rows, content, job_store.pending_inputs, settings.retention_hours
    )
    executor = ThreadExecutor(SqlJobQueue(database), _executor_options(settings, ffmpeg, keys))
    rules = HouseRules(DjRulesStore(database))
    separators = Separators.of(settings)
    earlier = EarlierMixes(job_store, _workspaces(settings))
    online = _online(settings, database, Seal(keys), job_store)
    prepare = kinds.Preparer(library, sounds, rules, earlier, separators, online.settling)
    publications = Publications(PublicationRecords(database))
    jobs = _jobs(settings, job_store, prepare, publications, executor)
    executor.chores = (jobs.sweep, library_sweep.sweep)
    return Services(
        database=database,
        content=content,
        incoming=incoming,
        accounts=accounts,
        google_sign_in=GoogleSignIn(accounts, GoogleStore(database)),
        oauth_cookie_key=derived_key(jwt_secret, "oauth cookie"),
        intake=intake,
        library=library,
        sounds=sounds,
        separators=separators,
        library_sweep=library_sweep,
        health=Health(database, settings.storage_root, ffmpeg),
        analyses=TrackAnalyses(library_rows, content),
        advice=MashupAdvice(library, content),
        rules=rules,
        jobs=jobs,
        links=Links(derived_key(jwt_secret, "links"), settings.api_base),
        online=online,
        words=MixWords(job_store, _workspaces(settings), content, writer_of(settings)),
        youtube_consent=_consent(settings, database, jwt_secret, online.youtube),
        executor=executor,
    )


def _online(settings: Settings, database: Database, seal: Seal, jobs: JobStore) -> Online:
    uploads = PublicationStore(database)
    youtube = youtube_connections(settings, database, seal)
    preflight = Preflight(jobs, _workspaces(settings), youtube, uploads, limits_of(settings))
    settling = PublishSettling(jobs, _workspaces(settings), uploads, preflight)
    return Online(seal, uploads, youtube, preflight, settling)


def _consent(
    settings: Settings, database: Database, jwt_secret: str, youtube: YouTubeConnections
) -> YouTubeConsent:
    return YouTubeConsent(
        YouTubeStore(database),
        youtube,
        key=derived_key(jwt_secret, "youtube consent"),
        redirect_uri=settings.youtube_callback,
    )


def database_url(settings: Settings) -> str:
    """Where the rows live: as set, else one SQLite file next to everything else."""
    return settings.database_url or f"sqlite:///{settings.storage_root.resolve()}/segue.db"


def _accounts(database: Database, jwt_secret: str) -> Accounts:
    return Accounts(
        AccountStore(database), CredentialStore(database), Passwords(), AccessTokens(jwt_secret)
    )


def _executor_options(settings: Settings, ffmpeg: Path, keys: Sequence[str]) -> ExecutorOptions:
    """A child knows of the settings what it needs, and of the secrets what nobody else can do."""
    child = {
        "STORAGE_ROOT": str(settings.storage_root.resolve()),
        "FFMPEG_BINARY": str(ffmpeg),
        "RENDER_WORKERS": str(settings.render_workers),
        "DEMUCS_MODEL": settings.demucs_model,
        "DEMUCS_REPO": str(settings.demucs_repo.resolve()) if settings.demucs_repo else "",
    }
    return ExecutorOptions(
        kinds.PIPELINES,
        child,
        _workspaces(settings),
        _lanes(settings),
        settings.lease_s,
        secrets={
            "mixtape": _words(settings),
            "mashup": _words(settings),
            "publish": _publishing(settings, keys),
        },
    )


def _lanes(settings: Settings) -> Mapping[str, int]:
    return {WORK: settings.max_concurrent_jobs, NET: UPLOADS_AT_ONCE}


def _words(settings: Settings) -> Mapping[str, str]:
    """What a child needs to write words: YouTube's limits, and a language model if there is one."""
    limits = _named(settings, "youtube_max_", "youtube_min_")
    key = settings.openai_api_key
    if key is None:
        return limits
    return {
        **limits,
        "OPENAI_API_KEY": key.get_secret_value(),
        "OPENAI_BASE_URL": settings.openai_base_url,
        "OPENAI_MODEL": settings.openai_model,
        "LLM_TIMEOUT_S": str(settings.llm_timeout_s),
    }


def _publishing(settings: Settings, keys: Sequence[str]) -> Mapping[str, str]:
    """What a child needs to publish: the connections, what opens them, who Segue is to Google."""
    return {
        **_named(settings, "youtube_"),
        "DATABASE_URL": database_url(settings),
        "TOKENS_ENCRYPTION_KEY": ",".join(keys),
        "GOOGLE_CLIENT_SECRETS": str(settings.google_client_secrets.resolve()),
        "GOOGLE_ISSUER": settings.google_issuer,
    }


def _named(settings: Settings, *prefixes: str) -> Mapping[str, str]:
    """The settings whose names begin so, as an environment has them."""
    return {
        name.upper(): str(value)
        for name, value in settings.model_dump().items()
        if name.startswith(prefixes) and value is not None
    }


def _jobs(
    settings: Settings,
    store: JobStore,
    prepare: Prepare,
    publications: Publications,
    executor: ThreadExecutor,
) -> Jobs:
    return Jobs(
        store=store,
        workspaces=_workspaces(settings),
        prepare=prepare,
        publications=publications,
        wake=executor.wake,
        lanes=_lanes(settings),
        retention_hours=settings.retention_hours,
    )


def _workspaces(settings: Settings) -> Path:
    return settings.storage_root / "jobs"


def _gate_limits(settings: Settings) -> GateLimits:
    formats = formats_named(settings.supported_formats)
    return GateLimits(max_track_s=settings.max_track_s, formats=formats)


def _gate(settings: Settings, ffmpeg: Path, incoming: Incoming) -> Gate:
    return Gate(
        ffmpeg=ffmpeg,
        limits=_gate_limits(settings),
        folder=incoming.folder,
    )
