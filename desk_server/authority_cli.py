"""``desk-server ca``: the desk's own certificate authority."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from desk_server.cli import DataOption, ready_desk
from shared.errors import DeskError

if TYPE_CHECKING:
    from desk_server.desk import Desk

_SOON_MINUTES = 60
ca_app = typer.Typer(help="The desk's own certificate authority.", no_args_is_help=True, rich_markup_mode=None)


@ca_app.command("show")
def show(data: DataOption = None) -> None:
    """Tell the authority's fingerprint and when it ends."""
    from desk_server.authority import certificate_end

    file = ready_desk(data).authority.certificate_file
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read_text("ascii"))).hexdigest()
    typer.echo(f"SHA-256 {fingerprint}")
    typer.echo(f"Ends on {certificate_end(file):%Y-%m-%d}")


@ca_app.command("rotate")
def rotate(
    data: DataOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also where it was replaced within the hour.")] = False,
) -> None:
    """Replace the authority: every machine is shut out at once and enrolled anew."""
    from desk_server.authority_rotation import is_rotating, rotate_authority
    from desk_server.process_lock import command_lock

    desk = ready_desk(data)
    minutes = None if is_rotating(desk) else _minutes_since_the_last(desk)
    if minutes is not None and minutes < _SOON_MINUTES and not again:
        raise DeskError(
            f"The authority was replaced {minutes} minutes ago. To replace it once more, which shuts out all that were"
            " enrolled since: --again."
        )
    if not yes:
        if not sys.stdin.isatty():
            raise DeskError("Every machine would be shut out, and nobody is there to be asked. Say --yes.")
        typer.confirm("Every machine is shut out until it is enrolled anew. Go on?", abort=True, err=True)
    with command_lock(desk.data):
        rotation = rotate_authority(desk, typer.echo)
    typer.echo("The new authority is in force.")
    for name in rotation.elsewhere:
        typer.echo(f"Needs a code: desk-server machine code {name}")


def _minutes_since_the_last(desk: Desk) -> int | None:
    """By the folders of replaced authorities; None where there is none, or its name tells nothing."""
    begins = f"{desk.authority.folder.name}.until-"
    moments = []
    for folder in desk.authority.folder.parent.glob(f"{begins}*"):
        try:
            moments.append(dt.datetime.strptime(f"{folder.name.removeprefix(begins)[:15]}+0000", "%Y%m%d-%H%M%S%z"))
        except ValueError:
            continue
    if not moments:
        return None
    return int((dt.datetime.now(dt.UTC) - max(moments)).total_seconds() // 60)
