"""The embedded cluster started and stopped with what goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desk_server.desk import Desk


def start_cluster(desk: Desk) -> None:
    """Start the embedded cluster, with its socket folder there and no certificate about to end."""
    from desk_server.certificates import renew_before_start

    if desk.cluster.is_running():
        return
    desk.ensure_socket_dir()
    renew_before_start(desk)
    desk.cluster.start(desk.settings.port)


@contextmanager
def running(desk: Desk) -> Iterator[None]:
    """The cluster runs within the block, and afterwards as before it."""
    if desk.settings.kind == "site" or desk.cluster.is_running():
        yield
        return
    start_cluster(desk)
    try:
        yield
    finally:
        desk.cluster.stop()
