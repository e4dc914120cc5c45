"""A machine's private key at rest: encrypted PKCS 8, its password in the system's key store.

Where there is no key store (a server without a desktop, a store that stays locked) the password lies in a file beside
the key, for its owner alone to read. ``keyring`` and ``cryptography`` are imported where they are needed: a start of
the client shall not wait for them. A key store may ask the person to unlock it: never call it on the GUI thread.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import KeyLostError, KeyStoreError
from shared.files import PRIVATE, write_atomic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PasswordPlace = Literal["store", "file", "none"]
KEY_FILE = "client.key"
PASSWORD_FILE = "client.key.password"  # noqa: S105 - the name of a file
SERVICE = "SupportDesk"
STORE_SECONDS = 60.0  # so long a person may take to unlock the store


@dataclass(frozen=True, slots=True)
class KeyPassword:
    """Where a key's password is: in the store under ``key_id``, in the file beside the key, or there is none."""

    place: PasswordPlace
    key_id: str = ""


def new_key() -> EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def write_key(folder: Path, key: EllipticCurvePrivateKey, *, use_store: bool = True) -> KeyPassword:
    """Write ``client.key`` under a new random password; tells where that is kept, for ``Profile``.

    Args:
        use_store: False where somebody else will use the profile, or on another computer: the key store is the
            present person's on this one.
    """
    kept, password = keep_new_password(folder, use_store=use_store)
    write_atomic(folder / KEY_FILE, encrypted_key(key, password), PRIVATE)
    return kept


def encrypted_key(key: EllipticCurvePrivateKey, password: str) -> bytes:
    """The key as encrypted PKCS 8, in PEM."""
    from cryptography.hazmat.primitives import serialization

    encryption = serialization.BestAvailableEncryption(password.encode("utf-8"))
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def read_password(folder: Path, kept: KeyPassword, file: str = PASSWORD_FILE) -> str | None:
    """The key's password, None where it has none; KeyStoreError where it can't be had, KeyLostError where it is gone.

    Args:
        file: the file that holds it where the store does not; drafts have a key of their own.
    """
    if kept.place == "none":
        return None
    if kept.place == "file":
        try:
            return (folder / file).read_text("utf-8").strip()
        except FileNotFoundError as error:
            raise KeyLostError(f"The password of this machine's key is gone: there is no {file}.") from error
        except (OSError, ValueError) as error:
            raise KeyStoreError(f"The password of this machine's key can't be read from {file}.") from error
    return _read_from_store(kept.key_id)


def forget_password(kept: KeyPassword) -> None:
    """Take the password out of the key store; whatever happens there, it is of no use any more."""
    store = _store()
    if kept.place == "store" and store is not None:
        _answer_of(lambda: store.delete_password(SERVICE, kept.key_id))


def keep_new_password(folder: Path, *, use_store: bool, file: str = PASSWORD_FILE) -> tuple[KeyPassword, str]:
    """A new random password, kept: where, and the password."""
    password = secrets.token_urlsafe(32)
    return _keep(folder / file, password, use_store=use_store), password


def _keep(file: Path, password: str, *, use_store: bool) -> KeyPassword:
    store = _store() if use_store else None
    if store is not None:
        key_id = secrets.token_hex(8)
        _answer_of(lambda: store.set_password(SERVICE, key_id, password))
        if _answer_of(lambda: store.get_password(SERVICE, key_id)) == password:
            file.unlink(missing_ok=True)
            return KeyPassword("store", key_id)
    write_atomic(file, password + "\n", PRIVATE)
    return KeyPassword("file")


def _read_from_store(key_id: str) -> str:
    store = _store()
    if store is None:
        raise KeyStoreError("This system has no key store now, and the password of this machine's key was put in one.")
    password = _answer_of(lambda: store.get_password(SERVICE, key_id))
    if isinstance(password, str):
        return password
    if password is None:
        raise KeyLostError("The key store does not hold the password of this machine's key. Enrol the machine again.")
    raise KeyStoreError("The system's key store is locked or does not answer. Unlock it and try again.")


def _store() -> Any:
    """The system's key store; None where it has none that is worth the name."""
    import keyring

    try:
        store = keyring.get_keyring()
        return store if store.priority >= 1 else None
    except Exception:  # a backend may fail in any way; the file is there for that
        return None


class _NoAnswer:
    """The store failed, or took too long."""


def _answer_of(call: Callable[[], Any]) -> Any:
    """What the store says, or ``_NoAnswer``. A store that waits for somebody who is not there is left waiting."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(call())
        except Exception:  # backends raise errors of their own making
            answers.append(_NoAnswer())

    asking = threading.Thread(target=ask, name="desk-key-store", daemon=True)
    asking.start()
    asking.join(STORE_SECONDS)
    return answers[0] if answers else _NoAnswer()
