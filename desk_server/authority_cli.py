"""``desk-server ca``: the desk's own certificate authority."""

from __future__ import annotations

import hashlib
import ssl
from typing import Annotated

import typer

from desk_server.cli import DataOption, ready_desk

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
) -> None:
    """Replace the authority: every machine is shut out at once and enrolled anew."""
    from desk_server.authority_rotation import rotate_authority
    from desk_server.process_lock import command_lock

    desk = ready_desk(data)
    if not yes:
        typer.confirm("Every machine is shut out until it is enrolled anew. Go on?", abort=True, err=True)
    with command_lock(desk.data):
        rotation = rotate_authority(desk, typer.echo)
    typer.echo("The new authority is in force.")
    for name in rotation.elsewhere:
        typer.echo(f"Needs a code: desk-server machine code {name}")
