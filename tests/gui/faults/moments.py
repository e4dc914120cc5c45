"""The moment before a statement goes out: what a fault does then, it does to this one, however fast anybody is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

COMMIT = "COMMIT"


@contextmanager
def just_before(word: str, act: Callable[[], None]) -> Iterator[threading.Event]:
    """Within the block, once: ``act()`` on the client's thread that is about to send a statement with this word.

    ``COMMIT`` is the one that ends a save. The event: it was called.
    """
    was_called = threading.Event()

    def call() -> None:
        if not was_called.is_set():
            act()
            was_called.set()

    def on_execute(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if word in statement:
            call()

    def on_commit(_connection: object) -> None:
        if word == COMMIT:
            call()

    event.listen(Engine, "before_cursor_execute", on_execute)
    event.listen(Engine, "commit", on_commit)
    try:
        yield was_called
    finally:
        event.remove(Engine, "before_cursor_execute", on_execute)
        event.remove(Engine, "commit", on_commit)
