"""The worker processes of the fault tests: ``python -m tests.faults.worker FD``.

One process loads the code once and forks a worker for each channel that comes by the Unix socket FD: loading takes
half a second, forking a few milliseconds. Each worker is a process of its own, with its own connection, and may be
stopped or killed alone. Whoever is left without a parent ends.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback

from shared.errors import DeskError
from tests.faults import client_tasks, edit_tasks, lease_tasks, save_tasks
from tests.faults.workplace import Workplace

TASKS = {task.__name__: task for module in (client_tasks, edit_tasks, lease_tasks, save_tasks) for task in module.TASKS}


def serve(channel: socket.socket) -> None:
    """Carry out what the parent sends until it hangs up."""
    place = Workplace(channel)
    place.say(pid=os.getpid())
    while (order := place.next_order()) is not None:
        place.stops = frozenset(order.pop("stops", ()))
        try:
            result = TASKS[order.pop("task")](place, **order)
        except DeskError as error:
            place.say(failed=type(error).__name__, sentence=str(error), row=getattr(error, "entity_id", None))
        except Exception:
            place.say(crashed=traceback.format_exc())
        else:
            place.say(done=result)
    place.close()


def main() -> None:
    """Fork a worker for each channel, until the parent is gone."""
    gate = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a killed worker leaves no zombie
    while True:
        word, descriptors, _, _ = socket.recv_fds(gate, 1, 1)
        if not word:
            return
        if os.fork() == 0:
            gate.close()
            try:
                serve(socket.socket(fileno=descriptors[0]))
            finally:
                os._exit(0)
        os.close(descriptors[0])


if __name__ == "__main__":
    main()
