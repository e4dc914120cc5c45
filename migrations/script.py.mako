"""${message}"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / revision


def upgrade() -> None:
    """What the version adds."""
    for file in sorted(SQL.glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text("utf-8"), execution_options={"no_parameters": True})


def downgrade() -> None:
    """Take back what ``upgrade`` added, and nothing else."""
    raise NotImplementedError
