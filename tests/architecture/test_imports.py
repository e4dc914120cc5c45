"""Who imports whom: the contracts of pyproject.toml, and what they cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys

import shared
from tests.architecture.sources import PRODUCT, ROOT, files_of, place, tree_of

LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.argv[0] = 'lint-imports'; lint()"


def imported_modules(tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node, "." * node.level + (node.module or "")))
    return found


def test_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout, done.stdout


def test_shared_is_ours() -> None:
    assert shared.__file__ is not None
    assert shared.__file__ == str(ROOT / "shared" / "__init__.py")


def test_migrations_import_nothing_of_ours() -> None:
    ours = {*PRODUCT, "tests", "scripts"}
    found = [
        f"{place(file, node)} {module}"
        for file in files_of("migrations/versions")
        for node, module in imported_modules(tree_of(file))
        if module.split(".")[0] in ours
    ]
    assert not found


def test_imports_are_absolute() -> None:
    files = files_of(*PRODUCT, "tests", "scripts")
    found = [place(f, node) for f in files for node, module in imported_modules(tree_of(f)) if module.startswith(".")]
    assert not found


def test_the_product_does_not_import_its_tests() -> None:
    found = [
        f"{place(file, node)} {module}"
        for file in files_of(*PRODUCT)
        for node, module in imported_modules(tree_of(file))
        if module.split(".")[0] in {"tests", "scripts", "bench", "pytest"}
    ]
    assert not found
