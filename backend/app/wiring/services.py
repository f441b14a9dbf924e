"""Build the services that the API calls."""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts.server_secrets import derived_key
from ..jobs.housekeeping import Chore
from ..jobs.notices import Notices
from ..jobs.threads import ThreadExecutor
from ..media.ffmpeg.ffmpeg import find_ffmpeg
from ..publishing.youtube.consent import YouTubeConsent
from ..services.account_removal import AccountRemoval
from ..services.account_usage import AccountUsage
from ..services.files.links import Links
from ..services.health import Health
from ..services.jobs.expiry import JobExpiry
from ..services.jobs.jobs import Jobs
from ..services.kinds import INPUTS, RequestResolver
from ..services.metadata.kept import KeptDescriptions
from ..services.mixtape.base import BaseMixes
from ..services.publish.edit_video import VideoEdits
from ..services.publish.metadata_preview import MetadataPreview
from ..services.webhooks.webhooks import Webhooks
from ..services.workers.cleanup import Cleanup
from ..services.workers.figures import ServerFigures
from ..services.workers.heartbeat import Heartbeat
from ..services.workers.metrics import Metrics
from ..services.workers.workers import Workers
from ..settings import Settings
from ..store.account_removal import AccountRemovalStore
from ..store.accounts.youtube import YouTubeStore
from ..store.dj_rules import DjRulesStore
from ..store.files.objects.evict import Eviction
from ..store.jobs.downloads import Downloads
from ..store.jobs.workers import BEAT_S, WorkerStore
from ..store.kept_descriptions import KeptDescriptionStore
from ..store.library import LibraryStore
from ..store.publications.records import PublicationRecords
from .files import FileServices, build_files
from .health import build_health
from .jobs.concurrency import lanes
from .jobs.executor import Executor, build_executor
from .jobs.heartbeats import build_heartbeat
from .jobs.job_resources import build_separators
from .limits import quotas
from .listening import Listening, build_listening
from .metadata import metadata_writer
from .orphans import build_object_sweep
from .publishing import Publishing, build_publishing, video_edits
from .retention import retention
from .server_secrets import encryption_keys, frontend_secret, jwt_secret
from .settings.checks import check_values
from .settings.read_settings import check_folder
from .sign_in import SignIn, build_sign_in
from .stores import Stores, open_stores
from .webhooks import WebhookServices, build_webhooks, with_sender

_EXPIRY_EVERY_S = 60.0
_SWEEP_EVERY_S = 600.0
_LIST_EVERY_S = 24 * 3600.0
_LOOK_EVERY_S = 10.0  # one video at a time


@dataclass(frozen=True, slots=True)
class Services:
    """The API's services and the executor of jobs."""

    stores: Stores
    sign_in: SignIn
    files: FileServices
    jobs: Jobs
    expiry: JobExpiry
    listening: Listening
    request_resolver: RequestResolver
    metadata: MetadataPreview
    publishing: Publishing
    video_edits: VideoEdits
    youtube_consent: YouTubeConsent
    links: Links
    account_removal: AccountRemoval
    health: Health
    frontend_secret: str
    executor: Executor
    workers: Workers
    webhooks: WebhookServices
    metrics: Metrics
    cleanup: Cleanup
    usage: AccountUsage
    figures: ServerFigures
    heartbeat: Heartbeat | None  # of this process, if it runs jobs
    notices: Notices | None  # of changed jobs, through Redis

    def start(self) -> None:
        """Clean up after earlier runs, and continue their jobs."""
        self.publishing.reencrypt()
        self.webhooks.sender.rows.reencrypt(self.publishing.seal.reencrypt)
        self.files.incoming.sweep()
        self.executor.start()
        if self.heartbeat is not None:
            self.heartbeat.start()
        if self.notices is not None:
            self.notices.send()
        self.executor.wakeups.listen(self.webhooks.sender.wake)
        self.webhooks.sender.start()

    def ask_to_stop(self) -> None:
        """Begin to end jobs and checks of files; do not wait. Safe in a signal handler."""
        self.executor.ask_to_stop()
        self.files.intake.stop()

    def stop(self) -> None:
        """Stop background work and close the database."""
        self.files.intake.stop()
        self.executor.stop()
        if self.heartbeat is not None:
            self.heartbeat.stop()
        if self.notices is not None:
            self.notices.stop()
        self.webhooks.sender.stop()
        self.stores.database.close()


