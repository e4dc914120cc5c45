"""The translation tool's own judgement: what it must refuse, beside what it must let pass."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from scripts import translations
from scripts.translations import PLACE, SOURCE, compile_all, faults_of, messages_of


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


def test_a_file_that_a_client_has_open_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written in place, it would be cut off under whoever has it mapped."""
    source = tmp_path / "zh_CN.ts"
    shutil.copy(SOURCE, source)
    monkeypatch.setattr(translations, "SOURCE", source)
    compiled = tmp_path / "zh_CN.qm"
    compiled.write_bytes(b"of yesterday")
    with compiled.open("rb") as open_by_a_client:
        assert compile_all() == 0
        assert open_by_a_client.read() == b"of yesterday"
    assert len(compiled.read_bytes()) > 10_000
    source.write_text("no translations at all")
    assert compile_all() != 0
    assert len(compiled.read_bytes()) > 10_000, "what was there stays where nothing new came about"
    assert {file.name for file in tmp_path.iterdir()} == {"zh_CN.ts", "zh_CN.qm"}
