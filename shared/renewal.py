"""A machine renews its certificate by its own session: a new key, a new certificate, and at no moment less than a pair.

The server decides when it is time. The next key waits beside the present one, with the request in the same file, until
the worker has signed; with the next certificate the two are the pair that the next connection takes. As soon as that
has let them in, they take the place of the old ones. Killed at any point, the next call goes on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.config import CA_FILE, CERTIFICATE_FILE, NEXT_CERTIFICATE_FILE, NEXT_KEY_FILE, Profile
from shared.database import Database
from shared.enrolment_attempt import certificate_request
from shared.errors import DeskError, NotSignedError
from shared.files import PRIVATE, restrict_to_owner, write_atomic
from shared.key_store import KEY_FILE, encrypted_key, keep_new_password, new_key, read_password
from shared.listening import ListeningConnection

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.3
_REQUEST = re.compile(r"-----BEGIN CERTIFICATE REQUEST-----.+?-----END CERTIFICATE REQUEST-----\s", re.DOTALL)


class RenewalState(StrEnum):
    """What came of asking."""

    EARLY = "early"  # nothing to do
    WAITING = "waiting"  # the worker will sign: ask again soon
    SWITCHED = "switched"  # the next connection takes the new pair: connect again, then ask again
    DONE = "done"  # the new pair is the only one
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Renewal:
    """The state, and until when the certificate in use is good."""

    state: RenewalState
    ends: dt.datetime


def renew(session: Session, folder: Path) -> Renewal:
    """Go one step, in a unit of work of the machine's own. May ask the key store: not on the GUI thread."""
    profile = Profile.load(folder)
    request = _waiting_request(folder)
    key = None
    if request is None:
        key = new_key()
        request = certificate_request(key, profile.machine)
    answer = session.execute(text("SELECT state, certificate FROM desk.cert_renew(:csr)"), {"csr": request}).one()
    state = _act(profile, answer.state, answer.certificate, (key, request))
    return Renewal(state, certificate_end(profile))


def renew_now(folder: Path, patience: float = PATIENCE_SECONDS) -> Renewal:
    """Walk the whole renewal, for who is not running all day; NotSignedError where the worker does not sign in time."""
    deadline = time.monotonic() + patience
    is_switched = False
    while True:
        database = open_machine(folder)  # a connection of its own each time: only that shows a new pair
        try:
            with database.unit_of_work() as session:
                renewal = renew(session, folder)
        finally:
            database.close()
        is_switched |= renewal.state is RenewalState.SWITCHED
        if renewal.state in (
            RenewalState.DONE,
            RenewalState.EARLY,
        ):  # which of them, hangs on what the worker saw first
            return Renewal(RenewalState.DONE if is_switched else RenewalState.EARLY, renewal.ends)
        if renewal.state is RenewalState.REFUSED:
            return renewal
        if time.monotonic() > deadline:
            raise NotSignedError(
                "The desk was asked for a new certificate, but nothing there signs: its worker does not run. "
                "When it does, the same command goes on from here."
            )
        time.sleep(_POLL_SECONDS)


def open_machine(folder: Path, stated: Callable[[], Mapping[str, Any]] = dict) -> Database:
    """The desk's database for this machine; nothing is connected yet. ``stated`` gives it to ``Profile.connect_args``.

    Both are read at each connect, on the thread that connects: a renewal may have changed it meanwhile, by this
    client or another one of the machine, and a key store may ask the person to unlock it.
    """
    return Database(
        lambda: Profile.load(folder).connect_args(**stated()), on_connected=lambda used: keep_shown_pair(folder, used)
    )


def listen_machine(folder: Path, **stated: Any) -> ListeningConnection:
    """A connection of this machine that hears notices, begun; as ``open_machine``, and not on the GUI thread either."""
    used = Profile.load(folder).connect_args(**stated)
    return ListeningConnection(used, lambda: keep_shown_pair(folder, used))


