"""An import that ends in the middle leaves nothing half, and the same command then does all of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.importing import loader
from desk_server.importing.loader import LogImport, run_import
from desk_server.importing.mapping import parse_map
from desk_server.importing.reader import read_log
from shared.errors import DeskError
from tests.desks import RunningDesk

ROOT = Path(__file__).parents[3]
MAP_TOML = "[log]\nticket='case'\nevent='what'\nat='when'\nby='who'\n"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'desk.ticket_event'::regclass"
LEFT = "SELECT (SELECT count(*) FROM desk.ticket), (SELECT count(*) FROM desk.staff WHERE code LIKE 'k%')"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = "".join(f"K-{number % 50},Take,2020-01-01 00:00:{number % 60:02},k{number % 7}\n" for number in range(500))
    file = tmp_path / "killed.csv"
    file.write_text("case,what,when,who\n" + rows)
    return file


def until(question: Callable[[], bool]) -> None:
    for _ in range(2400):
        if question():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def test_a_killed_import_leaves_nothing_and_runs_again(
    desk: RunningDesk, log: Path, tmp_path: Path, ask: Callable[..., list[Any]]
) -> None:
    (tmp_path / "map.toml").write_text(MAP_TOML)
    command = [sys.executable, "-m", "desk_server", "import", "log", str(log), "--map", str(tmp_path / "map.toml")]
    environment = {**os.environ, "DESK_DATA": str(desk.desk.data)}
    before = ask(LEFT)
    blocker = desk.desk.owner_connection()
    blocker.autocommit = False
    blocker.cursor().execute("LOCK TABLE desk.ticket_event IN SHARE MODE")  # tickets get in, events wait
    killed = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: ask(WAITING) == [(1,)])
    killed.kill()
    killed.wait()
    blocker.rollback()
    blocker.close()
    until(lambda: ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'desk-server'") == [(1,)])
    assert ask(LEFT) == before
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "50 new tickets and 500 new events imported" in done.stdout
    assert ask(LEFT) == [(before[0][0] + 50, before[0][1] + 7)]


def test_a_lost_connection_between_two_portions_undoes_all(
    desk: RunningDesk, log: Path, ask: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    log_map = parse_map({"log": {"ticket": "case", "event": "what", "at": "when"}})
    work = LogImport(log_map, read_log(log, log_map), "portions", str(log))
    monkeypatch.setattr(loader, "PORTION", 100)
    portions = []
    run = loader._run

    def failing(cursor: Any, name: str, values: dict[str, object] | None = None) -> None:
        portions.append(name)
        if portions.count("write_events.sql") == 3:
            raise psycopg2.OperationalError("server closed the connection unexpectedly")
        run(cursor, name, values)

    before = ask(LEFT)
    monkeypatch.setattr(loader, "_run", failing)
    with pytest.raises(DeskError):
        run_import(desk.owner(), work)
    assert ask(LEFT) == before
    monkeypatch.setattr(loader, "_run", run)
    result = run_import(desk.owner(), work)  # the control: in portions, without the fault
    assert (result.tickets, result.events) == (50, 500)
    assert ask("SELECT count(*), count(DISTINCT import_key) FROM desk.ticket_event WHERE batch_id = %s", (
        result.batch,
    )) == [(500, 500)]  # fmt: skip
