"""``desk-server import log``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk_server.desk import Desk
from desk_server.importing.loader import LogImport, run_import
from desk_server.importing.mapping import load_map
from desk_server.importing.reader import read_log
from desk_server.settings import default_data_folder
from shared.errors import DeskError

import_app = typer.Typer(help="Bring in what another system has recorded.", no_args_is_help=True)


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
    as_json: Annotated[bool, typer.Option("--json", help="The result as one JSON object.")] = False,
    data: Annotated[Path | None, typer.Option(help="The desk's data folder; else DESK_DATA.")] = None,
) -> None:
    """Import an event log as tickets with their history. Running it again imports nothing twice."""
    try:
        chosen = load_map(log_map)
        reading = read_log(file, chosen, encoding=encoding)
        name = (source or chosen.log.source or file.stem).strip()
        work = LogImport(log_map=chosen, reading=reading, source=name, file=str(file), dry_run=dry_run)
        connection = Desk.open(data or default_data_folder()).owner_connection()
        try:
            result = run_import(connection, work)
        finally:
            connection.close()
    except DeskError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(result.model_dump_json(indent=2) if as_json else "\n".join(result.lines()))
    for line in result.warnings():
        typer.echo(line, err=True)
