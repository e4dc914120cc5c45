"""A worker that signs, for as long as a block lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from desk_server.worker import Worker
from tests.desks import RunningDesk


@contextmanager
def signing(desk: RunningDesk) -> Iterator[None]:
    worker = Worker(desk.desk)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join()
