"""Where this machine's desk is: the profile folder with key, certificates and address."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from shared import __version__
from shared.errors import ProfileError
from shared.files import write_atomic
from shared.key_store import KEY_FILE, PASSWORD_FILE, KeyPassword, PasswordPlace, read_password
from shared.schemas.base import Frozen

DEFAULT_PROFILE = Path(platformdirs.user_config_dir("supportdesk", appauthor=False)) / "profile"
PROFILE_FILE = "profile.json"
CERTIFICATE_FILE = "client.crt"
CA_FILE = "ca.crt"
NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE = "client.next.key", "client.next.crt"  # of a renewal that is under way
_STORED = ("host", "port", "database", "machine")
_STORED_OF_KEY = ("key_password", "key_id")
_OF_DSN = ("host", "port", "dbname", "user", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword")


class Profile(Frozen):
    """One machine's way into the desk: ``profile.json`` beside ``client.key``, ``client.crt`` and ``ca.crt``.

    Attributes:
        key_password: where the key's password is; "none" for a key that is not encrypted, as of old profiles.
        key_id: under which name the key store holds it.
    """

    directory: Path
    host: str
    port: int
    database: str = "desk"
    machine: str
    key_password: PasswordPlace = "none"  # noqa: S105 - where it is, not what it is
    key_id: str = ""

    @classmethod
    def load(cls, directory: Path) -> Profile:
        """The profile stored in ``directory``; ProfileError where something is missing or damaged."""
        try:
            stored = json.loads((directory / PROFILE_FILE).read_text(encoding="utf-8"))
            profile = cls(directory=directory.absolute(), **stored)
        except FileNotFoundError as error:
            raise ProfileError(f"There is no machine profile in {directory}.") from error
        except (OSError, ValueError, TypeError, ValidationError) as error:
            raise ProfileError(f"The machine profile in {directory} is damaged or can't be read.") from error
        needed = [KEY_FILE, CERTIFICATE_FILE, CA_FILE]
        needed += [PASSWORD_FILE] if profile.kept_password().place == "file" else []
        missing = [name for name in needed if not (directory / name).is_file()]
        if missing:
            raise ProfileError(f"The machine profile in {directory} lacks {', '.join(missing)}.")
        return profile

    def save(self) -> None:
        """Write ``profile.json`` in one step: a reader sees the old file or the new one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        names = _STORED if self.kept_password().place == "none" else (*_STORED, *_STORED_OF_KEY)
        stored = {name: getattr(self, name) for name in names}
        write_atomic(self.directory / PROFILE_FILE, json.dumps(stored, indent=2, ensure_ascii=False) + "\n")

    def kept_password(self) -> KeyPassword:
        """Where the key's password is."""
        return KeyPassword(self.key_password, self.key_id)

    def pair(self) -> tuple[Path, Path]:
        """Key and certificate to log in by; killed at any point of a renewal, they fit each other.

        A renewal writes the next key, then the next certificate: from then on the two are the pair. After their first
        login they get the names ``client.key`` and ``client.crt``, in this order.
        """
        next_key, next_certificate = self.directory / NEXT_KEY_FILE, self.directory / NEXT_CERTIFICATE_FILE
        if not next_certificate.is_file():
            return self.directory / KEY_FILE, self.directory / CERTIFICATE_FILE
        return next_key if next_key.is_file() else self.directory / KEY_FILE, next_certificate

    def dsn(self, *, with_secret: bool) -> str:
        """A libpq connection string for psql and other programs; the key's password only ``with_secret``."""
        arguments = self._arguments(with_secret=with_secret)
        arguments["sslkey"], arguments["sslcert"] = self.directory / KEY_FILE, self.directory / CERTIFICATE_FILE
        return " ".join(f"{name}={_quoted(str(arguments[name]))}" for name in _OF_DSN if name in arguments)

    def connect_args(self, *, person: str | None = None, session: uuid.UUID | None = None) -> dict[str, Any]:
        """The libpq keywords of a connection; ``person`` is the staff code of who sits here, as stated.

        ``session`` is in the connection's name, too: the desk's worker sees by it which sessions are still there.

        Where the system's key store holds the key's password, it is asked: not on the GUI thread.
        """
        settings = {"desk.version": __version__, "desk.person": person, "desk.session": session}
        options = " ".join(f"-c {name}={_escaped(str(value))}" for name, value in settings.items() if value is not None)
        return {
            **self._arguments(with_secret=True),
            "ssl_min_protocol_version": "TLSv1.3",
            "gssencmode": "disable",  # else libpq may ask a Kerberos server first
            "connect_timeout": 5,
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 10_000,
            "client_encoding": "UTF8",
            "application_name": " ".join(map(str, filter(None, ("supportdesk", __version__, session)))),
            "options": options,
        }

    def _arguments(self, *, with_secret: bool) -> dict[str, Any]:
        key, certificate = self.pair()
        password = read_password(self.directory, self.kept_password()) if with_secret else None
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": f"m_{self.machine}",
            "sslmode": "verify-full",
            "sslrootcert": str(self.directory / CA_FILE),
            "sslcert": str(certificate),
            "sslkey": str(key),
            **({"sslpassword": password} if password is not None else {}),
        }


def _escaped(value: str) -> str:
    """``value`` as one word of libpq's ``options``: white space and backslashes escaped."""
    return re.sub(r"([\\\s])", r"\\\1", value)


def _quoted(value: str) -> str:
    """``value`` as a value of a connection string."""
    return value if re.fullmatch(r"[\w.:/@-]+", value) else "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
