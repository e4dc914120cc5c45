"""The commands of desk-server: parse, call, print."""

from __future__ import annotations

import importlib
import json
import logging
import logging.handlers
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from desk_server.days import parse_day
from desk_server.settings import check_folder_is_ours, default_data_folder, make_data_folder
from shared.errors import DeskError

if TYPE_CHECKING:
    from desk_server.desk import Desk
    from desk_server.init_options import InitOptions


DataOption = Annotated[
    Path | None, typer.Option("--data", help="The desk's data folder (DESK_DATA; else the platform's).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]

# command name: module with its sub-app, the sub-app's name there. Loaded when called for: start stays quick.
SUB_APPS = {
    "machine": ("desk_server.machine_cli", "machine_app"),
    "roles": ("desk_server.machine_cli", "roles_app"),
    "ca": ("desk_server.authority_cli", "ca_app"),
    "import": ("desk_server.importing.cli", "import_app"),
    "report": ("desk_server.reports_cli", "report_app"),
    "audit": ("desk_server.audit_cli", "audit_app"),
}
_stated: list[Path] = []


def stated_data_folder() -> Path:
    """The data folder of the command that runs."""
    return _stated[-1] if _stated else default_data_folder()


def data_folder(data: Path | None) -> Path:
    """``--data``, ``DESK_DATA`` or the platform's folder."""
    folder = (data or default_data_folder()).expanduser().absolute()
    _stated.append(folder)
    return folder


class Commands(TyperGroup):
    """Wrong usage in plain words: typer passes on how its own library begins a sentence."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was called for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def build_app(arguments: list[str]) -> typer.Typer:
    """The whole command line; sub-apps whose modules are heavy only when they are called for or listed."""
    app = typer.Typer(
        name="desk-server",
        cls=Commands,
        help="SupportDesk's server: PostgreSQL, certificates, schema, worker.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in (init, start, stop, run, migrate, doctor, seed):
        app.command()(command)
    app.command("status")(status_command)
    app.command("worker", hidden=True)(worker_command)
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, (module, attribute) in SUB_APPS.items():
        if called in (None, name):
            app.add_typer(getattr(importlib.import_module(module), attribute), name=name)
    if called in (None, "forget"):
        app.command("forget")(importlib.import_module("desk_server.audit_cli").forget)
    return app


def init(
    data: DataOption = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free one.")] = None,
    cluster: Annotated[Path | None, typer.Option(help="PGDATA of the site's own running PostgreSQL 17+.")] = None,
    person: Annotated[str | None, typer.Option(help="Who sits at this machine; else the account's name.")] = None,
    owner_login: Annotated[str | None, typer.Option(help="socket or certificate.")] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name or address that machines reach the server by; repeat."),
    ] = None,
    replace_certificate: Annotated[
        bool, typer.Option("--replace-certificate", help="Replace the TLS certificate of the site's cluster.")
    ] = False,
) -> None:
    """Make a desk, or finish one that was begun, or bring one up to date."""
    from desk_server.homes import find_abandoned
    from desk_server.init_options import InitOptions, finished_desk, is_up_to_date

    if owner_login not in (None, "socket", "certificate"):
        raise typer.BadParameter("socket or certificate", param_hint="--owner-login")
    folder = data_folder(data)
    hosts = tuple(dict.fromkeys(host or ()))
    options = InitOptions(folder, port, cluster, person, owner_login, hosts, replace_certificate)
    check_folder_is_ours(folder)
    desk = finished_desk(options)
    if desk is None or not is_up_to_date(desk, options):
        desk = _initialise(options)
    typer.echo(f"The desk in {desk.data} is ready; this machine is {desk.settings.machine}, level admin.")
    typer.echo(f"Profile: {desk.profiles / str(desk.settings.machine)}")
    if left := find_abandoned():
        homes = " ".join(str(home) for home, _ in left)
        typer.echo(
            f"Left of desks whose data folders are gone; where these were deleted and not moved, remove: {homes}"
        )


def _initialise(options: InitOptions) -> Desk:
    from desk_server.initialise import initialise, planned_settings
    from desk_server.process_lock import command_lock

    planned = planned_settings(options)  # what is refused leaves no folder behind
    make_data_folder(options.data)
    with command_lock(options.data):
        return initialise(options, typer.echo, planned)


def start(data: DataOption = None) -> None:
    """Start PostgreSQL, where it is ours, and the worker."""
    from desk_server import supervisor
    from desk_server.process_lock import command_lock

    desk = ready_desk(data)
    with command_lock(desk.data):
        is_new = supervisor.start(desk)
    typer.echo(f"The desk {'runs' if is_new else 'ran already'} on port {desk.settings.port}.")


def stop(data: DataOption = None) -> None:
    """Stop the worker and PostgreSQL, where it is ours."""
    from desk_server import supervisor
    from desk_server.desk import Desk
    from desk_server.process_lock import command_lock

    desk = Desk.open(data_folder(data))
    with command_lock(desk.data):
        ran = supervisor.stop(desk)
    typer.echo("The desk has stopped." if ran else "The desk did not run.")


def run(
    data: DataOption = None,
    detached: Annotated[bool, typer.Option("--detached", hidden=True)] = False,
) -> None:
    """Run in the foreground until Ctrl+C, SIGTERM or stop."""
    from desk_server.supervisor import Supervisor

    desk = ready_desk(data)
    _log_to(desk.data / "server.log" if detached else None)
    if not detached:
        typer.echo(f"The desk runs on port {desk.settings.port}; Ctrl+C stops it.")
    Supervisor(desk).run()


def worker_command(data: DataOption = None) -> None:
    """The worker process; ends when its standard input ends. Started by run."""
    import signal

    from desk_server.worker import Worker, run_until_input_ends

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C at the terminal is the supervisor's
    desk = ready_desk(data)
    _log_to(desk.data / "worker.log")
    logging.getLogger(__name__).info("worker starts")
    run_until_input_ends(Worker(desk))
    logging.getLogger(__name__).info("worker ends")


def status_command(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tell what runs and where it lies."""
    from desk_server.desk import Desk
    from desk_server.status import as_text, status

    answer = status(Desk.open(data_folder(data)))
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False) if as_json else as_text(answer))


