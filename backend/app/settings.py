"""What can be set from outside: environment variables or ``.env``; every one has a safe default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Segue's settings. ``.env.example`` lists the same names; a test keeps the two equal."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    api_base: str = "http://localhost:8000"
    streamlit_redirect_base: str = "http://localhost:8501"
    cors_origins: str = "http://localhost:8501"
    allowed_hosts: str = "localhost,127.0.0.1"

    jwt_secret: SecretStr | None = None
    tokens_encryption_key: SecretStr | None = None

    storage_root: Path = Path("storage")
    database_url: str | None = None
    executor: Literal["threads"] = "threads"
    max_concurrent_jobs: int = 1
    render_workers: int = 0
    lease_s: float = 30.0
    retention_hours: float = 0.0

    max_file_size: int = 512 * MIB
    max_image_size: int = 32 * MIB
    max_upload_size: int = 4096 * MIB
    max_library_size: int = 5120 * MIB
    max_track_s: float = 1800.0
    supported_formats: str = "mp3,wav,flac,ogg,opus,m4a"
    ffmpeg_binary: str | None = None

    demucs_model: str = "htdemucs"
    demucs_repo: Path | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    llm_timeout_s: float = 25.0

    google_client_secrets: Path = Path("client_secrets.json")
    google_issuer: str = "https://accounts.google.com"
    google_oauth_redirect_uri: str | None = None
    youtube_oauth_redirect_uri: str | None = None
    youtube_api_base: str = "https://youtube.googleapis.com/"
    youtube_project_verified: bool = False
    # YouTube Data API v3, videos: snippet.title, snippet.description, snippet.tags[]
    # (developers.google.com/youtube/v3/docs/videos); tags count their commas, and two quotes each
    # where there is a space inside.
    youtube_max_title_chars: int = 100
    youtube_max_description_bytes: int = 5000
    youtube_max_tags_chars: int = 500
    # YouTube Help, "Video chapters" (support.google.com/youtube/answer/9884579)
    youtube_min_chapters: int = 3
    youtube_min_chapter_s: int = 10
    # YouTube Data API v3, thumbnails.set: newer pages say 50 MB, older ones 2 MB; the lower holds
    # everywhere.
    youtube_max_thumbnail_bytes: int = 2 * MIB
    # YouTube Help, "Upload videos longer than 15 minutes" (answer/71673): 256 GB or 12 hours,
    # whichever is less; 15 minutes for a channel whose owner has not verified a phone number.
    youtube_max_video_bytes: int = 256 * 10**9
    youtube_max_video_s: float = 12 * 3600.0
    youtube_max_unverified_channel_s: float = 900.0
    # YouTube Data API v3, quota: videos.insert has a bucket of its own, 100 calls a day for a
    # project (developers.google.com/youtube/v3/determine_quota_cost); a day ends at midnight in
    # Pacific time.
    youtube_uploads_per_day: int = 100

    @property
    def google_callback(self) -> str:
        """Where Google sends browsers back to after a sign-in, whatever host a request named."""
        return self.google_oauth_redirect_uri or self._at("/auth/google/callback")

    @property
    def youtube_callback(self) -> str:
        """Where Google sends browsers back to after a consent to publish."""
        return self.youtube_oauth_redirect_uri or self._at("/youtube/oauth/callback")

    def _at(self, path: str) -> str:
        return f"{self.api_base.rstrip('/')}{path}"
