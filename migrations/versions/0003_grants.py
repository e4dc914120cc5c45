"""Who may read, write and call what."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / revision
REVOKE = """
REVOKE ALL ON ALL TABLES IN SCHEMA desk FROM desk_query, desk_full, desk_admin, desk_import, desk_worker;
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN SELECT desk.own_functions() LOOP
        EXECUTE format(
            'REVOKE ALL ON FUNCTION %s FROM desk_query, desk_full, desk_admin, desk_import, desk_worker', routine
        );
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    """Grant by table and column."""
    for file in sorted(SQL.glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text("utf-8"), execution_options={"no_parameters": True})


def downgrade() -> None:
    """Take back every grant of ours; those to desk_roles are bootstrap's."""
    op.get_bind().exec_driver_sql(REVOKE, execution_options={"no_parameters": True})
