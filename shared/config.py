"""Where this machine's desk is: the profile folder with key, certificates and address."""

from __future__ import annotations

import json
import os
import re
import uuid
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from shared import __version__
from shared.errors import ProfileError
from shared.schemas.base import Frozen

DEFAULT_PROFILE = Path(platformdirs.user_config_dir("supportdesk", appauthor=False)) / "profile"
PROFILE_FILE = "profile.json"
KEY_FILE = "client.key"
CERTIFICATE_FILE = "client.crt"
CA_FILE = "ca.crt"
_STORED = ("host", "port", "database", "machine")


class Profile(Frozen):
    """One machine's way into the desk: ``profile.json`` beside ``client.key``, ``client.crt`` and ``ca.crt``."""

    directory: Path
    host: str
    port: int
    database: str = "desk"
    machine: str

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
        missing = [name for name in (KEY_FILE, CERTIFICATE_FILE, CA_FILE) if not (directory / name).is_file()]
        if missing:
            raise ProfileError(f"The machine profile in {directory} lacks {', '.join(missing)}.")
        return profile

    def save(self) -> None:
        """Write ``profile.json`` in one step: a reader sees the old file or the new one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        stored = {name: getattr(self, name) for name in _STORED}
        unfinished = self.directory / f"{PROFILE_FILE}.{uuid.uuid4().hex}"
        unfinished.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(unfinished, self.directory / PROFILE_FILE)  # noqa: PTH105 - Path.replace is the same call

    def connect_args(self, *, person: str | None = None, session: uuid.UUID | None = None) -> dict[str, Any]:
        """The libpq keywords of a connection; ``person`` is the staff code of who sits here, as stated."""
        settings = {"desk.version": __version__, "desk.person": person, "desk.session": session}
        options = " ".join(f"-c {name}={_escaped(str(value))}" for name, value in settings.items() if value is not None)
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": f"m_{self.machine}",
            "sslmode": "verify-full",
            "sslrootcert": str(self.directory / CA_FILE),
            "sslcert": str(self.directory / CERTIFICATE_FILE),
            "sslkey": str(self.directory / KEY_FILE),
            "ssl_min_protocol_version": "TLSv1.3",
            "gssencmode": "disable",  # else libpq may ask a Kerberos server first
            "connect_timeout": 5,
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 10_000,
            "client_encoding": "UTF8",
            "application_name": f"supportdesk {__version__}",
            "options": options,
        }


def _escaped(value: str) -> str:
    """``value`` as one word of libpq's ``options``: white space and backslashes escaped."""
    return re.sub(r"([\\\s])", r"\\\1", value)
