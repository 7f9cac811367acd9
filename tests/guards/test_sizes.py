"""The hard stops of the house style. Style asks for much less: 40 lines a function, 300 a file."""

import ast
from pathlib import Path

from tests.support.sources import functions, parse, place, python_files, templates

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 500
MAX_TEMPLATE_LINES = 150
OWN_CODE = ("salesoffice", "tests", "tools", "bench")


def long_functions_in(tree: ast.AST) -> list[int]:
    """Return the first lines of the functions that are longer than allowed."""
    return [node.lineno for node in functions(tree) if _length(node) > MAX_FUNCTION_LINES]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def line_count(path: Path) -> int:
    """Return the number of lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_functions_are_short() -> None:
    found = [place(path, line) for path in python_files(*OWN_CODE) for line in long_functions_in(parse(path))]

    assert found == []


def test_long_function_is_found() -> None:
    body = "    pass\n"

    found = long_functions_in(ast.parse(f"def fits():\n{body * 59}def too_long():\n{body * 60}"))

    assert found == [61]


def test_files_are_short() -> None:
    found = {
        place(path, lines) for path in python_files(*OWN_CODE) if (lines := line_count(path)) > MAX_FILE_LINES
    }

    assert found == set()


def test_templates_are_short() -> None:
    found = {place(path, lines) for path in templates() if (lines := line_count(path)) > MAX_TEMPLATE_LINES}

    assert found == set()
