"""The embedded cluster started and stopped with what goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desk_server.desk import Desk
from desk_server.process_lock import SUPERVISOR_LOCK, is_locked
from shared.errors import DeskError

_WAIT_FOR_OTHERS_SECONDS = 20


def start_cluster(desk: Desk) -> None:
    """Start the embedded cluster: its socket folder is there, no certificate about to end, room for all machines."""
    from desk_server.certificates import renew_before_start
    from desk_server.connections import make_room
    from desk_server.homes import write_note

    if desk.cluster.is_running():
        return
    desk.ensure_socket_dir()
    write_note(desk)  # the data folder may have been moved
    renew_before_start(desk)
    desk.cluster.start(desk.settings.port)
    if desk.settings.is_initialised:
        make_room(desk)


@contextmanager
def running(desk: Desk) -> Iterator[None]:
    """The cluster runs within the block, and afterwards as before it, unless somebody has come to need it since."""
    if desk.settings.kind == "site" or desk.cluster.is_running():
        yield
        return
    start_cluster(desk)
    try:
        yield
    finally:
        if not is_locked(desk.data / SUPERVISOR_LOCK):
            _stop_when_alone(desk)


def _stop_when_alone(desk: Desk) -> None:
    """Let another command that found the cluster running end its work; who stays longer is cut off."""
    try:
        desk.cluster.stop("smart", wait_seconds=_WAIT_FOR_OTHERS_SECONDS)
    except DeskError:
        desk.cluster.stop()
