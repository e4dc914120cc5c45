"""Light and dark: the only place of colour literals, and the roles a widget may take.

A widget says what it is by a property ``role`` (see ``Role``); the style sheet (``stylesheet.py``) does the rest.
``set_role`` sets it. A field that breaks a rule has the property ``invalid``.
"""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desk_client.icons import write_sheet_images
from desk_client.stylesheet import style_sheet

BODY_PX = 13
SMALL_PX = 12
TITLE_PX = 15
FAMILIES = (
    "Inter", "Segoe UI", "Noto Sans", "DejaVu Sans", "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC",
    "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "SimSun",
)  # fmt: skip

FACES_WITH_WEIGHTS = frozenset(
    {"Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC"}
)


class Role(StrEnum):
    """What a widget is, for its looks."""

    CARD = "card"  # a white panel with a line around
    TITLE = "title"  # 15 px semi-bold
    LABEL = "label"  # 12 px muted, above a field
    MUTED = "muted"  # 13 px muted
    SMALL = "small"  # 12 px muted
    ERROR = "error"  # 12 px red, under a field
    VALUE = "value"  # a value shown as text where nothing can be entered
    PRIMARY = "primary"  # the one strong button of a view
    PLAIN = "plain"  # a button like any other
    QUIET = "quiet"  # a button without a frame


@dataclass(frozen=True, slots=True)
class Colours:
    """One palette, '#RRGGBB'. Text roles keep 4.5:1 against every ground they appear on; a test computes it."""

    window: str
    card: str
    field: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    accent_strong: str
    on_accent: str
    selection: str
    hover: str
    red: str
    amber: str
    green: str
    scroll: str


LIGHT = Colours(
    window="#F4F5F7", card="#FFFFFF", field="#FFFFFF", line="#E2E5EA", edge="#C6CCD5",
    text="#1A1D21", muted="#59636F", accent="#2563C9", accent_strong="#1D51A8", on_accent="#FFFFFF",
    selection="#E4EDFC", hover="#F1F4F8", red="#B3261E", amber="#8A5100", green="#1A6E3F", scroll="#C3C9D2",
)  # fmt: skip
DARK = Colours(
    window="#15181C", card="#1B1F25", field="#20252C", line="#2B313A", edge="#3C4450",
    text="#E7EAEE", muted="#A3ACB9", accent="#7AA7FF", accent_strong="#9CBEFF", on_accent="#0F1722",
    selection="#233650", hover="#222730", red="#FF8A80", amber="#F2B45C", green="#6BD08F", scroll="#414A57",
)  # fmt: skip
# (text role, grounds it is painted on): what the contrast test walks.
TEXT_GROUNDS: dict[str, tuple[str, ...]] = {
    "text": ("window", "card", "field", "selection", "hover"),
    "muted": ("window", "card", "field", "selection", "hover"),
    "accent": ("window", "card", "field", "selection", "hover"),
    "red": ("window", "card", "field", "selection", "hover"),
    "amber": ("window", "card", "field", "selection", "hover"),
    "green": ("window", "card", "field", "selection", "hover"),
    "on_accent": ("accent", "accent_strong"),
}


class Scheme(StrEnum):
    """What the person asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def set_role(widget: QWidget, role: Role) -> None:
    """Say what a widget is; may be called again while it is shown."""
    widget.setProperty("role", str(role))
    repolish(widget)


def set_invalid(widget: QWidget, invalid: bool) -> None:
    """Mark a field that breaks a rule, or take the mark away."""
    if bool(widget.property("invalid")) != invalid:
        widget.setProperty("invalid", invalid)
        repolish(widget)


def set_locked(widget: QWidget, locked: bool) -> None:
    """Mark a field that can only be read for now, or take the mark away."""
    if bool(widget.property("locked")) != locked:
        widget.setProperty("locked", locked)
        repolish(widget)


def repolish(widget: QWidget) -> None:
    """Let the style sheet see a changed property. What was never shown is polished when it is: not twice."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Theme(QObject):
    """The palette in force. One for the application, made by ``app.py`` and handed to whoever paints.

    Signals:
        changed(): repaint; ``colours`` are others now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent or application)
        self._application = application
        self._scheme = Scheme.SYSTEM
        self.colours = LIGHT
        application.setStyle("Fusion")
        application.setFont(interface_font())
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)

    @property
    def scheme(self) -> Scheme:
        """What the person asked for."""
        return self._scheme

    @property
    def is_dark(self) -> bool:
        """Whether the dark palette is in force."""
        return self.colours is DARK

    def apply(self, scheme: Scheme) -> None:
        """Take this scheme: palette, style sheet, and a repaint of everything."""
        self._scheme = scheme
        self._install(DARK if self._wants_dark() else LIGHT)

    def _wants_dark(self) -> bool:
        if self._scheme is Scheme.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK

    def _on_system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self.apply(Scheme.SYSTEM)

    def _install(self, colours: Colours) -> None:
        self.colours = colours
        images = write_sheet_images(_image_folder().path(), "dark" if colours is DARK else "light", colours)
        # Without the sheet before, each widget is polished once: six times quicker than from one sheet to the other.
        self._application.setStyleSheet("")
        self._application.setPalette(_palette(colours))
        self._application.setStyleSheet(style_sheet(colours, images, emphasis()))
        self.changed.emit()


@cache
def _image_folder() -> QTemporaryDir:
    """Where the style sheet's images lie: as long as the process, since the style sheet outlives a theme."""
    folder = QTemporaryDir()
    atexit.register(folder.remove)
    return folder


def interface_font() -> QFont:
    """13 px in the first face that is installed, with a Chinese one behind it."""
    installed = set(QFontDatabase.families())
    font = QFont(QGuiApplication.font())
    font.setFamilies([family for family in FAMILIES if family in installed] or font.families())
    font.setPixelSize(BODY_PX)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def emphasis() -> int:
    """The weight of what is semi-bold. A Chinese face without weights shows none below bold."""
    installed = set(QFontDatabase.families())
    return 600 if installed & FACES_WITH_WEIGHTS else 700


def _palette(colours: Colours) -> QPalette:
    roles = QPalette.ColorRole
    values = {
        roles.Window: colours.window, roles.WindowText: colours.text, roles.Base: colours.field,
        roles.AlternateBase: colours.hover, roles.Text: colours.text, roles.Button: colours.card,
        roles.ButtonText: colours.text, roles.BrightText: colours.red, roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent, roles.Link: colours.accent, roles.LinkVisited: colours.accent,
        roles.ToolTipBase: colours.card, roles.ToolTipText: colours.text, roles.PlaceholderText: colours.muted,
        roles.Light: colours.card, roles.Midlight: colours.line, roles.Mid: colours.edge, roles.Dark: colours.edge,
        roles.Shadow: colours.edge, roles.Accent: colours.accent,
    }  # fmt: skip
    palette = QPalette()
    for role, value in values.items():
        palette.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette
