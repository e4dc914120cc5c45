"""What a client does to enrol, step by step, for tests of the server's side."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from desk_server.authority import key_pem
from desk_server.desk import Desk
from desk_server.jobs import JOBS, Job
from desk_server.machines import NewCode
from desk_server.worker import Worker
from shared.key_store import new_key
from tests.desks import RunningDesk


def request_for(key: ec.EllipticCurvePrivateKey, name: str = "whoever") -> str:
    """A signing request in PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode("ascii")


def enrol_login(desk: RunningDesk, **overrides: Any) -> dict[str, Any]:
    """libpq keywords of whoever has a code: no certificate, no password."""
    return {
        "host": "localhost",
        "port": desk.port,
        "dbname": "desk",
        "user": "desk_enrol",
        "sslmode": "verify-full",
        "sslrootcert": str(desk.desk.authority.certificate_file),
        "sslcert": "/nonexistent",
        "gssencmode": "disable",
        **overrides,
    }


@dataclass
class Applicant:
    """Somebody with a code: a key of his own, and one request that he may send again and again."""

    desk: RunningDesk
    claim: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    request: str = field(default_factory=lambda: str(uuid.uuid4()))
    csr: str = ""

    @classmethod
    def of(cls, desk: RunningDesk, given: NewCode, csr: str = "") -> Applicant:
        return cls(desk, given.code.claim, csr=csr)

    def ask(self) -> tuple[str, str, str | None, str | None]:
        """State, machine, certificate, reason."""
        connection = self._connect()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT * FROM desk.enrol(%s, %s, %s)",
                    (self.claim, self.csr or request_for(self.key), self.request),
                )
                row: tuple[str, str, str | None, str | None] = cursor.fetchone()
                return row
        finally:
            connection.close()

    def _connect(self) -> Any:
        """The role has few connections, and one that was closed counts until its server process has ended."""
        begun = time.monotonic()
        while True:
            try:
                return psycopg2.connect(**enrol_login(self.desk))
            except psycopg2.OperationalError as error:
                if "too many connections for role" not in str(error) or time.monotonic() - begun > 60:
                    raise
            time.sleep(0.05)

    def login(self, folder: Path, certificate: str | None) -> dict[str, Any]:
        """libpq keywords of the machine that has enrolled."""
        assert certificate
        folder.mkdir(exist_ok=True)
        (folder / "own.key").write_bytes(key_pem(self.key))
        (folder / "own.key").chmod(0o600)
        (folder / "own.crt").write_text(certificate)
        name = x509.load_pem_x509_certificate(certificate.encode()).subject.rfc4514_string().removeprefix("CN=")
        files = {"sslkey": str(folder / "own.key"), "sslcert": str(folder / "own.crt")}
        return enrol_login(self.desk, user=f"m_{name}", **files)


@contextmanager
def at_work(desk: RunningDesk, jobs: tuple[Job, ...] = JOBS) -> Iterator[Worker]:
    """The worker in a thread of this process; it listens, and each job has had its first turn, before the block."""
    has_begun = threading.Event()

    def note(connection: Any, desk: Desk) -> int:
        has_begun.set()
        return 0

    worker = Worker(desk.desk, (*jobs, Job("end of the first round", 3600, note)))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert has_begun.wait(60), "the worker did not come to work"
        yield worker
    finally:
        worker.stop.set()
        thread.join(60)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """How long it took to come true."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it did not come about in time"
        time.sleep(0.01)
    return time.monotonic() - begun


def settle_log(desk: RunningDesk, owner: Any) -> None:
    """Wait until the files have all that was logged so far: PostgreSQL's collector writes them after the answer."""
    mark, folder = uuid.uuid4().hex, desk.desk.cluster.log_folder
    with owner.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE LOG '{mark}'; END $$")
    wait_until(lambda: any(mark.encode() in file.read_bytes() for file in folder.iterdir()))


def one(connection: Any, query: str, arguments: Any = None) -> Any:
    """The first value of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchone()[0]


def rows(connection: Any, query: str, arguments: Any = None) -> list[Any]:
    """All rows; of one column its values."""
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        found = cursor.fetchall()
    return [row[0] if len(row) == 1 else row for row in found]
