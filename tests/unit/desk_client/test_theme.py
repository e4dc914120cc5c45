"""Both palettes: every text role can be read on every ground that it is painted on; colours stand in one file."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk_client.theme import DARK, LIGHT, TEXT_GROUNDS, Colours, Role, Scheme, Theme, set_invalid, set_role

ENOUGH = 4.5


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    value = QColor(colour)
    return 0.2126 * linear(value.redF()) + 0.7152 * linear(value.greenF()) + 0.0722 * linear(value.blueF())


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize(("role", "ground"), [(role, one) for role, all_ in TEXT_GROUNDS.items() for one in all_])
def test_every_text_role_can_be_read(name: str, colours: Colours, role: str, ground: str) -> None:
    ratio = contrast(getattr(colours, role), getattr(colours, ground))
    assert ratio >= ENOUGH, f"{name}: {role} on {ground} is {ratio:.2f}:1"


def test_the_measure_tells_grey_on_grey() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#98A2B0", "#F4F5F7") < ENOUGH


def test_every_colour_that_texts_take_is_checked() -> None:
    grounds = {"window", "card", "field", "selection", "hover", "accent_strong", "line", "edge", "scroll"}
    assert {field.name for field in fields(Colours)} - grounds == set(TEXT_GROUNDS)


def test_a_scheme_is_worn_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp)
    said: list[bool] = []
    theme.changed.connect(lambda: said.append(theme.is_dark))
    theme.apply(Scheme.DARK)
    assert qapp.palette().window().color() == QColor(DARK.window)
    assert DARK.card.lower() in qapp.styleSheet().lower()
    theme.apply(Scheme.LIGHT)
    assert qapp.palette().window().color() == QColor(LIGHT.window)
    assert said == [True, False]
    theme.deleteLater()


def test_roles_and_marks_are_painted(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp)
    theme.apply(Scheme.LIGHT)
    label = QLabel("x")
    qtbot.addWidget(label)
    set_role(label, Role.ERROR)
    label.ensurePolished()
    assert label.palette().windowText().color() == QColor(LIGHT.red)
    set_role(label, Role.MUTED)
    assert label.palette().windowText().color() == QColor(LIGHT.muted)
    set_invalid(label, True)
    assert label.property("invalid") is True
    theme.deleteLater()
