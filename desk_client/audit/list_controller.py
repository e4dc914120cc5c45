"""Where the entries of the audit come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.notify import ENTITIES, ChangeKind
from shared.queries import audit
from shared.schemas.audit import AuditListing, AuditRow
from shared.schemas.listing import Page, PageKey


class AuditSource:
    """Entries for a list. There may be millions: the list grows as one goes on, and nobody counts them all."""

    entity = "audit"
    related = ENTITIES  # whatever changes, there is an entry of it

    def page(self, conn: Any, listing: AuditListing, after: PageKey | None) -> Page[AuditRow]:
        """A page of a listing."""
        return audit.list_audit(conn, listing, after)

    def anchors(self, conn: Any, listing: AuditListing) -> None:
        """None are read."""

    def rows(self, conn: Any, ids: Sequence[int]) -> list[AuditRow]:
        """These entries."""
        return [row for row_id in ids if (row := audit.get_audit_row(conn, row_id)) is not None]

    def is_among(
        self, conn: Any, listing: AuditListing, ids: Sequence[int], after: PageKey | None, up_to: PageKey | None
    ) -> bool:
        """Any may be."""
        return True

    def may_move(self, before: AuditRow, now: AuditRow, listing: AuditListing) -> bool:
        """An entry never changes; its values may be forgotten."""
        return False

    def heeds(self, kind: ChangeKind, listing: AuditListing) -> bool:
        """None comes by its id."""
        return False
