"""The first questions to the desk: does this client fit, who is this machine, who sits here; and asking again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desk_client.change_bus import Change, ChangeBus
from desk_client.pace import Pace
from desk_client.reference_store import ReferenceStore
from desk_client.runner import DbRunner
from desk_client.turns import Chance
from shared import SCHEMA_REVISION, __version__
from shared.errors import DeskError, LoginRefusedError, VersionGateError
from shared.notify import ChangeKind
from shared.queries.reference import get_reference
from shared.queries.session import check_gate, get_session, get_version_gate, state_person
from shared.schemas.reference import ReferenceData
from shared.schemas.session import DeskSession

RETRY_MS = 3_000  # on average: many clients that lost the desk at one moment do not come back at one
SHUT_OUT_RETRY_MS = 30_000  # somebody has to let this machine in again first
REFERENCE_ENTITIES = frozenset(
    {"choice", "choice_list", "dependent_choice", "field_rule", "product", "release", "hardware_revision", "staff",
     "department", "release_hardware", "status_transition"}
)  # fmt: skip
RIGHTS_ENTITIES = frozenset({"field_rule", "machine", "staff", "setting", "version_gate"})


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the desk said."""

    session: DeskSession
    reference: ReferenceData


def ask_gate(conn: Any) -> None:
    """Raises VersionGateError where client and desk differ."""
    check_gate(get_version_gate(conn), __version__, SCHEMA_REVISION)


def read_rights(conn: Any) -> DeskSession:
    """Version gate first; then what this machine may do by now."""
    ask_gate(conn)
    return get_session(conn)


def read_welcome(conn: Any) -> Welcome:
    """Version gate first; then who this is and what dropdowns offer. VersionGateError where client and desk differ."""
    ask_gate(conn)
    session = get_session(conn)
    if session.person is not None:
        state_person(conn, session.person)
    return Welcome(session, get_reference(conn))


class SessionController(QObject):
    """Begins the session, and tells when the desk answers again after it did not.

    Signals:
        welcomed(Welcome): the desk let us in.
        refused(DeskError): it did not, or does not answer.
        outdated(VersionGateError): the desk was changed meanwhile; this client does not fit any more.
        shut_out(LoginRefusedError or None): the desk is there and lets this machine in no more; None: it is away again.
        returned(): the desk answers again; whoever shows its rows reads them again.
        rights_changed(DeskSession): an administrator has changed what this machine may do or read.
    """

    welcomed = Signal(object)
    refused = Signal(object)
    outdated = Signal(object)
    shut_out = Signal(object)
    returned = Signal()
    rights_changed = Signal(object)

    def __init__(
        self, runner: DbRunner, bus: ChangeBus, reference: ReferenceStore, parent: QObject,
        chance: Chance = random.random,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._runner = runner
        self._reference, self._chance = reference, chance
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self._on_retry)
        self._retry_ms = RETRY_MS
        runner.reachable_changed.connect(self._on_reachable_changed)
        runner.reconnected.connect(self._on_reconnected)
        bus.changed.connect(self._on_changed)
        self._pace, self._rights_pace = Pace(self), Pace(self)
        self._pace.due.connect(self._read_reference)
        self._rights_pace.due.connect(self._check_rights)
        self._is_welcome = False
        self._is_shut_out = False
        self._session: DeskSession | None = None
        self._is_outdated = False

    @property
    def may_save(self) -> bool:
        """Whether the desk takes changes of who sits here, by what it said last."""
        now = self._session
        return now is not None and now.level.can_write and now.person is not None and not self._is_outdated

    def begin(self) -> None:
        """Ask the first questions."""
        self._runner.run(
            read_welcome, on_done=self._on_welcome, on_error=self.refused.emit, receiver=self, purpose="welcome"
        )

    def _on_welcome(self, welcome: Welcome) -> None:
        self._is_welcome = True
        self._session = welcome.session
        self._reference.load(welcome.reference)
        self.welcomed.emit(welcome)

    def _on_reachable_changed(self, reachable: bool) -> None:
        if not self._is_welcome:
            return
        if reachable:
            self._retry.stop()
            self._is_shut_out = False
            self.look_again()
        else:
            self._retry_ms = RETRY_MS
            self._wait_to_retry()

    def _wait_to_retry(self) -> None:
        self._retry.start(round(self._retry_ms * (0.5 + self._chance())))

    def _on_retry(self) -> None:
        self._wait_to_retry()
        self._ask_again()

    def _on_reconnected(self) -> None:
        if self._is_welcome:
            self._check_rights()

    def _check_rights(self) -> None:
        """It may have been away to be updated; or the session was ended since this machine has other rights now."""
        self._rights_pace.begin()
        self._runner.run(read_rights, on_done=self._on_rights, on_error=self._on_gate, receiver=self, purpose="gate")

    def _on_rights(self, now: DeskSession) -> None:
        self._rights_pace.end()
        self._is_outdated = False
        before, self._session = self._session, now
        if before is not None and _rights(before) != _rights(now):
            self.rights_changed.emit(now)

    def _on_gate(self, error: DeskError) -> None:
        self._rights_pace.end()
        if isinstance(error, VersionGateError):
            self._is_outdated = True
            self.outdated.emit(error)

    def look_again(self) -> None:
        """Anything may have changed meanwhile: read again what all screens go by, and have the screens do so."""
        if not self._is_welcome:
            return
        if self._runner.is_reachable:
            self._pace.want()
            self._check_rights()
            self.returned.emit()
        else:
            self.ask_now()

    def ask_now(self) -> None:
        """Whether the desk answers; what follows, follows from ``reachable_changed``."""
        if self._is_welcome:
            self._ask_again()

    def stop(self) -> None:
        """Ask nothing more."""
        self._retry.stop()
        self._pace.stop()
        self._rights_pace.stop()

    def _ask_again(self) -> None:
        self._runner.run(get_version_gate, on_done=_ignore, on_error=self._on_no_answer, receiver=self, purpose="retry")

    def _on_no_answer(self, error: DeskError) -> None:
        is_refused = isinstance(error, LoginRefusedError)
        if is_refused != self._is_shut_out:
            self._is_shut_out = is_refused
            self._retry_ms = SHUT_OUT_RETRY_MS if is_refused else RETRY_MS
            if self._retry.isActive():
                self._wait_to_retry()
            self.shut_out.emit(error if is_refused else None)

    def _on_changed(self, change: Change, _initiator: QObject | None) -> None:
        if change.kind is ChangeKind.LEASE:
            return
        if change.entity in REFERENCE_ENTITIES:
            self._pace.want() if change.is_remote else self._read_reference()
        if change.entity in RIGHTS_ENTITIES and self._is_welcome:  # a field may be private now, or open
            self._rights_pace.want() if change.is_remote else self._check_rights()

    def _read_reference(self) -> None:
        self._pace.begin()
        self._runner.run(
            get_reference, on_done=self._on_reference, on_error=self._on_no_reference, receiver=self,
            purpose="reference",
        )  # fmt: skip

    def _on_reference(self, data: ReferenceData) -> None:
        self._pace.end()
        self._reference.load(data)

    def _on_no_reference(self, _error: DeskError) -> None:
        self._pace.end()  # what is in memory stays


def _rights(session: DeskSession) -> tuple[Any, ...]:
    return session.level, session.readable_private, session.people


def _ignore(_answer: object) -> None:
    """What is in memory stays."""
