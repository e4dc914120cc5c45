"""``desk-server import log``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from desk_server.cli import DataOption, JsonOption, ready_desk
from desk_server.importing.loader import LogImport, run_import
from desk_server.importing.mapping import load_map
from desk_server.importing.reader import read_log
from desk_server.running import running

import_app = typer.Typer(help="Bring in what another system has recorded.", no_args_is_help=True, rich_markup_mode=None)


@import_app.callback()
def _keep_subcommands() -> None:
    """Bring in what another system has recorded."""


@import_app.command("log")
def import_log(
    file: Annotated[Path, typer.Argument(help="The event log: CSV, one event a row.")],
    log_map: Annotated[Path, typer.Option("--map", help="Which column is what: a TOML file, see examples/.")],
    source: Annotated[
        str | None,
        typer.Option(
            help="The log's name in the desk. Default: the map's log.source, else FILE's name without ending."
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="utf-8, utf-16, gb18030, cp1252 ...; default: found out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported, change nothing.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Import an event log as tickets with their history. Running it again imports nothing twice."""
    desk = ready_desk(data)
    chosen = load_map(log_map)
    reading = read_log(file, chosen, encoding=encoding)
    name = (source if source is not None else chosen.log.source or file.stem).strip()
    if not name:
        raise typer.BadParameter("the source needs a name", param_hint="--source")
    work = LogImport(log_map=chosen, reading=reading, source=name, file=str(file), dry_run=dry_run)
    with running(desk), contextlib.closing(desk.owner_connection()) as connection:
        result = run_import(connection, work)
    typer.echo(result.model_dump_json(indent=2) if as_json else "\n".join(result.lines()))
    for line in result.warnings():
        typer.echo(line, err=True)
