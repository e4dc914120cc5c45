"""One process of ``bench.clients``: some clients, each on a thread and connections of its own, at work all day.

``python -m bench.client_work`` reads its orders as JSON from standard input and writes what it measured as JSON.
"""

from __future__ import annotations

import json
import random
import select
import selectors
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.client_live import Following
from desk_client.tickets.standard_filters import standard_filters
from shared.config import Profile
from shared.database import Database
from shared.domain.status import ACTIVE
from shared.errors import BusyError, ConflictError, DeskError
from shared.listening import ListeningConnection, Wait
from shared.queries.session import get_session
from shared.queries.tickets import get_history, get_ticket
from shared.schemas.lease import Lease
from shared.schemas.ticket import CommentText, TicketDetail, TicketUpdate, TicketValues
from shared.schemas.ticket_listing import TicketFilter
from shared.services.leases import beat_leases, take_lease
from shared.services.tickets import add_comment, update_ticket

QUIET_SECONDS = 4.0
BEAT_SECONDS = 15.0
LONG_EDIT_SECONDS = 20.0
OF_EACH = ("tickets", "mix", "think", "reads_again")
SWITCH_SECONDS = 0.0005  # of Python's threads: they stand for computers, which do not wait for one another
WARM_UP = 2  # a connection's first calls of each kind: the server compiles its functions for it then
FILTERS = [TicketFilter(status=(status,)) for status in ACTIVE] + [TicketFilter(status=tuple(ACTIVE))]


class Client(threading.Thread):
    """One person at one machine."""

    def __init__(
        self, profile: str, *, seed: int, tickets: list[int], mix: dict[str, float], think: float, reads_again: bool
    ) -> None:
        super().__init__(name=Path(profile).name)
        session = uuid.uuid4()
        arguments = Profile.load(Path(profile)).connect_args(session=session)
        self.database, self.arguments = Database(arguments), arguments
        self.times: dict[str, list[float]] = defaultdict(list)
        self.calls, self.met, self.errors = Counter[tuple[object, ...]](), Counter[str](), Counter[str]()
        self.saved: dict[int, int] = defaultdict(int)
        self.commented: dict[int, int] = defaultdict(int)
        self._tickets, self._mix, self._think = tickets, mix, think
        self._chance = random.Random(seed)
        self.until = 0.0
        with self.database.reading() as conn:
            person = get_session(conn).person
        views = tuple(standard_filters(person.id if person is not None else None).values())
        self.live = Following(self.database, views, self._chance, self._timed, self.met, reads_again=reads_again)

    # -- what this one does --------------------------------------------------------------------------------------------

    def _pause(self, seconds: float) -> None:
        """Nothing for so long, but reading again what others have changed."""
        self.live.follow(min(time.monotonic() + seconds, self.until))

    def run(self) -> None:
        names, weights = list(self._mix), list(self._mix.values())
        time.sleep(self._chance.uniform(0, min(self._think, self.until - time.monotonic())))
        self.list()
        while True:
            try:
                self._pause(self._chance.expovariate(1 / self._think))
                if time.monotonic() >= self.until:
                    break
                getattr(self, self._chance.choices(names, weights)[0])()
            except DeskError as error:
                self.errors[f"{type(error).__name__}: {error}"] += 1
        self.database.close()

    def list(self) -> None:
        self.live.show(self._chance.choice(FILTERS))

    def open(self) -> None:
        self._opened(self._chance.choice(self._tickets))

    def comment(self) -> None:
        ticket = self._chance.choice(self._tickets)
        with self._timed("comment"), self.database.unit_of_work() as session:
            add_comment(session, ticket, CommentText(body=self._text()), uuid.uuid4())
        self.commented[ticket] += 1
        self.live.changed_here(ticket)

    def edit(self) -> None:
        ticket = self._chance.choice(self._tickets)
        self._opened(ticket)
        self._pause(self._chance.uniform(0.2, 1.0))
        with self._timed("lease"), self.database.reading() as conn:
            lease = take_lease(conn, "ticket", ticket)
        if not lease.is_mine:
            self.met["another edits it"] += 1
            return
        self._type(lease)
        with self.database.reading() as conn:
            seen = get_ticket(conn, ticket)
        while not self._save(seen, lease):
            with self.database.reading() as conn:
                seen = get_ticket(conn, ticket)
        self.live.changed_here(ticket)

    def _opened(self, ticket: int) -> TicketDetail:
        with self._timed("open"), self.database.reading() as conn:
            detail = get_ticket(conn, ticket)
            get_history(conn, ticket)
        return detail

    def _type(self, lease: Lease) -> None:
        """For a second or two; now and then for so long that signs of life are needed."""
        left = self._chance.uniform(0.5, 2.0) if self._chance.random() < 0.9 else LONG_EDIT_SECONDS
        while left > BEAT_SECONDS:
            self._pause(BEAT_SECONDS)
            left -= BEAT_SECONDS
            with self._timed("beat"), self.database.reading() as conn:
                (beaten,) = beat_leases(conn, [lease])
            if not beaten.is_mine and time.monotonic() < self.until:
                self.errors["a lease was lost to nobody"] += 1
        self._pause(left)

    def _save(self, seen: TicketDetail, lease: Lease) -> bool:
        """Count the ticket up; False where it is to be tried again with what is there now."""
        change = TicketUpdate(
            id=seen.id,
            row_version=seen.row_version,
            save_id=uuid.uuid4(),
            lease_token=lease.token,
            values=TicketValues(next_step=str(int(seen.values.next_step or 0) + 1)),
            comment=CommentText(body=self._text()) if self._chance.random() < 0.3 else None,
            comment_save_id=uuid.uuid4(),
        )
        try:
            with self._timed("save", change.comment is not None), self.database.unit_of_work() as session:
                update_ticket(session, change)
        except (ConflictError, BusyError) as error:
            self.met[type(error).__name__] += 1
            return False
        self.saved[seen.id] += 1
        self.commented[seen.id] += change.comment is not None
        return True

    def _text(self) -> str:
        return f"The box was restarted {self._chance.randint(2, 99)} times; the log is with the team now."

    def _timed(self, name: str, *kind: object) -> _Timed:
        return _Timed(self, name, (name, *kind))


