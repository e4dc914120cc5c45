"""The audit screen: filters and list above, the entry below."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desk_client.context import ClientContext
from desk_client.screen import Screen


class AuditPage(Screen, QWidget):
    """For an administrator's machine."""

    def __init__(self, context: ClientContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("auditPage")

    def retranslate(self) -> None:
        """Nothing yet."""
