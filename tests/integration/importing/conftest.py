"""Logs written by the tests, and the real command line on a real desk."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desk_server.__main__ import main
from tests.desks import RunningDesk

MAP = """
[log]
ticket = "case"
event = "what"
at = "when"
by = "who"
null = ["?", ""]
[ticket]
product = "model"
priority = "prio"
[default]
customer = "Imported"
[status]
"Solve" = "resolved"
"Close" = "closed"
"""
HEADING = "case,what,when,who,model,prio\n"


@dataclass(frozen=True)
class Outcome:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        answer: dict[str, Any] = json.loads(self.out)
        return answer


@pytest.fixture
def command(
    desk: RunningDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """``command("import", "log", ...)``: desk-server's own entry point, on this file's desk."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setenv("DESK_DATA", str(desk.desk.data))
        monkeypatch.setattr(sys, "argv", ["desk-server", *(str(argument) for argument in arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def import_text(command: Callable[..., Outcome], tmp_path: Path) -> Callable[..., Outcome]:
    """``import_text("A,Open,2020-01-01,ann,,\\n", ...)``: imports rows under HEADING by MAP, answering as JSON."""

    def run(rows: str | bytes, *options: object, log_map: str = MAP, heading: str = HEADING) -> Outcome:
        log, map_file = tmp_path / "log.csv", tmp_path / "map.toml"
        log.write_bytes(rows if isinstance(rows, bytes) else (heading + rows).encode())
        map_file.write_text(log_map, encoding="utf-8")
        return command("import", "log", log, "--map", map_file, "--json", *options)

    return run


@pytest.fixture
def ask(owner: Any) -> Iterator[Callable[..., list[Any]]]:
    """``ask("SELECT ...", values)``: rows as the owner sees them."""
    with owner.cursor() as cursor:

        def run(statement: str, values: tuple[object, ...] = ()) -> list[Any]:
            cursor.execute(statement, values or None)
            found: list[Any] = cursor.fetchall()
            return found

        yield run
