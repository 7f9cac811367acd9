"""`prices sheet` writes a file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from salesoffice.pricing.cli import group
from tests.factories import Office


def test_command_writes_the_sheet(office: Office, session: Session, tmp_path: Path) -> None:
    out = tmp_path / "prices.xlsx"
    arguments = ["sheet", "--project", "P1", "--kind", "overview", "--out", str(out), "--json"]

    result = CliRunner().invoke(group, arguments)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "project": "P1", "kind": "overview", "version": 1, "file": str(out), "bytes": out.stat().st_size,
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("--project", "NO", "--kind", "detail", "--out", "a.pdf"),
        ("--project", "P1", "--kind", "comparison", "--out", "a.pdf"),
        ("--project", "P1", "--kind", "detail", "--out", "a.pdf", "--version", "7"),
        ("--project", "P1", "--kind", "detail", "--out", "a.doc"),
    ],
)
def test_command_refuses_and_writes_nothing(
    office: Office,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(group, ["sheet", *arguments])

    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []
