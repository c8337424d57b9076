"""What hit items said when, under which rule, and how often their pages were looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of versions and rules; note which version made a hit."""
    op.create_table(
        "version",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("item", "digest", name="pk_version"),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_version_item_item"),
    )
    op.create_index("ix_version_at", "version", ["at"])
    op.create_table(
        "rule",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("watch", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rule"),
    )
    with op.batch_alter_table("hit") as hit:
        hit.add_column(sa.Column("version", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("visit") as visit:
        visit.add_column(sa.Column("stage", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("visit") as visit:
        visit.drop_column("stage")
    with op.batch_alter_table("hit") as hit:
        hit.drop_column("version")
    op.drop_table("rule")
    op.drop_index("ix_version_at", "version")
    op.drop_table("version")
