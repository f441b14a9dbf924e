"""Build the pipeline of a publish job, in the job's child process."""

from __future__ import annotations

from ...jobs.pipeline import Pipeline
from ...media.ffmpeg.ffmpeg import find_ffmpeg
from ...publishing.upload.retry_policy import RetryPolicy, search_waits_s
from ...services.publish.job import PublishJob, PublishResources
from ...services.publish.pipeline import publish_pipeline
from ...settings import Settings
from ..publishing import build_publishing
from ..server_secrets import encryption_keys
from ..stores import open_stores


def build_publish_pipeline(
    settings: Settings, policy: RetryPolicy | None = None
) -> Pipeline[PublishJob]:
    """Build the pipeline; the database was migrated by the API that queued the job."""
    stores = open_stores(settings, migrate=False)
    publishing = build_publishing(settings, stores, encryption_keys(settings))
    resources = PublishResources(
        jobs=stores.jobs,
        store=stores.content_store,
        ffmpeg=find_ffmpeg(settings.ffmpeg_binary),
        publications=publishing.publications,
        looks=publishing.looks,
        connections=publishing.connections,
        preflight=publishing.preflight,
        seal=publishing.seal,
        retry_policy=policy or RetryPolicy(looks_s=search_waits_s(settings.youtube_search_again_s)),
        look_policy=publishing.look_policy,
    )
    return publish_pipeline(resources)
