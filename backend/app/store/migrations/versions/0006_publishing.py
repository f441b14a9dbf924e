"""Google identities, YouTube connections, publications; lanes, and jobs that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; add lane and waiting columns to jobs."""
    _waiting_jobs()
    _google()
    _youtube()
    _publications()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _of_user(*, primary_key: bool = False) -> sa.Column[str]:
    user = sa.ForeignKey("users.id")
    if primary_key:
        return sa.Column("user_id", sa.String(), user, primary_key=True)
    return sa.Column("user_id", sa.String(), user, nullable=False)


def _waiting_jobs() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("lane", sa.String(), nullable=False, server_default="work"))
        jobs.add_column(_text("after_job_id", nullable=True))
        jobs.add_column(sa.Column("not_before_s", sa.Double(), nullable=True))
        jobs.create_index("ix_jobs_after_job", ["after_job_id"])


def _google() -> None:
    op.create_table(
        "google_identities",
        sa.Column("issuer", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        _of_user(),
        _text("email"),
        _moment("created_at"),
    )
    op.create_index("ix_google_identities_user_id", "google_identities", ["user_id"])
    op.create_table(
        "exchange_codes",
        sa.Column("digest", sa.String(), primary_key=True),
        _text("browser_digest"),
        _text("issuer"),
        _text("subject"),
        _text("email"),
        sa.Column("is_ticket", sa.Boolean(), nullable=False),
        _moment("expires_at"),
    )
    op.create_index("ix_exchange_codes_expires_at", "exchange_codes", ["expires_at"])


def _youtube() -> None:
    op.create_table(
        "youtube_states",
        sa.Column("digest", sa.String(), primary_key=True),
        _of_user(),
        _moment("expires_at"),
    )
    op.create_index("ix_youtube_states_expires_at", "youtube_states", ["expires_at"])
    op.create_table(
        "youtube_connections",
        _of_user(primary_key=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        _text("scopes"),
        _text("channel_id"),
        _text("channel_title"),
        _text("channel_picture", nullable=True),
        sa.Column("takes_long_videos", sa.Boolean(), nullable=True),
        _moment("long_videos_asked_at", nullable=True),
        sa.Column("needs_reconnect", sa.Boolean(), nullable=False),
        _moment("connected_at"),
        sa.Column("refreshing_until_s", sa.Double(), nullable=True),
    )


def _publications() -> None:
    op.create_table(
        "publications",
        sa.Column("job_id", sa.String(), primary_key=True),
        _of_user(),
        _text("source_job_id"),
        _text("marker"),
        _text("title"),
        _text("privacy"),
        _moment("publish_at", nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("sealed_session", sa.Text(), nullable=True),
        sa.Column("sessions", sa.Integer(), nullable=False, server_default="0"),
        _text("sha256", nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("all_sent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("doubted_s", sa.Double(), nullable=True),
        _text("video_id", nullable=True),
        _text("channel_id", nullable=True),
        _text("channel_title", nullable=True),
        _text("playlist_id", nullable=True),
        _moment("created_at"),
        _moment("published_at", nullable=True),
    )
    op.create_index("ix_publications_source_job_id", "publications", ["source_job_id"])
    op.create_index("ix_publications_user_id", "publications", ["user_id"])
    op.create_table(
        "youtube_inserts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("job_id"),
        _moment("made_at"),
    )
    op.create_index("ix_youtube_inserts_made_at", "youtube_inserts", ["made_at"])
