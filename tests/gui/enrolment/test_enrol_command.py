"""``desk-client enrol``, ``dsn`` and ``renew`` as typed in a shell, without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from desk_server.machines import add_by_code
from shared.config import PROFILE_FILE, Profile
from shared.domain.enrolment import EnrolmentCode
from tests.desks import RunningDesk
from tests.gui.conftest import ROOT
from tests.gui.enrolment.conftest import signing


def desk_client(*words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a person types it, with no display and somebody else's PG variables around."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.pop("QT_QPA_PLATFORM", None)
    environment |= {"PGHOST": "nowhere", "PGSSLMODE": "disable", "PGOPTIONS": "-c statement_timeout=1"}
    return subprocess.run(
        [sys.executable, "-m", "desk_client", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False, env=environment, input=stdin,
    )  # fmt: skip


@pytest.fixture
def code(desk: RunningDesk, request: pytest.FixtureRequest) -> EnrolmentCode:
    return add_by_code(desk.desk, f"pc-{abs(hash(request.node.name)) % 10**8}", "query", ["lin"]).code


def test_a_shell_enrols_and_psql_gets_in(desk: RunningDesk, code: EnrolmentCode, tmp_path: Path) -> None:
    server = f"localhost:{desk.port}"
    with signing(desk):
        done = desk_client("enrol", code.text(), "--server", server, "--profile", tmp_path / "p")
    assert done.returncode == 0, done.stderr
    assert f"enrolled as {code.machine}" in done.stdout
    assert "no key store" in done.stdout
    assert Profile.load(tmp_path / "p").host == "localhost"
    shown = desk_client("dsn", "--profile", tmp_path / "p")
    assert shown.returncode == 0
    assert "sslpassword" not in shown.stdout
    assert "--with-secret" in shown.stderr
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(shown.stdout.strip())
    whole = desk_client("dsn", "--profile", tmp_path / "p", "--with-secret")
    assert "Warning" in whole.stderr
    psycopg2.connect(whole.stdout.strip()).close()
    password = whole.stdout.split("sslpassword=")[1].strip()
    for said in (done, shown):
        assert password not in said.stdout + said.stderr
        assert code.secret not in said.stdout + said.stderr


def test_a_shell_renews_when_it_is_time_and_says_when_not(
    desk: RunningDesk, code: EnrolmentCode, tmp_path: Path
) -> None:
    folder = tmp_path / "p"
    with signing(desk):
        assert desk_client("enrol", code.text(), "--profile", folder).returncode == 0
        line = Profile.load(folder).dsn(with_secret=True)
        before = (folder / "client.crt").read_bytes()
        early = desk_client("renew", "--profile", folder)
        assert (early.returncode, early.stderr) == (0, "")
        assert "too early" in early.stdout
        assert (folder / "client.crt").read_bytes() == before
        with desk.owner().cursor() as cursor:
            cursor.execute("UPDATE desk.setting SET value = '0' WHERE key = 'renew_after_days'")
            cursor.execute("UPDATE desk.machine_certificate SET first_used_at = now() WHERE first_used_at IS NULL")
            try:
                done = desk_client("renew", "--profile", folder)
            finally:
                cursor.execute("UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{code.machine} is renewed" in done.stdout
    assert (folder / "client.crt").read_bytes() != before
    psycopg2.connect(line).close()


def test_a_code_in_pieces_or_by_standard_input(desk: RunningDesk, code: EnrolmentCode, tmp_path: Path) -> None:
    text = code.text()
    with signing(desk):
        done = desk_client("enrol", text[:30], text[30:], "--profile", tmp_path / "p")
        assert done.returncode == 0, done.stderr
        again = desk_client("enrol", "-", "--profile", tmp_path / "q", stdin=f"{text[:40]}\n  {text[40:]}\n")
    assert again.returncode == 1
    assert "used already" in again.stderr
    assert "Traceback" not in again.stderr
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize(
    ("words", "said", "returncode"),
    [
        (["enrol", "hello"], "not complete", 1),
        (["enrol"], "required", 2),
        (["enrol", "x", "--nonsense"], "usage", 2),
        (["dsn"], "no machine profile", 1),
        (["renew"], "no machine profile", 1),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], said: str, returncode: int) -> None:
    done = desk_client(*words, *(["--profile", tmp_path / "p"] if words[0] != "enrol" else []))
    assert done.returncode == returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_no_server_there(tmp_path: Path) -> None:
    code = EnrolmentCode.new("pc-1", "00" * 32, "localhost", 1)
    done = desk_client("enrol", code.text(), "--profile", tmp_path / "p")
    assert done.returncode == 1
    assert "Nothing answers at localhost:1." in done.stderr
    assert "--server HOST:PORT" in done.stderr
    assert "Handing" not in done.stdout
    assert code.secret not in done.stdout
    assert not (tmp_path / "p" / PROFILE_FILE).exists()
