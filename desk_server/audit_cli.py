"""``desk-server audit verify``, ``desk-server audit head`` and ``desk-server forget``."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg2
import typer

from desk_server.audit.forget import check_named, find_contact
from desk_server.audit.forget import forget as forget_contact
from desk_server.audit.head import current_head, read_head, write_head
from desk_server.audit.verify import AuditBrokenError, AuditTimeError, Verified
from desk_server.audit.verify import verify as verify_chain
from desk_server.cli import DataOption, JsonOption, ready_desk
from desk_server.running import running
from shared.database import translate_error
from shared.errors import DeskError

audit_app = typer.Typer(help="The sealed audit.", no_args_is_help=True, rich_markup_mode=None)


@audit_app.command("verify")
def verify(
    head: Annotated[Path | None, typer.Option(help="A head exported before: the chain must still hold it.")] = None,
    known_times_to: Annotated[
        int, typer.Option(help="Up to this block, times that contradict are known: a clock was wrong.")
    ] = 0,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Verify every entry, seal and block; name the first that is wrong and exit with 1."""
    expected = read_head(head) if head else None
    with _owner(data) as connection:
        try:
            verified = verify_chain(connection, expected, known_times_to)
        except AuditBrokenError as error:
            if as_json:
                kind = "times" if isinstance(error, AuditTimeError) else "chain"
                typer.echo(json.dumps({"ok": False, "kind": kind, "first": str(error)}, indent=2))
            said = str(error) if isinstance(error, AuditTimeError) else f"The audit is broken. {error}"
            raise DeskError(said) from error
    typer.echo(json.dumps(_as_dict(verified), indent=2) if as_json else "\n".join(_lines(verified, head)))


@audit_app.command("head")
def show_head(
    export: Annotated[Path | None, typer.Option(help="Write it to this file; keep that off the server.")] = None,
    data: DataOption = None,
) -> None:
    """Show the chain's head: the number and hash of the last block."""
    with _owner(data) as connection:
        head = current_head(connection)
    if export is None:
        typer.echo(head.text())
        return
    if not head.block:
        raise DeskError("Nothing is sealed yet; the worker seals while the desk runs.")
    write_head(export, head)
    typer.echo(f"The head is in {export}: {head.text()}")


def forget(
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help="The contact's id; or its whole name or mail address.")
    ],
    comment: Annotated[
        list[int] | None,
        typer.Option(metavar="ID", help="The id of a private comment whose text goes too; may be repeated."),
    ] = None,
    attachment: Annotated[
        list[int] | None, typer.Option(metavar="ID", help="The id of an attachment that goes too; may be repeated.")
    ] = None,
    import_lines: Annotated[
        bool, typer.Option("--import-lines", help="The text of lines that an import could not read goes too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, remove nothing.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Remove a person's values everywhere: contact, search words, audit. The audit still verifies.

    It can't be undone. Without --yes a terminal asks first, and a script is refused.
    """
    comments, attachments = tuple(dict.fromkeys(comment or ())), tuple(dict.fromkeys(attachment or ()))
    with _owner(data) as connection:
        found = find_contact(connection, contact)
        check_named(connection, comments, attachments)
        if not as_json:
            for line in found.lines(comments, attachments, empties_rejects=import_lines):
                typer.echo(line)
        if dry_run:
            if as_json:
                typer.echo(json.dumps(dataclasses.asdict(found), indent=2, ensure_ascii=False))
            return
        if not yes:
            _ask()
        rejects = found.rejects if import_lines else ()
        removed = forget_contact(connection, found.id, comments, attachments, rejects)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(removed), indent=2))
        return
    typer.echo(
        f"Contact {removed.contact} is forgotten: gone are the private part of"
        f" {_count(removed.entries, 'audit entry', 'audit entries')},"
        f" {_count(removed.comments, 'private comment', 'private comments')},"
        f" {_count(removed.import_lines, 'import line', 'import lines')} and"
        f" {_count(removed.attachments, 'attachment', 'attachments')}."
    )
    typer.echo("Backups made before still hold the values until they are removed.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _ask() -> None:
    if not sys.stdin.isatty():
        raise DeskError("Nothing was removed: that can't be undone, and nobody is there to be asked. Say --yes.")
    if not typer.confirm("Remove them for good?", err=True):
        raise DeskError("Nothing was removed.")


def _as_dict(verified: Verified) -> dict[str, Any]:
    return {
        "ok": True,
        "entries": verified.entries,
        "unsealed": verified.unsealed,
        "oldest_unsealed": verified.oldest_unsealed,
        "contradictions": verified.contradictions,
        "head": verified.head.as_dict(),
    }


def _lines(verified: Verified, head: Path | None) -> Iterator[str]:
    yield (
        f"The audit is whole: {_count(verified.entries, 'entry', 'entries')}"
        f" in {_count(verified.head.block, 'block', 'blocks')}."
    )
    yield f"Head: {verified.head.text()}"
    if verified.contradictions:
        yield f"Known: {verified.contradictions:,} entries have times that contradict it. {verified.contradicting[0]}"
    if head is not None:
        yield f"It continues the head in {head}."
    if verified.oldest_unsealed is not None:
        waiting = f"{_count(verified.unsealed, 'entry', 'entries')} since {verified.oldest_unsealed}"
        yield f"Not sealed yet: {waiting}; the worker seals while the desk runs."


@contextmanager
def _owner(data: Path | None) -> Iterator[Any]:
    desk = ready_desk(data)
    try:
        with running(desk), closing(desk.owner_connection()) as connection:
            yield connection
    except psycopg2.Error as error:
        raise translate_error(error) from None  # the cause may quote private values