def build(settings: Settings) -> Services:
    """Build them; raises :class:`BadSettings` for unsafe or unusable settings.

    ``check_server_settings`` has checked the database, which takes long if that is large.
    """
    check_folder("STORAGE_ROOT", settings.storage_root)
    check_values(settings)
    secret, keys = jwt_secret(settings), encryption_keys(settings)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    stores = open_stores(settings)
    files = build_files(settings, stores, ffmpeg)
    publishing = build_publishing(settings, stores, keys)
    request_resolver = _request_resolver(settings, stores, files, publishing)
    notices = Notices(settings.redis_url) if settings.redis_url else None
    executor = build_executor(settings, stores.database, ffmpeg, keys, notices)
    workers = Workers(WorkerStore(stores.database))
    own_webhooks = build_webhooks(stores.database, publishing.seal)
    jobs = _jobs(settings, stores, request_resolver, executor, workers, own_webhooks)
    removal = _removal(stores, publishing)
    sign_in = build_sign_in(stores.database, secret)
    webhooks = with_sender(own_webhooks, jobs)
    expiry = JobExpiry(stores.jobs, stores.workspaces, retention(settings), jobs.downloads)
    executor.chores = (
        *_chores(expiry, files, removal, sign_in, publishing, workers, webhooks),
        *_object_chores(settings, stores),
    )
    return Services(
        stores=stores,
        sign_in=sign_in,
        files=files,
        jobs=jobs,
        expiry=expiry,
        listening=build_listening(stores),
        request_resolver=request_resolver,
        metadata=_metadata(settings, stores, request_resolver),
        publishing=publishing,
        video_edits=video_edits(publishing, stores),
        youtube_consent=_consent(settings, stores, publishing, secret),
        account_removal=removal,
        links=Links(derived_key(secret, "links"), settings.api_base),
        health=build_health(settings, stores, ffmpeg),
        frontend_secret=frontend_secret(settings),
        executor=executor,
        workers=workers,
        webhooks=webhooks,
        usage=AccountUsage(
            stores.database, stores.content_store, settings.max_library_size, quotas(settings)
        ),
        cleanup=_cleanup(settings, stores, expiry, files),
        metrics=Metrics(stores.database, settings.storage_root),
        figures=ServerFigures(stores.database, settings.storage_root),
        heartbeat=_heartbeat(settings, stores, executor),
        notices=notices,
    )


def _heartbeat(settings: Settings, stores: Stores, executor: Executor) -> Heartbeat | None:
    if not isinstance(executor, ThreadExecutor):
        return None
    lanes = tuple(executor.options.lanes)
    return build_heartbeat(settings, stores.database, executor.owner, lanes)


def _metadata(
    settings: Settings, stores: Stores, request_resolver: RequestResolver
) -> MetadataPreview:
    return MetadataPreview(
        stores.jobs,
        stores.workspaces,
        stores.content_store,
        metadata_writer(settings),
        request_resolver.kept,
    )


def _chores(
    jobs: JobExpiry,
    files: FileServices,
    removal: AccountRemoval,
    sign_in: SignIn,
    publishing: Publishing,
    workers: Workers,
    webhooks: WebhookServices,
) -> tuple[Chore, ...]:
    """Expiry takes three queries; the sweeps list folders, or delete rows that no one can use."""
    expiry = (removal.sweep, jobs.delete_expired, files.sweep.delete_expired)
    forget = webhooks.sender.rows.forget_old
    sweeps = (jobs.sweep, files.sweep.sweep, sign_in.delete_expired, forget)
    return (
        *(Chore(run, _EXPIRY_EVERY_S) for run in expiry),
        *(Chore(run, _SWEEP_EVERY_S) for run in sweeps),
        Chore(publishing.follow_up.look, _LOOK_EVERY_S),
        Chore(workers.watch, BEAT_S),
    )


def _cleanup(settings: Settings, stores: Stores, expiry: JobExpiry, files: FileServices) -> Cleanup:
    sweeps = [expiry.sweep, files.sweep.sweep]
    if objects := build_object_sweep(stores):
        sweeps.append(objects.run)
    return Cleanup(settings.storage_root, tuple(sweeps))


def _object_chores(settings: Settings, stores: Stores) -> tuple[Chore, ...]:
    """With an object store: limit the copies on this machine, and delete orphans."""
    sweep = build_object_sweep(stores)
    if sweep is None:
        return ()
    eviction = Eviction(sweep.objects, settings.blob_cache_size)
    return (Chore(eviction.run, _SWEEP_EVERY_S), Chore(sweep.run, _LIST_EVERY_S))


def _removal(stores: Stores, publishing: Publishing) -> AccountRemoval:
    return AccountRemoval(
        rows=AccountRemovalStore(stores.database),
        jobs=stores.jobs,
        library_rows=LibraryStore(stores.database),
        store=stores.content_store,
        workspaces=stores.workspaces,
        disconnect=publishing.connections.disconnect,
    )


def _request_resolver(
    settings: Settings, stores: Stores, files: FileServices, publishing: Publishing
) -> RequestResolver:
    return RequestResolver(
        library=files.library,
        sounds=files.sounds,
        rules=DjRulesStore(stores.database),
        mixes=BaseMixes(stores.jobs, stores.workspaces),
        separators=build_separators(settings),
        preflight=publishing.preflight,
        kept=KeptDescriptions(KeptDescriptionStore(stores.database)),
    )


def _jobs(
    settings: Settings,
    stores: Stores,
    request_resolver: RequestResolver,
    executor: Executor,
    workers: Workers,
    webhooks: Webhooks,
) -> Jobs:
    return Jobs(
        store=stores.jobs,
        workspaces=stores.workspaces,
        resolve=request_resolver,
        inputs=INPUTS,
        publications=PublicationRecords(stores.database),
        wake=executor.wake,
        lane_of=workers.lane,
        lanes=lanes(settings),
        quotas=quotas(settings),
        webhook_of=webhooks.of_job,
        downloads=Downloads(stores.database) if settings.ephemeral else None,
    )


def _consent(
    settings: Settings, stores: Stores, publishing: Publishing, secret: str
) -> YouTubeConsent:
    return YouTubeConsent(
        YouTubeStore(stores.database),
        publishing.connections,
        key=derived_key(secret, "youtube consent"),
        redirect_uri=settings.youtube_callback,
    )
