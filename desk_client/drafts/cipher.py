"""What is on disk of a draft: encrypted, since private fields may be in it. Its key is kept like the machine's."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import sqlite3
import uuid
from pathlib import Path
from typing import cast

from desk_client.drafts.journal_file import DAMAGED, mark_of, put_aside
from shared.errors import KeyLostError
from shared.key_store import KeyPassword, PasswordPlace, keep_new_password, read_password

KEY_FILE = "key.db"  # says where the key's secret is; and its lock lets one process alone make it
SECRET_FILE = "drafts.key.password"  # noqa: S105 - the name of a file
NONCE_BYTES = 12
WAIT_SECONDS = 90.0  # another process may be asking the person to unlock the key store


class Cipher:
    """AES-256-GCM. What a draft is called is authenticated with it: one can't be put in another's place."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # a start of the client does not wait for it

        self._aead = AESGCM(key)

    def encrypt(self, draft_id: uuid.UUID, data: bytes) -> bytes:
        """A new nonce, and the data behind it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, draft_id.bytes)

    def decrypt(self, draft_id: uuid.UUID, data: bytes) -> bytes:
        """What was encrypted; ValueError where it was by another key, or is damaged."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], draft_id.bytes)
        except InvalidTag as error:
            raise ValueError("not encrypted by this key") from error


def key_mark(folder: Path) -> object:
    """Another one where somebody took the key away since, or put another in its place."""
    return mark_of(folder / KEY_FILE), mark_of(folder / SECRET_FILE)


def load_cipher(folder: Path, *, use_store: bool) -> Cipher:
    """The cipher of the drafts in ``folder``; its key is made at the first call. KeyStoreError, OSError, sqlite3.Error.

    The key store may ask the person to unlock it: never on the GUI thread.
    """
    try:
        return _load(folder, use_store=use_store)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in DAMAGED:
            raise
        put_aside(folder / KEY_FILE)
        return _load(folder, use_store=use_store)


def _load(folder: Path, *, use_store: bool) -> Cipher:
    with contextlib.closing(sqlite3.connect(folder / KEY_FILE, timeout=WAIT_SECONDS, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        file.execute("CREATE TABLE IF NOT EXISTS kept (place text NOT NULL, key_id text NOT NULL)")
        row = file.execute("SELECT place, key_id FROM kept").fetchone()
        # where only the record of it is gone, the secret itself may still be in its file
        kept = KeyPassword("file") if row is None else KeyPassword(cast(PasswordPlace, row[0]), row[1])
        secret = _read(folder, kept)
        if secret is None:
            kept, secret = keep_new_password(folder, use_store=use_store, file=SECRET_FILE)
        if row is None or row != (kept.place, kept.key_id):
            file.execute("DELETE FROM kept")
            file.execute("INSERT INTO kept VALUES (?, ?)", (kept.place, kept.key_id))
        file.execute("COMMIT")
    return Cipher(hashlib.sha256(b"SupportDesk drafts " + secret.encode("utf-8")).digest())


def _read(folder: Path, kept: KeyPassword) -> str | None:
    """None where it is gone for good: what was encrypted by it can't be read by anybody any more."""
    try:
        return read_password(folder, kept, SECRET_FILE)
    except KeyLostError:
        return None
