"""How a machine comes to its profile: from a one-time code to a key, a certificate and a first login.

The server is proved before anything is said to it; the key is made here and never leaves; the request goes through the
role ``desk_enrol``, which may do nothing else; the worker signs. Plain Python: the command line and the window both
walk it, in a thread of their own there, since each step may wait for the network or for a key store.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg2

from shared import __version__
from shared.config import CA_FILE, Profile
from shared.database import translate_error
from shared.domain.enrolment import EnrolmentCode
from shared.enrolment_attempt import Attempt, Request, check_folder
from shared.errors import (
    DatabaseUnavailableError,
    DeskError,
    ExpiredCodeError,
    FolderError,
    LoginRefusedError,
    NotADeskError,
    NotSignedError,
    PermissionDeniedError,
    RequestRefusedError,
    ServerFullError,
    ServerNameError,
    UnknownCodeError,
    UsedCodeError,
    WrongServerError,
)
from shared.server_proof import check_certificate_days, check_clocks, prove_server

PATIENCE_SECONDS = 30.0
LOGIN_TRIES = 3
_POLL_SECONDS = (0.05, 0.1, 0.2, 0.4)  # then the last one again
# What the role says of itself counts for nothing: whoever enrols may change its settings, and would for all others.
_SETTINGS = {
    "statement_timeout": "10s",
    "transaction_timeout": "0",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read\\ committed",
    "default_transaction_deferrable": "off",
    "search_path": "pg_catalog",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "client_min_messages": "notice",
    "row_security": "on",
    "jit": "off",
    "work_mem": "4MB",
    "synchronous_commit": "on",
    "local_preload_libraries": "",  # a library that is not there ends every login
    "exit_on_error": "off",
    "tcp_user_timeout": "20s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Step(StrEnum):
    """Where an enrolment is."""

    SERVER = "server"
    KEY = "key"
    SIGNING = "signing"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The machine is enrolled; whether the system's key store holds the password of its key, or the file beside it."""

    profile: Profile
    is_in_key_store: bool


def utc_now() -> dt.datetime:
    """This computer's clock."""
    return dt.datetime.now(dt.UTC)


def no_step(_step: Step) -> None:
    """Nobody watches."""


