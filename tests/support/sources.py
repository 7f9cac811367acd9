"""The repository's own files, as the guard tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "salesoffice"
SHARED_PACKAGES = ("core", "infra", "webkit", "demo", "cli")


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below folders of the repository, without vendored and generated ones."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "__pycache__" not in path.parts]


def templates() -> list[Path]:
    """Return every template."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def features() -> list[Path]:
    """Return the folders of the features."""
    return sorted(
        path
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists() and path.name not in SHARED_PACKAGES
    )


def feature_modules(*names: str) -> list[Path]:
    """Return the files of the named modules (`services`, …) of every feature, also when one is a package."""
    found = []
    for feature in features():
        for name in names:
            found += sorted((feature / name).rglob("*.py")) or [feature / f"{name}.py"]
    return [path for path in found if path.exists()]


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted_name(node: ast.expr) -> str:
    """Return `a.b.c` for an expression that is such a name, the name called for a call, else an empty text."""
    if isinstance(node, ast.Call):
        return dotted_name(node.func)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted_name(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def place(path: Path, line: int) -> str:
    """Return `file:line` relative to the repository, as editors understand it."""
    return f"{path.relative_to(ROOT)}:{line}"
