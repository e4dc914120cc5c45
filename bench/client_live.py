"""What a client of ``bench.clients`` reads because others, or its own saves, changed something: as the real one does.

The paces and the filters are those of ``desk_client``; what it does with them is ``listing/row_changes.py``,
``tickets/list_controller.py`` and ``leases/watch.py`` in short, for a list by date of arrival and without a text.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from desk_client.notice_pace import GATHER_SECONDS, GATHER_SPREAD, NoticePace
from desk_client.turns import COUNTS, LOOKS, ROWS, SIGHT, UNSEEN, WHOLE, Turns
from shared.database import Database
from shared.notify import ChangeKind, Notice, parse_notice
from shared.queries.leases import get_leases
from shared.queries.tickets import count_views, get_anchors, get_rows, is_among, list_tickets
from shared.schemas.listing import PageKey
from shared.schemas.ticket import TicketRow
from shared.schemas.ticket_listing import TicketFilter, TicketListing

ENTITY = "ticket"
POLL_SECONDS = (12.0, 15.0)

Timed = Callable[[str], AbstractContextManager[None]]


class Following:
    """The list, the counts and the marks of one client. ``hear`` is called from any thread, all else from its own."""

    def __init__(
        self, database: Database, views: tuple[TicketFilter, ...], chance: random.Random, timed: Timed,
        met: Counter[str], *, reads_again: bool,
    ) -> None:  # fmt: skip
        self._reads_again = reads_again
        self._database, self._views, self._timed, self._met, self._chance = database, views, timed, met, chance
        turns = [Turns(times, chance.random) for times in (ROWS, UNSEEN, SIGHT, WHOLE, COUNTS)]
        self._rows, self._unseen, self._sight, self._whole, self._counts = turns
        reads = (self._read_rows, self._read_rows, self._read_sight, self._read_whole, self._count)
        self._looks = Turns(LOOKS, chance.random)
        self._reads = tuple(zip(turns, reads, strict=True))
        self._notices = NoticePace(ENTITY)
        self._box: deque[Notice] = deque()
        self._came = threading.Event()
        self._listing = TicketListing()
        self._shown: set[int] = set()
        self._next_page: PageKey | None = None
        self._touched: set[int] = set()
        self._edited: set[int] = set()
        self._look_at: float | None = None

    def hear(self, pid: int, payload: str) -> None:
        """A notice, but for one of our own."""
        if not self._reads_again:
            return
        notice = None if pid in self._database.backend_pids() else parse_notice(payload)
        if notice is not None and notice.entity == ENTITY:
            self._box.append(notice)
            self._came.set()

    def follow(self, end: float) -> None:
        """Nothing else until then."""
        while (now := time.monotonic()) < end:
            if self._came.wait(max(0.0, min(self._next_due(), end) - now)):
                time.sleep(GATHER_SECONDS + GATHER_SPREAD * self._chance.random())
                self._came.clear()
                taken = [self._box.popleft() for _ in range(len(self._box))]
                self._tell(self._notices.take(dict.fromkeys(taken), time.monotonic()))
            self._go_on()

    # -- the person's own doing ----------------------------------------------------------------------------------------

    def show(self, wanted: TicketFilter) -> None:
        """Another view."""
        self._listing = TicketListing(filter=wanted)
        self._touched.clear()
        self._box.clear()
        for turns, _ in self._reads[:-1]:
            turns.reset(time.monotonic())
        with self._database.reading() as conn:
            with self._timed("list"):
                page = list_tickets(conn, self._listing)
            with self._timed("its count and ends"):
                get_anchors(conn, self._listing)
        self._showing(page.rows, page.next_key)

    def changed_here(self, ticket: int) -> None:
        """Its own change: the row, or all in sight where it is not shown, and the counts, at once."""
        if not self._reads_again:
            return
        if ticket in self._shown:
            with self._timed("an own row again"), self._database.reading() as conn:
                self._note_edits(get_rows(conn, [ticket]))
        else:
            self._read_whole()
        self._count()

    # -- what others change --------------------------------------------------------------------------------------------

    def _tell(self, notices: Iterable[Notice]) -> None:
        now = time.monotonic()
        for notice in notices:
            ticket, kind = notice.entity_id, notice.kind
            if ticket is None:
                self._want_sight(now)
                self._met["so many notices that any row may have changed"] += 1
            elif ticket in self._shown or kind is ChangeKind.ROW:
                self._met[f"notice of a row that is shown: {kind}"] += ticket in self._shown
                self._touched.add(ticket)
                (self._rows if ticket in self._shown else self._unseen).want(now)
            if kind is ChangeKind.ROW:
                self._counts.want(now)
            if self._edited and (ticket is None or (kind is ChangeKind.LEASE and ticket in self._edited)):
                self._looks.want(now)

    def _next_due(self) -> float:
        dues = (self._notices.due(), self._look_at, self._looks.due_at(), *(turns.due_at() for turns, _ in self._reads))
        return min((due for due in dues if due is not None), default=float("inf"))

    def _go_on(self) -> None:
        self._tell(self._notices.take((), time.monotonic()))
        for turns, read in self._reads:
            if turns.is_due(time.monotonic()):
                read()
        now = time.monotonic()
        if self._looks.is_due(now) or (self._look_at is not None and self._look_at <= now):
            self._look()

    def _read_rows(self) -> None:
        ids, self._touched = self._touched, set()
        known, unknown = sorted(ids & self._shown), sorted(ids - self._shown)
        for turns in (self._rows, self._unseen):
            turns.begin(time.monotonic())
        with self._timed("rows again"), self._database.reading() as conn:
            rows = get_rows(conn, known) if known else ()
            came = bool(unknown) and is_among(conn, self._listing, unknown, None, self._next_page)
        for turns in (self._rows, self._unseen):
            turns.end(time.monotonic(), is_cheap=True)
        self._note_edits(rows)
        if came or len(rows) < len(known):
            self._met["a row that came or went"] += 1
            self._want_sight(time.monotonic())
        elif unknown and self._next_page is not None:
            self._whole.want(time.monotonic())

    def _want_sight(self, now: float) -> None:
        self._whole.want(now)
        if not self._whole.is_near(now):
            self._sight.want(now)

    def _read_sight(self) -> None:
        self._sight.begin(time.monotonic())
        with self._timed("pages in sight again"), self._database.reading() as conn:
            page = list_tickets(conn, self._listing)
        self._sight.end(time.monotonic())
        self._showing(page.rows, page.next_key)

    def _read_whole(self) -> None:
        self._whole.begin(time.monotonic())
        with self._timed("the whole list again"), self._database.reading() as conn:
            get_anchors(conn, self._listing)
            page = list_tickets(conn, self._listing)
        self._whole.end(time.monotonic(), is_cheap=page.next_key is None)
        self._showing(page.rows, page.next_key)

    def _count(self) -> None:
        self._counts.begin(time.monotonic())
        with self._timed("counts of the views"), self._database.reading() as conn:
            count_views(conn, self._views)
        self._counts.end(time.monotonic())

    # -- who edits -----------------------------------------------------------------------------------------------------

    def _showing(self, rows: Iterable[TicketRow], next_page: PageKey | None) -> None:
        rows = tuple(rows)
        self._shown, self._next_page = {row.id for row in rows}, next_page
        self._edited.clear()
        if self._reads_again:
            self._note_edits(rows)

    def _note_edits(self, rows: Iterable[TicketRow]) -> None:
        for row in rows:
            (self._edited.discard if row.edited_by is None else self._edited.add)(row.id)
        if not self._edited:
            self._look_at = None
            self._looks.stop()
        elif self._look_at is None:
            self._look_at = time.monotonic() + self._chance.uniform(*POLL_SECONDS)

    def _look(self) -> None:
        self._looks.begin(time.monotonic())
        with self._timed("who edits what is shown"), self._database.reading() as conn:
            states = get_leases(conn, [(ENTITY, ticket) for ticket in sorted(self._edited)])
        self._looks.end(time.monotonic(), is_cheap=True)
        self._edited &= {state.entity_id for state in states}
        self._look_at = None
        self._note_edits(())
