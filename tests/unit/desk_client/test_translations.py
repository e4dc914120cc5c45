"""The translation tool's own judgement: what it must refuse, beside what it must let pass."""

from __future__ import annotations

import ast

import pytest

from scripts.translations import PLACE, SOURCE, faults_of, messages_of


def faults(code: str) -> list[str]:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    return list(faults_of(call))


@pytest.mark.parametrize(
    "code",
    [
        'self.tr("Save")',
        'QCoreApplication.translate("Form", f"Save {x}")',
        'QCoreApplication.translate("Form", "Save " + x)',
        'QCoreApplication.translate("Form", "Save %s" % x)',
        'QCoreApplication.translate("Form", "Save {x}".format(x=x))',
        'QCoreApplication.translate(context, "Save")',
        'QT_TRANSLATE_NOOP("Form", f"{x}")',
    ],
)
def test_what_would_never_be_found_is_refused(code: str) -> None:
    assert faults(code)


@pytest.mark.parametrize(
    "code",
    [
        'QCoreApplication.translate("Form", "Save")',
        'QCoreApplication.translate("Form", text)',  # a literal by QT_TRANSLATE_NOOP
        'QT_TRANSLATE_NOOP("Form", "Save")',
        '"{x}".format(x=1)',
    ],
)
def test_what_is_found_passes(code: str) -> None:
    assert faults(code) == []


def test_the_source_is_complete() -> None:
    messages = messages_of(SOURCE)
    assert len(messages) > 100
    for (context, text), translation in messages.items():
        assert translation.get("type") != "unfinished", f"{context}: {text}"
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(translation.text or "")), text
