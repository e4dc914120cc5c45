"""The way in: first paint before the first question, who sits here, and refusals in words."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

import desk_client.app as app_module
from desk_client.session.person_dialog import PersonDialog
from shared.config import Profile
from shared.database import Database
from tests.desks import RunningDesk
from tests.gui.conftest import ROOT, StartClient


def run_client(profile: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The client as a person starts it."""
    command = [sys.executable, "-m", "desk_client", "--profile", str(profile)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )  # fmt: skip


def test_the_desk_is_asked_after_the_first_paint(start_client: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    reading = Database.reading

    def noted(self: Database):
        order.append("asked")
        return reading(self)

    monkeypatch.setattr(Database, "reading", noted)
    client = start_client(enter=False)
    client.window.painted.connect(lambda: order.append("painted"))
    assert client.window.workspace is None
    client.until(lambda: client.window.workspace is not None)
    client.settle()
    assert order[:2] == ["painted", "asked"]


def test_the_badge_names_machine_level_and_person(start_client: StartClient) -> None:
    client = start_client("full")
    said = client.window.top_bar.badge.accessibleDescription()
    assert said == "live, pc-full · full · lin"
    assert client.window.top_bar.badge.is_live()


def test_a_machine_of_several_people_asks_who_sits_there(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client("shared", enter=False)
    client.until(lambda: client.window.findChild(PersonDialog) is not None)
    dialog = client.window.findChild(PersonDialog)
    people = dialog.findChild(QComboBox, "personChoice")
    assert [people.itemText(at) for at in range(people.count())] == ["lin", "zhao"]
    people.setCurrentIndex(1)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    client.until(lambda: client.window.workspace is not None)
    client.settle()
    session = client.workspace._context.session
    assert session.person is not None
    assert session.person.code == "zhao"
    assert "zhao" in client.window.top_bar.badge.accessibleDescription()


def test_a_client_too_old_is_told_so(start_client: StartClient, desk: RunningDesk) -> None:
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT min_client FROM desk.version_gate")
        (before,) = cursor.fetchone()
        cursor.execute("UPDATE desk.version_gate SET min_client = '99.0.0'")
        try:
            done = run_client(desk.profile("full").directory)
        finally:
            cursor.execute("UPDATE desk.version_gate SET min_client = %s", [before])
    assert done.returncode == 1
    assert "too old" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusal_stands_in_the_window_and_can_be_tried_again(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "has_screen", lambda: True)
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.version_gate SET min_client = '99.0.0'")
        client = start_client(enter=False)
        page = client.window.start_page
        client.until(lambda: "too old" in page.text())
        assert client.window.workspace is None
        cursor.execute("UPDATE desk.version_gate SET min_client = '0.0.1'")
    page._retry.click()
    client.until(lambda: client.window.workspace is not None)
    client.settle()


def test_a_server_that_is_not_there(desk: RunningDesk, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(desk.profile("full").directory, folder)
    profile = Profile.load(folder)
    Profile(directory=folder, host=profile.host, port=1, machine=profile.machine).save()
    done = run_client(folder)
    assert done.returncode == 1
    assert "reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_profile(tmp_path: Path) -> None:
    done = run_client(tmp_path)
    assert done.returncode == 1
    assert "profile" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display can be absent on Linux only")
def test_without_a_display_it_says_so(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "desk_client", "--profile", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False, env=environment)
    assert done.returncode == 1
    assert "no display" in done.stderr


def test_wrong_usage_is_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desk_client", "--nonsense"], cwd=ROOT, capture_output=True, timeout=240, check=False
    )
    assert done.returncode == 2
