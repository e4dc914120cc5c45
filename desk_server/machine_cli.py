"""``desk-server machine`` and ``desk-server roles``: the machines, which are the logins."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk_server.cli import DataOption, JsonOption, ready_desk
from shared.errors import DeskError

if TYPE_CHECKING:
    from desk_server.desk import Desk
    from desk_server.machines import NewCode
    from shared.config import Profile

machine_app = typer.Typer(help="Machines: they are the logins.", no_args_is_help=True, rich_markup_mode=None)
roles_app = typer.Typer(help="The machines' roles in PostgreSQL.", no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The machine's name, such as pc-0417.")]
_LEVELS = ("query", "full", "admin")


@machine_app.command("add")
def machine_add(
    name: NameArgument,
    level: Annotated[str, typer.Option(metavar="LEVEL", help="query, full or admin.")],
    person: Annotated[
        list[str], typer.Option(metavar="PERSON", help="Who sits there: staff code or name; may be repeated.")
    ],
    profile: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Enrol this computer on the spot, or anew, into this folder; no code is given."
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="The machine may be there: it gets this level, these people and a new code.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a machine and tell the one-time code by which it enrols itself."""
    from desk_server.machine_notes import administrator_notes, changes, find_machine, new_people
    from desk_server.machines import add_by_code, add_machine, is_enrolled
    from desk_server.process_lock import command_lock
    from desk_server.running import running

    _check_level(level, _LEVELS)
    desk = ready_desk(data)
    with command_lock(desk.data), running(desk):
        before = find_machine(desk, name)
        if before is not None and profile is None and not again:
            raise _there_already(name.strip().lower(), before.level)
        people = new_people(desk, person)
        if profile is None:
            _tell_code(desk, add_by_code(desk, name, level, person), as_json=as_json)
        else:
            is_anew = is_enrolled(desk, name)
            _tell_profile(add_machine(desk, name, level, person, profile), level, is_anew=is_anew, as_json=as_json)
        _note(people, changes(before, find_machine(desk, name), gave_code=profile is None), administrator_notes(desk))


def _there_already(name: str, level: str) -> DeskError:
    return DeskError(
        f"Machine {name} is there already, level {level}. To change it: desk-server machine set {name}; "
        f"for a new code: desk-server machine code {name}; to do both: --again."
    )


def _tell_profile(made: Profile, level: str, *, is_anew: bool, as_json: bool) -> None:
    anew = " anew: its earlier certificate no longer works" if is_anew else ""
    _tell(
        {"machine": made.machine, "level": level, "profile": str(made.directory), "is_anew": is_anew},
        f"Machine {made.machine} ({level}) is enrolled{anew}; its profile is in {made.directory}.",
        as_json=as_json,
    )


def _note(*notes: list[str]) -> None:
    """Beside the answer, which a program may read."""
    for line in (line for lines in notes for line in lines):
        typer.echo(line, err=True)


@machine_app.command("code")
def machine_code(name: NameArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tell a new one-time code for a machine that is there: to enrol it, or to enrol it anew."""
    from desk_server.machines import new_code
    from desk_server.running import running

    desk = ready_desk(data)
    with running(desk):
        _tell_code(desk, new_code(desk, name), as_json=as_json)


@machine_app.command("set")
def machine_set(
    name: NameArgument,
    level: Annotated[str | None, typer.Option(metavar="LEVEL", help="query, full or admin; none shuts it out.")] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="PERSON", help="Who sits there, in place of who did: staff code or name; repeat."),
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A note on the machine.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a machine. What it may do changes at once; where its level falls, its open sessions end."""
    from desk_server.machine_notes import administrator_notes, find_machine, new_people, return_notes
    from desk_server.machines import set_machine
    from desk_server.process_lock import command_lock
    from desk_server.running import running

    if level is not None:
        _check_level(level, (*_LEVELS, "none"))
    if level is None and not person and note is None:
        raise typer.BadParameter("say what to change: --level, --person or --note")
    desk = ready_desk(data)
    with command_lock(desk.data), running(desk):
        before, people = find_machine(desk, name), new_people(desk, person or [])
        ended = set_machine(desk, name, level, person or None, note)
        _note(people, return_notes(name, before, level), administrator_notes(desk))
    what = {None: "changed", "none": "shut out"}.get(level, f"{level} now")
    sessions = f"; {ended} of its sessions {'was' if ended == 1 else 'were'} ended" if ended else ""
    machine = name.strip().lower()
    _tell(
        {"machine": machine, "level": level, "ended_sessions": ended},
        f"Machine {machine} is {what}{sessions}.",
        as_json=as_json,
    )


@machine_app.command("list")
def machine_list(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the machines: level, people, how long the certificate is good, when and from where last seen.

    The worker looks who is connected every few seconds while the desk runs: who comes and goes in between is not seen.
    """
    from desk_server.machine_listing import list_machines, machine_lines
    from desk_server.running import running

    desk = ready_desk(data)
    with running(desk):
        rows = list_machines(desk)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for line in machine_lines(rows):
        typer.echo(line)


@roles_app.command("sync")
def roles_sync(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Make the machines' roles what the machine table says, as after a restore."""
    from desk_server.machines import sync_roles
    from desk_server.process_lock import command_lock
    from desk_server.running import running

    desk = ready_desk(data)
    with command_lock(desk.data), running(desk):
        done = sync_roles(desk)
    if as_json:
        typer.echo(json.dumps([{"role": role, "what": what} for role, what in done], indent=2, ensure_ascii=False))
        return
    for role, what in done:
        typer.echo(f"{role}: {what}")
    typer.echo("The roles are as the table says.")


def _check_level(level: str, levels: tuple[str, ...]) -> None:
    if level not in levels:
        raise typer.BadParameter(f"{', '.join(levels[:-1])} or {levels[-1]}", param_hint="--level")


def _tell_code(desk: Desk, given: NewCode, *, as_json: bool) -> None:
    from desk_server.machine_notes import code_notes
    from shared.domain.enrolment import server_text

    code, text = given.code, given.code.text()
    _tell(
        {
            "machine": code.machine,
            "level": given.level.value,
            "code": text,
            "expires_at": given.expires_at.isoformat(timespec="seconds"),
            "server": server_text(code.host, code.port),
            "fingerprint": code.fingerprint,
        },
        f"Machine {code.machine} ({given.level}) enrols itself with this code, once, until"
        f" {given.expires_at.astimezone():%H:%M}:\n\n{text}\n\nOn that machine: desk-client enrol CODE",
        as_json=as_json,
    )
    _note(code_notes(desk, given))


def _tell(answer: dict[str, Any], text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False) if as_json else text)
