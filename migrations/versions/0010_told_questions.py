"""The time that a question for a lease waits counts from when its holder could know of it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / revision


def upgrade() -> None:
    """Run the files in the order of their names."""
    for file in sorted(SQL.glob("[0-9]*.sql")):
        op.get_bind().exec_driver_sql(file.read_text("utf-8"), execution_options={"no_parameters": True})


def downgrade() -> None:
    """Undo it."""
    op.get_bind().exec_driver_sql((SQL / "down.sql").read_text("utf-8"), execution_options={"no_parameters": True})
