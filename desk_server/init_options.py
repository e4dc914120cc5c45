"""What ``init`` was asked for, and whether it is there already; light, so that a second ``init`` is quick."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desk_server.desk import Desk
from desk_server.migrate import fingerprint
from desk_server.settings import SETTINGS_FILE, DeskSettings
from shared.errors import UserError


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


def is_up_to_date(desk: Desk) -> bool:
    """Whether init has nothing left to do."""
    return desk.settings.is_initialised and desk.settings.migrated == fingerprint()


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
    if options.hosts and options.hosts != settings.hosts:
        raise UserError(f"This desk was made for the hosts {', '.join(settings.hosts) or 'of this computer'}.")
    if options.cluster and (settings.kind != "site" or Path(settings.cluster).resolve() != options.cluster.resolve()):
        raise UserError(f"This desk lies in another cluster: {settings.cluster}.")
