"""What is done to a machine beside its form. Each goes its way to the end, whatever is shown or open meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer

from desk_client.change_bus import ChangeBus
from desk_client.machines.fields import ENTITY
from desk_client.messages import Messages, describe
from desk_client.runner import DbRunner
from shared.errors import AlreadySavedError, DeskError
from shared.queries.machines import get_machine
from shared.schemas.machine import MachineDetail, MachineSave
from shared.services.machines import end_sessions, revoke_machine, set_machine

SWEEP_AFTER_MS = 1_000
EVENTS = "security_event"


class MachineOperations:
    """Revoking, and setting the login again. Lives with the window's runner: no closed tab takes an answer from it.

    What takes rights away is two units of work: the new level first, committed, then the end of who is connected; and
    the same again after a second, for who slipped in meanwhile. The server's worker does it as well.
    """

    def __init__(self, runner: DbRunner, bus: ChangeBus, messages: Messages, own: str) -> None:
        self._runner, self._bus, self._messages, self._own = runner, bus, messages, own
        self._under_way: set[int] = set()

    def is_under_way(self, machine_id: int) -> bool:
        """Whether an answer about this machine is still to come."""
        return machine_id in self._under_way

    def revoke(self, machine: MachineDetail) -> None:
        """Let it in no more."""
        save_id = uuid.uuid4()

        def done() -> None:
            self._messages.info(lambda: _revoked_text(machine.name))
            self.end_twice(machine.name)

        self._begin(machine, lambda session: revoke_machine(session, machine.name, save_id), done)

    def set_login(self, machine: MachineDetail) -> None:
        """Set the login again as the table has it."""
        save_id = uuid.uuid4()

        def write(session: Any) -> None:
            now = get_machine(session.connection(), machine.id)
            set_machine(session, MachineSave(values=now.values, save_id=save_id, row_version=now.row_version))

        self._begin(machine, write, lambda: self._messages.info(lambda: _login_text(machine.name)))

    def end_twice(self, name: str) -> None:
        """Now, and again in a second. Of our own machine the worker ends the sessions: by now we have no right to."""
        if name != self._own:
            self._sweep(name)
            again = QTimer(self._runner)
            again.setSingleShot(True)
            again.timeout.connect(lambda: self._sweep(name))
            again.timeout.connect(again.deleteLater)
            again.start(SWEEP_AFTER_MS)

    def _begin(self, machine: MachineDetail, op: Callable[[Any], object], done: Callable[[], None]) -> None:
        if machine.id in self._under_way:
            return
        self._under_way.add(machine.id)

        def over() -> None:
            self._under_way.discard(machine.id)
            self._bus.publish(ENTITY, machine.id)

        def on_done(_answer: object) -> None:
            done()
            over()

        def on_error(error: DeskError) -> None:
            if isinstance(error, AlreadySavedError):
                done()
            else:
                self._messages.warning(lambda: _failed_text(machine.name, error))
            over()

        self._runner.run(op, on_done=on_done, on_error=on_error, receiver=self._runner, write=True)

    def _sweep(self, name: str) -> None:
        def on_done(count: int) -> None:
            self._bus.publish(ENTITY)
            if count:
                self._bus.publish(EVENTS)

        self._runner.run(
            lambda session: end_sessions(session, name),
            on_done=on_done,
            on_error=lambda error: self._messages.warning(lambda: _failed_text(name, error)),
            receiver=self._runner, write=True,
        )  # fmt: skip


def _revoked_text(name: str) -> str:
    return QCoreApplication.translate("Machines", "Revoked: machine {name}").format(name=name)


def _login_text(name: str) -> str:
    return QCoreApplication.translate("Machines", "Login set again: machine {name}").format(name=name)


def _failed_text(name: str, error: DeskError) -> str:
    said = QCoreApplication.translate("Machines", "Machine {name}: {reason}")
    return said.format(name=name, reason=describe(error))
