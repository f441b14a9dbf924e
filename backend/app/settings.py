"""Settings from environment variables or ``.env``, each with a safe default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
#: How long EPHEMERAL keeps ended jobs and uploads at most.
EPHEMERAL_HOURS = 1.0
_PART = r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*"
_PARTS = re.compile(rf"\s*(?:{_PART})+", re.IGNORECASE)
# In the API's messages, as in PostgreSQL's settings, 1 MB is 1024 kB.
_IN_BYTES = {
    "b": 1,
    **{f"{letter}{b}": 1024**i for i, letter in enumerate("kmgt", 1) for b in ("", "b", "ib")},
}
_IN_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_IN_HOURS = {unit: seconds / 3600 for unit, seconds in _IN_SECONDS.items()}


@dataclass(frozen=True)
class Units:
    """Units that a setting may have: their factors by name, and a name for messages."""

    factors: Mapping[str, float]
    kind: str
    examples: str

    def read(self, value: object) -> object:
        """Convert text such as ``50MB`` or ``1h 30min``; leave all other values unchanged."""
        if not isinstance(value, str) or not _PARTS.fullmatch(value):
            return value
        parts = re.findall(_PART, value.lower())
        if any(unit not in self.factors for _, unit in parts):
            return value
        return sum(float(number) * self.factors[unit] for number, unit in parts)


_BYTES = Units(_IN_BYTES, "a size", "50MB or 52428800")
_SECONDS = Units(_IN_SECONDS, "a duration", "30min or 1800")
_HOURS = Units(_IN_HOURS, "a duration", "3d or 72")

Bytes: TypeAlias = Annotated[int, _BYTES, BeforeValidator(_BYTES.read)]
"""A number of bytes, or a size such as ``50MB``."""
Seconds: TypeAlias = Annotated[
    float, _SECONDS, BeforeValidator(_SECONDS.read), Field(allow_inf_nan=False)
]
"""A number of seconds, or a duration such as ``30min``."""
Hours: TypeAlias = Annotated[
    float, _HOURS, BeforeValidator(_HOURS.read), Field(allow_inf_nan=False)
]
"""A number of hours, or a duration such as ``3d``."""


class Settings(BaseSettings):
    """Segue's settings; a test keeps ``.env.example`` in step with their names."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    api_base: str = "http://localhost:8000"
    streamlit_redirect_base: str = "http://localhost:8501"
    cors_origins: str = "http://localhost:8501"
    allowed_hosts: str = "localhost,127.0.0.1"

    trusted_proxies: str = ""

    jwt_secret: SecretStr | None = None
    frontend_secret: SecretStr | None = None
    tokens_encryption_key: SecretStr | None = None

    storage_root: Path = Path("storage")
    database_url: str | None = None
    database_connections: int | None = Field(default=None, ge=2)
    blob_url: str | None = None
    blob_cache_size: Bytes = Field(default=20 * 1024 * MIB, gt=0)
    blob_public_endpoint_url: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_region: str | None = None
    aws_default_region: str | None = None
    aws_endpoint_url: str | None = None
    minio_endpoint: str | None = None
    minio_access_key: str | None = None
    minio_secret_key: SecretStr | None = None
    executor: Literal["threads", "celery"] = "threads"
    redis_url: str | None = None
    max_concurrent_jobs: int = Field(default=1, ge=1)
    render_workers: int = Field(default=0, ge=0)
    lease_s: Seconds = Field(default=30.0, gt=0)
    metrics_token: SecretStr | None = None
    retention_hours: Hours = Field(default=0.0, ge=0)
    retention_hours_by_kind: str = ""
    ephemeral: bool = False

    max_file_size: Bytes = Field(default=512 * MIB, gt=0)
    max_image_size: Bytes = Field(default=32 * MIB, gt=0)
    max_upload_size: Bytes = Field(default=4096 * MIB, gt=0)
    max_library_size: Bytes = Field(default=5120 * MIB, gt=0)
    max_jobs_per_user: int = Field(default=20, ge=1)
    max_separation_s_per_day: Seconds = Field(default=0.0, ge=0)
    max_track_s: Seconds = Field(default=3 * 3600.0, gt=0)
    supported_formats: str = "mp3,wav,aiff,flac,ogg,opus,webm,m4a"
    ffmpeg_binary: str | None = None

    demucs_model: str = "htdemucs"
    demucs_repo: Path | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    llm_timeout_s: Seconds = Field(default=25.0, gt=0)

    google_client_secrets: Path = Path("client_secrets.json")
    google_issuer: str = "https://accounts.google.com"
    google_oauth_redirect_uri: str | None = None
    youtube_oauth_redirect_uri: str | None = None
    youtube_api_base: str = "https://youtube.googleapis.com/"
    # `docs/youtube.md` says when each of these was looked up.
    # YouTube Data API v3, videos: snippet.title, snippet.description, snippet.tags[]
    # (developers.google.com/youtube/v3/docs/videos). Tags count with their commas, and with two
    # quotes for each tag that contains a space.
    youtube_max_title_chars: int = 100
    youtube_max_description_bytes: int = 5000
    youtube_max_tags_chars: int = 500
    # YouTube Help, "Video chapters" (support.google.com/youtube/answer/9884579).
    youtube_min_chapters: int = 3
    youtube_min_chapter_s: int = 10
    # YouTube Data API v3, thumbnails.set: 50 MB since 14 September 2026 (discovery document
    # 20261104, mediaUpload.maxSize: 52428800).
    youtube_max_thumbnail_bytes: Bytes = 50 * MIB
    # YouTube Help, "Upload videos longer than 15 minutes" (answer/71673): 256 GB or 12 hours,
    # whichever is less; 15 minutes for a channel whose owner has not verified a phone number. The
    # discovery document 20261104 (videos.insert, mediaUpload.maxSize) says 256 GiB.
    youtube_max_video_bytes: Bytes = 256 * 10**9
    youtube_max_video_s: Seconds = 12 * 3600.0
    youtube_max_unverified_channel_s: Seconds = 900.0
    # YouTube Data API v3, quota: videos.insert has a bucket of its own, 100 calls a day per project
    # (developers.google.com/youtube/v3/determine_quota_cost, 30 November 2026); the day ends at
    # midnight Pacific time.
    youtube_uploads_per_day: int = 100
    # After the first looks at a new video; the later waits grow to six hours, for a day.
    youtube_look_again_s: Seconds = Field(default=300.0, gt=0)
    # Wait before the second search of the channel for a video whose upload may have been completed
    youtube_search_again_s: Seconds = Field(default=5.0, gt=0)

    @property
    def google_callback(self) -> str:
        """Redirect URI after a Google sign-in; it does not depend on the request's Host header."""
        return self.google_oauth_redirect_uri or self._at("/auth/google/callback")

    @property
    def youtube_callback(self) -> str:
        """Redirect URI after the user has consented to publishing."""
        return self.youtube_oauth_redirect_uri or self._at("/youtube/oauth/callback")

    @property
    def kept_hours(self) -> float:
        """Hours after which ended jobs and uploads are deleted; 0 keeps them."""
        if not self.ephemeral:
            return self.retention_hours
        return min(self.retention_hours or EPHEMERAL_HOURS, EPHEMERAL_HOURS)

    def reset_url(self, secret: str) -> str:
        """Address of the app's page on which a user sets a new password."""
        return f"{self.streamlit_redirect_base.rstrip('/')}/?reset={secret}"

    def _at(self, path: str) -> str:
        return f"{self.api_base.rstrip('/')}{path}"