def migrate(data: DataOption = None) -> None:
    """Bring roles and schema up to date, and our lines in PostgreSQL's own files."""
    from desk_server.initialise import bring_up_to_date, renew_files
    from desk_server.process_lock import command_lock
    from desk_server.running import running

    desk = ready_desk(data)
    with command_lock(desk.data):
        desk = renew_files(desk)
        with running(desk):
            desk.with_settings(migrated=bring_up_to_date(desk))
    typer.echo("The schema is up to date.")


def doctor(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Check what keeps the desk safe; exit 1 and what to do where something is wrong."""
    from desk_server.doctor import examine

    findings = examine(ready_desk(data))
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{'ok   ' if finding.is_ok else 'WRONG'}  {finding.text()}")
    wrong = sum(not finding.is_ok for finding in findings)
    if wrong:
        raise DeskError(f"{wrong} of {len(findings)} checks failed.")


def seed(
    data: DataOption = None,
    tickets: Annotated[int, typer.Option(min=0, help="How many tickets.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same data.")] = 1,
    until: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DAY", help="Up to the beginning of this day; else today."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fill the desk with demo data. The same command adds nothing twice, and goes on where it was stopped."""
    from desk_server.demo.cli import run_seed
    from desk_server.running import running

    desk = ready_desk(data)
    with running(desk):
        run_seed(desk, tickets, seed, until, as_json=as_json)


def ready_desk(data: Path | None) -> Desk:
    """The desk in ``--data`` or its defaults; DeskError where it was only begun."""
    from desk_server.desk import Desk

    desk = Desk.open(data_folder(data))
    if not desk.settings.is_initialised:
        raise DeskError(f"The desk in {desk.data} is not finished; run desk-server init again.")
    return desk


def _log_to(file: Path | None) -> None:
    handler: logging.Handler = logging.StreamHandler(sys.stdout)  # standard error is for why a command failed
    if file is not None:
        handler = logging.handlers.RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
