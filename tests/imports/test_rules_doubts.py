"""A file is made with each reason for doubt; each is reported with its code and how often it came up."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.rules import guess_profile, parse_rows, read_table
from salesoffice.imports.rules.doubts import DOUBT_TEXTS, Doubt, count_doubts
from salesoffice.imports.rules.summary import Summary
from salesoffice.imports.services import import_file, plan_import, read_upload
from salesoffice.infra.db import transaction
from salesoffice.projects.models import Project

HEADER = (
    "楼栋", "单元", "楼层", "房号", "建筑面积", "套内面积", "建筑面积单价", "套内面积单价", "总价", "销售状况", "网签状态",
    "合同号", "备注",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A generated file: its bytes, and how often each doubt was put into it."""

    data: bytes
    rows: int
    warnings: dict[str, int]
    errors: dict[str, int]


def make_row(floor: int, line: int, **cells: str) -> list[str]:
    """A good row on sale, with cells replaced by the word of their column."""
    good = {
        "楼栋": "8栋", "单元": "1单元", "楼层": str(floor), "房号": f"{floor}{line:02d}", "建筑面积": "100.00",
        "套内面积": "80.00", "建筑面积单价": "10000.00", "套内面积单价": "12500.00", "总价": "1000000.00",
        "销售状况": "在售", "网签状态": "", "合同号": "", "备注": "",
    }  # fmt: skip
    return list({**good, **cells}.values())


def make_file() -> Made:
    """Build a file with every doubt of a row, some of them several times, among good rows."""
    inner = [make_row(1, line, 总价="900000.00", 建筑面积单价="", 套内面积单价="11250.00") for line in (1, 2)]
    repeated = [make_row(2, 1), make_row(3, 1, 房号="201")]
    withheld = [make_row(4, line, 建筑面积单价="--", 套内面积单价="--", 总价="--") for line in (1, 2, 3)]
    priceless = [make_row(5, 1, 建筑面积单价="", 套内面积单价="", 总价="")]
    no_area = [
        make_row(6, line, 建筑面积="", 套内面积="", 建筑面积单价="", 套内面积单价="") for line in (1, 2)
    ]
    missing_cell, extra_cell = make_row(7, 1)[:-2], [*make_row(7, 2), "又"]
    moved_right = ["", *make_row(7, 3)][:-1]
    moved_left = [cell for place, cell in enumerate(make_row(7, 4)) if place != HEADER.index("建筑面积")] + [
        ""
    ]
    two_statuses = [make_row(8, line, 网签状态="已签预售合同") for line in (1, 2)]
    contract = [make_row(8, 3, 合同号="预售字2021-0001")]
    totals = [["合计", *[""] * 7, "99000000.00", *[""] * 4], ["8栋小计", *[""] * 12]]
    example = [make_row(9, 1, 备注="示例，导入前删除")]
    zeros = [make_row(9, 2, **dict.fromkeys(HEADER[4:9], "0.00"))]
    rows = [
        *inner, *repeated, *withheld, *priceless, *no_area, missing_cell, extra_cell, moved_right, moved_left,
        *two_statuses, *contract, *totals, *example, *zeros, make_row(10, 1),
    ]  # fmt: skip
    text = "\n".join(",".join(row) for row in (HEADER, *rows))
    return Made(
        text.encode(),
        len(rows),
        {
            "inner_basis": 2,
            "room_repeated": 2,
            "floor_differs": 1,
            "price_withheld": 3,
            "price_missing": 1,
            "area_missing": 2,
            "status_contradicts": 3,
        },
        {"row_incomplete": 1, "row_too_long": 1, "columns_shifted": 2, "placeholder_row": 4},
    )


def _plan(session: Session, project: Project, data: bytes, name: str) -> Summary:
    upload = read_upload(session, project.id, data=data, file_name=name)
    return plan_import(session, project.id, upload=upload)[1]


def _balance(summary: Summary) -> int:
    return summary.created + summary.updated + summary.unchanged + summary.rejected


def test_every_doubt_of_a_row_is_reported_and_counted() -> None:
    made = make_file()
    table = read_table(made.data, "doubts.csv")

    parsed = parse_rows(table, guess_profile(table.header))

    assert Counter(warning.code for warning in parsed.warnings) == made.warnings
    assert Counter(error.code for error in parsed.errors) == made.errors
    assert parsed.row_count == made.rows == len(parsed.rows) + parsed.rejected_count


