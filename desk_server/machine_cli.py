"""``desk-server machine``: the machines, which are the logins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from desk_server.cli import DataOption, JsonOption, ready_desk

machine_app = typer.Typer(help="Machines: they are the logins.", no_args_is_help=True, rich_markup_mode=None)


@machine_app.command("add")
def machine_add(
    name: Annotated[str, typer.Argument(help="The machine's name, such as pc-0417.")],
    level: Annotated[str, typer.Option(help="query, full or admin.")],
    person: Annotated[list[str], typer.Option(help="Who sits there: staff code or name; may be repeated.")],
    profile: Annotated[Path, typer.Option(help="The folder for key, certificate and address.")],
    data: DataOption = None,
) -> None:
    """Enrol a machine and write its profile. For a name that is there: anew, its earlier certificate is refused."""
    from desk_server.machines import add_machine, is_enrolled
    from desk_server.process_lock import command_lock
    from desk_server.running import running

    if level not in ("query", "full", "admin"):
        raise typer.BadParameter("query, full or admin", param_hint="--level")
    desk = ready_desk(data)
    with command_lock(desk.data), running(desk):
        is_anew = is_enrolled(desk, name)
        made = add_machine(desk, name, level, person, profile)
    anew = " anew: its earlier certificate no longer works" if is_anew else ""
    typer.echo(f"Machine {made.machine} ({level}) is enrolled{anew}; its profile is in {made.directory}.")


@machine_app.command("list")
def machine_list(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the machines with their people."""
    import dataclasses

    from desk_server.machines import list_machines, machine_lines
    from desk_server.running import running

    desk = ready_desk(data)
    with running(desk):
        rows = list_machines(desk)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for line in machine_lines(rows):
        typer.echo(line)
