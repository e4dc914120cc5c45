"""The composition root: everything is made here once and handed on. No screen looks anything up."""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog

from desk_client.change_bus import ChangeBus
from desk_client.client_settings import ClientSettings
from desk_client.connection import Connection
from desk_client.context import ClientContext
from desk_client.drafts.journal import DraftJournal
from desk_client.drafts.keeper import DraftKeeper
from desk_client.enrolment.anew import EnrolAnew
from desk_client.enrolment.renewal import RenewalController
from desk_client.garbage import GarbageTimer
from desk_client.language import Language, system_language
from desk_client.leases.keeper import LeaseKeeper
from desk_client.listener import Listener
from desk_client.live_changes import LiveChanges
from desk_client.main_window import MainWindow
from desk_client.messages import Messages, describe
from desk_client.reference_store import ReferenceStore
from desk_client.runner import DbRunner, WorkSource
from desk_client.session.controller import SessionController, Welcome
from desk_client.session.person_dialog import PersonDialog
from desk_client.theme import Scheme, Theme
from shared.config import Profile
from shared.errors import DeskError
from shared.listening import ListeningConnection
from shared.renewal import listen_machine, open_machine
from shared.schemas.session import DeskSession, Person

log = logging.getLogger(__name__)
Stated = Callable[[], dict[str, Any]]  # who sits here and which window it is, by now
OpenDatabase = Callable[[Profile, Stated], WorkSource]


def open_database(profile: Profile, stated: Stated) -> WorkSource:
    """The desk's database for this machine; nothing is connected yet."""
    return open_machine(profile.directory, stated)


def has_screen() -> bool:
    """Whether a person can see a window of ours."""
    return QGuiApplication.platformName() not in ("offscreen", "minimal")