class _Timed:
    """The milliseconds of a block that ended well, but for a connection's first ones of each kind.

    Nor does one count that began after the end of the work: whoever was at an edit then saves at the same moment.
    """

    def __init__(self, client: Client, name: str, kind: tuple[object, ...]) -> None:
        self._client, self._name, self._kind = client, name, kind

    def __enter__(self) -> None:
        self._began = time.perf_counter()
        self._is_late = time.monotonic() >= self._client.until

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is None:
            self._client.calls[self._kind] += 1
            if self._client.calls[self._kind] > WARM_UP and not self._is_late:
                self._client.times[self._name].append((time.perf_counter() - self._began) * 1000)


class Ears(threading.Thread):
    """Hears for all clients of this process, on a connection for each; one that breaks is made again."""

    def __init__(self, clients: list[Client]) -> None:
        super().__init__(name="ears")
        self.heard = 0
        self.is_over = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._clients: dict[ListeningConnection, Client] = {}
        self._last: dict[ListeningConnection, float] = {}
        self._deaf: list[Client] = []
        for client in clients:
            self._connect(client)

    def _connect(self, client: Client) -> None:
        connection = ListeningConnection(client.arguments)
        while not connection.is_listening:
            writing = [connection] if connection.waits_for is Wait.WRITE else []
            select.select([connection], writing, [], 5.0)
            connection.go_on()
        self._selector.register(connection.fileno(), selectors.EVENT_READ, connection)
        self._clients[connection], self._last[connection] = client, time.monotonic()

    def run(self) -> None:
        looked_at = 0.0
        while not self.is_over.is_set():
            for key, _ in self._selector.select(0.25):
                self._or_again(key.data, self._take)
            if time.monotonic() - looked_at > 1:
                looked_at = time.monotonic()
                for connection in [one for one, at in self._last.items() if looked_at - at > QUIET_SECONDS]:
                    self._or_again(connection, self._ask)
                self._connect_again()
        self._selector.close()
        for connection in self._clients:
            connection.close()

    def _take(self, connection: ListeningConnection) -> None:
        connection.go_on()
        self._last[connection] = time.monotonic()
        for pid, payload in connection.take():
            self.heard += 1
            self._clients[connection].live.hear(pid, payload)

    def _ask(self, connection: ListeningConnection) -> None:
        """For a sign of life, as a client does."""
        connection.ask()
        connection.go_on()

    def _or_again(self, connection: ListeningConnection, act: Callable[[ListeningConnection], None]) -> None:
        try:
            act(connection)
        except DeskError:
            client = self._clients.pop(connection)
            del self._last[connection]
            self._selector.unregister(
                next(fd for fd, key in self._selector.get_map().items() if key.data is connection)
            )
            connection.close()
            client.errors["a listener's connection broke"] += 1
            self._deaf.append(client)

    def _connect_again(self) -> None:
        deaf, self._deaf = self._deaf, []
        for client in deaf:
            try:
                self._connect(client)
            except DeskError:
                self._deaf.append(client)


def work(orders: dict[str, Any]) -> dict[str, Any]:
    """Connect all, say so, wait for the start, work until the end."""
    sys.setswitchinterval(SWITCH_SECONDS)
    clients = [
        Client(profile, seed=orders["seed"] + number, **{name: orders[name] for name in OF_EACH})
        for number, profile in enumerate(orders["profiles"])
    ]
    ears = Ears(clients)
    print("connected", flush=True)
    start = float(sys.stdin.readline())
    with suppress(ValueError):
        time.sleep(start - time.monotonic())
    ears.start()
    for client in clients:
        client.until = start + orders["seconds"]
        client.start()
    for client in clients:
        client.join()
    ears.is_over.set()
    ears.join()
    return _added_up(clients, ears)


def _added_up(clients: list[Client], ears: Ears) -> dict[str, Any]:
    times: dict[str, list[float]] = defaultdict(list)
    saved, commented = Counter[int](), Counter[int]()
    for client in clients:
        saved.update(client.saved)
        commented.update(client.commented)
        for name, values in client.times.items():
            times[name] += values
    return {
        "times": times,
        "saved": saved,
        "commented": commented,
        "met": sum((client.met for client in clients), Counter[str]()),
        "errors": sum((client.errors for client in clients), Counter[str]()),
        "heard": ears.heard,
        "cpu": time.process_time(),
    }


if __name__ == "__main__":
    json.dump(work(json.loads(sys.stdin.readline())), sys.stdout)
