"""The tour on a real desk: the main job by keyboard, in both languages, and a refusal where nothing may be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from desk_server.demo import seed
from tests.desks import RunningDesk

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [
    "1-list", "2-what-is-missing", "3-logged", "4-found", "5-changed", "6-edited-elsewhere",
    "7-both-changed", "8-query-machine", "9-query-machine-refused",
]  # fmt: skip
# what the last picture shows
REFUSALS = {"en": "This machine may read, not change that", "zh_CN": "本机只能查看，不能修改"}


@pytest.fixture(scope="module")
def profiles(desk: RunningDesk) -> Path:
    """The profiles of a desk that has demo data."""
    subprocess.run([sys.executable, "-m", "scripts.translations", "compile"], cwd=ROOT, check=True)
    seed(desk.desk, tickets=300, seed=1)
    return desk.desk.profiles


def take_tour(folder: Path, profiles: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desk_client.tour", str(folder), "--profiles", str(profiles), *words]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1", "QT_FONT_DPI": "96"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=200)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_main_job_is_done_and_pictured(language: str, profiles: Path, tmp_path: Path, desk: RunningDesk) -> None:
    done = take_tour(tmp_path / "图 片", profiles, "--lang", language)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"The window says: {REFUSALS[language]}" in done.stdout.splitlines()
    pictures = {file.stem: QImage(str(file)) for file in (tmp_path / "图 片").glob("*.png")}
    assert sorted(pictures) == PICTURES
    assert {(picture.width(), picture.height()) for picture in pictures.values()} == {(1440, 900)}
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT status, row_version FROM desk.ticket WHERE origin = 'desk' ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("open", 4)
        cursor.execute("SELECT count(*) FROM desk.comment WHERE machine = 'demo' OR body LIKE '%No control%'")
        assert cursor.fetchone() == (0,)


def test_a_machine_that_may_write_where_none_should_fails_the_tour(profiles: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "profiles"
    for level in ("full", "admin"):
        shutil.copytree(profiles / level, wrong / level)
    shutil.copytree(profiles / "full2", wrong / "query")
    done = take_tour(tmp_path / "pictures", wrong)
    assert done.returncode == 1
    assert "a control that edits exists on a query machine" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_desk_that_does_not_answer_is_said_in_a_sentence(profiles: Path, tmp_path: Path) -> None:
    away = tmp_path / "profiles"
    shutil.copytree(profiles, away)
    for level in ("full", "query"):
        stored = (away / level / "profile.json").read_text("utf-8")
        port = stored.split('"port":')[1].split(",")[0].split("}")[0].strip()
        (away / level / "profile.json").write_text(stored.replace(port, "1"), "utf-8")
    done = take_tour(tmp_path / "pictures", away)
    assert done.returncode == 1
    assert done.stderr.startswith("The tour ended early:") or "The tour ended early:" in done.stderr
    assert "Traceback" not in done.stderr