class Enrolment:
    """One walk from a code to a profile. ``now`` and ``patience`` are given by tests alone.

    Set ``stop`` to give up waiting: the same code goes on another time.
    """

    def __init__(
        self,
        code: EnrolmentCode,
        folder: Path,
        *,
        use_store: bool = True,
        on_step: Callable[[Step], None] = no_step,
        now: Callable[[], dt.datetime] = utc_now,
        patience: float = PATIENCE_SECONDS,
        stop: threading.Event | None = None,
    ) -> None:
        self._code = code
        self._folder = folder
        self._use_store = use_store
        self._on_step = on_step
        self._now = now
        self._patience = patience
        self._stop = stop or threading.Event()
        self._attempt = Attempt(folder, code)

    def run(self) -> Enrolled:
        """Walk it all. Every refusal is a DeskError; the same code goes on after a kill, a lost server, no worker."""
        try:
            return self._walk()
        except (UnknownCodeError, UsedCodeError, ExpiredCodeError, RequestRefusedError):
            self._attempt.give_up()
            raise
        except OSError as error:
            raise FolderError(f"The folder {self._folder} can't be used: {error.strerror or error}.") from error

    def _walk(self) -> Enrolled:
        check_folder(self._folder, self._code.machine)
        self._on_step(Step.SERVER)
        proof = prove_server(self._code.host, self._code.port, self._code.fingerprint)
        check_certificate_days(self._now(), proof)
        self._on_step(Step.KEY)
        request = self._attempt.begin(proof.authority, use_store=self._use_store)
        certificate = self._have_signed(request)
        self._on_step(Step.LOGIN)
        log_in(self._attempt.signed(certificate, request.kept))
        return Enrolled(self._attempt.finish(request.kept), request.kept.place == "store")

    def _have_signed(self, request: Request) -> str:
        deadline = time.monotonic() + self._patience
        with closing(self._connect(deadline)) as connection:
            self._check_clock(connection)
            certificate = self._ask(connection, request)
            self._on_step(Step.SIGNING)  # the code was taken
            for pause in _pauses():
                if certificate is not None:
                    return certificate
                if time.monotonic() + pause > deadline or self._stop.wait(pause):
                    raise NotSignedError(
                        "The desk took the code, but nothing there signs: its worker does not run. "
                        "When it does, the same code goes on from here."
                    )
                certificate = self._ask(connection, request)
        raise AssertionError("unreachable")

    def _connect(self, deadline: float) -> Any:
        """As ``desk_enrol``, which has few connections for all who enrol at the same time."""
        while True:
            try:
                connection = psycopg2.connect(**self._arguments())
            except psycopg2.Error as error:
                meant = _meaning(error, self._code.host)
                if not isinstance(meant, ServerFullError) or time.monotonic() > deadline:
                    raise meant from None
                time.sleep(random.uniform(0.1, 0.5))  # noqa: S311 - so that they do not come back all at once
            else:
                connection.autocommit = True
                return connection

    def _arguments(self) -> dict[str, Any]:
        return {
            "host": self._code.host,
            "port": self._code.port,
            "dbname": "desk",
            "user": "desk_enrol",
            "sslmode": "verify-full",
            "sslrootcert": str(self._attempt.folder / CA_FILE),
            "sslcertmode": "disable",  # whatever certificate lies in this person's home is none of ours
            "ssl_min_protocol_version": "TLSv1.3",
            "gssencmode": "disable",
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "client_encoding": "UTF8",
            "application_name": f"supportdesk {__version__} enrol",
            "options": " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items()),
        }

    def _check_clock(self, connection: Any) -> None:
        with _translated(), connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM pg_catalog.clock_timestamp())::float8")
            check_clocks(self._now(), dt.datetime.fromtimestamp(cursor.fetchone()[0], dt.UTC))

    def _ask(self, connection: Any, request: Request) -> str | None:
        """The certificate, None where it is not signed yet."""
        with _translated(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT state, machine, certificate, reason FROM desk.enrol(%s::text, %s::text, %s::uuid)",
                (self._code.claim, request.csr, request.request),
            )
            state, machine, certificate, reason = cursor.fetchone()
        if state == "refused":
            raise RequestRefusedError(f"The desk refused to sign ({reason}). Ask for a new code.")
        if machine != self._code.machine:
            raise RequestRefusedError(f"The desk answered for another machine, {machine}. Ask for a new code.")
        return str(certificate) if state == "signed" else None


def log_in(profile: Profile) -> None:
    """Log in once by the profile. A session that is cut at once may be an earlier certificate's end: it is tried again.

    Raises LoginRefusedError, DatabaseUnavailableError.
    """
    for tries_left in reversed(range(LOGIN_TRIES)):
        try:
            with _translated(), closing(psycopg2.connect(**profile.connect_args())) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                return
        except LoginRefusedError:
            raise
        except DatabaseUnavailableError:
            if not tries_left:
                raise
            time.sleep(0.5)


def _pauses() -> Iterator[float]:
    yield from _POLL_SECONDS
    while True:
        yield _POLL_SECONDS[-1]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        raise translate_error(error) from None  # its text may hold the statement, and that the code


def _meaning(error: psycopg2.Error, host: str) -> DeskError:
    """What a refused connection means here, where the server has shown the desk's authority already."""
    said, meant = str(error), translate_error(error)
    if "does not match host name" in said:
        return ServerNameError(
            f"This desk's server does not go by {host}: its certificate is made out to other names. "
            "Name it as the code does, or have the name added (desk-server init --host)."
        )
    if "verify failed" in said:
        return WrongServerError("This server shows the desk's authority and has no proof of its own; it got nothing.")
    if "no enrolment is open" in said:
        return ExpiredCodeError(
            "This desk has given out no code since yesterday; this one is too old. Ask for a new one."
        )
    if isinstance(meant, LoginRefusedError | PermissionDeniedError):
        return NotADeskError("This desk's server takes no enrolments; it may have to be updated.")
    return meant
