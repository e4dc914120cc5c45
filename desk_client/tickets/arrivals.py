"""What came in on a ticket since it was opened: said before it is resolved or closed, whether it was noticed or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from desk_client.forms.look_dialog import LookLine, LookWords
from desk_client.reference_store import ReferenceStore
from desk_client.tickets.history import line_text, person_text, when_text
from shared.domain.status import Status
from shared.schemas.ticket import HistoryLine

ASKED_BEFORE = (Status.RESOLVED.value, Status.CLOSED.value)
_ARRIVING = ("comment", "interaction")


class Arrivals:
    """Knows which lines were there when the ticket was opened. What is added here is known to who added it."""

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._known: set[tuple[str, int]] = set()
        self._is_to_know = False

    def begin(self, *, is_new: bool = False) -> None:
        """Another ticket is shown; its history will come. A new one has none."""
        self._known.clear()
        self._is_to_know = not is_new

    def note(self, lines: Iterable[HistoryLine]) -> None:
        """The history was read."""
        if self._is_to_know:
            self._is_to_know = False
            self.know(lines)

    def know(self, lines: Iterable[HistoryLine]) -> None:
        """The person has seen these."""
        self._known.update((line.line, line.id) for line in lines)

    def among(self, lines: Iterable[HistoryLine]) -> list[HistoryLine]:
        """Those that came in from elsewhere since."""
        return [
            line
            for line in lines
            if line.line in _ARRIVING and (line.line, line.id) not in self._known and line.machine != self._machine
        ]


def arrival_words(lines: Sequence[HistoryLine], status: str, reference: ReferenceStore) -> LookWords:
    """What is said of them, in the language of the window."""
    closing = status == Status.CLOSED
    if closing:
        title = QCoreApplication.translate("Arrivals", "Before you close it")
        go_on = QCoreApplication.translate("Arrivals", "Close anyway")
    else:
        title = QCoreApplication.translate("Arrivals", "Before you resolve it")
        go_on = QCoreApplication.translate("Arrivals", "Resolve anyway")
    if len(lines) == 1:
        text = QCoreApplication.translate("Arrivals", "This came in since you opened the ticket:")
    else:
        text = QCoreApplication.translate("Arrivals", "{count} came in since you opened the ticket:")
    now = datetime.now().astimezone()
    heads = [_head(line, now, reference) for line in lines]
    said = [LookLine(head, line_text(line, reference)) for head, line in zip(heads, lines, strict=True)]
    return LookWords(title, text.format(count=len(lines)), said, go_on)


def _head(line: HistoryLine, now: datetime, reference: ReferenceStore) -> str:
    parts = (when_text(line.at, now), line.machine or "", person_text(line, reference))
    return "  \N{MIDDLE DOT}  ".join(part for part in parts if part)
