"""Which files there are, and what the files of a feature never hold."""

import ast
from pathlib import Path

import pytest

from tests.support.sources import (
    PACKAGE,
    dotted_name,
    feature_modules,
    features,
    functions,
    parse,
    place,
    python_files,
)

FEATURE_FILES = (
    {"views", "api", "cli", "tasks", "receivers"}
    | {"forms", "schemas", "documents", "services", "queries"}
    | {"models", "rules", "signals", "enums"}
    | {"navigation"}
)
VAGUE_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "misc"})
CLOCK = PACKAGE / "core" / "clock.py"
CLOCK_READS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
)


def commits_in(tree: ast.AST) -> list[int]:
    """Return the lines that call a method named commit."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def clock_reads_in(tree: ast.AST) -> list[int]:
    """Return the lines that read the time elsewhere than from core.clock."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(
            dotted_name(node.func) == read or dotted_name(node.func).endswith(f".{read}")
            for read in CLOCK_READS
        )
    ]


def undocumented_in(tree: ast.Module) -> list[int]:
    """Return the lines of the public functions without a docstring."""
    return [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]


def is_route(decorator: ast.expr) -> bool:
    """Tell whether a decorator registers a route."""
    called = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
    name = dotted_name(decorator)
    owner, _, verb = name.rpartition(".")
    return (
        called
        and owner.endswith(("bp", "blp", "api"))
        and verb in {"route", "get", "post", "put", "patch", "delete"}
    )


def test_file_names_say_what_is_inside() -> None:
    vague = [
        str(path)
        for path in python_files("salesoffice", "tests", "tools", "bench")
        if path.stem in VAGUE_NAMES
    ]

    assert vague == []


def test_package_itself_is_empty() -> None:
    assert (PACKAGE / "__init__.py").read_text() == ""


@pytest.mark.parametrize("feature", features(), ids=lambda path: path.name)
def test_feature_has_only_the_files_of_the_house_style(feature: Path) -> None:
    present = {
        path.stem for path in feature.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert present - FEATURE_FILES - {"__init__"} == set()


def test_services_and_queries_never_commit() -> None:
    found = [
        place(path, line)
        for path in feature_modules("services", "queries", "models")
        for line in commits_in(parse(path))
    ]

    assert found == []


def test_commit_is_found() -> None:
    assert commits_in(ast.parse("db.session.commit()\nsession.flush()")) == [1]


def test_time_is_read_from_the_clock_only() -> None:
    found = [
        place(path, line)
        for path in python_files("salesoffice")
        if path != CLOCK
        for line in clock_reads_in(parse(path))
    ]

    assert found == []


def test_reading_the_time_is_found() -> None:
    source = "datetime.now(UTC)\ndt.datetime.now()\ndate.today()\ntime.time()\nclock.now()\nsleep.time_left()"

    assert clock_reads_in(ast.parse(source)) == [1, 2, 3, 4]


def test_public_functions_of_core_rules_and_services_have_docstrings() -> None:
    files = python_files("salesoffice/core") + feature_modules("rules", "services")

    found = [place(path, line) for path in files for line in undocumented_in(parse(path))]

    assert found == []


def test_function_without_docstring_is_found() -> None:
    assert undocumented_in(ast.parse('def a():\n    "Does."\ndef b():\n    pass\ndef _c():\n    pass')) == [3]


def test_every_route_names_who_may_call_it() -> None:
    found = [
        place(path, function.lineno)
        for path in feature_modules("views", "api")
        for function in functions(parse(path))
        if any(is_route(decorator) for decorator in function.decorator_list)
        and not {dotted_name(decorator).rpartition(".")[2] for decorator in function.decorator_list}
        & {"requires", "signed_in", "public"}
    ]

    assert found == []
