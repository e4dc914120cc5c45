"""What ``init`` was asked for, and whether it is there already; light, so that a second ``init`` is quick."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from desk_server.desk import Desk
from desk_server.migrate import fingerprint
from desk_server.settings import SETTINGS_FILE, DeskSettings
from shared.errors import UserError

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_HOST = 253


@dataclass(frozen=True, slots=True)
class InitOptions:
    """What was asked for; None: as it is, or the default for a new desk."""

    data: Path
    port: int | None = None
    cluster: Path | None = None
    person: str | None = None
    owner_login: str | None = None
    hosts: tuple[str, ...] = ()
    replaces_certificate: bool = False

    def __post_init__(self) -> None:
        """UserError where a host is no name or address that a certificate could hold."""
        for host in self.hosts:
            check_host(host)

    def changes_hosts(self, settings: DeskSettings) -> bool:
        """Whether other hosts were asked for than the desk has."""
        return bool(self.hosts) and self.hosts != settings.hosts


def check_host(host: str) -> None:
    """UserError unless it is an IP address or a DNS name; whether it resolves is not asked."""
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        if "%" not in host:  # a zone is this computer's alone
            return
    labels = host.split(".")
    is_name = len(host) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)
    if not is_name or labels[-1].isdigit():
        raise UserError(
            f"{host!r} is no host: give a name such as desk.example (letters, digits and hyphens; "
            "a name in another script as xn--...) or an IP address."
        )


def is_up_to_date(desk: Desk, options: InitOptions) -> bool:
    """Whether init has nothing left to do."""
    settings = desk.settings
    return settings.is_initialised and settings.migrated == fingerprint() and not options.changes_hosts(settings)


def finished_desk(options: InitOptions) -> Desk | None:
    """The desk that was made before, None where there is none or it was only begun; UserError where it is another."""
    if not (options.data / SETTINGS_FILE).exists():
        return None
    desk = Desk.open(options.data)
    if not desk.settings.is_initialised:
        return None
    check_unchanged(desk.settings, options)
    return desk


def check_unchanged(settings: DeskSettings, options: InitOptions) -> None:
    """A desk keeps what it was made with; another wish is refused rather than ignored."""
    if options.port and options.port != settings.port:
        raise UserError(f"This desk was made with port {settings.port}; it can't be changed by init.")
    if options.owner_login and options.owner_login != settings.owner_login:
        raise UserError(f"This desk was made with --owner-login {settings.owner_login}.")
    if options.cluster and (settings.kind != "site" or Path(settings.cluster).resolve() != options.cluster.resolve()):
        raise UserError(f"This desk lies in another cluster: {settings.cluster}.")