class DeskApp(QObject):
    """One client on one profile. ``start`` shows the window; the desk is asked after its first paint."""

    def __init__(
        self, application: QApplication, profile: Profile, *, open_database: OpenDatabase = open_database
    ) -> None:
        super().__init__(application)
        self._garbage = GarbageTimer(self)
        self._profile = profile
        self._open_database = open_database
        self._session_id = uuid.uuid4()
        self._person: str | None = None
        self.settings = ClientSettings(profile.directory)
        self.theme = Theme(application, self)
        self.language = Language(self)
        self.messages = Messages(self)
        self.bus = ChangeBus(self)
        self.reference = ReferenceStore(self)
        self.runner = DbRunner(open_database(profile, self._stated), self)
        self.listener = Listener(self._listen, self.runner.backend_pids, self)
        self.live = LiveChanges(self.bus, self)
        self.connection = Connection(self.runner, self.listener, self)
        self.session = SessionController(self.runner, self.bus, self.reference, self)
        self._wear_settings()
        self.renewal = RenewalController(self.runner, self.messages, profile.directory, self._connect_again, self)
        self.window = MainWindow(self.theme, self.language, self.settings, self.messages)
        self._connect()
        self.failed: DeskError | None = None
        self.leases: LeaseKeeper | None = None
        journal = DraftJournal(profile.directory, use_store=profile.kept_password().place == "store", parent=self)
        self.drafts = DraftKeeper(journal, self.messages, self)

    def _wear_settings(self) -> None:
        self.language.use(self.settings.text("window/language", system_language()))
        self.reference.set_language(self.language.code)
        stored = self.settings.text("window/scheme", Scheme.SYSTEM)
        self.theme.apply(Scheme(stored) if stored in set(Scheme) else Scheme.SYSTEM)

    def _connect(self) -> None:
        self.runner.failed.connect(self.messages.error)
        self.language.changed.connect(self.reference.set_language)
        self.language.changed.connect(lambda code: self.settings.set("window/language", code))
        self.theme.changed.connect(lambda: self.settings.set("window/scheme", self.theme.scheme))
        self.listener.noticed.connect(self.live.take)
        self.connection.heard.connect(self.session.look_again)
        self.connection.broken.connect(self.session.ask_now)
        self.connection.changed.connect(self._on_connection_changed)
        self.session.welcomed.connect(self._on_welcomed)
        self.session.refused.connect(self._on_refused)
        self.session.outdated.connect(lambda error: self.messages.warning(lambda: describe(error)))
        self.session.returned.connect(self._on_returned)
        self.session.rights_changed.connect(self._on_rights_changed)
        self.session.shut_out.connect(self._on_shut_out)
        self.window.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)
        self.window.start_page.retried.connect(self.session.begin)
        self.window.start_page.enrol_wanted.connect(self._on_enrol_wanted)

    def start(self) -> None:
        """Show the window."""
        self.window.show()

    def stop(self) -> None:
        """Give leases back, finish what is being saved, and end the worker threads."""
        if self.leases is not None:
            self.leases.end()
        for part in (self.connection, self.session, self.live):
            part.stop()
        self.listener.shutdown()
        self.runner.shutdown()
        self.drafts.close()
        self.settings.sync()
        self._garbage.stop()

    # -- the way in ----------------------------------------------------------------------------------------------------

    def _on_painted(self) -> None:
        self.listener.start()
        self.runner.start()
        self.session.begin()

    def _stated(self) -> dict[str, Any]:
        return {"person": self._person, "session": self._session_id}

    def _listen(self) -> ListeningConnection:
        return listen_machine(self._profile.directory, **self._stated())

    def _on_welcomed(self, welcome: Welcome) -> None:
        session = welcome.session
        if session.person is None and session.people:
            self._ask_person(session)
        else:
            self._enter(session)

    def _ask_person(self, session: DeskSession) -> None:
        last = self.settings.text("window/person")
        dialog = PersonDialog(session.machine, session.people, last, self.window)
        dialog.finished.connect(lambda result: self._on_person(dialog, result))
        dialog.show()  # not modal: the menu of languages stays in reach

    def _on_person(self, dialog: PersonDialog, result: int) -> None:
        if result != QDialog.DialogCode.Accepted:
            self.window.close()
            return
        person: Person = dialog.person()
        dialog.deleteLater()
        self.settings.set("window/person", person.code)
        # who is stated goes with the connection: another person is another connection
        self._person = person.code
        self._connect_again()
        self.session.begin()

    def _connect_again(self) -> None:
        self.runner.use(self._open_database(self._profile, self._stated))
        self.listener.use(self._listen)

    def _enter(self, session: DeskSession) -> None:
        self._state(session)
        self.window.enter(
            ClientContext(
                session=session, runner=self.runner, bus=self.bus, messages=self.messages,
                reference=self.reference, theme=self.theme, language=self.language, settings=self.settings,
                profile=self._profile, connection=self.connection, leases=self._keep_leases(session),
                drafts=self.drafts, may_save=lambda: self.session.may_save,
            )
        )  # fmt: skip
        self.renewal.begin()
        self.drafts.begin(session)

    def _state(self, session: DeskSession) -> None:
        """Who sits here is stated from now on: whoever is bound later writes not in this window."""
        if self._person is None and session.person is not None:
            self._person = session.person.code
            if len(self.runner.backend_pids()) > 1:  # a slow start: only on one of them it was stated by now
                self._connect_again()

    def _keep_leases(self, session: DeskSession) -> LeaseKeeper:
        self.leases = LeaseKeeper(self.runner, self.bus, session, self)
        self.leases.others.freed.connect(self._on_freed)
        return self.leases

    def _on_freed(self, _entity: str, _row_id: object, title: Callable[[], str]) -> None:
        self.messages.warning(lambda: QCoreApplication.translate("App", "Free now: {title}").format(title=title()))
        QApplication.alert(self.window)

    def _on_refused(self, error: DeskError) -> None:
        self.failed = error
        log.warning("the desk can't be opened: %s", error)
        if has_screen():
            self.window.show_error(error)
        else:
            sys.stderr.write(f"{error}\n")
            QApplication.exit(1)

    def _on_enrol_wanted(self) -> None:
        anew = EnrolAnew(self._profile.directory, self, self.window)
        anew.finished.connect(lambda is_enrolled: self._on_enrolled(anew, is_enrolled))
        self.window.show_page(anew.page)
        anew.page.setFocus()

    def _on_enrolled(self, anew: EnrolAnew, is_enrolled: bool) -> None:
        anew.leave()  # the start page is behind it
        if is_enrolled:
            self._profile = Profile.load(self._profile.directory)
            self._connect_again()
            self.window.start_page.retry()

    def _on_connection_changed(self) -> None:
        if self.window.workspace is not None:
            self.window.top_bar.badge.set_connection(self.connection.state, self.connection.since)

    def _on_shut_out(self, error: DeskError | None) -> None:
        self.window.top_bar.badge.set_shut_out(error is not None)
        if error is not None:
            self.messages.error(error)

    def _on_rights_changed(self, _session: DeskSession) -> None:
        self.messages.warning(
            lambda: QCoreApplication.translate(
                "App", "What this machine may do or read was changed. Start SupportDesk again to go by it."
            )
        )

    def _on_returned(self) -> None:
        if self.window.workspace is not None:
            self.window.workspace.refresh()
