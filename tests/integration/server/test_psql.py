"""What README and ARCHITECTURE say of psql, word for word: the command line and the statements."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psycopg2.errors
import pytest

from desk_server.demo import seed
from tests.desks import RunningDesk, command_environment

ROOT = Path(__file__).resolve().parents[3]


def test_the_command_line_of_the_readme_gets_in(desk: RunningDesk) -> None:
    (stated,) = re.findall(r'^    psql "\$\((.*)\)"$', (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert stated.startswith("desk-client dsn")
    profile = desk.profile("full")

    def run(words: list[str], **environment: str) -> str:
        answer = subprocess.run(
            words, cwd="/", env=command_environment(**environment), capture_output=True, text=True, check=False
        )
        return answer.stdout.strip()

    def psql(dsn: str, query: str, **environment: str) -> str:
        return run([str(desk.desk.cluster.binaries.program("psql")), "-XAtw", dsn, "-c", query], **environment)

    command = [sys.executable, "-m", "desk_client", *stated.split()[1:], "--profile", str(profile.directory)]
    dsn = run(command)
    assert psql(dsn, "SELECT session_user") == f"m_{profile.machine}"
    person = psql(dsn, "SELECT current_setting('desk.person')", PGOPTIONS="-c desk.person=lin")
    assert person == "lin"
    assert psql(dsn.replace("client.crt", "no.crt"), "SELECT 1") == ""
    without = run([word for word in command if word != "--with-secret"])
    assert without
    assert psql(without, "SELECT 1") == ""


def test_the_statements_of_the_architecture_save(desk: RunningDesk) -> None:
    seed(desk.desk, tickets=1, seed=1)
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## Writing by SQL")[1].split("\n## ")[0]
    block = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    assert block.count(";") == 3
    with desk.connect("full").cursor() as cursor:
        cursor.execute(block)
        cursor.execute(
            "SELECT row_version, priority, (SELECT count(*) FROM desk.comment c WHERE c.ticket_id = t.id AND"
            " c.body = 'Seen in the lab too.') FROM desk.ticket t WHERE number = 10001"
        )
        assert cursor.fetchone() == (3, "high", 1)
        with pytest.raises(psycopg2.errors.Error) as refused:
            cursor.execute(block.replace("save_id = gen_random_uuid(), ", ""))
        assert refused.value.pgcode == "DK004"
