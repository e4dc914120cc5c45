"""A few lines of text that take the height they need for the width there is; what is longer still is cut."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

MOST_LINES = 3
FIRST_WIDTH = 190  # before it is laid out


class WrappedLabel(QLabel):
    """A label that never asks for more width than there is, and is one line high where one is enough.

    Its height follows its width by ``sizeHint``, not by Qt's height-for-width: in a grid within a scrolled form that
    would be asked of every cell at each layout.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def full_text(self) -> str:
        """The whole text."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show a text, in as many lines as it needs."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def hasHeightForWidth(self) -> bool:
        """See the class."""
        return False

    def minimumSizeHint(self) -> QSize:
        """No width of its own."""
        return QSize(24, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """The lines that are shown."""
        metrics = self.fontMetrics()
        height = max(self._height(self.text()), metrics.height())
        return QSize(metrics.horizontalAdvance(self._full) + 2, height + 1)

    def _height(self, text: str) -> int:
        is_laid_out = self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        room = QRect(0, 0, max(self.contentsRect().width(), 24) if is_laid_out else FIRST_WIDTH, 10_000)
        return self.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height() if text else 0

    def _fit(self) -> None:
        most = MOST_LINES * self.fontMetrics().lineSpacing()
        shown = self._full
        if self._height(shown) > most:
            shortest, longest = 0, len(self._full)
            while longest - shortest > 1:
                middle = (shortest + longest) // 2
                fits = self._height(f"{self._full[:middle].rstrip()}\N{HORIZONTAL ELLIPSIS}") <= most
                shortest, longest = (middle, longest) if fits else (shortest, middle)
            shown = f"{self._full[:shortest].rstrip()}\N{HORIZONTAL ELLIPSIS}"
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")
        self.updateGeometry()
