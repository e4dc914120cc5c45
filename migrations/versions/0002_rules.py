"""The rules: guard, required fields, choices, status graph, events, summaries, audit, search, leases."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / revision
REMOVE = """
DROP VIEW desk.search_source;
DO $$
DECLARE
    found record;
    routine regprocedure;
    routines regprocedure[] := ARRAY(SELECT desk.own_functions());
BEGIN
    FOR found IN
        SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'desk'::regnamespace)
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.relation);
    END LOOP;
    FOREACH routine IN ARRAY routines LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', routine);
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    """Functions first, then the triggers that call them."""
    for file in sorted(SQL.glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text("utf-8"), execution_options={"no_parameters": True})


def downgrade() -> None:
    """Drop every trigger, and every function of ours; those of bootstrap and of extensions have other owners."""
    op.get_bind().exec_driver_sql(REMOVE, execution_options={"no_parameters": True})
