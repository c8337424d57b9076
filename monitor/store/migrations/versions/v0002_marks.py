"""What a reader said of a hit: relevant or not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of marks."""
    op.create_table(
        "mark",
        sa.Column("hit", sa.String(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hit", name="pk_mark"),
        sa.ForeignKeyConstraint(["hit"], ["hit.id"], name="fk_mark_hit_hit"),
    )


def downgrade() -> None:
    """Drop the table of marks."""
    op.drop_table("mark")
