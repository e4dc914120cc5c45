"""A save while the desk is away: said at once, kept as a draft, and offered once the desk is back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance

from desk_client.forms.change_notices import ChangeNotices, Said
from shared.errors import DatabaseUnavailableError

LOOK_AGAIN_MS = 2_000  # one link broke and the others go on: nobody will tell that the desk is back


class Away(QObject):
    """One for each edit. What is typed stays in the form and in its draft, and waits for a key to be saved."""

    def __init__(
        self, notices: ChangeNotices, save: Callable[[], None], is_dirty: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._notices, self._save, self._is_dirty = notices, save, is_dirty
        self._is_there: Callable[[], bool] = lambda: True
        self.is_waiting = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self._on_changed)

    def follow(self, changed: SignalInstance, is_there: Callable[[], bool]) -> None:
        """From now on it is known whether the desk is there; ``changed`` says that it may be another."""
        self._is_there = is_there
        changed.connect(self._on_changed)

    def holds_up_save(self) -> bool:
        """Whether the desk is known to be away: said at once, nobody waits for a timeout."""
        if self._is_there():
            return False
        self.wait(DatabaseUnavailableError("The server can't be reached."))
        return True

    def wait(self, error: DatabaseUnavailableError) -> None:
        """It could not be saved."""
        self.is_waiting = True
        self._notices.away(error)
        self._again.start()

    def forget(self) -> None:
        """It is saved, or thrown away."""
        self.is_waiting = False
        self._again.stop()
        self._notices.take_back(Said.AWAY, Said.BACK)

    def _on_changed(self, *_: object) -> None:
        if not self.is_waiting or not self._is_there():
            return
        if not self._is_dirty():
            self.forget()
        elif self._notices.said is not Said.BACK:
            self._notices.back(self._save)