def keep_shown_pair(folder: Path, connect_args: Mapping[str, Any]) -> None:
    """After a login: where it was by the next pair, that takes its place at once.

    From now on the server may refuse the old one, and connection strings in other programs name its files.
    """
    if connect_args.get("sslcert") == str(folder.absolute() / NEXT_CERTIFICATE_FILE):
        with contextlib.suppress(OSError):  # another client was quicker, or has them open: the next login does it
            _take_places(folder)


def certificate_end(profile: Profile) -> dt.datetime:
    """Until when the certificate that the next connection shows is good."""
    from cryptography import x509

    return x509.load_pem_x509_certificate(profile.pair()[1].read_bytes()).not_valid_after_utc


def _act(
    profile: Profile, said: str, certificate: str | None, asked: tuple[EllipticCurvePrivateKey | None, str]
) -> RenewalState:
    key, request = asked
    folder = profile.directory
    if said == "waiting" and key is not None:
        _write_next_key(profile, key, request)
    elif said == "signed" and certificate is not None:
        _check_certificate(profile, certificate)
        write_atomic(folder / NEXT_CERTIFICATE_FILE, certificate)
        return RenewalState.SWITCHED
    elif said == "in_use":
        _take_places(folder)
        return RenewalState.DONE
    elif said == "refused" and key is None:
        (folder / NEXT_KEY_FILE).unlink(missing_ok=True)
    return RenewalState(said)


def _waiting_request(folder: Path) -> str | None:
    """The request of the key that waits for its certificate, or whose certificate waits for its first use."""
    try:
        found = _REQUEST.search((folder / NEXT_KEY_FILE).read_text("ascii"))
    except (OSError, ValueError):
        return None
    if found is None and not (folder / NEXT_CERTIFICATE_FILE).exists():
        (folder / NEXT_KEY_FILE).unlink(missing_ok=True)  # killed while it was being written: nobody has asked for it
    return found.group() if found else None


def _write_next_key(profile: Profile, key: EllipticCurvePrivateKey, request: str) -> None:
    """Under the password that the machine's key has: connection strings in other programs stay good."""
    folder = profile.directory
    _take_places(folder)  # a pair in use for long whose first use was never confirmed
    password = read_password(folder, profile.kept_password())
    if password is None:
        kept, password = keep_new_password(folder, use_store=False)  # a key store may ask, and nobody expects it now
        profile.model_copy(update={"key_password": kept.place, "key_id": kept.key_id}).save()
    _write_once(folder / NEXT_KEY_FILE, encrypted_key(key, password) + request.encode("ascii"))


def _write_once(file: Path, content: bytes) -> None:
    """Unless another client of this machine was quicker: then its key is the next one, and this one is dropped."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as opened:
        restrict_to_owner(file)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _take_places(folder: Path) -> bool:
    """Make the next pair the only one; in this order each step leaves a pair (``Profile.pair``)."""
    if not (folder / NEXT_CERTIFICATE_FILE).exists():
        return False
    if (folder / NEXT_KEY_FILE).exists():
        (folder / NEXT_KEY_FILE).replace(folder / KEY_FILE)
    (folder / NEXT_CERTIFICATE_FILE).replace(folder / CERTIFICATE_FILE)
    return True


def _check_certificate(profile: Profile, certificate: str) -> None:
    """DeskError unless it is for the key that waits, from our authority, and made out to this machine."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.x509.oid import NameOID

    folder = profile.directory
    password = read_password(folder, profile.kept_password())
    try:
        made = x509.load_pem_x509_certificate(certificate.encode("ascii"))
        authority = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
        key = serialization.load_pem_private_key(
            (folder / NEXT_KEY_FILE).read_bytes(), password.encode("utf-8") if password is not None else None
        )
        made.verify_directly_issued_by(authority)
        names = [name.value for name in made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        fits = made.public_key() == key.public_key() and names == [profile.machine]
    except (OSError, ValueError, TypeError, InvalidSignature):
        fits = False
    if not fits:
        (folder / NEXT_KEY_FILE).unlink(missing_ok=True)  # the present pair stays; the next time begins anew
        raise DeskError("The certificate that came back is not one for this machine's new key.")
