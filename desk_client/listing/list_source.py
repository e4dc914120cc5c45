"""Where the rows of a list come from: what each entity with a list says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from shared.notify import ChangeKind
from shared.schemas.listing import Anchors, Page, PageKey, Row

Asked = TypeVar("Asked", contravariant=True)


class ListSource(Protocol[Row, Asked]):
    """Where the rows of a list come from. All but ``may_move`` and ``heeds`` run on the runner's thread.

    ``entity`` is the one whose rows are listed; a change of a row of the ``related`` ones may show in any of its rows.
    """

    entity: str
    related: frozenset[str]

    def page(self, conn: Any, listing: Asked, after: PageKey | None) -> Page[Row]:
        """Up to ``PAGE_ROWS`` rows behind ``after`` (None: from the beginning)."""

    def anchors(self, conn: Any, listing: Asked) -> Anchors | None:
        """The key of every page; None where a listing may be too long for that: it grows as one goes on."""

    def rows(self, conn: Any, ids: Sequence[int]) -> Sequence[Row]:
        """These rows as they are now, in any order; without those that are no more."""

    def is_among(
        self, conn: Any, listing: Asked, ids: Sequence[int], after: PageKey | None, up_to: PageKey | None
    ) -> bool:
        """Whether one of these is in the listing, behind ``after`` and not behind ``up_to`` (None: no bound)."""

    def may_move(self, before: Row, now: Row, listing: Asked) -> bool:
        """Whether a changed row may stand elsewhere in the listing, or not be in it any more."""

    def heeds(self, kind: ChangeKind, listing: Asked) -> bool:
        """Whether such a change may place a row elsewhere, or bring it into the listing."""
