"""`prices sheet` writes a file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.infra.files import get_file, read_file
from salesoffice.pricing.cli import group
from salesoffice.pricing.enums import SheetFormat, SheetKind
from salesoffice.pricing.models import SheetPrint
from tests.factories import Office


def test_command_writes_the_sheet(office: Office, session: Session, tmp_path: Path) -> None:
    out = tmp_path / "prices.xlsx"
    arguments = ["sheet", "--project", "P1", "--kind", "overview", "--out", str(out), "--json"]

    result = CliRunner().invoke(group, arguments)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "project": "P1", "kind": "overview", "version": 1, "file": str(out), "bytes": out.stat().st_size,
    }  # fmt: skip


def test_command_marks_the_version_as_printed(office: Office, session: Session, tmp_path: Path) -> None:
    out = tmp_path / "filing.csv"

    CliRunner().invoke(group, ["sheet", "--project", "P1", "--kind", "filing", "--out", str(out)])

    record = session.scalars(select(SheetPrint)).one()
    assert (record.kind, record.format, record.printed_by_id) == (SheetKind.FILING, SheetFormat.CSV, None)
    assert read_file(get_file(session, record.file_id)) == out.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--project", "NO", "--kind", "detail", "--out", "a.pdf"),
        ("--project", "P1", "--kind", "comparison", "--out", "a.pdf"),
        ("--project", "P1", "--kind", "detail", "--out", "a.pdf", "--version", "7"),
        ("--project", "P1", "--kind", "detail", "--out", "a.doc"),
        ("--project", "P1", "--kind", "detail", "--out", "a.csv"),
        ("--project", "P1", "--kind", "comparison", "--from", "7", "--out", "a.pdf"),
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
