"""The first page of a client without a profile, by keys: the code, what it names, what went wrong, on into the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

import desk_client.__main__ as main_module
import desk_client.app as app_module
from desk_client.app import DeskApp
from desk_client.enrolment.first_start import FirstStart
from desk_client.language import CHINESE, ENGLISH
from desk_client.messages import describe
from desk_client.session.start_page import StartPage
from desk_server.machines import add_by_code, new_code
from shared import errors
from shared.config import PROFILE_FILE, Profile
from shared.domain.enrolment import EnrolmentCode
from tests.desks import RunningDesk
from tests.gui.conftest import WAIT_MS, Client, StartClient, end_client
from tests.gui.enrolment.conftest import signing

FINGERPRINT = "ab" * 32


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[FirstStart]:
    start = FirstStart(qapp, tmp_path / "profile")
    start._language.use(ENGLISH)
    start.window.show()
    start.window.activateWindow()
    yield start
    start.leave()
    start.deleteLater()


def widget(first: FirstStart, kind: type, name: str):
    return first.window.findChild(kind, name)


def text(first: FirstStart, name: str) -> str:
    return widget(first, QLabel, name).text()


def paste(first: FirstStart, code: str) -> None:
    edit = widget(first, QPlainTextEdit, "enrolCode")
    edit.selectAll()
    QApplication.clipboard().setText(code)
    QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def go_on(first: FirstStart) -> QPushButton:
    return widget(first, QPushButton, "enrolGoOn")


def test_it_shows_what_the_code_names_and_nothing_before(first: FirstStart) -> None:
    assert widget(first, QPlainTextEdit, "enrolCode").hasFocus()
    assert text(first, "enrolValue_machine") == text(first, "enrolValue_server") == "–"
    assert not go_on(first).isEnabled()
    assert not widget(first, QLabel, "enrolError").isVisible()
    code = EnrolmentCode.new("pc-0417", FINGERPRINT, "desk.example", 5433)
    paste(first, f"  {code.text()[:40]}\n{code.text()[40:]} \n")
    assert text(first, "enrolValue_machine") == "pc-0417"
    assert text(first, "enrolValue_server") == "desk.example:5433"
    assert go_on(first).isEnabled()
    paste(first, code.text()[:50])
    assert "not complete" in text(first, "enrolError")
    assert text(first, "enrolValue_machine") == "–"
    assert not go_on(first).isEnabled()


def test_a_refusal_stands_below_in_both_languages_and_can_be_tried_again(
    first: FirstStart, qtbot: QtBot, desk: RunningDesk
) -> None:
    code = EnrolmentCode.new("pc-0417", FINGERPRINT, "localhost", desk.port)
    paste(first, code.text())
    QTest.keyClick(widget(first, QPlainTextEdit, "enrolCode"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not belong to the desk" in text(first, "enrolError"), timeout=WAIT_MS)
    first._language.use(CHINESE)
    qtbot.waitUntil(lambda: "服务器" in text(first, "enrolError"), timeout=WAIT_MS)
    first._language.use(ENGLISH)
    assert go_on(first).isEnabled()
    assert not (first._folder / PROFILE_FILE).exists()


KINDS = (
    errors.UnknownCodeError, errors.UsedCodeError, errors.ExpiredCodeError, errors.WrongServerError,
    errors.ServerNameError, errors.NotADeskError, errors.ClockError, errors.NotSignedError, errors.RequestRefusedError,
    errors.OtherMachineError, errors.FolderError, errors.DatabaseUnavailableError, errors.ServerFullError,
)  # fmt: skip


def test_each_refusal_has_its_own_sentence_in_both_languages(first: FirstStart) -> None:
    said: dict[str, list[str]] = {}
    for language in (ENGLISH, CHINESE):
        first._language.use(language)
        said[language] = [describe(kind("x")) for kind in KINDS]
        said[language] += [describe(errors.DamagedCodeError("x", fault)) for fault in errors.CodeFault]
        assert len(set(said[language])) == len(KINDS) + len(errors.CodeFault)
    first._language.use(ENGLISH)
    assert not set(said[ENGLISH]) & set(said[CHINESE])


def test_enrolled_by_keys_alone(first: FirstStart, qtbot: QtBot, desk: RunningDesk) -> None:
    code = add_by_code(desk.desk, "pc-first", "full", ["lin"]).code
    with signing(desk):
        paste(first, code.text())
        QTest.keyClick(widget(first, QPlainTextEdit, "enrolCode"), Qt.Key.Key_Tab)
        go_on(first).setFocus()
        QTest.keyClick(go_on(first), Qt.Key.Key_Space)
        assert not go_on(first).isEnabled()
        qtbot.waitUntil(lambda: first.profile is not None, timeout=WAIT_MS)
    assert "is enrolled" in text(first, "enrolTitle")
    assert "client.key.password" in text(first, "enrolHint")
    assert go_on(first).hasFocus()
    assert widget(first, QPlainTextEdit, "enrolCode").toPlainText() == ""
    assert text(first, "enrolValue_machine") == "pc-first"
    QTest.keyClick(go_on(first), Qt.Key.Key_Space)
    assert not first.window.isVisible()


def test_every_widget_has_a_name_and_says_what_it_is(first: FirstStart) -> None:
    kinds = (QLabel, QPlainTextEdit, QPushButton, QComboBox)
    ours = [one for kind in kinds for one in first.window.findChildren(kind)]
    assert len(ours) == 15
    assert not [one for one in ours if not one.objectName()]
    assert not [one.objectName() for one in ours if not (one.accessibleName() or isinstance(one, QLabel))]


def test_from_no_profile_into_the_desk_without_a_restart(
    qapp: QApplication, qtbot: QtBot, desk: RunningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk of ``main``: the page in place of an error box, then the window of the desk."""
    monkeypatch.setattr(app_module, "has_screen", lambda: True)
    opened: list[DeskApp] = []

    def open_desk(_application: QApplication, profile: Profile) -> int:
        opened.append(DeskApp(qapp, profile))
        opened[0].start()
        return 0

    def person(start: FirstStart) -> Profile | None:
        start._language.use(CHINESE)
        start.window.show()
        paste(start, add_by_code(desk.desk, "pc-second", "full", ["lin"]).code.text())
        with signing(desk):
            go_on(start).click()
            qtbot.waitUntil(lambda: start.profile is not None, timeout=WAIT_MS)
        go_on(start).click()
        start.leave()
        return start.profile

    monkeypatch.setattr(main_module, "_run", open_desk)
    monkeypatch.setattr(FirstStart, "run", person)
    assert main_module.main(["--profile", str(tmp_path / "p")]) == 0
    client = Client(opened[0], qtbot)
    client.until(lambda: client.window.workspace is not None)
    client.settle()
    assert "pc-second" in client.window.top_bar.badge.accessibleDescription()
    assert opened[0].language.code == CHINESE
    end_client(opened[0])


def test_a_machine_that_is_let_in_no_more_enrols_anew_in_the_same_window(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "has_screen", lambda: True)
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "UPDATE desk.machine_certificate SET replaced_at = clock_timestamp() WHERE machine_id ="
            " (SELECT id FROM desk.machine WHERE name = 'pc-query')"
        )
    client = start_client("query", enter=False)
    start = client.window.start_page
    client.until(lambda: "another certificate" in start.text())
    again = start.findChild(QPushButton, "startEnrol")
    assert again.isVisible()
    again.click()
    client.window.findChild(QPushButton, "enrolBack").click()
    client.until(start.isVisible)
    again.click()
    edit = client.window.findChildren(QPlainTextEdit, "enrolCode")[-1]
    edit.setPlainText(new_code(desk.desk, "pc-query").code.text())
    with signing(desk):
        QTest.keyClick(edit, Qt.Key.Key_Return)
        opening = client.window.findChildren(QPushButton, "enrolGoOn")[-1]
        client.until(lambda: opening.isEnabled() and opening.text() == "Open the desk")
    opening.click()
    client.until(lambda: client.window.workspace is not None)
    client.settle()
    assert "pc-query" in client.window.top_bar.badge.accessibleDescription()


def test_a_server_that_is_away_is_no_reason_to_enrol(first: FirstStart) -> None:
    page = StartPage()
    page.show_error(errors.DatabaseUnavailableError("away"))
    assert page.findChild(QPushButton, "startEnrol").isHidden()
    page.show_error(errors.LoginRefusedError("out"))
    assert not page.findChild(QPushButton, "startEnrol").isHidden()
    page.deleteLater()
