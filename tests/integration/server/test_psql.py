"""What README and ARCHITECTURE say of psql, word for word: the command line and the statements."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg2.errors
import pytest

from desk_server.demo import seed
from tests.desks import RunningDesk

ROOT = Path(__file__).resolve().parents[3]


def test_the_command_line_of_the_readme_gets_in(desk: RunningDesk) -> None:
    (stated,) = re.findall(r'^    psql "(.*)"$', (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    profile = desk.profile("full")
    words = stated.replace("desk.example", profile.host).replace("pc-0417", profile.machine)
    words = re.sub(r"port=\d+", f"port={profile.port}", words)
    assert "sslmode=verify-full" in words

    def run(words: str) -> subprocess.CompletedProcess[str]:
        command = [
            str(desk.desk.cluster.binaries.program("psql")),
            "-X",
            "-A",
            "-t",
            words,
            "-c",
            "SELECT session_user",
        ]
        return subprocess.run(command, cwd=profile.directory, capture_output=True, text=True, check=False)

    assert run(words).stdout == f"m_{profile.machine}\n"
    assert run(words.replace("sslcert=client.crt", "sslcert=")).returncode != 0


def test_the_statements_of_the_architecture_save(desk: RunningDesk) -> None:
    seed(desk.desk, tickets=1, seed=1)
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## Writing by SQL")[1].split("\n## ")[0]
    block = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    assert block.count(";") == 2
    with desk.connect("full").cursor() as cursor:
        cursor.execute(block)
        cursor.execute(
            "SELECT row_version, priority, (SELECT count(*) FROM desk.comment c WHERE c.ticket_id = t.id AND"
            " c.body = 'Seen in the lab too.') FROM desk.ticket t WHERE number = 10001"
        )
        assert cursor.fetchone() == (2, "urgent", 1)
        with pytest.raises(psycopg2.errors.Error) as refused:
            cursor.execute(block.replace("save_id = gen_random_uuid(), ", ""))
        assert refused.value.pgcode == "DK004"
