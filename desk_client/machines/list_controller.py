"""Where the rows of the list of machines come from."""

from __future__ import annotations

from typing import Any

from shared.queries import machines
from shared.schemas.listing import Anchors, Page, PageKey
from shared.schemas.machine import MachineListing, MachineRow, MachineSort

ENTITY = "machine"
_PLACING = {
    MachineSort.NAME: "name",
    MachineSort.LEVEL: "level",
    MachineSort.CERTIFICATE: "certificate_ends",
    MachineSort.SEEN: "last_seen_at",
    MachineSort.ADDRESS: "address",
}


class MachineSource:
    """Machines for a list."""

    entity = ENTITY

    def page(self, conn: Any, listing: MachineListing, after: PageKey | None) -> Page[MachineRow]:
        """A page of a listing."""
        return machines.list_machines(conn, listing, after)

    def anchors(self, conn: Any, listing: MachineListing) -> Anchors:
        """The keys of all its pages."""
        return machines.get_machine_anchors(conn, listing)

    def row(self, conn: Any, row_id: int) -> MachineRow | None:
        """One machine's line."""
        return machines.get_machine_row(conn, row_id)

    def may_move(self, before: MachineRow, now: MachineRow, listing: MachineListing) -> bool:
        """Whether what places it is another."""
        names = {_PLACING[listing.sort]}
        if listing.filter.levels:
            names.add("level")
        if listing.filter.text:
            names |= {"people", "address"}
        return any(getattr(before, name) != getattr(now, name) for name in names)