def test_doubts_are_told_with_counts_and_nothing_is_dropped(session: Session, project: Project) -> None:
    made = make_file()

    summary = _plan(session, project, made.data, "doubts.csv")

    assert {doubt.code: doubt.count for doubt in summary.doubts} == {**made.warnings, **made.errors}
    assert {doubt.code for doubt in summary.doubts if doubt.is_rejected} == set(made.errors)
    assert all(doubt.title != doubt.code and doubt.advice for doubt in summary.doubts)
    assert _balance(summary) == summary.rows == made.rows
    assert summary.rejected == sum(made.errors.values())


def test_doubtful_file_is_imported_without_its_rejected_rows_and_again_unchanged(
    session: Session, project: Project
) -> None:
    made = make_file()
    upload = read_upload(session, project.id, data=made.data, file_name="doubts.csv")

    with transaction() as writing:
        first = import_file(writing, project.id, actor=SYSTEM, upload=upload, accept_partial=True)[1]
    again = _plan(session, project, made.data, "doubts.csv")

    assert (first.created, again.unchanged, again.created, again.updated) == (
        first.created,
        first.created,
        0,
        0,
    )
    assert _balance(again) == again.rows == made.rows


def _as_json(data: bytes) -> bytes:
    header, *rows = [line.split(",") for line in data.decode().splitlines()]
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data,
        lambda data: data.decode().encode("gbk"),
        lambda data: data.decode().encode("utf-8-sig"),
    ],
    ids=["same bytes", "another encoding", "with a mark"],
)
def test_same_content_under_another_name_is_told(
    session: Session, project: Project, load: Callable[..., dict[str, int]], change: Callable[[bytes], bytes]
) -> None:
    data = "\n".join(",".join(row) for row in (HEADER, make_row(1, 1))).encode()
    load(data, "first.csv")

    renamed = _plan(session, project, change(data), "second.csv")
    same = _plan(session, project, data, "first.csv")
    as_json = _plan(session, project, _as_json(data), "third.json")

    assert [(one.line, one.code) for one in renamed.warnings] == [(0, "file_repeated")]
    assert "first.csv" in renamed.warnings[0].message
    assert [one.code for one in as_json.warnings] == ["file_repeated"]
    assert (renamed.unchanged, same.warnings) == (1, ())


def test_contradicting_statuses_count_as_sold() -> None:
    rows = [make_row(1, 1, 网签状态="已备案"), make_row(1, 2, 合同号="A-1"), make_row(1, 3, 网签状态="可售")]
    table = read_table("\n".join(",".join(row) for row in (HEADER, *rows)).encode(), "units.csv")

    parsed = parse_rows(table, guess_profile(table.header))

    assert [(row.status.value, row.status_word) for row in parsed.rows] == [
        ("sold", "已备案"),
        ("sold", "A-1"),
        ("on_sale", "在售"),
    ]


def test_rooms_of_zeros_that_are_sold_are_no_placeholders() -> None:
    row = make_row(1, 1, 销售状况="已备案", **dict.fromkeys(HEADER[4:9], "0"))
    table = read_table("\n".join(",".join(row) for row in (HEADER, row)).encode(), "units.csv")

    parsed = parse_rows(table, guess_profile(table.header))

    assert (len(parsed.rows), parsed.errors, parsed.rows[0].gross_area) == (1, (), None)


def test_positions_on_a_floor_are_no_repeated_rooms() -> None:
    rows = [make_row(floor, 1, 房号=room) for floor in (1, 2, 3) for room in ("01", "C")]
    table = read_table("\n".join(",".join(row) for row in (HEADER, *rows)).encode(), "units.csv")

    parsed = parse_rows(table, guess_profile(table.header))

    assert (len(parsed.rows), parsed.warnings) == (6, ())


def test_doubts_are_counted_rejections_first() -> None:
    counted = count_doubts([(1, "rounded"), (2, "inner_basis"), (3, "inner_basis")], [(4, "negative")])

    assert counted == (
        Doubt("negative", 1, True, (4,)),
        Doubt("inner_basis", 2, False, (2, 3)),
        Doubt("rounded", 1, False, (1,)),
    )
    assert all(str(title) and str(advice) for title, advice in DOUBT_TEXTS.values())
