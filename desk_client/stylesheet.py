"""The style sheet of the application, written from a palette: spacing on a 4 px grid, corners of 5 px, no shadows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHEET = """
* {{ outline: none; }}
QMainWindow, QDialog, QMessageBox {{ background: {window}; }}
QToolTip {{ background: {card}; color: {text}; border: 1px solid {edge}; padding: 4px 6px; }}
QMenuBar {{ background: {window}; border: none; padding: 2px 8px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 5px; background: transparent; }}
QMenuBar::item:selected {{ background: {selection}; color: {text}; }}
QMenu {{ background: {card}; border: 1px solid {edge}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selection}; color: {text}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QMenu::indicator {{ width: 12px; height: 12px; left: 6px; }}
QMenu::indicator:checked {{ image: url({check}); }}

QFrame[role="card"] {{ background: {card}; border: 1px solid {line}; border-radius: 6px; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: 15px; font-weight: {emphasis}; color: {text}; }}
QLabel[role="label"], QLabel[role="small"] {{ font-size: 12px; color: {muted}; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ font-size: 12px; color: {red}; }}
QLabel[role="warning"] {{ color: {amber}; }}
QLabel[role="value"] {{ color: {text}; }}
QStatusBar {{ background: {window}; color: {muted}; font-size: 12px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {muted}; font-size: 12px; padding: 0 6px; }}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QDateTimeEdit, QSpinBox {{
    background: {field}; color: {text}; border: 1px solid {edge}; border-radius: 5px;
    padding: 0 8px; min-height: 26px; selection-background-color: {accent}; selection-color: {on_accent};
}}
QPlainTextEdit, QTextEdit {{ padding: 4px 4px; }}
QTextEdit[role="value"], QPlainTextEdit[role="value"] {{ background: transparent; border: none; padding: 0; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QDateTimeEdit:focus, QSpinBox:focus {{
    border: 1px solid {accent};
}}
*[invalid="true"], *[invalid="true"]:focus {{ border: 1px solid {red}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QDateTimeEdit:disabled {{
    background: {window}; color: {muted}; border-color: {line};
}}
QLineEdit#searchBox {{ padding: 0 4px; }}
QLineEdit > QToolButton {{ border: none; background: transparent; padding: 0; min-height: 0; }}
*[locked="true"] {{ background: {window}; border: 1px solid {line}; }}
QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0; background: transparent; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow, QDateTimeEdit::down-arrow {{ image: url({down}); width: 12px; height: 12px; }}
QDateTimeEdit::up-button, QDateTimeEdit::down-button {{ border: none; width: 0; }}
QComboBox QAbstractItemView, QAbstractItemView[role="popup"] {{
    background: {card}; border: 1px solid {edge}; padding: 3px; color: {text};
    selection-background-color: {selection}; selection-color: {text};
}}
QAbstractItemView[role="popup"]::item, QComboBox QAbstractItemView::item {{ min-height: 26px; padding: 0 6px; }}

QPushButton, QToolButton {{
    background: {card}; color: {text}; border: 1px solid {edge}; border-radius: 5px; padding: 0 12px; min-height: 26px;
}}
QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: url({down}); width: 12px; height: 12px; right: 6px;
    subcontrol-origin: padding; subcontrol-position: right center; }}
QToolButton[popupMode="2"] {{ padding-right: 24px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {accent}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {selection}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {muted}; background: {window}; border-color: {line}; }}
QPushButton[role="primary"] {{
    background: {accent}; color: {on_accent}; border: 1px solid {accent}; font-weight: {emphasis}; padding: 0 16px;
}}
QPushButton[role="primary"]:hover {{ background: {accent_strong}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[role="primary"]:disabled {{ background: {line}; border-color: {line}; color: {muted}; }}
QPushButton[role="quiet"], QToolButton[role="quiet"] {{
    background: transparent; border: 1px solid transparent; padding: 0 8px;
}}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {{ background: {selection}; }}
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus {{ border: 1px solid {accent}; }}
QPushButton[active="true"], QToolButton[active="true"], QComboBox[active="true"], QLineEdit[active="true"] {{
    background: {selection}; border-color: {accent};
}}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{
    width: 14px; height: 14px; border: 1px solid {edge}; border-radius: 3px; background: {field};
}}
QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked {{ image: url({check}); }}
QRadioButton {{ spacing: 8px; }}
QRadioButton:focus {{ color: {accent}; }}
QRadioButton::indicator {{
    width: 12px; height: 12px; border: 1px solid {edge}; border-radius: 7px; background: {field};
}}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 4px solid {accent}; }}

QTableView, QListView, QTreeView {{
    background: {card}; border: none; color: {text};
    selection-background-color: {selection}; selection-color: {text};
}}
QTableView#bulkResultTable::item {{ padding: 0 6px; }}
QProgressBar {{ background: {card}; border: 1px solid {edge}; border-radius: 5px; min-height: 8px; max-height: 8px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 4px; }}
QListView[role="views"] {{ background: transparent; }}
QHeaderView {{ background: {card}; border: none; }}
QHeaderView::section {{
    background: {card}; color: {muted}; font-size: 12px; font-weight: {emphasis}; border: none;
    border-bottom: 1px solid {line}; padding: 0 8px;
}}
QHeaderView::section:hover {{ background: {hover}; }}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ image: none; width: 0; height: 0; }}

QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {scroll}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent; border: none; width: 0; height: 0;
}}
QScrollArea, QScrollArea > QWidget > QWidget[role="scrolled"] {{ background: transparent; border: none; }}
QAbstractScrollArea::corner {{ background: {card}; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {line}; }}

QTabWidget::pane {{ border: none; }}
QTabBar {{ background: {window}; }}
QTabBar::tab {{
    background: transparent; color: {muted}; border: none; border-bottom: 2px solid transparent;
    padding: 6px 12px; margin: 0 4px 6px 0; max-width: 260px;
}}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QTabBar::close-button {{ image: url({close}); width: 12px; height: 12px; }}
QTabBar::close-button:hover {{ background: {line}; border-radius: 3px; }}

QFrame[role="message"] {{ background: {selection}; border: 1px solid {accent}; border-radius: 5px; }}
QFrame[role="message"][severity="error"] {{ background: {card}; border: 1px solid {red}; }}
QFrame[role="message"][severity="warning"] {{ background: {card}; border: 1px solid {amber}; }}
QFrame[role="message"][severity="error"] QLabel {{ color: {red}; }}
QFrame[role="message"][severity="warning"] QLabel {{ color: {amber}; }}
"""


def style_sheet(colours: Any, images: Mapping[str, str], emphasis: int) -> str:
    """The sheet for a ``theme.Colours``.

    Args:
        colours: the palette.
        images: paths of the glyphs 'down', 'check' and 'close'.
        emphasis: the weight of titles (``theme.emphasis``).
    """
    values = {name: getattr(colours, name) for name in colours.__slots__}
    return _SHEET.format(**values, **images, emphasis=emphasis)
