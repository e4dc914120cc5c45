"""The client's main job, done by key presses on the real windows, with a picture of each step.

    python -m desk_client.tour DIR --profiles PROFILES [--lang en|zh_CN]

PROFILES holds the machines' profiles ``full``, ``admin`` and ``query``. The full machine logs a ticket, finds it and
changes it; the admin's machine takes it over while it is being edited, and what both have changed is put together; the
query machine finds it, has nothing to change it with, and is refused by the database when it is made to try.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desk_client.language import LANGUAGES
from desk_client.theme import Scheme
from desk_client.tour_driver import Driver, TourError
from shared.errors import DeskError
from shared.schemas.ticket import CommentText

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key

WORDS = {
    "en": {
        "subject": "STB-300: black screen after waking from standby",
        "customer": "Corvane",
        "description": "The box wakes from standby, the LED turns green, the screen stays black.\n"
        "Unplugging HDMI and plugging it in again brings the picture back.",
        "comment": "Reproduced in our lab with two television sets. Logs are on their way.",
        "search": "black screen waking standby",
        "more": " (Corvane's lab)",
        "other": " with HDMI 2.1",
    },
    "zh_CN": {
        "subject": "STB-300 待机唤醒后黑屏，重新插拔 HDMI 后恢复",
        "customer": "武汉辰曜",
        "description": "机顶盒从待机唤醒后，指示灯变绿，但屏幕一直黑屏。\n重新插拔 HDMI 线后画面恢复。",
        "comment": "实验室用两台电视机都已复现，日志稍后提供。",
        "search": "待机唤醒后黑屏",
        "more": "（辰曜实验室）",
        "other": "（仅 HDMI 2.1）",
    },
}


def say_warning(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's warnings, less what the offscreen platform says of itself: it has no window manager to raise windows."""
    if not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tour; 0 when every step did what it should, else 1 with the step that did not."""
    parser = argparse.ArgumentParser(prog="desk_client.tour", description="The main job, with pictures.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--profiles", type=Path, required=True)
    parser.add_argument("--lang", choices=[code for code, _ in LANGUAGES], default="en")
    options = parser.parse_args(arguments)
    qInstallMessageHandler(say_warning)
    logging.getLogger("desk_client.messages").addHandler(logging.NullHandler())  # the window is looked at instead
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(["desk-client"])
    application.setApplicationName("SupportDesk")
    application.setCursorFlashTime(0)  # a blinking cursor would make each picture another one
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        take_tour(application, options.folder, options.profiles, options.lang)
    except (TourError, DeskError, OSError) as error:
        print(f"The tour ended early: {reason(error)}", file=sys.stderr)
        return 1
    print(f"The tour is done; its pictures are in {options.folder}")
    return 0


def reason(error: Exception) -> str:
    """What ended the tour, in a sentence."""
    return f"{error.strerror}: {error.filename}" if isinstance(error, OSError) else str(error)


def take_tour(application: QApplication, folder: Path, profiles: Path, language: str) -> None:
    """The machines, the first two at the same time. Raises TourError."""
    with tempfile.TemporaryDirectory() as copies:  # what the tour arranges is not what a person arranged
        for level in ("full", "admin", "query"):
            shutil.copytree(
                profiles / level, Path(copies, level), ignore=shutil.ignore_patterns("*.ini", "*.log", "drafts")
            )
        with Driver(application, Path(copies, "full"), folder, language, Scheme.LIGHT) as desk:
            number = work(desk, WORDS[language])
            with Driver(application, Path(copies, "admin"), folder, language, Scheme.LIGHT) as other:
                work_together(desk, other, number, WORDS[language])
        with Driver(application, Path(copies, "query"), folder, language, Scheme.DARK) as desk:
            look(desk, number)


def work(desk: Driver, words: dict[str, str]) -> str:
    """What a support engineer does all day; the number of the new ticket."""
    if desk.listed():
        desk.press(KEY.Key_Down)
        desk.wait_for_ticket()
    desk.keep("1-list")
    number = log_ticket(desk, words)
    find_ticket(desk, number, words["search"])
    change_ticket(desk, words["comment"])
    show_all(desk, number)
    desk.keep("5-changed")
    return number


def log_ticket(desk: Driver, words: dict[str, str]) -> str:
    """A new ticket: first saved too early, then with all that it needs."""
    desk.press(KEY.Key_N, CONTROL)
    desk.press(KEY.Key_Return, CONTROL)
    desk.wait(lambda: desk.errors() != [], "the fields that are missing are not named")
    desk.keep("2-what-is-missing")
    desk.fill(
        {
            "subject": words["subject"], "customer_id": words["customer"], "product_id": "STB-300",
            "category": "video", "description": words["description"], "kind": "problem", "priority": "high",
            "source": "customer", "channel": "phone",
        }
    )  # fmt: skip
    desk.press(KEY.Key_Return, CONTROL)
    number = desk.wait_for_ticket(subject=words["subject"])
    desk.keep("3-logged")
    return number


def find_ticket(desk: Driver, number: str, text: str) -> None:
    """By its words, then by its number."""
    show_all(desk, number)
    everything = desk.rows()
    desk.press(KEY.Key_F, CONTROL)
    desk.type(text)
    desk.wait(
        lambda: number in desk.listed() and desk.rows() < everything,
        f"the search for {text!r} does not list ticket {number} among fewer",
    )
    desk.keep("4-found")
    desk.press(KEY.Key_F, CONTROL)
    desk.type(number)
    desk.press(KEY.Key_Return)
    desk.wait_for_ticket(number)


def change_ticket(desk: Driver, comment: str) -> None:
    """Take it, which opens it, and write a comment beside."""
    before = desk.version()
    desk.press(KEY.Key_3, CONTROL)
    desk.press(KEY.Key_T, CONTROL | SHIFT)
    desk.wait(lambda: desk.version() > before, "taking the ticket did not save it")
    desk.press(KEY.Key_M, CONTROL)
    desk.type(comment)
    desk.press(KEY.Key_Return, CONTROL)
    desk.wait(lambda: comment in desk.history(), "the comment is not in the history")


def work_together(desk: Driver, other: Driver, number: str, words: dict[str, str]) -> None:
    """Another machine takes over what is being edited here, and changes the same; then both are put together."""
    show_all(other, number)
    other.press(KEY.Key_Down)
    other.wait_for_ticket(number)
    edit_subject(desk, words["more"])
    other.wait(lambda: "takeOver" in other.offered(), "the other machine is not told who edits the ticket")
    other.come_to_front()
    other.keep("6-edited-elsewhere")
    other.push("takeOver")
    desk.wait(lambda: desk.offered() != [], "the first machine is not told that its ticket was taken over")
    before = other.version()
    edit_subject(other, words["other"])
    other.fill({"priority": "urgent"})
    other.press(KEY.Key_Return, CONTROL)
    other.wait(lambda: other.version() > before, "the other machine did not save")
    desk.wait(lambda: "goOnEditing" in desk.offered(), "the first machine is not told that the ticket is free")
    desk.come_to_front()
    desk.push("goOnEditing")
    desk.wait(desk.holds, "the ticket does not come back")
    desk.press(KEY.Key_Return, CONTROL)
    desk.wait(lambda: desk.dialog() == "mergeDialog", "a field that both have changed is not asked about")
    desk.keep("7-both-changed")
    desk.press(KEY.Key_Return, CONTROL)
    desk.wait(lambda: desk.version() > before + 1, "what was put together is not saved")


def edit_subject(desk: Driver, more: str) -> None:
    """Type at the end of the subject."""
    desk.come_to_front()
    desk.press(KEY.Key_F2)
    desk.press(KEY.Key_End)
    desk.type(more)


def show_all(desk: Driver, number: str) -> None:
    """All tickets in the list, whatever view was shown; the newest are first."""
    desk.press(KEY.Key_F, CONTROL | SHIFT)
    desk.wait(lambda: number in desk.listed(), f"the list of all tickets does not begin with {number}")


def look(desk: Driver, number: str) -> None:
    """What a project manager sees on a machine that may only read."""
    show_all(desk, number)
    desk.press(KEY.Key_Down)
    desk.wait_for_ticket(number)
    desk.expect(not desk.can_edit(), "a control that edits exists on a query machine")
    before = desk.version()
    for key, modifiers in ((KEY.Key_F2, None), (KEY.Key_T, CONTROL | SHIFT), (KEY.Key_N, CONTROL)):
        desk.press(key, modifiers)
    desk.expect(desk.version() == before, "a query machine has changed a ticket")
    desk.keep("8-query-machine")
    print("The machine that may only read is made to write all the same; the database has to refuse it:", flush=True)
    desk.force_comment(CommentText(body="No control of this window can send this."))
    desk.wait(lambda: desk.message() != "", "the refusal is not shown")
    print("The window says:", desk.message(), flush=True)
    desk.keep("9-query-machine-refused")


if __name__ == "__main__":
    sys.exit(main())
