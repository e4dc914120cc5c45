"""A desk that has little of what machines use up."""

from __future__ import annotations

import uuid

from desk_server.cluster_files import conf_text
from shared.errors import DeskError
from tests.desks import TEST_SETTINGS, RunningDesk, place_desk, run_root, template_desk


def start_small(settings: dict[str, str]) -> RunningDesk:
    """A desk with these settings of its cluster; started by itself: start_cluster would make room for all machines."""
    for attempt in range(5):
        desk = place_desk(template_desk(), run_root() / uuid.uuid4().hex[:8])
        desk.cluster.write_file("postgresql.auto.conf", conf_text({**TEST_SETTINGS, **settings}))
        desk.ensure_socket_dir()
        try:
            desk.cluster.start(desk.settings.port)
        except DeskError:  # another took the port meanwhile
            RunningDesk(desk).remove()
            if attempt == 4:
                raise
        else:
            return RunningDesk(desk)
    raise AssertionError("unreachable")
