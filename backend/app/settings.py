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
