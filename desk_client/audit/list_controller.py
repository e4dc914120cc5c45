"""Where the entries of the audit come from."""

from __future__ import annotations

from typing import Any

from shared.queries import audit
from shared.schemas.audit import AuditListing, AuditRow
from shared.schemas.listing import Page, PageKey


class AuditSource:
    """Entries for a list. There may be millions: the list grows as one goes on, and nobody counts them all."""

    entity = "audit"

    def page(self, conn: Any, listing: AuditListing, after: PageKey | None) -> Page[AuditRow]:
        """A page of a listing."""
        return audit.list_audit(conn, listing, after)

    def anchors(self, conn: Any, listing: AuditListing) -> None:
        """None are read."""

    def row(self, conn: Any, row_id: int) -> AuditRow | None:
        """One entry."""
        return audit.get_audit_row(conn, row_id)

    def may_move(self, before: AuditRow, now: AuditRow, listing: AuditListing) -> bool:
        """An entry never changes; its values may be forgotten."""
        return False
