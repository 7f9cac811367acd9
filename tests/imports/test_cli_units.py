"""`units import` and `units export`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from salesoffice.cli import main
from salesoffice.infra.db import db
from salesoffice.inventory.models import Unit
from tests.factories import Office

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注\n"
GOOD = HEADER + "9栋1单元1801,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
PARTIAL = GOOD + "9栋1单元,abc,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
KEYS = [
    "file", "profile", "encoding", "rows", "created", "updated", "unchanged", "rejected", "sum_gross_area",
    "sum_total_fen", "warnings", "errors", "doubts", "kind",
]  # fmt: skip


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["units", *arguments, "--project", "P1", "--json"], obj=app)


def count_units(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Unit)) or 0


def write(folder: Path, name: str, content: str) -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_import_prints_one_object_per_file(app: Flask, office: Office, tmp_path: Path) -> None:
    files = [write(tmp_path, "a.csv", GOOD), write(tmp_path, "b.csv", GOOD.replace("1801", "1802"))]

    result = run(app, "import", *files)

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, [list(line) for line in lines], count_units(app)) == (0, [KEYS, KEYS], 22)
    assert [
        (line["file"], line["created"], line["sum_gross_area"], line["sum_total_fen"]) for line in lines
    ] == [
        ("a.csv", 1, "100.00", 100_000_000),
        ("b.csv", 1, "100.00", 100_000_000),
    ]


def test_import_dry_run_writes_nothing(app: Flask, office: Office, tmp_path: Path) -> None:
    result = run(app, "import", write(tmp_path, "a.csv", GOOD), "--dry-run")

    assert (result.exit_code, json.loads(result.stdout)["created"], count_units(app)) == (0, 1, 20)


def test_import_with_a_rejected_row_writes_no_file_at_all(app: Flask, office: Office, tmp_path: Path) -> None:
    files = [write(tmp_path, "a.csv", GOOD.replace("1801", "1701")), write(tmp_path, "b.csv", PARTIAL)]

    refused = run(app, "import", *files)
    before = count_units(app)
    accepted = run(app, "import", *files, "--accept-partial")

    errors = json.loads(refused.stdout.splitlines()[1])["errors"]
    assert (refused.exit_code, before, accepted.exit_code, count_units(app)) == (2, 20, 0, 22)
    assert [(error["line"], error["column"], error["value"], error["code"]) for error in errors] == [
        (3, "建筑面积", "abc", "number_invalid"),
        (3, "房号", "9栋1单元", "room_missing"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "file_empty"),
        ("甲,乙\n1,2\n", "columns_unknown"),
        ("楼层,单元号,房间序号,房号\n1,1,1,101\n", "building_required"),
    ],
)
def test_import_of_an_unreadable_file_says_why(
    app: Flask, office: Office, tmp_path: Path, content: str, code: str
) -> None:
    result = run(app, "import", write(tmp_path, "a.csv", content))

    printed = json.loads(result.stdout)
    assert (result.exit_code, list(printed), printed["errors"][0]["code"]) == (2, KEYS, code)


def test_import_with_a_building_needs_no_building_in_the_file(
    app: Flask, office: Office, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.csv", "楼层,单元号,房间序号,房号\n1,1,1,101\n")

    result = run(app, "import", path, "--building", "9栋", "--profile", "office_units")

    assert (result.exit_code, json.loads(result.stdout)["created"]) == (0, 1)


def test_import_into_an_unknown_project_is_refused(app: Flask, office: Office, tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", GOOD)

    result = CliRunner().invoke(main, ["units", "import", path, "--project", "NONE", "--json"], obj=app)

    assert (result.exit_code, json.loads(result.stdout)["code"]) == (2, "not_found")


@pytest.mark.parametrize("name", ["units.xlsx", "units.csv"])
def test_export_imported_again_changes_nothing(app: Flask, office: Office, tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)

    exported = run(app, "export", path)
    imported = run(app, "import", path)

    assert (exported.exit_code, json.loads(exported.stdout)["units"]) == (0, 20)
    assert (imported.exit_code, json.loads(imported.stdout)["unchanged"]) == (0, 20)


def test_export_to_another_format_is_refused(app: Flask, office: Office, tmp_path: Path) -> None:
    result = run(app, "export", str(tmp_path / "units.doc"))

    assert (result.exit_code, json.loads(result.stdout)["code"]) == (2, "format_unknown")


def test_import_of_another_kind_asks_for_it(app: Flask, office: Office, tmp_path: Path) -> None:
    path = write(tmp_path, "survey.csv", "楼栋,楼层,房号,测绘建筑面积\n没有这栋,1,101,100.50\n")

    refused = run(app, "import", path)
    read = run(app, "import", path, "--kind", "areas", "--accept-partial")

    assert (refused.exit_code, json.loads(refused.stdout)["errors"][0]["code"]) == (2, "kind_differs")
    assert (read.exit_code, json.loads(read.stdout)["kind"]) == (0, "areas")
    assert json.loads(read.stdout)["errors"][0]["code"] == "unit_unknown"


def test_import_of_two_files_of_the_same_content_is_told(app: Flask, office: Office, tmp_path: Path) -> None:
    files = [write(tmp_path, name, GOOD) for name in ("a.csv", "b.csv")]

    tried = run(app, "import", *files, "--dry-run")
    done = run(app, "import", *files)

    for result in (tried, done):
        second = json.loads(result.stdout.splitlines()[1])
        assert [(one["code"], one["count"]) for one in second["doubts"]] == [("file_repeated", 1)]
