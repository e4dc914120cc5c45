"""``desk-client [--profile DIR]``: the client on a machine's profile; ``enrol``, ``dsn``, ``renew`` for a shell."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desk_client.enrolment.commands import add_commands
from shared import __version__
from shared.config import DEFAULT_PROFILE, PROFILE_FILE, Profile
from shared.errors import ProfileError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

NO_DISPLAY = "There is no display to show a window on. On a machine without one, set QT_QPA_PLATFORM=offscreen."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the client; 0 when it was closed, 1 when it could not start, with the reason."""
    _give_streams()
    options = _parser().parse_args(arguments)
    if options.run is not None:
        return _run_command(options)
    if not _has_display():
        return _refuse(NO_DISPLAY)
    from PySide6.QtWidgets import QApplication  # after the check: without a display Qt ends the process itself

    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication([sys.argv[0]])
    application.setApplicationName("SupportDesk")
    try:
        profile = Profile.load(options.profile)
    except ProfileError as error:
        return _start_without_profile(application, error, options.profile)
    return _run(application, profile)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="desk-client", description="The SupportDesk client.")
    parser.add_argument("--profile", type=Path, default=DEFAULT_PROFILE, metavar="DIR", help="the machine's profile")
    parser.add_argument("--version", action="version", version=f"desk-client {__version__}")
    parser.set_defaults(run=None)
    add_commands(parser)
    return parser


def _give_streams() -> None:
    """On Windows a program with windows has no standard streams; what is said there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
        else:
            getattr(sys, name).reconfigure(errors="backslashreplace")


def _run_command(options: argparse.Namespace) -> int:
    """A command of the shell; the environment's own PG variables must not be taken for ours."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return _refuse("Interrupted. The same command goes on from here.")
    return code


def _has_display() -> bool:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run(application: QApplication, profile: Profile) -> int:
    from desk_client.app import DeskApp
    from desk_client.crash_log import CrashLog
    from desk_client.garbage import spare_what_is_loaded

    desk = DeskApp(application, profile)
    with CrashLog(profile.directory, desk.messages.fault):
        desk.start()
        spare_what_is_loaded()
        code = application.exec()
        desk.stop()
    return code


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


def _start_without_profile(application: QApplication, error: ProfileError, folder: Path) -> int:
    """Where there is no profile yet, the page to enrol by; where it is damaged, that."""
    from desk_client.app import has_screen

    if not has_screen():
        return _refuse(f"{error} Enrol this computer by: desk-client enrol CODE")
    if (folder / PROFILE_FILE).exists():
        return _refuse_in_window(error, folder)
    from desk_client.enrolment.first_start import FirstStart

    first = FirstStart(application, folder)
    profile = first.run()
    return _run(application, profile) if profile is not None else 0


def _refuse_in_window(error: ProfileError, folder: Path) -> int:
    """Said in the language that is remembered there, else in the system's."""
    from PySide6.QtWidgets import QMessageBox

    from desk_client.client_settings import ClientSettings
    from desk_client.language import Language, system_language
    from desk_client.messages import describe_profile

    language = Language()
    language.use(ClientSettings(folder).text("window/language", system_language()))
    QMessageBox.critical(None, "SupportDesk", describe_profile(error, folder))
    return _refuse(str(error))


if __name__ == "__main__":
    sys.exit(main())
