"""The project's own Python files, read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("shared", "desk_client", "desk_server")
EVERYTHING = (*PRODUCT, "scripts", "migrations", "tests", "bench")


def files_of(*folders: str) -> list[Path]:
    """Every Python file in these folders of the project."""
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    assert found, folders
    return found


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(file.read_text("utf-8"), str(file))


def place(file: Path, node: ast.AST | None = None) -> str:
    """`file:line`, as messages give it."""
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{file.relative_to(ROOT).as_posix()}{line}"


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """How many lines a definition takes, its docstring counted, its decorators not."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
