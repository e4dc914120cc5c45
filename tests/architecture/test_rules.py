"""Rules of the code that no linter knows: one commit, one home for colours, no grab-bags, nothing bound to a system."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scripts import check_portable
from tests.architecture.sources import EVERYTHING, PRODUCT, files_of, place, tree_of

COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b(?![;\w])")
GRAB_BAGS = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}


def commit_calls() -> list[str]:
    return [
        place(file, node)
        for file in files_of(*PRODUCT)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def test_there_is_one_commit_in_the_code() -> None:
    calls = commit_calls()
    assert len(calls) == 1, calls
    assert calls[0].startswith("shared/database.py:")


def colours_of(tree: ast.Module) -> list[ast.AST]:
    """Colour literals: #rrggbb in a string, numbers given to QColor, Qt's named colours (transparent is none)."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOUR.search(node.value):
            found.append(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"QColor", "qRgb"}:
            found += [node for argument in node.args if isinstance(argument, ast.Constant)][:1]
        elif isinstance(node, ast.Attribute) and is_named_colour(node):
            found.append(node)
    return found


def is_named_colour(node: ast.Attribute) -> bool:
    owner = node.value
    return isinstance(owner, ast.Attribute) and owner.attr == "GlobalColor" and node.attr != "transparent"


@pytest.mark.parametrize("source", ['"#1f6feb"', "QColor(1, 2, 3)", "Qt.GlobalColor.red"])
def test_a_colour_is_found(source: str) -> None:
    assert colours_of(ast.parse(source))


@pytest.mark.parametrize("source", ['"Ticket #10412"', "QColor(colours.line)", "Qt.GlobalColor.transparent"])
def test_what_is_no_colour_passes(source: str) -> None:
    assert not colours_of(ast.parse(source))


def test_colours_live_in_the_theme() -> None:
    files = [file for file in files_of("desk_client") if file.name != "theme.py"]
    assert not [place(file, node) for file in files for node in colours_of(tree_of(file))]


def test_no_module_is_a_grab_bag() -> None:
    assert not [place(file) for file in files_of(*EVERYTHING) if file.stem in GRAB_BAGS]


def test_every_folder_of_a_package_is_one() -> None:
    folders = {file.parent for file in files_of(*PRODUCT)}
    assert not [place(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_what_runs_on_each_pc_runs_on_every_system(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_portable.main() == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import fcntl", "fcntl"),
        ("from pwd import getpwnam", "pwd"),
        ("import os\nos.fork()", "os.fork"),
        ("from os import geteuid", "os.geteuid"),
        ("import signal\nsignal.SIGKILL", "signal.SIGKILL"),
        ("import winreg", "winreg"),
        ("when.strftime('%-d')", "%-d"),
    ],
)
def test_what_one_system_lacks_is_refused(
    tmp_path: Path, source: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bound, portable = tmp_path / "bound.py", tmp_path / "portable.py"
    bound.write_text(source, "utf-8")
    portable.write_text("import os, signal\nos.getpid()\nsignal.SIGTERM", "utf-8")
    assert check_portable.main([str(bound)]) == 1
    assert name in capsys.readouterr().err
    assert check_portable.main([str(portable)]) == 0
