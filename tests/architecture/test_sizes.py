"""Files, functions and classes stay small enough to read: hard limits, and the sizes aimed at."""

from __future__ import annotations

import ast
from statistics import median, quantiles

from tests.architecture.sources import EVERYTHING, PRODUCT, files_of, lines_of, place, tree_of

FILE, FUNCTION, CLASS = 500, 60, 250
FILE_P90, FUNCTION_P90, FUNCTION_MEDIAN = 300, 25, 8


def functions_of(*folders: str) -> list[tuple[str, int]]:
    """Place and length of each function."""
    return [
        (f"{place(file, node)} {node.name}", lines_of(node))
        for file in files_of(*folders)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def too_long(lengths: list[tuple[str, int]], limit: int) -> list[str]:
    return [f"{name}: {length}" for name, length in lengths if length > limit]


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = [(place(file), len(file.read_text("utf-8").splitlines())) for file in files_of(*EVERYTHING)]
    assert not too_long(lengths, FILE)
    assert quantiles([length for _, length in lengths], n=10)[-1] <= FILE_P90


def test_no_function_is_longer_than_the_limit() -> None:
    assert not too_long(functions_of(*EVERYTHING), FUNCTION)


def test_functions_of_the_product_have_the_size_aimed_at() -> None:
    lengths = [length for _, length in functions_of(*PRODUCT)]
    assert median(lengths) <= FUNCTION_MEDIAN
    assert quantiles(lengths, n=10)[-1] <= FUNCTION_P90


def test_no_class_is_longer_than_the_limit() -> None:
    classes = [
        (f"{place(file, node)} {node.name}", lines_of(node))
        for file in files_of(*EVERYTHING)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef)
    ]
    assert not too_long(classes, CLASS)
