"""What any list gets: keyset pages of rows, and the keys by which to jump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from shared.schemas.base import Frozen

PAGE_ROWS = 200


class Line(Protocol):
    """A row of any list: it has an id, the number by which the ChangeBus knows it."""

    @property
    def id(self) -> int:
        """Unique within the list."""


Row = TypeVar("Row", bound=Line)


class PageKey(Frozen):
    """Where a page begins: after the row with this sort value and id. None (no key) is the beginning."""

    value: Any
    id: int


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Up to ``PAGE_ROWS`` rows, and the key of the page behind them (None: the end). Rows are checked where made."""

    rows: tuple[Row, ...]
    next_key: PageKey | None


class Anchors(Frozen):
    """The keys of every page of a listing, and the number of rows: for jumps. ``keys[0]`` is None."""

    keys: tuple[PageKey | None, ...]
    count: int
