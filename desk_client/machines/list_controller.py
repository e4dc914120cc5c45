"""Where the rows of the list of machines come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.notify import ChangeKind
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
    related = frozenset({"staff"})  # who sits there

    def page(self, conn: Any, listing: MachineListing, after: PageKey | None) -> Page[MachineRow]:
        """A page of a listing."""
        return machines.list_machines(conn, listing, after)

    def anchors(self, conn: Any, listing: MachineListing) -> Anchors:
        """The keys of all its pages."""
        return machines.get_machine_anchors(conn, listing)

    def rows(self, conn: Any, ids: Sequence[int]) -> list[MachineRow]:
        """These machines' lines."""
        return [row for row_id in ids if (row := machines.get_machine_row(conn, row_id)) is not None]

    def is_among(
        self, conn: Any, listing: MachineListing, ids: Sequence[int], after: PageKey | None, up_to: PageKey | None
    ) -> bool:
        """Any may be."""
        return True

    def may_move(self, before: MachineRow, now: MachineRow, listing: MachineListing) -> bool:
        """Whether what places it is another."""
        names = {_PLACING[listing.sort]}
        if listing.filter.levels:
            names.add("level")
        if listing.filter.text:
            names |= {"people", "address"}
        return any(getattr(before, name) != getattr(now, name) for name in names)

    def heeds(self, kind: ChangeKind, listing: MachineListing) -> bool:
        """Who edits it places none."""
        return kind is not ChangeKind.LEASE
