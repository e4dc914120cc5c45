"""What this machine's client remembers: an INI file in the profile folder."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

FILE_NAME = "client.ini"


class ClientSettings:
    """Named values over ``QSettings``. A file that can't be read or written is as good as none.

    Read once. ``QSettings`` syncs what it writes, so that is done on a thread that lives for as long as there is
    something to write: nobody before the window waits for the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE_NAME
        store = QSettings(str(self.file), QSettings.Format.IniFormat)
        self._values = {key: store.value(key) for key in store.allKeys()}
        self._changed: dict[str, str | QByteArray] = {}
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def text(self, key: str, default: str = "") -> str:
        """A remembered text."""
        value = self._values.get(key, default)
        return value if isinstance(value, str) else default

    def state(self, key: str) -> QByteArray:
        """A remembered state of a widget; empty where there is none."""
        value = self._values.get(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: str | QByteArray) -> None:
        """Remember a value."""
        self._values[key] = value
        with self._lock:
            self._changed[key] = value
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="desk-settings")
                self._writer.start()

    def sync(self) -> None:
        """Wait until all is on the disk: at the end, when no window is left."""
        writer = self._writer
        if writer is not None:
            writer.join()

    def _write(self) -> None:
        store = QSettings(str(self.file), QSettings.Format.IniFormat)
        while True:
            with self._lock:
                changed, self._changed = self._changed, {}
                if not changed:
                    self._writer = None
                    return
            for key, value in changed.items():
                store.setValue(key, value)
            store.sync()
