"""The first tables.

Types are spelled out here, not borrowed from `monitor.store.types`: a migration must keep meaning
what it meant, whatever the program becomes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _make_sources()
    _make_items()
    _make_hits()
    _make_stories()
    _make_routes()
    _make_deliveries()
    _make_attempts()


def downgrade() -> None:
    """Drop every table, those that refer to others first."""
    for table in (
        "digest_slot",
        "destination",
        "attempt",
        "delivery_hit",
        "delivery",
        "route",
        "story_link",
        "hit",
        "visit",
        "sighting",
        "item_key",
        "item",
        "hub_lease",
        "poll_record",
        "source_state",
    ):
        op.drop_table(table)


def _column(name: str, kind: Any, *, empty: bool = False) -> Any:
    return sa.Column(name, kind, nullable=empty)


def _words(*names: str) -> list[Any]:
    return [_column(name, sa.String()) for name in names]


def _texts(*names: str) -> list[Any]:
    return [_column(name, sa.Text()) for name in names]


def _numbers(*names: str) -> list[Any]:
    return [_column(name, sa.Integer()) for name in names]


def _flags(*names: str) -> list[Any]:
    return [_column(name, sa.Boolean()) for name in names]


def _times(*names: str, empty: bool = False) -> list[Any]:
    return [_column(name, sa.DateTime(timezone=True), empty=empty) for name in names]


def _serial(name: str) -> Any:
    return _column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"))


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _make_sources() -> None:
    op.create_table(
        "source_state",
        *_words("source"),
        *_flags("active"),
        *_texts("configured_url", "url", "etag", "last_modified", "body_hash"),
        *_flags("first_poll_done", "gone"),
        *_numbers("failures"),
        *_times("next_poll", "last_poll", "last_ok", "last_new", empty=True),
        *_words("last_reason"),
        *_texts("last_message", "moved_to"),
        *_numbers("moved_seen"),
        *_texts("memory"),
        *_words("rhythm", "hints"),
        *_numbers("last_status"),
        *_times("last_overrun", "failing_since", empty=True),
        _column("paywall", sa.Float()),
        *_words("trouble", "told"),
        *_times("lease_until", empty=True),
        _primary("source_state", "source"),
    )
    _index("source_state", "next_poll")
    untold = sa.text("trouble != told")
    op.create_index(
        "ix_source_state_untold",
        "source_state",
        ["source"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    op.create_table(
        "poll_record",
        _serial("id"),
        *_words("source"),
        *_times("at"),
        *_words("outcome", "reason"),
        *_texts("message"),
        *_numbers("status", "entries", "new", "hits"),
        *_flags("overrun"),
        _column("seconds", sa.Float()),
        _primary("poll_record", "id"),
    )
    _make_hub_leases()
    _index("poll_record", "at")
    _index("poll_record", "source", "at")


def _make_hub_leases() -> None:
    op.create_table(
        "hub_lease",
        *_words("token", "source"),
        *_texts("hub", "topic", "callback"),
        *_words("secret", "pending"),
        *_flags("leaving"),
        *_times("due", "expires", empty=True),
        *_numbers("failures"),
        *_texts("problem"),
        *_times("lease_until", empty=True),
        _primary("hub_lease", "token"),
    )
    _index("hub_lease", "source")
    _index("hub_lease", "due")


def _make_items() -> None:
    op.create_table(
        "item",
        *_words("id", "source"),
        *_texts("title", "url", "summary", "text", "outlet"),
        *_words("authors"),
        *_texts("language"),
        *_times("published", "updated", empty=True),
        *_times("first_seen"),
        *_flags("baseline"),
        *_words("keys"),
        _primary("item", "id"),
    )
    _index("item", "first_seen", "id")
    op.create_table(
        "item_key",
        *_words("key", "item"),
        _primary("item_key", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sighting",
        *_words("item", "source"),
        _primary("sighting", "item", "source"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "visit",
        *_words("item", "source"),
        *_texts("url"),
        *_times("due"),
        *_numbers("attempts"),
        *_times("lease_until", empty=True),
        _primary("visit", "item"),
        _refers("visit", "item", "item"),
    )
    _index("visit", "due")


def _make_hits() -> None:
    op.create_table(
        "hit",
        *_words("id", "item", "watch", "watchlist"),
        _column("score", sa.Float()),
        *_words("spans", "rule"),
        *_texts("why"),
        *_flags("possible"),
        *_times("time", "found"),
        _primary("hit", "id"),
        _refers("hit", "item", "item"),
    )
    _index("hit", "item")
    _index("hit", "found")
    _index("hit", "time", "id")
    _index("hit", "watch", "time", "id")


def _make_stories() -> None:
    op.create_table(
        "story_link",
        _serial("seq"),
        *_words("item", "story", "copy_of"),
        *_texts("why", "development", "outlet", "url", "title"),
        *_times("time"),
        _column("signature", sa.LargeBinary()),
        *_texts("terms", "credit"),
        _primary("story_link", "seq"),
        _refers("story_link", "item", "item"),
        sa.UniqueConstraint("item", name="uq_story_link_item"),
        sqlite_autoincrement=True,
    )
    _index("story_link", "story")
    _index("story_link", "time")


def _make_routes() -> None:
    op.create_table(
        "route",
        *_words("subscription", "hit", "mode"),
        *_texts("reason"),
        *_flags("carried"),
        _primary("route", "subscription", "hit"),
        _refers("route", "hit", "hit"),
    )
    _index("route", "hit")
    _index("route", "subscription", "mode", "carried")


def _make_deliveries() -> None:
    op.create_table(
        "delivery",
        *_words("id", "subscription", "kind", "channel", "recipient"),
        _column("content", sa.LargeBinary()),
        *_words("content_type", "message_id"),
        *_texts("subject"),
        *_times("created", "due"),
        *_words("slot", "status"),
        *_numbers("attempts"),
        *_times("lease_until", empty=True),
        _primary("delivery", "id"),
    )
    digests = sa.text("slot != ''")
    op.create_index(
        "uq_delivery_slot",
        "delivery",
        ["subscription", "channel", "recipient", "slot"],
        unique=True,
        sqlite_where=digests,
        postgresql_where=digests,
    )
    _index("delivery", "status", "due")
    _index("delivery", "created", "id")
    op.create_table(
        "delivery_hit",
        *_words("delivery", "hit"),
        *_numbers("position"),
        _primary("delivery_hit", "delivery", "hit"),
        _refers("delivery_hit", "delivery", "delivery"),
        _refers("delivery_hit", "hit", "hit"),
    )
    _index("delivery_hit", "hit")


def _make_attempts() -> None:
    op.create_table(
        "attempt",
        _serial("id"),
        *_words("delivery"),
        *_times("at"),
        *_flags("ok"),
        *_texts("detail"),
        *_flags("final"),
        *_times("next_due", empty=True),
        _primary("attempt", "id"),
        _refers("attempt", "delivery", "delivery"),
    )
    _index("attempt", "delivery")
    op.create_table(
        "destination",
        *_words("channel", "recipient"),
        *_times("failing_since"),
        *_numbers("failures"),
        *_times("held_until"),
        *_times("off_since", empty=True),
        *_texts("reason"),
        *_words("options"),
        _primary("destination", "channel", "recipient"),
    )
    op.create_table(
        "digest_slot",
        *_words("subscription"),
        *_times("slot"),
        _primary("digest_slot", "subscription"),
    )
