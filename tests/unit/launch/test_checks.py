"""What `run.py test` runs side by side is told one after another, and nothing that failed is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.launch import checks, packages

FAILS = ["-c", "import sys; print('a fault', file=sys.stderr); sys.exit(2)"]


@pytest.fixture(autouse=True)
def small_checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two checks that can only pass when both run at a time, and tests that pass."""
    first, second = tmp_path / "first", tmp_path / "second"
    meeting = (
        "import pathlib, sys, time\nmine, other = map(pathlib.Path, sys.argv[1:])\nmine.touch()\n"
        "while not other.exists(): time.sleep(0.01)\nprint(mine.name)"
    )
    met = {
        "one": ["-c", meeting, str(first), str(second)],
        "two": ["-c", meeting, str(second), str(first)],
    }
    monkeypatch.setattr(checks, "CHECKS", met)
    monkeypatch.setattr(checks, "TESTS", ["-c", "print('tests')"])
    for module in (checks, packages):
        monkeypatch.setattr(module, "PYTHON", sys.executable)
    monkeypatch.setattr(checks, "WHEELS_CHECKED", tmp_path / "checked")


def test_checks_run_together_and_are_told_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    assert checks.run_checks() == 0
    assert capfd.readouterr().out.splitlines() == ["== one", "first", "== two", "second", "== tests", "tests"]


def test_what_failed_is_told_at_the_end_and_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(checks.CHECKS, "one", FAILS)
    monkeypatch.setitem(checks.CHECKS, "two", ["-c", "print('fine')"])
    assert checks.run_checks() == 1
    said = capfd.readouterr()
    assert said.out.splitlines() == ["== one", "a fault", "== two", "fine", "== tests", "tests"]
    assert said.err == "Failed: one\n"
    monkeypatch.setitem(checks.CHECKS, "one", ["-c", ""])
    monkeypatch.setattr(checks, "TESTS", FAILS)
    assert checks.run_checks() == 1
    assert capfd.readouterr().err == "a fault\nFailed: tests\n"


def test_wheels_that_were_found_are_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "CHECKS", {"wheels": FAILS})
    assert checks.run_checks() == 1
    monkeypatch.setattr(checks, "CHECKS", {"wheels": ["-c", "print('47')"]})
    assert checks.run_checks() == 0
    assert "== wheels\n47\n" in capfd.readouterr().out
    monkeypatch.setattr(checks, "CHECKS", {"wheels": FAILS})
    assert checks.run_checks() == 0
    assert "wheels" not in capfd.readouterr().out
